import { whyUnknown } from '../image/reading.ts';
import { isPulled } from '../model/pulled.ts';
import { rules } from '../rules/index.ts';
import type { Span } from '../text/span.ts';
import type { Analysis } from './analyze.ts';

/** An image reference that the text alone does not tell: a variable has no single value, or it is none. */
export interface Unresolved {
  readonly span: Span;
  /** As written. */
  readonly image: string;
  /** Part of a sentence, without a full stop. */
  readonly reason: string;
  /** Some rule asks for it to be pinned, or corrected. */
  readonly isReported: boolean;
}

/** The references of a document that could not be worked out, in the order of the text. */
export function unresolvedImages({ findings, images }: Analysis): readonly Unresolved[] {
  const reported = new Set(
    findings.filter(({ rule }) => aboutReferences.has(rule)).map(({ span }) => span.start),
  );
  return images.flatMap((use) => {
    const { reading, site } = use;
    const isReported = reported.has(site.span.start);
    if (!isPulled(use) || reading.state === 'parsed') return [];
    if (reading.state === 'invalid') {
      const reason = 'it is no valid image reference';
      return isReported ? { span: site.span, image: site.value, reason, isReported } : [];
    }
    // What something else builds or replaces is nobody's to work out.
    if (use.mutability === 'none') return [];
    return { span: site.span, image: site.value, reason: whyUnknown(reading), isReported };
  });
}

/** Rules that ask for a reference to be pinned or to be corrected. */
const aboutReferences: ReadonlySet<string> = new Set([
  'invalid-image-reference',
  ...rules.filter(({ fixSafety }) => fixSafety === 'pin').map(({ id }) => id),
]);
