import { policyPage, policyShape, sharedShapes } from './schema.ts';
import type { Key, Option, Shape } from './shape.ts';

type Json = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft-07) of a `.holdfast.yaml`, for editors with a YAML extension. */
export const policyJsonSchema = (): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: '.holdfast.yaml',
  description: `The policy of Holdfast. Documentation: ${policyPage}`,
  ...schemaOf(policyShape),
  definitions: Object.fromEntries(
    Object.entries(sharedShapes).map(([name, shape]) => [name, schemaInFull(shape)]),
  ),
});

function schemaOf(shape: Shape): Json {
  const shared = Object.entries(sharedShapes).find(([, one]) => one === shape);
  return shared ? { $ref: `#/definitions/${shared[0]}` } : schemaInFull(shape);
}

function schemaInFull(shape: Shape): Json {
  switch (shape.type) {
    case 'mapping': {
      const required = Object.entries(shape.keys).flatMap(([name, key]) => (key.required ? [name] : []));
      return {
        type: orNothing('object', shape.optional),
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(shape.keys).map(([name, key]) => [name, described(key)]),
        ),
        ...(required.length > 0 && { required }),
      };
    }
    case 'table': {
      const type = orNothing('object', shape.optional);
      if ('type' in shape.names) {
        const names = schemaOf(shape.names);
        return { type, propertyNames: names, additionalProperties: schemaOf(shape.value) };
      }
      const value = schemaOf(shape.value);
      const properties = shape.names.map((name) => [name.value, { ...value, ...optionWords(name) }]);
      return { type, additionalProperties: false, properties: Object.fromEntries(properties) };
    }
    case 'list': {
      const items = schemaOf(shape.item);
      const list = {
        type: orNothing('array', shape.optional),
        items,
        ...(!shape.optional && { minItems: 1 }),
      };
      return shape.single ? { anyOf: [items, list] } : list;
    }
    case 'choice':
      return {
        type: 'string',
        enum: shape.options.map(({ value }) => value),
        // Known to VS Code's readers of JSON Schema; others pass over it.
        markdownEnumDescriptions: shape.options.map(({ description }) => description),
      };
    case 'text':
      return { type: 'string', ...(shape.pattern !== null && { pattern: shape.pattern }) };
    case 'flag':
      return { type: 'boolean' };
  }
}

const orNothing = (type: string, optional: boolean): string | readonly string[] =>
  optional ? [type, 'null'] : type;

const described = ({ description, example, shape }: Key): Json => ({
  description,
  markdownDescription: `${description}\n\nExample: \`${example}\``,
  ...schemaOf(shape),
});

const optionWords = ({ description, page }: Option): Json => ({
  description,
  markdownDescription: page === undefined ? description : `${description} [More](${page})`,
});
