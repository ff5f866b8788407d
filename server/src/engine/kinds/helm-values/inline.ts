import { parseReference } from '../../image/reference.ts';
import { placeholdersIn } from '../../yaml/placeholders.ts';
import { unseenTag } from './parts.ts';

/** A text as a reference. */
export interface InlineReading {
  readonly resolved: string;
  readonly holes: readonly string[];
  readonly locked: string | null;
}

const elsewhere =
  "The tag of this image is not in this text, so a digest may not belong here; look at the chart's templates.";

/**
 * Reads the text under a key that ends in `image`; null for text that is no reference. Without a version it is one only in a container,
 * which templates print as it is: anywhere else the template may add a tag of its own.
 */
export function readText(text: string, key: string, isContainer: boolean): InlineReading | null {
  if (!mayBeReference(text)) return null;
  const whole = { resolved: text, holes: [], locked: null };
  if (isContainer) return /^(?:true|false|[\d.]+)$/.test(text) ? null : whole;
  if (key !== 'image') return namesVersion(text) ? whole : null;
  const { ok } = parseReference(text);
  if (!ok) return /[/:@]/.test(text) && !isForeignName.test(text) ? whole : null;
  if (namesVersion(text)) return whole;
  return text.includes('/')
    ? { resolved: `${text}:${unseenTag}`, holes: [unseenTag], locked: elsewhere }
    : null;
}

/** Whether a text is a reference with a tag or a digest. */
export function namesVersion(text: string): boolean {
  if (!mayBeReference(text)) return false;
  const result = parseReference(text);
  return result.ok && (result.reference.tag !== undefined || result.reference.digest !== undefined);
}

/** A machine image of Azure: publisher, offer, SKU and version, as in `Canonical:UbuntuServer:18.04-LTS:latest`. */
const isForeignName = /^[^/@:]+(?::[^/@:]+){3}$/;

/** Other things that people call an image: addresses, paths, pictures, disks. */
const otherImage =
  /^(?:~|\.{0,2}\/|data:)|:\/\/|[\s\\]|\.(?:png|jpe?g|gif|svg|webp|ico|bmp|iso|img|qcow2|vmdk|raw|vhdx?|tar|[gx]z)$/i;

const mayBeReference = (text: string): boolean =>
  text !== '' && !otherImage.test(text) && placeholdersIn(text).length === 0;
