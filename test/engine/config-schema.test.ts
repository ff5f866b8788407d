import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  kindIds,
  parsePolicy,
  pinStyles,
  policyJsonSchema,
  policyShape,
  profiles,
  ruleLevels,
  rules,
  type Shape,
} from '../../server/src/engine/index.ts';
import { isValid } from '../support/json-schema.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
const schema = policyJsonSchema();

/** What the schema says of a text that YAML allows. */
const fits = (text: string): boolean => isValid(schema, parse(text, { merge: true }) ?? {});

/** What the parser says that a schema can say too. */
const faults = (text: string): readonly string[] =>
  parsePolicy(text).mistakes.flatMap(({ by, message }) => (by === 'schema' ? [message] : []));

describe('the JSON Schema', () => {
  it('is the one in schemas/', () => {
    assert.deepEqual(JSON.parse(read('schemas/holdfast.schema.json')), schema);
  });

  it('is what the extension brings for .holdfast.yaml', () => {
    const { yamlValidation } = JSON.parse(read('package.json')).contributes;
    for (const { url } of yamlValidation) assert.deepEqual(JSON.parse(read(url)), schema);
    assert.deepEqual(
      yamlValidation.map(({ fileMatch }: { fileMatch: string }) => fileMatch),
      ['.holdfast.yaml', '*.holdfast.yaml'],
    );
  });

  it('describes every key and every rule', () => {
    const text = JSON.stringify(schema);
    for (const { id, title } of rules) assert.ok(text.includes(JSON.stringify(`${title}.`).slice(1, -2)), id);
    for (const word of [...ruleLevels, ...profiles, ...pinStyles, ...kindIds])
      assert.ok(text.includes(`"${word}"`));
  });
});

/** Every key with an example of it, as the text of a whole configuration. */
function* examples(
  shape: Shape,
  wrap: (text: string) => string,
): Iterable<readonly [name: string, text: string]> {
  if (shape.type === 'list') yield* examples(shape.item, (text) => wrap(`[${text}]`));
  if (shape.type === 'table') yield* examples(shape.value, (text) => wrap(`{docker.io: ${text}}`));
  if (shape.type !== 'mapping') return;
  const required = Object.entries(shape.keys).filter(([, key]) => key.required !== undefined);
  for (const [name, key] of Object.entries(shape.keys)) {
    const beside = required
      .filter(([other]) => other !== name)
      .map(([other, { example }]) => `${other}: ${example}`);
    const inPlace = (text: string): string => wrap(`{${[`${name}: ${text}`, ...beside].join(', ')}}`);
    yield [name, inPlace(key.example)];
    yield* examples(key.shape, inPlace);
  }
}

describe('an example of the documentation', () => {
  const all = [...examples(policyShape, (text) => text)];
  for (const [name, text] of all) {
    it(`of ${name}: ${text}`, () => {
      const mistakes = parsePolicy(text).mistakes.filter(
        ({ message }) => !message.includes('changes nothing'),
      );
      assert.deepEqual(mistakes, []);
      assert.equal(fits(text), true);
    });
  }

  it('of the whole file', () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(read('docs/policy.md')) ?? [];
    assert.deepEqual(parsePolicy(text).mistakes, []);
    assert.equal(fits(text), true);
    const keys = Object.keys(parse(text));
    assert.deepEqual(keys.sort(), policyShape.type === 'mapping' ? Object.keys(policyShape.keys).sort() : []);
  });
});

