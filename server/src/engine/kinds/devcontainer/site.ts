import { rewriteTail, type Tailed } from '../../image/tail.ts';
import type { Site } from '../../model/site.ts';
import { type Edits, refuse, smallestEdit } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import type { JsonString } from './jsonc.ts';

/** The place of a part of a JSON string. `locked` is why it cannot be edited although it is written plainly, `tailed` what can be all the same. */
export function siteOf(
  string: JsonString,
  part: Span,
  locked: string | null,
  tailed: Tailed | null = null,
): Site {
  const { disguise, span: inner, text } = string;
  const value = text.slice(part.start, part.end);
  const here = disguise ? null : span(inner.start + part.start, inner.start + part.end);
  const shown = here ?? inner;
  return {
    value,
    span:
      shown.end > shown.start
        ? shown
        : span(inner.start - 1, inner.end + (disguise === 'open quotes' ? 0 : 1)),
    verbatim: locked === null ? here : null,
    seenFrom: [],
    replace(asked): Edits {
      const rewritten = locked !== null && tailed ? rewriteTail(tailed, asked) : null;
      if (locked !== null && rewritten === null) return refuse(locked);
      const wanted = rewritten ?? asked;
      if (!here) return refuse(whyNot[disguise ?? 'escapes']);
      if (/\p{Cc}/u.test(wanted))
        return refuse('The new value has control characters, so it was not written.');
      return [smallestEdit(here.start, value, JSON.stringify(wanted).slice(1, -1))];
    },
  };
}

const whyNot = {
  escapes:
    'The value is written with escapes, so its text cannot be changed safely; write it without them first.',
  'open quotes': 'The quotes are not closed; close them first.',
} as const;
