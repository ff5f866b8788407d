import { rewriteTail, type Tailed } from '../image/tail.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse } from '../text/edit.ts';
import { type Span, span } from '../text/span.ts';
import type { YamlValue } from './lookup.ts';
import { replaceScalar, type ScalarText } from './scalar.ts';

/** What narrows a site to less than a whole scalar, or keeps it from being edited. */
export interface SiteOptions {
  /** The part of the decoded text that is meant, such as the reference behind `docker-image://`; all of it by default. */
  readonly part?: Span;
  /** Why the text cannot be edited although it is written plainly: a variable decides it. */
  readonly locked?: string | null;
  /** What can be edited of such a text all the same. */
  readonly tailed?: Tailed | null;
  /** What to write so that the wanted reference is what runs, where another file changes what is written. */
  readonly write?: (wanted: string) => string;
}

/** The place of a scalar's text; null for a value that is no scalar. */
export function siteOf(value: YamlValue, options: SiteOptions = {}): Site | null {
  const { scalar } = value;
  if (!scalar || scalar.isNull) return null;
  const part = options.part ?? span(0, scalar.text.length);
  const here = scalar.verbatim && span(scalar.verbatim.start + part.start, scalar.verbatim.start + part.end);
  return {
    value: scalar.text.slice(part.start, part.end),
    span: here && here.end > here.start ? here : scalar.span,
    verbatim: options.locked ? null : here,
    get seenFrom() {
      return value.seenFrom;
    },
    replace(wanted) {
      const { locked, tailed, write } = options;
      const rewritten = locked && tailed ? rewriteTail(tailed, wanted) : null;
      if (locked && rewritten === null) return refuse(locked);
      return replacePart(value, scalar, part, rewritten ?? write?.(wanted) ?? wanted);
    },
  };
}

function replacePart(value: YamlValue, scalar: ScalarText, part: Span, wanted: string): Edits {
  const { node, tree } = value;
  const text = scalar.text.slice(0, part.start) + wanted + scalar.text.slice(part.end);
  return replaceScalar(tree.text, scalar, text, () => tree.isInBrackets(node));
}