describe('the schema and the parser', () => {
  const texts = [
    '{}',
    'rules:',
    'rules: []',
    'rules: {floating-tag: loud}',
    'rules: {floating-tag: }',
    'rules: {none: error}',
    'overrides: {}',
    'overrides: [1]',
    'overrides: [{}]',
    'overrides: [{files: a}]',
    'overrides: [{files: [], profile: strict}]',
    'overrides: [{files: "", profile: strict}]',
    'overrides: [{files: "#a", profile: strict}]',
    'overrides: [{files: ["!a"], profile: strict}]',
    'overrides: [{files: "a*b*c*d*e*f", profile: strict}]',
    'profile: [strict]',
    'profile: loud',
    'profile:',
    'ignore:',
    'ignore: a',
    'ignore: [""]',
    'ignore: [{}]',
    'files: {"!a": compose}',
    'files: {"#a": compose}',
    'files: {" ": compose}',
    'files: {a: nothing}',
    'files: [a]',
    'trusted-registries: [a b]',
    'trusted-registries: [""]',
    'trusted-registries: ghcr.io',
    'registries: {docker.io: }',
    'registries: {docker.io: {mirror: }}',
    'registries: {docker.io: {mirror: ""}}',
    'registries: {docker.io: {mirror: "a b"}}',
    'registries: {docker.io: {insecure: "true"}}',
    'registries: {docker.io: {insecure: yes}}',
    'registries: {docker.io: {miror: a}}',
    'registries: {myteam: {insecure: true}}',
    'pin: {style: other}',
    'pin: {}',
    'pin:',
    'signatures: [{images: a}]',
    'signatures: [{images: "", key: ""}]',
    'signatures: [{images: a, key: "https://a"}]',
    'waivers: [{}]',
    'waivers: [{rules: [], reason: a, approved-by: b, expires: never}]',
    'waivers: [{rules: floating-tag, reason: " ", approved-by: b, expires: never}]',
    'waivers: [{rules: floating-tag, reason: a, approved-by: b, expires: 2027-02-30}]',
    'waivers: [{rules: floating-tag, reason: a, approved-by: b, expires: soon}]',
    'waivers: [{rules: [floating-tag, none], reason: a, approved-by: b, expires: never}]',
    'waivers: [{rules: floating-tag, files: , reason: a, approved-by: b, expires: never}]',
    'waivers: [{rules: floating-tag, image: , reason: a, approved-by: b, expires: never}]',
    'editor: {may-loosen: "true"}',
    'editor: {may-loosen: }',
    'extends:',
    'extends: []',
    'extends: ""',
    'extends: {a: b}',
    'extends: [a, ""]',
    'other: 1',
    '[]',
    'a',
  ];
  for (const text of texts) {
    it(`agree on ${text}`, () =>
      assert.equal(fits(text), faults(text).length === 0, faults(text).join('\n')));
  }

  it('agree on configurations of any form', () => {
    const rule = fc.constantFrom('floating-tag', 'unpinned-image', 'none');
    const text = fc.constantFrom(
      'a',
      'ghcr.io',
      'ghcr.io/a/*',
      '',
      ' ',
      '#a',
      '!a',
      'a b',
      'https://a',
      'test/',
    );
    const level = fc.constantFrom('off', 'error', 'loud', null);
    const levels = fc.oneof(fc.dictionary(rule, level, { maxKeys: 3 }), fc.constantFrom(null, 'off'));
    const someTexts = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(null));
    const some = <T>(...each: fc.Arbitrary<T>[]) => fc.oneof(...each, fc.constantFrom(null, 'a', true));
    const override = fc.record({ files: someTexts, rules: levels, profile: text }, { requiredKeys: [] });
    const waiver = fc.record(
      {
        rules: fc.oneof(rule, fc.array(rule, { maxLength: 2 })),
        files: someTexts,
        image: text,
        reason: text,
        'approved-by': text,
        expires: fc.constantFrom('never', '2027-03-31', '2027-02-30', 'soon', null),
        other: text,
      },
      { requiredKeys: [] },
    );
    const registry = fc.record(
      { mirror: text, insecure: fc.constantFrom(true, 'true') },
      { requiredKeys: [] },
    );
    const config = fc.record(
      {
        extends: someTexts,
        profile: fc.constantFrom('strict', 'loud', null),
        rules: levels,
        overrides: some(fc.array(some(override), { maxLength: 2 })),
        ignore: some(fc.array(text, { maxLength: 2 })),
        files: some(fc.dictionary(text, fc.constantFrom('compose', 'other'), { maxKeys: 2 })),
        'trusted-registries': some(fc.array(text, { maxLength: 2 })),
        registries: some(fc.dictionary(text, some(registry), { maxKeys: 2 })),
        pin: some(fc.record({ style: text }, { requiredKeys: [] })),
        waivers: some(fc.array(some(waiver), { maxLength: 2 })),
        editor: some(fc.record({ 'may-loosen': fc.constantFrom(true, 'a') }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (value) => {
        // JSON is YAML.
        const written = JSON.stringify(value);
        assert.equal(
          fits(written),
          faults(written).length === 0,
          `${written}\n${faults(written).join('\n')}`,
        );
      }),
      { numRuns: 500 },
    );
  });
});
