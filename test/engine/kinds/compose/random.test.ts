import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Facts } from '../../../../server/src/engine/model/facts.ts';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { apply, asTexts, digest, meaning, read, readCompose, workloadIn } from '../../yaml/read.ts';
import { type Data, writeYaml } from '../../yaml/style.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly restart?: string;
  readonly tmpfs?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const image = fc.constantFrom(
  'nginx',
  'nginx:1.27.3',
  'redis:7',
  'localhost:5000/shop/api:v2.0.1',
  `ghcr.io/shop/web@${digest}`,
  '1.10',
  'registry.example.com:443/a/b_c:latest',
);

const service: fc.Arbitrary<Service> = fc.record(
  {
    image,
    build: fc.constant('./src'),
    read_only: fc.boolean(),
    privileged: fc.boolean(),
    restart: fc.constantFrom('always', 'no', 'on-failure:3'),
    tmpfs: fc.uniqueArray(fc.constantFrom('/run', '/var/tmp:size=64m', '/cache'), { minLength: 1 }),
    volumes: fc.uniqueArray(fc.constantFrom('./src:/app', 'data:/data:z', '/etc/x:/x:ro', './y:/y:rw'), {
      minLength: 1,
    }),
    environment: fc.dictionary(
      fc.constantFrom('A', 'B'),
      fc.constantFrom('x: y', '# no', 'a "b" \'c\'', '${V}'),
    ),
  },
  { requiredKeys: ['image'] },
);

/** What a service builds has a name of its own: no other one pulls it. */
const services = fc.dictionary(
  fc.constantFrom('web', 'api', 'db', 'my-app.1'),
  service.map((one) => (one.build === undefined ? one : { ...one, image: 'shop/built:1' })),
  { minKeys: 1 },
);

const toData = (model: Readonly<Record<string, Service>>): Data =>
  JSON.parse(JSON.stringify({ services: model }));

const expectedFor = (model: Readonly<Record<string, Service>>): Data => asTexts({ services: model });

const isService = (value: Data): boolean => typeof value === 'object' && value !== null && 'image' in value;

const write = (model: Readonly<Record<string, Service>>, seed: number) =>
  writeYaml(toData(model), seed, { anchors: true, mayMerge: isService });

/** What each service runs: the same whatever the style. */
const summary = ({ images, workloads }: Facts): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    workloads.map(({ addedCapabilities, image: used, label, mounts, path, privileged, readOnlyRoot }) => [
      label,
      {
        path,
        image: used?.resolved,
        owned: images.filter(({ owners }) => owners.includes(label)).map(({ resolved }) => resolved),
        mutability: used && [used.mutability, used.reading.state],
        readOnly: readOnlyRoot.value,
        privileged: privileged.value,
        mounts: mounts.map(({ readOnly, source, target, type }) => [type, source, target, readOnly.value]),
        capabilities: addedCapabilities.map(({ value }) => value),
      },
    ]),
  );

const plain = (model: Readonly<Record<string, Service>>): string => JSON.stringify(toData(model));

const seed = fc.integer();
const runs = { numRuns: 100 };

