import { type ImageName, pulledName, sampleDigest } from '../image/name.ts';
import type { ImageUse } from '../model/facts.ts';
import { type Fix, isLookupFix, isPinFix } from '../model/finding.ts';
import { isPulled } from '../model/pulled.ts';
import { type Edits, refuse } from '../text/edit.ts';

/** Whether a digest would make this image immutable: it is pulled, it parses, and it has none yet. */
export const isPinnable = (use: ImageUse): boolean =>
  isPulled(use) &&
  (use.mutability === 'tag' || use.mutability === 'floating' || use.mutability === 'implicit');

/** What to ask the registry for; null where the text names no image that can be looked up. */
export const lookupName = ({ reading }: ImageUse): ImageName | null =>
  reading.state === 'parsed' ? pulledName(reading.reference) : null;

/** `name:tag@digest`: the tag is kept for people, and an implicit `latest` is written out. */
export function pinEdits(use: ImageUse, digest: string): Edits {
  if (!isPinnable(use)) return refuse(nothingToPin);
  const tag = use.mutability === 'implicit' ? ':latest' : '';
  return use.site.replace(`${use.resolved}${tag}@${digest}`);
}

/** `name@digest`. A reference whose tag stands under a key of its own keeps it. */
export function digestEdits(use: ImageUse, digest: string): Edits {
  if (!isPinnable(use) || use.reading.state !== 'parsed') return refuse(nothingToPin);
  const { name } = use.reading.reference.spans;
  return use.site.replace(`${use.resolved.slice(name.start, name.end)}@${digest}`);
}

const nothingToPin = 'This image has nothing to pin.';

/** What a fix would write, with made-up answers where it asks for something: shows whether the text allows it. */
export function trialEdits(fix: Fix): Edits {
  if (isPinFix(fix)) return pinEdits(fix.pin, sampleDigest);
  return isLookupFix(fix) ? fix.edits(fix.sample) : fix.edits();
}
