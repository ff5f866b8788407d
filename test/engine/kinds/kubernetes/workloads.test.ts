// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters of templates look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Setting } from '../../../../server/src/engine/model/setting.ts';
import { joinEdits } from '../../../../server/src/engine/text/edit.ts';
import { apply, readKubernetes, refusalOf, workloadIn } from '../../yaml/read.ts';

/** A pod with one container, whose further lines are given. */
const pod = (container: string, spec = ''): string =>
  `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
${spec === '' ? '' : `  ${spec.replaceAll('\n', '\n  ')}\n`}  containers:
  - name: api
    image: a
${container === '' ? '' : `    ${container.replaceAll('\n', '\n    ')}\n`}`;

const apiIn = (text: string) => workloadIn(readKubernetes(text), 'container api');

/** Value, origin and what is underlined. */
const told = (text: string, { origin, underline, value }: Setting<unknown>) =>
  [value, origin, text.slice(underline.start, underline.end)] as const;

describe('readOnlyRootFilesystem and privileged', () => {
  const table: readonly (readonly [name: string, text: string, expected: readonly unknown[]])[] = [
    ['not written', pod(''), [false, 'default', 'api']],
    ['true', pod('securityContext: {readOnlyRootFilesystem: true}'), [true, 'explicit', 'true']],
    ['false', pod('securityContext:\n  readOnlyRootFilesystem: false # c'), [false, 'explicit', 'false']],
    ['in quotes', pod('securityContext: {readOnlyRootFilesystem: "true"}'), [undefined, 'unknown', 'true']],
    [
      'a parameter',
      pod('securityContext: {readOnlyRootFilesystem: "${RO}"}'),
      [undefined, 'unknown', '${RO}'],
    ],
    ['an empty context', pod('securityContext:'), [false, 'default', 'api']],
    ['at pod level', pod('', 'securityContext: {readOnlyRootFilesystem: true}'), [false, 'default', 'api']],
    [
      'a context by alias',
      pod('securityContext: *s', 'x: &s {readOnlyRootFilesystem: true}'),
      [true, 'merged', 'true'],
    ],
    [
      'a context by merge key',
      pod('securityContext: {<<: *s}', 'x: &s {readOnlyRootFilesystem: true}'),
      [true, 'merged', 'true'],
    ],
    ['a patch without an image', pod('').replace('    image: a\n', ''), [undefined, 'unknown', 'api']],
  ];
  for (const [name, text, expected] of table) {
    test(name, () => {
      assert.deepEqual(told(text, apiIn(text).readOnlyRoot), expected);
      const other = text.replaceAll('readOnlyRootFilesystem', 'privileged');
      assert.deepEqual(told(other, apiIn(other).privileged), expected);
    });
  }

  test('a step takes its defaults from elsewhere', () => {
    const facts = readKubernetes(
      'apiVersion: tekton.dev/v1\nkind: Task\nspec: {steps: [{name: s, image: a}]}\n',
    );
    assert.equal(workloadIn(facts, 'step s').readOnlyRoot.origin, 'unknown');
  });

  test('at pod level does nothing, and is shown', () => {
    const text = pod('', 'securityContext: {runAsUser: 1, readOnlyRootFilesystem: true}');
    const { misplacedReadOnlyRoot: misplaced } = apiIn(text);
    assert.equal(text.slice(misplaced?.start, misplaced?.end), 'readOnlyRootFilesystem: true');
    assert.equal(apiIn(pod('')).misplacedReadOnlyRoot, null);
  });

  const set: readonly (readonly [name: string, before: string, after: string])[] = [
    ['adds a context', pod('ports: []'), pod('securityContext:\n  readOnlyRootFilesystem: true\nports: []')],
    [
      'adds to a context',
      pod('securityContext:\n  runAsUser: 1 # c'),
      pod('securityContext:\n  runAsUser: 1 # c\n  readOnlyRootFilesystem: true'),
    ],
    [
      'fills a context',
      pod('securityContext: # c\nports: []'),
      pod('securityContext: # c\n  readOnlyRootFilesystem: true\nports: []'),
    ],
    [
      'changes a value',
      pod('securityContext: {readOnlyRootFilesystem: false}'),
      pod('securityContext: {readOnlyRootFilesystem: true}'),
    ],
    [
      'overrides a merged value',
      pod('securityContext: {<<: *s}', 'x: &s {readOnlyRootFilesystem: no}'),
      pod('securityContext: {<<: *s, readOnlyRootFilesystem: true}', 'x: &s {readOnlyRootFilesystem: no}'),
    ],
  ];
  for (const [name, before, after] of set) {
    test(`set ${name}`, () => assert.equal(apply(before, apiIn(before).readOnlyRoot.set(true)), after));
  }

  test('set refuses what is shared', () => {
    const text = pod('securityContext: *s', 'x: &s {readOnlyRootFilesystem: false}');
    assert.match(refusalOf(apiIn(text).readOnlyRoot.set(true)), /shared through an alias/);
  });
});

