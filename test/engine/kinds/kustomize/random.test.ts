import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isRefusal } from '../../../../server/src/engine/index.ts';
import { apply, asTexts, digest, meaning } from '../../yaml/read.ts';
import { type Data, writeYaml } from '../../yaml/style.ts';
import { exercise } from '../analyzed.ts';
import { path, read } from './read.ts';

interface Override {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

const override = fc.record(
  {
    name: fc.constantFrom('nginx', 'shop/api', 'reg:5000/app'),
    newName: fc.constantFrom('mirror/nginx', 'localhost:5000/shop/api'),
    newTag: fc.constantFrom('1.27.4', 'latest', '1.10', '20240101', 'v3'),
    digest: fc.constant(digest),
  },
  { requiredKeys: ['name'] },
);

const overrides: fc.Arbitrary<readonly Override[]> = fc.uniqueArray(override, {
  minLength: 1,
  selector: ({ name }) => name,
});

const toData = (images: readonly Override[]): Data =>
  JSON.parse(JSON.stringify({ kind: 'Kustomization', resources: ['web.yaml'], images }));

const isEntry = (value: Data): boolean => typeof value === 'object' && value !== null && 'name' in value;

const write = (model: readonly Override[], seed: number, mayMerge = isEntry) =>
  writeYaml(toData(model), seed, { anchors: true, mayMerge });

/** What the entries put in place, by the name they look for. */
const expected = (model: readonly Override[]): readonly (readonly [string, string])[] =>
  model.flatMap(({ digest: own, name, newName, newTag }) => {
    if (newName === undefined && newTag === undefined && own === undefined) return [];
    const tag = newTag ?? (own === undefined ? '*' : undefined);
    const resolved = `${newName ?? name}${tag === undefined ? '' : `:${tag}`}${own === undefined ? '' : `@${own}`}`;
    return [[`images.${name}`, resolved] as const];
  });

const found = (text: string) => read(text).images.map(({ path: at, resolved }) => [at, resolved]);

const runs = { numRuns: 150 };

describe('kustomizations in any style', () => {
  test('say the same', () => {
    fc.assert(
      fc.property(overrides, fc.integer(), (model, seed) => {
        const { comments, text } = write(model, seed);
        assert.deepEqual(meaning(text), asTexts(toData(model)), 'the test writes what it means');
        const { commentCount, skipped } = read(text);
        assert.deepEqual(skipped, []);
        assert.equal(commentCount(), comments.length);
        assert.deepEqual(found(text).toSorted(), expected(model).toSorted());
      }),
      runs,
    );
  });

  test('have one entry pinned and nothing else', () => {
    let made = 0;
    fc.assert(
      fc.property(overrides, fc.integer(), fc.boolean(), (model, seed, merged) => {
        const { comments, text } = write(model, seed, (value) => merged && isEntry(value));
        for (const { mutability, path: at, resolved, site } of read(text).images) {
          if (mutability !== 'tag' && mutability !== 'floating') continue;
          const edits = site.replace(`${resolved}@${digest}`);
          if (isRefusal(edits)) {
            assert.match(text, /<<|\*/, 'only what is shared is refused');
            continue;
          }
          made++;
          const after = apply(text, edits);
          const moved = model.map(({ newTag, ...rest }) =>
            `images.${rest.name}` === at
              ? { ...rest, newTag: `${newTag}@${digest}` }
              : { ...rest, ...(newTag && { newTag }) },
          );
          assert.deepEqual(meaning(after), asTexts(toData(moved)));
          assert.equal(read(after).commentCount(), comments.length);
        }
      }),
      runs,
    );
    assert.ok(made > 30, String(made));
  });

  test('are never too broken', () => {
    fc.assert(
      fc.property(overrides, fc.integer(), fc.nat(400), fc.nat(30), (model, seed, at, length) => {
        const { text } = write(model, seed);
        exercise(path, text.slice(0, at) + text.slice(at + length));
      }),
      runs,
    );
  });
});
