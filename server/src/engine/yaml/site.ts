import type { Site } from '../model/site.ts';
import { refuse } from '../text/edit.ts';
import { type Span, span } from '../text/span.ts';
import type { YamlValue } from './lookup.ts';
import { replaceScalar, type ScalarText } from './scalar.ts';

/** What narrows a site to less than a whole scalar, or keeps it from being edited. */
export interface SiteOptions {
  /** The part of the decoded text that is meant, such as the reference behind `docker-image://`; all of it by default. */
  readonly part?: Span;
  /** Why the text cannot be edited although it is written plainly: a variable decides it. */
  readonly locked?: string | null;
}

/** The place of a scalar's text; null for a value that is no scalar. */
export function siteOf(value: YamlValue, options: SiteOptions = {}): Site | null {
  const { scalar } = value;
  if (!scalar || scalar.isNull) return null;
  const { text: document } = value.tree;
  const part = options.part ?? span(0, scalar.text.length);
  const here = scalar.verbatim && span(scalar.verbatim.start + part.start, scalar.verbatim.start + part.end);
  return {
    value: scalar.text.slice(part.start, part.end),
    span: here && here.end > here.start ? here : scalar.span,
    verbatim: options.locked ? null : here,
    seenFrom: value.seenFrom,
    replace: (wanted) =>
      options.locked ? refuse(options.locked) : replacePart(document, scalar, part, wanted),
  };
}

function replacePart(
  document: string,
  scalar: ScalarText,
  part: Span,
  wanted: string,
): ReturnType<Site['replace']> {
  const { text } = scalar;
  return replaceScalar(document, scalar, text.slice(0, part.start) + wanted + text.slice(part.end));
}
