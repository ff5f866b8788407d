// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters of templates look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apply, readKubernetes, refusalOf, workloadIn } from '../../yaml/read.ts';

/** A workload of a kind with one container, whose further lines are given, and further lines of its pod. */
function workload(container: string, { kind = 'Deployment', pod = '', spec = '' } = {}): string {
  const lines = (text: string, indent: number): string =>
    text === '' ? '' : `${text.replaceAll(/^(?=.)/gm, ' '.repeat(indent))}\n`;
  return `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: shop}
spec:
${lines(spec, 2)}  template:
    spec:
${lines(pod, 6)}      containers:
      - name: api
        image: a
${lines(container, 8)}`;
}

const apiIn = (text: string) => workloadIn(readKubernetes(text), 'container api');

describe('environment variables', () => {
  const variables = (text: string) =>
    apiIn(text).variables.map(({ isLiteral, name, value }) => [
      text.slice(name.span.start, name.span.end),
      value.value,
      text.slice(value.span.start, value.span.end),
      isLiteral,
    ]);

  test('are those with a text, as the program gets it', () => {
    const text = workload(`env:
- {name: A, value: "x\\ty"}
- name: B
  value: 5 # c
- {name: C, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
- {name: D}
- {value: nameless}
- {name: E, value: ""}`);
    assert.deepEqual(variables(text), [
      ['A', 'x\ty', 'x\\ty', true],
      ['B', '5', '5', true],
      ['E', '', '""', true],
    ]);
  });

  test('with another variable in them are not what they say', () => {
    for (const value of ['http://$(HOST)/', '${PASSWORD}', '{{ password }}']) {
      assert.deepEqual(variables(workload(`env: [{name: A, value: "${value}"}]`)), [
        ['A', value, value, false],
      ]);
    }
  });
});

describe('scripts', () => {
  const scripts = (text: string) =>
    readKubernetes(text).scripts.map((script) => [
      script.moment,
      script.path,
      script.commands().map(({ name, words }) => [name, ...words.map((word) => word.text)].join(' ')),
    ]);

  test('command and args are one command line, and a shell reads what it is given', () => {
    const text = workload('command: [sh, -c]\nargs:\n- |\n  apt-get update\n  exec serve --port 80\n');
    assert.deepEqual(scripts(text), [
      ['start', 'Deployment/shop/web/containers/api/command', ['apt-get update', 'serve --port 80']],
    ]);
    const [script] = readKubernetes(text).scripts;
    assert.equal(script?.owner, 'container api');
    const [first] = script?.commands() ?? [];
    assert.equal(text.slice(first?.span.start, first?.span.end), 'apt-get update');
  });

  test('hooks and probes run programs too', () => {
    const text = workload(`lifecycle:
  postStart: {exec: {command: [touch, /tmp/a]}}
  preStop: {httpGet: {path: /stop, port: 80}}
startupProbe: {exec: {command: [cat, /tmp/a]}}
livenessProbe: {tcpSocket: {port: 80}}
readinessProbe: {exec: {command: [/bin/ready]}}`);
    assert.deepEqual(
      scripts(text).map(([moment, , commands]) => [moment, commands]),
      [
        ['hook', ['touch /tmp/a']],
        ['probe', ['cat /tmp/a']],
        ['probe', ['ready']],
      ],
    );
  });

  test('arguments alone count where they begin with a program', () => {
    assert.deepEqual(scripts(workload('args: [--port, "80"]')), []);
    assert.equal(scripts(workload('args: [bash, -c, serve]')).length, 1);
    assert.deepEqual(scripts(workload('command: [{}]')), []);
  });

  test('on Windows are not read, with the reason', () => {
    const [script] = readKubernetes(
      workload('command: [cmd, /c, x]', { pod: 'os: {name: windows}' }),
    ).scripts;
    assert.match(script?.unread ?? '', /Windows/);
    assert.deepEqual(script?.commands(), []);
  });

  test('of pipelines are jobs, which install what they need', () => {
    const text = `apiVersion: tekton.dev/v1
kind: Task
metadata: {name: build}
spec: {steps: [{name: a, image: b, command: [apt-get, install, make]}]}
`;
    assert.deepEqual(readKubernetes(text).scripts, []);
  });
});

describe('what a workload reads', () => {
  const consumed = (text: string) => readKubernetes(text).outline.consumes;

  test('from its environment and its volumes, each once', () => {
    const text = workload(
      `envFrom:
- configMapRef: {name: a}
- secretRef: {name: b}
env:
- {name: A, valueFrom: {configMapKeyRef: {name: c, key: x}}}
- {name: B, valueFrom: {secretKeyRef: {name: b, key: x}}}`,
      {
        pod: `imagePullSecrets: [{name: registry}]
volumes:
- {name: a, configMap: {name: d}}
- {name: b, secret: {secretName: e}}
- {name: c, projected: {sources: [{configMap: {name: f}}, {secret: {name: g}}, {downwardAPI: {}}]}}
- {name: d, configMap: {name: "\${NAME}"}}`,
      },
    );
    assert.deepEqual(consumed(text), [
      'ConfigMap/shop/a',
      'Secret/shop/b',
      'ConfigMap/shop/c',
      'ConfigMap/shop/d',
      'Secret/shop/e',
      'ConfigMap/shop/f',
      'Secret/shop/g',
    ]);
  });

  test('without a namespace that part is empty', () => {
    const text = workload('envFrom: [{secretRef: {name: a}}]').replace(', namespace: shop', '');
    assert.deepEqual(consumed(text), ['Secret//a']);
  });
});

