import { type ImageName, pulledName } from '../image/name.ts';
import type { ImageUse } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import { isPulled } from '../model/pulled.ts';
import type { ContextRule } from './rule.ts';
import { usedHere } from './support/pin.ts';
import { briefImage, capitalized } from './support/words.ts';

export const unsignedImage: ContextRule = {
  reads: 'context',
  isDecidedByRegistry: true,
  id: 'unsigned-image',
  title: 'An image without the signature that the policy demands',
  severity: 'error',
  kinds: 'every',
  sameAs: {
    'Kyverno verify-image':
      'It asks the registry when a pod is admitted; here what the last check found counts.',
  },
  fixSafety: null,
  check: (facts, { demandsSignature, observed }) =>
    facts.images.flatMap((use) => {
      const image = imageOf(use);
      if (!image || !demandsSignature(image)) return [];
      const signature = observed(image)?.signature;
      return signature && !signature.verified ? [report(use, signature.why)] : [];
    }),
};

/** The digest decides what is pulled, so its signature counts. */
function imageOf(use: ImageUse): ImageName | null {
  if (!isPulled(use) || use.mutability === 'none' || use.reading.state !== 'parsed') return null;
  return pulledName(use.reading.reference);
}

const report = (use: ImageUse, why: string): Report => ({
  path: use.path,
  span: use.site.span,
  message: `${briefImage(use.resolved, 28)} lacks the signature that is demanded; use a signed build.`,
  related: [{ span: use.site.span, message: sentence(why) }, ...usedHere(use)],
  image: use,
});

const sentence = (text: string): string => `${capitalized(text)}${text.endsWith('.') ? '' : '.'}`;
