import type { Facts, ImageUse } from '../../model/facts.ts';
import type { PinFix, Related, Report } from '../../model/finding.ts';
import { isPulled } from '../../model/pulled.ts';
import { code } from './words.ts';

/** How many places get another image when this one is changed where it is written. */
const placesFed = ({ owners, site }: ImageUse): number => Math.max(owners.length, site.seenFrom.length);

/** The fix of every rule that wants a digest; none where a variable hides which image to ask for. */
export function pinFixes(use: ImageUse): readonly PinFix[] {
  if (use.reading.state !== 'parsed') return [];
  const places = placesFed(use);
  const reach = places > 1 ? ` (used in ${places} places)` : '';
  return [{ id: 'pin', title: `Pin ${use.resolved} to its digest${reach}`, safety: 'safe', pin: use }];
}

/** Where else a reference is used that is written once: aliases, merge keys, the instruction an ARG feeds. */
export const usedHere = (use: ImageUse): readonly Related[] =>
  use.site.seenFrom.map((span) => ({
    span,
    message: `${code(use.resolved)} stands here too, and changes with it.`,
  }));

/** A report on each image that `wanted` picks, with the pin as its fix. `message` is given the image in code quotes. */
export function pinReports(
  facts: Facts,
  wanted: (use: ImageUse) => boolean,
  message: (image: string) => string,
): readonly Report[] {
  return facts.images.filter(wanted).map((use) => ({
    path: use.path,
    span: use.site.span,
    message: message(code(use.resolved)),
    related: usedHere(use),
    image: use,
    fixes: () => pinFixes(use),
  }));
}

/** Frontends have a rule of their own. */
export const isPulledImage = (use: ImageUse): boolean => use.role !== 'frontend' && isPulled(use);
