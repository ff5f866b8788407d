// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of GitLab look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { apply, asTexts, digest, meaning } from '../../yaml/read.ts';
import { type Data, writeYaml } from '../../yaml/style.ts';
import { exercise } from '../analyzed.ts';
import { pipeline, read } from './read.ts';

type Image = string | { readonly name: string; readonly alias?: string; readonly pull_policy?: string };

interface Job {
  readonly image?: Image;
  readonly services?: readonly Image[];
  readonly script: readonly string[];
}

interface Model {
  readonly image?: Image;
  readonly default?: Omit<Job, 'script'>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const reference = fc.constantFrom(
  'nginx',
  'nginx:1.27.3',
  'redis:7',
  'localhost:5000/shop/api:v2.0.1',
  '1.10',
);

const image: fc.Arbitrary<Image> = fc.oneof(
  reference,
  fc.record({ name: reference, pull_policy: fc.constant('always') }, { requiredKeys: ['name'] }),
);

const services = fc.array(image, { minLength: 1, maxLength: 3 });

const job: fc.Arbitrary<Job> = fc.record(
  { image, services, script: fc.constantFrom(['make'], ['echo "# no comment"', 'x: y']) },
  { requiredKeys: ['script'] },
);

const models: fc.Arbitrary<Model> = fc.record(
  {
    image,
    default: fc.record({ image, services }, { requiredKeys: [] }),
    jobs: fc.dictionary(fc.constantFrom('build', '.hidden', 'pages'), job, { minKeys: 1 }),
  },
  { requiredKeys: ['jobs'] },
);

const toData = ({ jobs, ...rest }: Model): Data => JSON.parse(JSON.stringify({ ...rest, ...jobs }));

const isImage = (value: Data): boolean => typeof value === 'object' && value !== null && 'name' in value;

const write = (model: Model, seed: number) =>
  writeYaml(toData(model), seed, { anchors: true, mayMerge: isImage });

const nameOf = (one: Image): string => (typeof one === 'string' ? one : one.name);

/** The references of a model, by what owns them. */
function references({ default: defaults, image: top, jobs }: Model): readonly string[] {
  const owned = (label: string, one: Omit<Job, 'script'>) => [
    ...(one.image === undefined ? [] : [`${label}: ${nameOf(one.image)}`]),
    ...(one.services ?? []).map((service, index) => `service ${index + 1} of ${label}: ${nameOf(service)}`),
  ];
  return [
    ...owned('every job', { ...(top !== undefined && { image: top }) }),
    ...owned('every job', defaults ?? {}),
    ...Object.entries(jobs).flatMap(([name, one]) => owned(`job ${name}`, one)),
  ];
}

const runs = { numRuns: 60 };

describe('pipelines in any style', () => {
  test('name the same images', () => {
    fc.assert(
      fc.property(models, fc.integer(), (model, seed) => {
        const { comments, text } = write(model, seed);
        assert.deepEqual(meaning(text), asTexts(toData(model)), 'the test writes what it means');
        const { images, skipped, commentCount } = read(text);
        assert.deepEqual(skipped, []);
        assert.equal(commentCount(), comments.length);
        const found = images.flatMap(({ owners, resolved }) =>
          owners.map((owner) => `${owner}: ${resolved}`),
        );
        assert.deepEqual(new Set(found), new Set(references(model)));
      }),
      runs,
    );
  });

  test('have an image replaced and nothing else', () => {
    let replaced = 0;
    fc.assert(
      fc.property(models, fc.integer(), (model, seed) => {
        const { comments, text } = write(model, seed);
        const { images } = read(text);
        for (const { resolved, site } of images) {
          const after = apply(text, site.replace(`${resolved}@${digest}`));
          replaced++;
          assert.equal(after.length, text.length + digest.length + 1);
          const changed = read(after);
          assert.equal(changed.commentCount(), comments.length);
          assert.deepEqual(
            changed.images.map((use) => use.resolved),
            images.map((use) => (use.site === site ? `${resolved}@${digest}` : use.resolved)),
          );
        }
      }),
      runs,
    );
    assert.ok(replaced > 60);
  });

  test('have a variable replaced that holds an image', () => {
    fc.assert(
      fc.property(reference, fc.constantFrom('$IMG', '${IMG}'), fc.integer(), (held, variable, seed) => {
        const data = (value: string): Data => ({
          variables: { IMG: value, OTHER: 'x' },
          a: { image: variable, script: 'make' },
          b: { services: [{ name: variable, alias: 'b' }], script: 'make' },
        });
        const { text } = writeYaml(data(held), seed);
        const { images } = read(text);
        const [use] = images;
        assert.ok(use);
        assert.deepEqual(
          [images.length, use.resolved, use.owners],
          [1, held, ['job a', 'service b of job b']],
        );
        const after = apply(text, use.site.replace(`${held}@${digest}`));
        assert.deepEqual(meaning(after), data(`${held}@${digest}`));
      }),
      runs,
    );
  });
});

const sample = `spec:
  inputs:
    image: {default: "node:20"}
---
variables: # $IMG
  IMG: &img "node:20"
  BASE: $IMG
  V: {value: '3.20', description: "x: y", options: ['3.20']}
default:
  image: {name: "\${BASE}", entrypoint: [""]}
  services:
    - name: docker:27-dind
      alias: docker
    - !reference [.base, services]
.base: &base
  variables: {V: "1", W: $V}
  image: >-
    alpine:$V
build:
  <<: *base
  extends: [.base, build]
  parallel: {matrix: [{X: [a, b]}]}
  image: $[[ inputs.image ]]
  services: [*img, "repo:a:b", postgres:\${X}, '$CI_REGISTRY_IMAGE/db']
  script: docker push $IMG
`;

test('no text is too broken', () => {
  for (const text of [sample, sample.replaceAll('\n', '\r\n')]) {
    for (let end = 0; end <= text.length; end++) exercise(pipeline, text.slice(0, end));
  }
  const values = [
    '$'.repeat(50_000),
    '${'.repeat(20_000),
    '{{'.repeat(20_000),
    '$[['.repeat(20_000),
    '$A$B'.repeat(2_000),
  ];
  for (const value of values)
    exercise(pipeline, `variables: {A: "${value}", B: "$A$A"}\na: {image: "$B$B", services: ["${value}"]}`);
});

test('variables of variables end', () => {
  const doubled = Array.from({ length: 60 }, (_, at) => `  V${at}: "$V${at + 1}$V${at + 1}"\n`).join('');
  const chain = Array.from({ length: 3_000 }, (_, at) => `  W${at}: $W${at + 1}\n`).join('');
  const jobs = Array.from(
    { length: 3_000 },
    (_, at) => `j${at}: {extends: j${at + 1}, image: "x:$V0$W0"}\n`,
  ).join('');
  const text = `variables:\n  V60: x\n${doubled}${chain}${jobs}`;
  const { images } = read(text);
  assert.equal(images.length, 3_000);
  assert.ok(images.every(({ mutability }) => mutability === 'unknown'));
});

test('aliases of aliases end', () => {
  const services = `- &s nginx\n${'    - *s\n'.repeat(300)}`;
  const more = Array.from({ length: 300 }, (_, at) => `j${at}: *job\n`).join('');
  const [use, other] = read(`a: &job\n  services:\n    ${services}${more}`).images;
  assert.equal(other, undefined);
  assert.ok((use?.owners.length ?? 0) > 300);
});
