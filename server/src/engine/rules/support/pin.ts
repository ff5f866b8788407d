import type { ImageName } from '../../image/name.ts';
import type { ImageReference } from '../../image/reference.ts';
import type { Facts, ImageUse } from '../../model/facts.ts';
import type { LookupFix, PinFix, Related, Report } from '../../model/finding.ts';
import { isPulled } from '../../model/pulled.ts';
import type { Edits } from '../../text/edit.ts';
import { briefImage, code } from './words.ts';

/** How many places get another image when this one is changed where it is written. */
const placesFed = ({ owners, site }: ImageUse): number => Math.max(owners.length, site.seenFrom.length);

/** ` (used in 3 places)`, for the title of a change that reaches more than one. */
export const reachOf = (use: ImageUse): string => {
  const places = placesFed(use);
  return places > 1 ? ` (used in ${places} places)` : '';
};

/** The fix of every rule that wants a digest; none where a variable hides which image to ask for. */
export function pinFixes(use: ImageUse): readonly PinFix[] {
  if (use.reading.state !== 'parsed') return [];
  return [{ id: 'pin', title: `Pin ${use.resolved} to its digest${reachOf(use)}`, safety: 'pin', pin: use }];
}

/** More places help nobody, and each of thousands of readers of one ARG would name all the others. */
const mostRelated = 100;

/** Where else a reference is used that is written once: aliases, merge keys, the instruction an ARG feeds. */
export const usedHere = (use: ImageUse): readonly Related[] =>
  use.site.seenFrom.slice(0, mostRelated).map((span) => ({
    span,
    message: `${code(use.resolved)} stands here too, and changes with it.`,
  }));

/** A report on each image that `wanted` picks, with the pin as its fix. `message` is given the image in code quotes. */
export function pinReports(
  facts: Facts,
  wanted: (use: ImageUse) => boolean,
  message: (image: string, use: ImageUse) => string,
): readonly Report[] {
  return facts.images.filter(wanted).map((use) => ({
    path: use.path,
    span: use.site.span,
    message: message(briefImage(use.resolved), use),
    related: usedHere(use),
    image: use,
    fixes: () => pinFixes(use),
  }));
}

/** Frontends have a rule of their own. */
export const isPulledImage = (use: ImageUse): boolean => use.role !== 'frontend' && isPulled(use);

/** An image that is pulled by its digest. */
export interface PinnedUse {
  readonly use: ImageUse;
  readonly reference: ImageReference;
  readonly digest: string;
  /** As written, without tag and digest. */
  readonly name: string;
}

/** Null where no digest decides what is pulled. */
export function digestOf(use: ImageUse): PinnedUse | null {
  if (use.mutability !== 'digest' || use.reading.state !== 'parsed' || !isPulled(use)) return null;
  const { reference } = use.reading;
  const { digest, raw, spans } = reference;
  return digest === undefined
    ? null
    : { use, reference, digest, name: raw.slice(spans.name.start, spans.name.end) };
}

/** Puts another digest behind the same name and tag. */
export const withDigest = ({ reference: { raw, spans }, use }: PinnedUse, digest: string): Edits =>
  use.site.replace(raw.slice(0, spans.digest?.start) + digest);

/** The image by its tag alone; null where it has none. */
export const byTag = ({ reference: { registry, repository, tag } }: PinnedUse): ImageName | null =>
  tag === undefined ? null : { registry, repository, version: tag };

/** The image by its digest. */
export const byDigest = ({ digest, reference: { registry, repository } }: PinnedUse): ImageName => ({
  registry,
  repository,
  version: digest,
});

/** Pins to what the tag names by now, which is asked anew. `known` is a digest it may name; none where there is no tag to ask for. */
export function repinFixes(pinned: PinnedUse, known: string): readonly LookupFix[] {
  const image = byTag(pinned);
  if (!image) return [];
  return [
    {
      id: 'repin',
      title: `Pin ${pinned.name}:${image.version} to the digest its tag has now${reachOf(pinned.use)}`,
      description: `Another build of ${code(`${pinned.name}:${image.version}`)} is used afterwards: the one that the tag names now. Test it like any other update.`,
      safety: 'behaviour',
      question: { ask: 'digest', image },
      sample: [known],
      edits: ([digest = known]) => withDigest(pinned, digest),
    },
  ];
}
