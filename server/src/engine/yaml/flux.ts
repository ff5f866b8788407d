import { lineEnd } from './lines.ts';
import type { YamlValue } from './lookup.ts';

/**
 * Whether Flux writes this scalar: a comment behind it names the image policy that decides the value.
 * Source: https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
 */
export function isWrittenByFlux({ scalar, tree: { text } }: YamlValue): boolean {
  if (!scalar) return false;
  const { end } = scalar.whole;
  return text.slice(end, lineEnd(text, end)).includes('"$imagepolicy"');
}
