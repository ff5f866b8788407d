import { imageTest } from '../image/pattern.ts';
import type { Waiver } from './settings.ts';

/** The waiver that speaks about a finding; one that still holds comes before one that has expired. `image` is a reference. */
export function waiverOf(waivers: readonly Waiver[], rule: string, image: string | null): Waiver | undefined {
  const fitting = waivers.filter(
    (waiver) =>
      waiver.rules.includes(rule) &&
      (waiver.image === null || (image !== null && imageTest(waiver.image)(image))),
  );
  return fitting.find(({ expired }) => !expired) ?? fitting[0];
}
