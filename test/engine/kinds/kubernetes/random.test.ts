import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Facts } from '../../../../server/src/engine/model/facts.ts';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { apply, asTexts, digest, meaning, readKubernetes, workloadIn } from '../../yaml/read.ts';
import { type Data, writeYaml } from '../../yaml/style.ts';

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly securityContext?: Readonly<Record<string, Data>>;
  readonly volumeMounts?: readonly Readonly<Record<string, Data>>[];
  readonly args?: readonly string[];
}

interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly Readonly<Record<string, Data>>[];
}

const image = fc.constantFrom(
  'nginx',
  'nginx:1.27.3',
  'redis:7',
  'localhost:5000/shop/api:v2.0.1',
  `ghcr.io/shop/web@${digest}`,
  '1.10',
);

const securityContext = fc.record(
  {
    readOnlyRootFilesystem: fc.boolean(),
    privileged: fc.boolean(),
    capabilities: fc.constant({ add: ['NET_ADMIN'], drop: ['ALL'] }),
    runAsUser: fc.constant('1000'),
  },
  { requiredKeys: [] },
);

const volumeMounts = fc.uniqueArray(
  fc.constantFrom(
    { name: 'host', mountPath: '/host' },
    { name: 'host', mountPath: '/ro', readOnly: true },
    { name: 'work', mountPath: '/work', readOnly: false },
    { name: 'claim', mountPath: '/data' },
  ),
  { minLength: 1 },
);

const container = fc.record(
  {
    image,
    imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent'),
    securityContext,
    volumeMounts,
    args: fc.constantFrom(['--a=b: c', '# no'], ['$(X)', "it's"]),
  },
  { requiredKeys: ['image'] },
);

const named = (names: readonly string[]) =>
  fc
    .array(container, { minLength: 1, maxLength: names.length })
    .map((list) => list.map((one, index): Container => ({ name: names[index] ?? '', ...one })));

const pods: fc.Arbitrary<Pod> = fc.record(
  {
    initContainers: named(['setup']),
    containers: named(['api', 'side', 'log']),
    volumes: fc.constant([
      { name: 'host', hostPath: { path: '/var/lib/shop' } },
      { name: 'work', emptyDir: {} },
      { name: 'claim', persistentVolumeClaim: { claimName: 'shop' } },
    ]),
  },
  { requiredKeys: ['containers', 'volumes'] },
);

const deployment = (pod: Pod) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: '2', template: { spec: pod } },
});

const toData = (pod: Pod): Data => JSON.parse(JSON.stringify(deployment(pod)));

const expectedFor = (pod: Pod): Data => asTexts(deployment(pod));

const isContainer = (value: Data): boolean => typeof value === 'object' && value !== null && 'image' in value;

const write = (pod: Pod, seed: number) =>
  writeYaml(toData(pod), seed, { anchors: true, mayMerge: isContainer });

/** What each container runs: the same whatever the style. */
const summary = ({ images, workloads }: Facts) =>
  workloads.map(
    ({ addedCapabilities, image: used, label, mounts, path, privileged, pullPolicy, readOnlyRoot }) => ({
      label,
      path,
      image: used?.resolved,
      owned: images.filter(({ owners }) => owners.includes(label)).map(({ resolved }) => resolved),
      mutability: used && [used.mutability, used.reading.state],
      readOnly: readOnlyRoot.value,
      privileged: privileged.value,
      pullPolicy: pullPolicy?.value,
      mounts: mounts.map(({ readOnly, source, target, type }) => [type, source, target, readOnly.value]),
      capabilities: addedCapabilities.map(({ value }) => value),
    }),
  );

/** The pod with one container changed. */
const change = (pod: Pod, name: string, changed: (one: Container) => Container): Pod => {
  const inList = (list: readonly Container[]) => list.map((one) => (one.name === name ? changed(one) : one));
  return {
    ...pod,
    containers: inList(pod.containers),
    ...(pod.initContainers && { initContainers: inList(pod.initContainers) }),
  };
};

const everyContainer = (pod: Pod) => [
  ...pod.containers.map(({ name }) => ({ name, label: `container ${name}` })),
  ...(pod.initContainers ?? []).map(({ name }) => ({ name, label: `init container ${name}` })),
];

const commentsOf = (text: string): readonly string[] =>
  readKubernetes(text)
    .comments()
    .map((comment) => comment.text);

const seed = fc.integer();
const runs = { numRuns: 100 };

