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

/** UTF-8; undefined as for {@link parseObject}. */
export function decodeObject(bytes: Uint8Array): JsonObject | undefined {
  return parseObject(new TextDecoder().decode(bytes));
}

/** The member's text; empty where it is missing or no text. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}