describe('readiness', () => {
  const present = (text: string) => apiIn(text).readiness?.present;
  const ports = 'ports: [{containerPort: 80}]';

  test('is asked where a port is served', () => {
    assert.equal(present(workload(ports)), false);
    assert.equal(present(workload(`${ports}\nreadinessProbe: {tcpSocket: {port: 80}}`)), true);
    assert.equal(present(workload('')), undefined);
    assert.equal(present(workload('ports: [{name: metrics, containerPort: 80}]')), undefined);
  });

  test('is not asked of what ends, and of kinds that are not known', () => {
    for (const kind of ['Job', 'Shop']) assert.equal(present(workload(ports, { kind })), undefined);
    assert.equal(present(workload(ports).replace('        image: a\n', '')), undefined);
  });

  test('one container of a pod is enough', () => {
    const two = (more: string): string =>
      `${workload(ports)}      - name: side\n        image: b\n        ${ports}\n${more}`;
    const side = (text: string) => workloadIn(readKubernetes(text), 'container side').readiness?.present;
    assert.deepEqual([present(two('')), side(two(''))], [false, undefined]);
    const told = two('        readinessProbe: {tcpSocket: {port: 80}}\n');
    assert.deepEqual([present(told), side(told)], [undefined, true]);
    assert.equal(present(workload(ports, { pod: 'readinessGates: [{conditionType: a}]' })), undefined);
  });

  test('says why by the way that pods are replaced', () => {
    const why = (spec: string) => apiIn(workload(ports, { spec })).readiness?.because;
    assert.match(why('') ?? '', /rollout goes on/);
    assert.match(why('strategy: {type: Recreate}') ?? '', /requests reach it/);
    assert.match(apiIn(workload(ports, { kind: 'ReplicaSet' })).readiness?.because ?? '', /requests/);
  });
});

describe('privileges and terminals', () => {
  test('Windows has no such field', () => {
    assert.equal(apiIn(workload('', { pod: 'os: {name: windows}' })).privilegeEscalation, null);
    assert.equal(apiIn(workload('')).privilegeEscalation?.value, true);
  });

  test('a debug container is there to be typed into', () => {
    const text = workload('', {
      pod: 'ephemeralContainers: [{name: debug, image: b, stdin: true, tty: true}]',
    });
    assert.equal(workloadIn(readKubernetes(text), 'ephemeral container debug').interactive, null);
    assert.equal(apiIn(text).interactive?.stdin.value, false);
  });
});

describe('the limit of scratch space', () => {
  const limit = (volume: string, container = '') => {
    const text = workload(`volumeMounts: [{name: tmp, mountPath: /tmp}]\n${container}`.trim(), {
      pod: `volumes:\n- ${volume.replaceAll('\n', '\n  ')}`,
    });
    const { sizeLimit } = apiIn(text).mounts[0] ?? {};
    return { text, sizeLimit };
  };

  test('is its own, or what a limit of a container leaves', () => {
    assert.equal(limit('name: tmp\nemptyDir: {sizeLimit: 1Gi}').sizeLimit?.value, '1Gi');
    assert.equal(limit('name: tmp\nemptyDir: {}').sizeLimit?.value, undefined);
    const limits = 'resources: {limits: {ephemeral-storage: 2Gi, memory: 64Mi}}';
    assert.equal(limit('name: tmp\nemptyDir: {}', limits).sizeLimit?.value, '2Gi');
    assert.equal(limit('name: tmp\nemptyDir: {medium: Memory}', limits).sizeLimit?.value, '64Mi');
    assert.equal(limit('name: tmp\nhostPath: {path: /tmp}').sizeLimit, null);
  });

  test('is written where the volume stands', () => {
    const set = (volume: string): string => {
      const { sizeLimit, text } = limit(volume);
      assert.ok(sizeLimit);
      return /volumes:\n((?:.|\n)*?) {6}containers/.exec(apply(text, sizeLimit.set('64Mi')))?.[1] ?? '';
    };
    assert.equal(
      set('name: tmp\nemptyDir: {}'),
      '      - name: tmp\n        emptyDir: { sizeLimit: 64Mi }\n',
    );
    assert.equal(
      set('name: tmp\nemptyDir:\n  medium: Memory'),
      '      - name: tmp\n        emptyDir:\n          medium: Memory\n          sizeLimit: 64Mi\n',
    );
    assert.equal(set('name: tmp'), '      - name: tmp\n        emptyDir:\n          sizeLimit: 64Mi\n');
  });

  test('of a shared volume is not written', () => {
    const { sizeLimit } = limit('name: tmp\nemptyDir: &e {}\nx: {emptyDir: *e}');
    assert.match(refusalOf(sizeLimit?.set('64Mi') ?? []), /shared/);
  });
});