describe('what else a container says', () => {
  test('its pull policy', () => {
    const policy = (text: string) => told(text, apiIn(text).pullPolicy ?? apiIn(text).readOnlyRoot);
    assert.deepEqual(policy(pod('')), [undefined, 'default', 'api']);
    assert.deepEqual(policy(pod('imagePullPolicy: Always')), ['Always', 'explicit', 'Always']);
    assert.deepEqual(policy(pod('imagePullPolicy: "${P}"')), [undefined, 'unknown', '${P}']);
    const text = pod("imagePullPolicy: 'IfNotPresent' # c");
    assert.equal(
      apply(text, apiIn(text).pullPolicy?.set('Always') ?? []),
      text.replace('IfNotPresent', 'Always'),
    );
    assert.equal(
      apply(pod(''), apiIn(pod('')).pullPolicy?.set('Always') ?? []),
      pod('imagePullPolicy: Always'),
    );
  });

  test('its capabilities', () => {
    const text = pod('securityContext: {capabilities: {add: [SYS_ADMIN, "NET_RAW"], drop: [ALL]}}');
    assert.deepEqual(
      apiIn(text).addedCapabilities.map(({ path, span, value }) => [
        value,
        text.slice(span.start, span.end),
        path,
      ]),
      [
        ['SYS_ADMIN', 'SYS_ADMIN', 'Pod/web/containers/api/capabilities/SYS_ADMIN'],
        ['NET_RAW', 'NET_RAW', 'Pod/web/containers/api/capabilities/NET_RAW'],
      ],
    );
  });

  test('Windows', () => {
    for (const spec of [
      'os: {name: windows}',
      'nodeSelector: {kubernetes.io/os: windows}',
      'nodeSelector: {"beta.kubernetes.io/os": windows}',
    ]) {
      assert.equal(apiIn(pod('', spec)).windows, true);
    }
    assert.equal(apiIn(pod('', 'os: {name: linux}')).windows, false);
  });

  test('every container is one', () => {
    const text = pod(
      '',
      'initContainers: [{name: i, image: b}, {image: c}]\nephemeralContainers: [{name: e, image: d}]',
    );
    assert.deepEqual(
      readKubernetes(text).workloads.map(({ label, name, path }) => [
        label,
        text.slice(name.start, name.end),
        path,
      ]),
      [
        ['init container i', 'i', 'Pod/web/initContainers/i'],
        ['init container', 'image', 'Pod/web/initContainers/1'],
        ['ephemeral container e', 'e', 'Pod/web/ephemeralContainers/e'],
        ['container api', 'api', 'Pod/web/containers/api'],
      ],
    );
  });
});