describe('Compose files in any style', () => {
  test('say the same', () => {
    fc.assert(
      fc.property(services, seed, (model, style) => {
        const { text } = write(model, style);
        assert.deepEqual(meaning(text), expectedFor(model), 'the test writes what it means');
        const facts = readCompose(text);
        assert.deepEqual(facts.skipped, []);
        assert.deepEqual(sorted(summary(facts)), sorted(summary(readCompose(plain(model)))));
        assert.deepEqual(sorted(summary(read('/shop/stack.yml', text))), sorted(summary(facts)));
      }),
      runs,
    );
  });

  test('have all their comments found', () => {
    fc.assert(
      fc.property(services, seed, (model, style) => {
        const { comments, text } = write(model, style);
        assert.deepEqual(
          readCompose(text)
            .comments()
            .map((comment) => comment.text),
          comments,
        );
      }),
      runs,
    );
  });

  test('have an image replaced and nothing else', () => {
    fc.assert(
      fc.property(services, seed, (model, style) => {
        const { comments, text } = write(model, style);
        for (const { owners, resolved, site } of readCompose(text).images) {
          const after = apply(text, site.replace(`${resolved}@${digest}`));
          const expected = Object.fromEntries(
            Object.entries(model).map(([name, one]) => [
              name,
              owners.includes(`service ${name}`) ? { ...one, image: `${resolved}@${digest}` } : one,
            ]),
          );
          assert.deepEqual(meaning(after), expectedFor(expected));
          assert.deepEqual(commentsOf(after), comments);
          assert.equal(after.length, text.length + digest.length + 1);
        }
      }),
      runs,
    );
  });

  test('are made read-only, with scratch space', () => {
    let made = 0;
    fc.assert(
      fc.property(services, seed, fc.boolean(), (model, style, value) => {
        const { comments, text } = write(model, style);
        const facts = readCompose(text);
        for (const [name, one] of Object.entries(model)) {
          const workload = workloadIn(facts, `service ${name}`);
          const flag = workload.readOnlyRoot.set(value);
          const scratch = workload.provideScratch(['/tmp']);
          if (!isRefusal(flag)) {
            made++;
            const after = apply(text, flag);
            assert.deepEqual(meaning(after), expectedFor({ ...model, [name]: { ...one, read_only: value } }));
            assert.deepEqual(commentsOf(after), comments);
          }
          if (isRefusal(scratch) || isRefusal(flag)) {
            assert.match(text, /<<|\*/, 'only what is shared is refused');
            continue;
          }
          const after = apply(text, [...flag, ...scratch]);
          const tmpfs = [...(one.tmpfs ?? []), '/tmp'];
          assert.deepEqual(
            meaning(after),
            expectedFor({ ...model, [name]: { ...one, read_only: value, tmpfs } }),
          );
          assert.deepEqual(commentsOf(after), comments);
        }
      }),
      runs,
    );
    assert.ok(made > 50);
  });

  test('have a mount made read-only', () => {
    fc.assert(
      fc.property(services, seed, (model, style) => {
        const { comments, text } = write(model, style);
        for (const [name, one] of Object.entries(model)) {
          const mounts = workloadIn(readCompose(text), `service ${name}`).mounts;
          for (const [index, volume] of (one.volumes ?? []).entries()) {
            const edits = mounts[index]?.readOnly.set(true) ?? [];
            if (isRefusal(edits)) {
              assert.match(text, /<<|\*/, 'only what is shared is refused');
              continue;
            }
            const after = apply(text, edits);
            const wanted = readOnlyVolumes[volume] ?? '';
            const volumes = one.volumes?.with(index, wanted);
            assert.deepEqual(
              meaning(after),
              expectedFor({ ...model, [name]: { ...one, ...(volumes && { volumes }) } }),
            );
            assert.deepEqual(commentsOf(after), comments);
          }
        }
      }),
      { ...runs, examples: [deeplyMerged] },
    );
  });
});

/** A service and a style that puts merge keys into the fragments of merge keys, six deep. */
const deeplyMerged: [Readonly<Record<string, Service>>, number] = [
  {
    web: {
      image: 'localhost:5000/shop/api:v2.0.1',
      tmpfs: ['/run', '/cache'],
      volumes: ['data:/data:z', '/etc/x:/x:ro'],
      environment: { B: '# no' },
    },
    db: { image: 'shop/built:1', build: './src', volumes: ['./y:/y:rw'], environment: { B: '${V}' } },
  },
  -856024617,
];

const readOnlyVolumes: Readonly<Record<string, string>> = {
  './src:/app': './src:/app:ro',
  'data:/data:z': 'data:/data:z,ro',
  '/etc/x:/x:ro': '/etc/x:/x:ro',
  './y:/y:rw': './y:/y:ro',
};

const commentsOf = (text: string): readonly string[] =>
  readCompose(text)
    .comments()
    .map((comment) => comment.text);

const sorted = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
