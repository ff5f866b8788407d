import type { ReferenceFault } from '../image/reference.ts';
import { isUnfinished } from '../image/unfinished.ts';
import type { ImageUse } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import { type Span, shiftSpan } from '../text/span.ts';
import { shortened } from '../text/visible.ts';
import type { FactsRule } from './rule.ts';
import { usedHere } from './support/pin.ts';
import { brief } from './support/words.ts';

export const invalidImageReference: FactsRule = {
  reads: 'facts',
  id: 'invalid-image-reference',
  title: 'Text that is no image reference, so nothing can be pulled',
  severity: 'error',
  kinds: 'every',
  sameAs: {
    'kubelet InvalidImageName': '',
  },
  fixSafety: null,
  check: (facts) => facts.images.flatMap(report),
};

function report(use: ImageUse): readonly Report[] {
  if (use.reading.state !== 'invalid' || use.role === 'build-output') return [];
  const { error } = use.reading;
  const isEmpty = error.code === 'empty';
  return [
    {
      path: use.path,
      span: offendingPart(use, error),
      message: isEmpty ? error.message : inShort(use.resolved, error),
      related: [...(isEmpty ? [] : [{ span: use.site.span, message: error.message }]), ...usedHere(use)],
      ...(isUnfinished(use.resolved) && { unfinishedAt: (use.site.verbatim ?? use.site.span).end }),
    },
  ];
}

/** What is wrong, without what would be right: that stands beside it. */
const inShort = (text: string, { message }: ReferenceFault): string =>
  `${brief(text, 18)} is no image reference; ${shortened(message.replace(/[;.](?:\s.*)?$/s, ''), longestFault)}.`;

const longestFault = 42;

/** The part at fault, where the file's text is the reference character by character; else the whole. */
function offendingPart({ site, resolved }: ImageUse, { span }: ReferenceFault): Span {
  if (!site.verbatim || site.value !== resolved || span.start === span.end) return site.span;
  return shiftSpan(span, site.verbatim.start);
}