describe('mounts', () => {
  const volumes = [
    'volumes:',
    '- {name: host, hostPath: {path: /var/run}}',
    '- {name: empty, emptyDir: {}}',
    '- {name: claim, persistentVolumeClaim: {claimName: c}}',
    '- {name: config, configMap: {name: c}}',
    '- {name: pic, image: {reference: a}}',
    '- {name: bare}',
    '- {name: csi, csi: {driver: d}}',
    '- {name: var, hostPath: {path: "${P}"}}',
  ].join('\n');

  test('are joined with the volumes of the pod', () => {
    const text = pod(
      [
        'volumeMounts:',
        '- {name: host, mountPath: /h}',
        '- {name: host, mountPath: /s, subPath: docker.sock, readOnly: true}',
        '- {name: empty, mountPath: /e}',
        '- {name: claim, mountPath: /c, readOnly: false}',
        '- {name: config, mountPath: /f}',
        '- {name: pic, mountPath: /p}',
        '- {name: bare, mountPath: /b}',
        '- {name: csi, mountPath: /i}',
        '- {name: var, mountPath: "/v/${X}"}',
        '- {name: gone, mountPath: /g}',
      ].join('\n'),
      volumes,
    );
    assert.deepEqual(
      apiIn(text).mounts.map(
        ({ readOnly, source, target, type }) =>
          `${type} ${source} ${target} ${readOnly.value} ${readOnly.origin}`,
      ),
      [
        'host /var/run /h false default',
        'host /var/run/docker.sock /s true explicit',
        'scratch null /e false default',
        'volume null /c false explicit',
        'other null /f false default',
        'other null /p false default',
        'scratch null /b false default',
        'volume null /i false default',
        'host null null false default',
        'other null /g false default',
      ],
    );
  });

  test('are joined with the claims of a StatefulSet', () => {
    const text =
      'apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  volumeClaimTemplates: [{metadata: {name: data}}]\n  template: {spec: {containers: [{name: api, image: a, volumeMounts: [{name: data, mountPath: /d}]}]}}\n';
    assert.equal(apiIn(text).mounts[0]?.type, 'volume');
  });

  test('are made read-only', () => {
    const set = (container: string): string => {
      const text = pod(container, volumes);
      return apply(text, apiIn(text).mounts[0]?.readOnly.set(true) ?? []);
    };
    assert.equal(
      set('volumeMounts:\n- name: host\n  mountPath: /h # c\n  subPath: x'),
      pod('volumeMounts:\n- name: host\n  mountPath: /h # c\n  readOnly: true\n  subPath: x', volumes),
    );
    assert.equal(
      set('volumeMounts: [{name: host, mountPath: /h, readOnly: false}]'),
      pod('volumeMounts: [{name: host, mountPath: /h, readOnly: true}]', volumes),
    );
  });
});

describe('scratch space', () => {
  const give = (text: string, ...targets: string[]): string =>
    apply(text, apiIn(text).provideScratch(targets));

  const tmp = (name: string) => `- name: ${name}\n  emptyDir:\n    sizeLimit: 64Mi`;

  test('is a mount and a volume', () => {
    assert.equal(
      give(pod(''), '/tmp', '/var/cache'),
      `${pod('volumeMounts:\n- name: tmp\n  mountPath: /tmp\n- name: var-cache\n  mountPath: /var/cache')}  volumes:\n  ${tmp('tmp').replaceAll('\n', '\n  ')}\n  ${tmp('var-cache').replaceAll('\n', '\n  ')}\n`,
    );
  });

  test('takes a free name', () => {
    assert.equal(
      give(pod('volumeMounts: [{name: a, mountPath: /a}]', 'volumes:\n- name: tmp\n  emptyDir: {}'), '/tmp'),
      pod(
        'volumeMounts: [{name: a, mountPath: /a}, { name: tmp-2, mountPath: /tmp }]',
        `volumes:\n- name: tmp\n  emptyDir: {}\n${tmp('tmp-2')}`,
      ),
    );
  });

  test('is named by the container where there are several', () => {
    const text = pod('', 'initContainers: [{name: i, image: b}]\nvolumes: []');
    assert.equal(
      give(text, '/tmp'),
      pod(
        'volumeMounts:\n- name: api-tmp\n  mountPath: /tmp',
        'initContainers: [{name: i, image: b}]\nvolumes: [{ name: api-tmp, emptyDir: { sizeLimit: 64Mi } }]',
      ),
    );
  });

  test('is there already', () => {
    const text = pod('volumeMounts: [{name: x, mountPath: /var}]', 'volumes: [{name: x, emptyDir: {}}]');
    assert.deepEqual(apiIn(text).provideScratch(['/var/cache', '/var']), []);
    const readOnly = text.replace('/var}', '/var, readOnly: true}');
    assert.notEqual(give(readOnly, '/var/cache'), readOnly);
  });

  test('goes with a read-only root in one change', () => {
    const text = pod('');
    const { provideScratch, readOnlyRoot } = apiIn(text);
    assert.equal(
      apply(text, joinEdits(readOnlyRoot.set(true), provideScratch(['/tmp']))),
      `${pod('securityContext:\n  readOnlyRootFilesystem: true\nvolumeMounts:\n- name: tmp\n  mountPath: /tmp')}  volumes:\n  ${tmp('tmp').replaceAll('\n', '\n  ')}\n`,
    );
  });

  test('needs a pod', () => {
    const facts = readKubernetes(
      'apiVersion: tekton.dev/v1\nkind: StepAction\nmetadata: {name: s}\nspec: {image: a}\n',
    );
    assert.match(refusalOf(workloadIn(facts, 'step action s').provideScratch(['/tmp'])), /outside of a pod/);
  });
});
