import { MappedText } from '../text/mapped-text.ts';
import type { YamlValue } from './lookup.ts';
import { placesOf } from './text-places.ts';

/**
 * A scalar's text with the place of each character; null for what is no scalar, and for an empty value. Where text and document cannot be
 * laid side by side (folding, escapes), every part of the text is found at the whole scalar.
 */
export function mappedText(value: YamlValue): MappedText | null {
  const { scalar } = value;
  if (!scalar || scalar.isNull) return null;
  const places = placesOf(value);
  return places ? MappedText.at(scalar.text, places) : MappedText.within(scalar.text, scalar.span);
}
