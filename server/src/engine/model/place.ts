import { shiftEdits } from '../text/edit.ts';
import { shiftSpan } from '../text/span.ts';
import type { ImageUse } from './facts.ts';
import { type Fix, isLookupFix, isPinFix, type Related } from './finding.ts';

/** Facts are kept as offsets into their piece; these put them where the piece now stands in its document. */
export function placeImage(use: ImageUse, by: number): ImageUse {
  if (by === 0) return use;
  const { site } = use;
  return {
    ...use,
    site: {
      value: site.value,
      span: shiftSpan(site.span, by),
      verbatim: site.verbatim && shiftSpan(site.verbatim, by),
      seenFrom: site.seenFrom.map((seen) => shiftSpan(seen, by)),
      replace: (value) => shiftEdits(site.replace(value), by),
    },
  };
}

export function placeFix(fix: Fix, by: number): Fix {
  if (by === 0) return fix;
  if (isPinFix(fix)) return { ...fix, pin: placeImage(fix.pin, by) };
  return isLookupFix(fix)
    ? { ...fix, edits: (answer) => shiftEdits(fix.edits(answer), by) }
    : { ...fix, edits: () => shiftEdits(fix.edits(), by) };
}

export const placeRelated = (related: Related, by: number): Related =>
  'span' in related ? { ...related, span: shiftSpan(related.span, by) } : related;
