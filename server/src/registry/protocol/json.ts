export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined for what is not JSON, or JSON but no object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects and lists in one answer: far more than the largest index has. Each takes forty times the memory of its two bytes. */
const maxParts = 100_000;

/** UTF-8; undefined as for {@link parseObject}, and for what is made of far too many parts. */
export function decodeObject(bytes: Uint8Array): JsonObject | undefined {
  return hasTooManyParts(bytes) ? undefined : parseObject(new TextDecoder().decode(bytes));
}

const opening = { list: 0x5b, object: 0x7b };

/** Those within texts count too: texts hold few of them. */
function hasTooManyParts(bytes: Uint8Array): boolean {
  let parts = 0;
  for (const byte of bytes) if (byte === opening.list || byte === opening.object) parts++;
  return parts > maxParts;
}

/** The member's text; empty where it is missing or no text. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}
