/** As much of JSON Schema (draft-07) as `schemas/holdfast.schema.json` is written in. Throws on a keyword that it does not know. */

type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set([
  '$schema',
  'title',
  'description',
  'markdownDescription',
  'markdownEnumDescriptions',
  'definitions',
]);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Whether a value is valid. `root`: the whole schema, for references into it. */
export function isValid(root: Schema, value: unknown, schema: Schema = root): boolean {
  const check = (under: unknown, one: unknown): boolean => isRecord(under) && isValid(root, one, under);
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/definitions/', '');
    return check(isRecord(root.definitions) ? root.definitions[name] : undefined, value);
  }
  return Object.entries(schema).every(([keyword, wanted]) => {
    if (annotations.has(keyword)) return true;
    switch (keyword) {
      case 'type':
        return [wanted].flat().includes(typeOf(value));
      case 'enum':
        return Array.isArray(wanted) && wanted.includes(value);
      case 'pattern':
        return typeof value !== 'string' || new RegExp(String(wanted), 'u').test(value);
      case 'minItems':
        return !Array.isArray(value) || value.length >= Number(wanted);
      case 'items':
        return !Array.isArray(value) || value.every((one) => check(wanted, one));
      case 'required':
        return (
          !isRecord(value) || (Array.isArray(wanted) && wanted.every((key) => Object.hasOwn(value, key)))
        );
      case 'properties':
        return (
          !isRecord(value) ||
          !isRecord(wanted) ||
          Object.entries(wanted).every(
            ([key, under]) => !Object.hasOwn(value, key) || check(under, value[key]),
          )
        );
      case 'additionalProperties': {
        if (!isRecord(value)) return true;
        const known = isRecord(schema.properties) ? schema.properties : {};
        const others = Object.entries(value).filter(([key]) => !Object.hasOwn(known, key));
        return wanted === false ? others.length === 0 : others.every(([, one]) => check(wanted, one));
      }
      case 'propertyNames':
        return !isRecord(value) || Object.keys(value).every((key) => check(wanted, key));
      case 'anyOf':
        return Array.isArray(wanted) && wanted.some((under) => check(under, value));
      default:
        throw new Error(`the schema has a keyword that is not known here: ${keyword}`);
    }
  });
}
