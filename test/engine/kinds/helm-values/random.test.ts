import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isRefusal } from '../../../../server/src/engine/index.ts';
import { apply, asTexts, digest, meaning } from '../../yaml/read.ts';
import { type Data, writeYaml } from '../../yaml/style.ts';
import { exercise } from '../analyzed.ts';
import { path, read } from './read.ts';

interface Image {
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly pullPolicy?: string;
}

interface Values {
  readonly image: Image;
  readonly initImage?: string;
  readonly metrics?: { readonly enabled: boolean; readonly image: Image };
  readonly sysctlImage?: Image;
  readonly extraContainers?: readonly { readonly name: string; readonly image: string }[];
}

const image: fc.Arbitrary<Image> = fc.record(
  {
    registry: fc.constantFrom('docker.io', 'reg:5000', ''),
    repository: fc.constantFrom('bitnami/redis', 'shop/api', 'exporter'),
    tag: fc.constantFrom('1.27.4', 'latest', '1.5', '20240101', ''),
    digest: fc.constantFrom('', '', digest),
    pullPolicy: fc.constant('Always'),
  },
  { requiredKeys: ['repository'] },
);

const text = fc.constantFrom('busybox:1.36', 'reg:5000/os-shell:12', `ghcr.io/a/b@${digest}`);

const values: fc.Arbitrary<Values> = fc.record(
  {
    image,
    initImage: text,
    metrics: fc.record({ enabled: fc.boolean(), image }),
    sysctlImage: image,
    extraContainers: fc.array(
      text.map((one) => ({ name: 'side', image: one })),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: ['image'] },
);

const toData = (model: Values): Data => JSON.parse(JSON.stringify({ replicas: '1', ...model }));

const isImage = (value: Data): boolean =>
  typeof value === 'object' && value !== null && 'repository' in value;

const write = (model: Values, seed: number) =>
  writeYaml(toData(model), seed, { anchors: true, mayMerge: isImage });

function referenceOf({ digest: own = '', registry = '', repository, tag = '' }: Image): string {
  const name = registry === '' ? repository : `${registry}/${repository}`;
  const version = tag === '' ? (own === '' ? ':{{ tag }}' : '') : `:${tag}`;
  return name + version + (own === '' ? '' : `@${own}`);
}

/** The references, by the keys that use them. */
const expected = ({ extraContainers, image: main, initImage, metrics, sysctlImage }: Values) => [
  `image: ${referenceOf(main)}`,
  ...(initImage === undefined ? [] : [`initImage: ${initImage}`]),
  ...(metrics ? [`metrics.image: ${referenceOf(metrics.image)}`] : []),
  ...(sysctlImage ? [`sysctlImage: ${referenceOf(sysctlImage)}`] : []),
  ...(extraContainers ?? []).map((one, at) => `extraContainers.${at}.image: ${one.image}`),
];

/** What the writer moves to fragments may look like an image of its own. */
const isOwn = (owner: string): boolean => !owner.startsWith('x-');

/** The values with what these keys use pinned. */
function pinnedIn(model: Values, owners: readonly string[]): Values {
  const pin = (one: Image, owner: string): Image => (owners.includes(owner) ? { ...one, digest } : one);
  const pinText = (one: string, owner: string): string => (owners.includes(owner) ? `${one}@${digest}` : one);
  const { extraContainers, image: main, initImage, metrics, sysctlImage } = model;
  return {
    ...model,
    image: pin(main, 'image'),
    ...(initImage !== undefined && { initImage: pinText(initImage, 'initImage') }),
    ...(metrics && { metrics: { ...metrics, image: pin(metrics.image, 'metrics.image') } }),
    ...(sysctlImage && { sysctlImage: pin(sysctlImage, 'sysctlImage') }),
    ...(extraContainers && {
      extraContainers: extraContainers.map((one, at) => ({
        ...one,
        image: pinText(one.image, `extraContainers.${at}.image`),
      })),
    }),
  };
}

const runs = { numRuns: 100 };

describe('values in any style', () => {
  test('say the same', () => {
    fc.assert(
      fc.property(values, fc.integer(), (model, seed) => {
        const { comments, text: written } = write(model, seed);
        assert.deepEqual(meaning(written), asTexts(toData(model)), 'the test writes what it means');
        const { commentCount, images, skipped } = read(written);
        assert.deepEqual(skipped, []);
        assert.equal(commentCount(), comments.length);
        const found = images.flatMap(({ owners, resolved }) =>
          owners.filter(isOwn).map((owner) => `${owner}: ${resolved}`),
        );
        assert.deepEqual(found.toSorted(), expected(model).toSorted());
      }),
      runs,
    );
  });

  test('have one image pinned and nothing else', () => {
    let made = 0;
    fc.assert(
      fc.property(values, fc.integer(), (model, seed) => {
        const { comments, text: written } = write(model, seed);
        for (const { mutability, owners, resolved, site } of read(written).images) {
          if ((mutability !== 'tag' && mutability !== 'floating') || !owners.some(isOwn)) continue;
          const edits = site.replace(`${resolved}@${digest}`);
          if (isRefusal(edits)) {
            assert.match(edits.refused, /no `digest` key|through an alias or a merge key/);
            continue;
          }
          made++;
          const after = apply(written, edits);
          assert.deepEqual(meaning(after), asTexts(toData(pinnedIn(model, owners))));
          assert.equal(read(after).commentCount(), comments.length);
        }
      }),
      runs,
    );
    assert.ok(made > 50, String(made));
  });

  test('are never too broken', () => {
    fc.assert(
      fc.property(values, fc.integer(), fc.nat(400), fc.nat(30), (model, seed, at, length) => {
        const { text: written } = write(model, seed);
        exercise(path, written.slice(0, at) + written.slice(at + length));
      }),
      runs,
    );
  });
});
