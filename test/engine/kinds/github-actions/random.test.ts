import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { apply, asTexts, digest, meaning } from '../../yaml/read.ts';
import { type Data, writeYaml } from '../../yaml/style.ts';
import { exercise } from '../analyzed.ts';
import { action, job, read, workflow } from './read.ts';

interface Container {
  readonly image: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: string;
}

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly 'runs-on': string;
  readonly container?: string | Container;
  readonly services?: Readonly<Record<string, Container>>;
  readonly steps: readonly Step[];
}

const image = fc.constantFrom('nginx', 'nginx:1.27.3', 'redis:7', 'localhost:5000/shop/api:v2.0.1', '1.10');

const container: fc.Arbitrary<Container> = fc.record(
  { image, env: fc.constant({ A: 'x: y' }), options: fc.constant('--cpus 1') },
  { requiredKeys: ['image'] },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record(
    { name: fc.constant('A step'), uses: image.map((reference) => `docker://${reference}`) },
    { requiredKeys: ['uses'] },
  ),
  fc.constant({ uses: 'actions/checkout@v4' }),
  fc.constant({ name: 'run', run: 'echo "# no comment"' }),
);

const numbered = (one: Step, index: number): Step =>
  one.name === undefined ? one : { ...one, name: `${one.name} ${index}` };

const oneJob: fc.Arbitrary<Job> = fc.record(
  {
    'runs-on': fc.constant('ubuntu-24.04'),
    container: fc.oneof(image, container),
    services: fc.dictionary(fc.constantFrom('db', 'cache'), container, { minKeys: 1 }),
    steps: fc.array(step, { maxLength: 3 }).map((steps) => steps.map(numbered)),
  },
  { requiredKeys: ['runs-on', 'steps'] },
);

const jobs = fc.dictionary(fc.constantFrom('build', 'deploy_1'), oneJob, { minKeys: 1 });

type Jobs = Readonly<Record<string, Job>>;

const toData = (model: Jobs): Data => JSON.parse(JSON.stringify({ name: 'CI', jobs: model }));

const isContainer = (value: Data): boolean => typeof value === 'object' && value !== null && 'image' in value;

const write = (model: Jobs, seed: number) =>
  writeYaml(toData(model), seed, { anchors: true, mayMerge: isContainer });

/** The references of a model, by what owns them. */
function references(model: Jobs): readonly string[] {
  return Object.entries(model).flatMap(([name, { container: own, services, steps }]) => [
    ...(own === undefined ? [] : [`job ${name}: ${typeof own === 'string' ? own : own.image}`]),
    ...Object.entries(services ?? {}).map(([key, one]) => `service ${key} of job ${name}: ${one.image}`),
    ...steps.flatMap(({ name: called, uses }, index) =>
      uses?.startsWith('docker://')
        ? `step ${called ?? index + 1} of job ${name}: ${uses.slice('docker://'.length)}`
        : [],
    ),
  ]);
}

const runs = { numRuns: 50 };

describe('workflows in any style', () => {
  test('name the same images', () => {
    fc.assert(
      fc.property(jobs, fc.integer(), (model, seed) => {
        const { comments, text } = write(model, seed);
        assert.deepEqual(meaning(text), asTexts(toData(model)), 'the test writes what it means');
        const { images, skipped, commentCount } = read(workflow, text);
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
      fc.property(jobs, fc.integer(), (model, seed) => {
        const { comments, text } = write(model, seed);
        for (const { owners, resolved, site } of read(workflow, text).images) {
          const after = apply(text, site.replace(`${resolved}@${digest}`));
          replaced++;
          assert.equal(after.length, text.length + digest.length + 1);
          assert.deepEqual(meaning(after), asTexts(pinnedIn(model, owners)));
          assert.equal(read(workflow, after).commentCount(), comments.length);
        }
      }),
      runs,
    );
    assert.ok(replaced > 50);
  });
});

/** The data with the references of these owners pinned. */
function pinnedIn(model: Jobs, owners: readonly string[]): Data {
  const pin = (owner: string, reference: string) =>
    owners.includes(owner) ? `${reference}@${digest}` : reference;
  const changed = Object.entries(model).map(([name, one]) => {
    const { container: own, services, steps } = one;
    return [
      name,
      {
        ...one,
        ...(own !== undefined && {
          container:
            typeof own === 'string'
              ? pin(`job ${name}`, own)
              : { ...own, image: pin(`job ${name}`, own.image) },
        }),
        ...(services && {
          services: Object.fromEntries(
            Object.entries(services).map(([key, service]) => [
              key,
              { ...service, image: pin(`service ${key} of job ${name}`, service.image) },
            ]),
          ),
        }),
        steps: steps.map((step, index) =>
          step.uses?.startsWith('docker://')
            ? { ...step, uses: pin(`step ${step.name ?? index + 1} of job ${name}`, step.uses) }
            : step,
        ),
      },
    ];
  });
  return JSON.parse(JSON.stringify({ name: 'CI', jobs: Object.fromEntries(changed) }));
}

const sample = `${job('    container: &node "node:20" # why\n')}    services:
      db: {image: 'docker://postgres:\${{ matrix.pg }}', env: {A: b}}
      again:
        <<: &more {image: *node}
        ports: [80]
    steps:
      - uses: actions/checkout@v4
      - name: >-
          Lint
        uses: docker://ghcr.io/shop/lint
  other: {container: {image: \${{ inputs.image }}}, steps: [{uses: "docker://a:b:c"}]}
runs:
  using: docker
  image: docker://alpine
`;

test('no text is too broken', () => {
  for (const text of [sample, sample.replaceAll('\n', '\r\n')]) {
    for (let end = 0; end <= text.length; end++) exercise(workflow, text.slice(0, end));
    for (let end = 0; end <= text.length; end += 7) exercise(action, text.slice(0, end));
  }
  exercise(workflow, `jobs: {a: {container: "${'${{'.repeat(20_000)}"}}`);
  exercise(workflow, `jobs: {a: {container: "${'{{}}'.repeat(20_000)}"}}`);
});

test('aliases of aliases end', () => {
  const steps = `- &s {uses: docker://a}\n${'      - *s\n'.repeat(300)}`;
  const more = Array.from({ length: 300 }, (_, at) => `  j${at}: *job\n`).join('');
  const text = `jobs:\n  a: &job\n    steps:\n      ${steps}${more}`;
  const [use, other] = read(workflow, text).images;
  assert.equal(other, undefined);
  assert.ok((use?.owners.length ?? 0) > 300);
});