describe('Kubernetes manifests in any style', () => {
  test('say the same', () => {
    fc.assert(
      fc.property(pods, seed, (pod, style) => {
        const { comments, text } = write(pod, style);
        assert.deepEqual(meaning(text), expectedFor(pod), 'the test writes what it means');
        const facts = readKubernetes(text);
        assert.deepEqual(facts.skipped, []);
        assert.deepEqual(commentsOf(text), comments);
        const byLabel = (one: Facts) => summary(one).toSorted((a, b) => (a.label < b.label ? -1 : 1));
        assert.deepEqual(byLabel(facts), byLabel(readKubernetes(JSON.stringify(toData(pod)))));
      }),
      runs,
    );
  });

  test('have an image replaced and nothing else', () => {
    fc.assert(
      fc.property(pods, seed, (pod, style) => {
        const { comments, text } = write(pod, style);
        for (const { owners, resolved, site } of readKubernetes(text).images) {
          const after = apply(text, site.replace(`${resolved}@${digest}`));
          const expected = everyContainer(pod)
            .filter(({ label }) => owners.includes(label))
            .reduce(
              (one, { name }) => change(one, name, (old) => ({ ...old, image: `${resolved}@${digest}` })),
              pod,
            );
          assert.deepEqual(meaning(after), expectedFor(expected));
          assert.deepEqual(commentsOf(after), comments);
        }
      }),
      runs,
    );
  });

  test('are made read-only, with scratch space', () => {
    let made = 0;
    fc.assert(
      fc.property(pods, seed, (pod, style) => {
        const { comments, text } = write(pod, style);
        const facts = readKubernetes(text);
        for (const { label, name } of everyContainer(pod)) {
          const workload = workloadIn(facts, label);
          const flag = workload.readOnlyRoot.set(true);
          const scratch = workload.provideScratch(['/tmp']);
          const readOnly = change(pod, name, (one) => ({
            ...one,
            securityContext: { ...one.securityContext, readOnlyRootFilesystem: true },
          }));
          if (isRefusal(flag)) {
            assert.match(text, /<<|\*/, 'only what is shared is refused');
            continue;
          }
          const after = apply(text, flag);
          assert.deepEqual(meaning(after), expectedFor(readOnly));
          assert.deepEqual(commentsOf(after), comments);
          if (isRefusal(scratch)) {
            assert.match(text, /<<|\*/, 'only what is shared is refused');
            continue;
          }
          made++;
          const volume = everyContainer(pod).length === 1 ? 'tmp' : `${name}-tmp`;
          const withScratch = change(readOnly, name, (one) => ({
            ...one,
            volumeMounts: [...(one.volumeMounts ?? []), { name: volume, mountPath: '/tmp' }],
          }));
          const whole = apply(text, [...flag, ...scratch]);
          assert.deepEqual(
            meaning(whole),
            expectedFor({
              ...withScratch,
              volumes: [...pod.volumes, { name: volume, emptyDir: { sizeLimit: '64Mi' } }],
            }),
          );
          assert.deepEqual(commentsOf(whole), comments);
        }
      }),
      runs,
    );
    assert.ok(made > 50);
  });

  test('have a mount made read-only and a pull policy set', () => {
    fc.assert(
      fc.property(pods, seed, (pod, style) => {
        const { comments, text } = write(pod, style);
        const facts = readKubernetes(text);
        for (const { label, name } of everyContainer(pod)) {
          const { mounts, pullPolicy } = workloadIn(facts, label);
          const policy = pullPolicy?.set('Never') ?? [];
          if (isRefusal(policy)) assert.match(text, /<<|\*/, 'only what is shared is refused');
          else {
            const expected = change(pod, name, (one) => ({ ...one, imagePullPolicy: 'Never' }));
            assert.deepEqual(meaning(apply(text, policy)), expectedFor(expected));
          }
          for (const [index, mount] of mounts.entries()) {
            const edits = mount.readOnly.set(true);
            if (isRefusal(edits)) {
              assert.match(text, /<<|\*/, 'only what is shared is refused');
              continue;
            }
            const after = apply(text, edits);
            const expected = change(pod, name, (one) => ({
              ...one,
              volumeMounts: (one.volumeMounts ?? []).map((old, at) =>
                at === index ? { ...old, readOnly: true } : old,
              ),
            }));
            assert.deepEqual(meaning(after), expectedFor(expected));
            assert.deepEqual(commentsOf(after), comments);
          }
        }
      }),
      runs,
    );
  });
});
