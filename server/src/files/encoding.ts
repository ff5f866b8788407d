/** How the characters of a file are kept in its bytes. `utf-8`: bytes that are none stand in the text, see {@link decode}. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface Decoded {
  /** With the byte order mark, where there is one. */
  readonly text: string;
  readonly encoding: Encoding;
}

/**
 * Reads bytes as text: UTF-16 where they begin like it (YAML 1.2.2, section 5.2: by a byte order mark, or by the zeros around the first character),
 * else UTF-8. A byte that is no UTF-8 becomes the lone surrogate U+DC00 + byte, as in Python's `surrogateescape` (PEP 383): no text has one, so
 * nothing is lost, and {@link encode} gives the same bytes back. Null where UTF-16 was begun and not kept to.
 */
export function decode(bytes: Uint8Array): Decoded | null {
  const encoding = encodingOf(bytes);
  if (encoding === 'utf-8') return { text: decodeUtf8(bytes), encoding };
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, encoding };
  } catch {
    return null;
  }
}

/** The bytes of a text in an encoding: what `decode` gave, and what was put into it since. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return encodeUtf8(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

function encodingOf(bytes: Uint8Array): Encoding {
  const [first = 1, second = 1] = bytes;
  if (bytes.length % 2 !== 0 || bytes.length === 0) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : 'utf-8';
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeWithOthers(bytes);
  }
}

/** One pass over the bytes by the table of well-formed sequences (Unicode 15, table 3-7). */
function decodeWithOthers(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(decoder.decode(bytes.subarray(from, at)), String.fromCharCode(0xdc00 + (bytes[at] ?? 0)));
    from = ++at;
  }
  parts.push(decoder.decode(bytes.subarray(from)));
  return parts.join('');
}

/** How many bytes the character at `at` has; 0 where there is none. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  const follows = (index: number): boolean => ((bytes[at + index] ?? 0) & 0xc0) === 0x80;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const isSound = (first !== 0xe0 || second >= 0xa0) && (first !== 0xed || second <= 0x9f);
    return isSound && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const isSound = (first !== 0xf0 || second >= 0x90) && (first !== 0xf4 || second <= 0x8f);
    return isSound && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

const loneByte = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

function encodeUtf8(text: string): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { 0: byte, index } of text.matchAll(loneByte)) {
    parts.push(Buffer.from(text.slice(from, index)), Buffer.of(byte.charCodeAt(0) - 0xdc00));
    from = index + 1;
  }
  return parts.length === 0 ? Buffer.from(text) : Buffer.concat([...parts, Buffer.from(text.slice(from))]);
}
