import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReference } from '../../server/src/engine/image/reading.ts';
import type { Facts, ImageUse, Mount, Workload } from '../../server/src/engine/model/facts.ts';
import type { Report } from '../../server/src/engine/model/finding.ts';
import { noFacts, noTraits } from '../../server/src/engine/model/no-facts.ts';
import type { Setting } from '../../server/src/engine/model/setting.ts';
import type { WorkspaceContext } from '../../server/src/engine/model/workspace-context.ts';
import { rules } from '../../server/src/engine/rules/index.ts';
import type { Rule } from '../../server/src/engine/rules/rule.ts';
import { span } from '../../server/src/engine/text/span.ts';
import { alone } from '../../server/src/engine/workspace/workspace-index.ts';

/** What a kind may tell a rule, where no page can show it: most kinds never put it that way. */

const here = span(0, 1);

function setting<T>(value: T | undefined, origin: Setting<T>['origin']): Setting<T> {
  return { value, origin, underline: here, set: () => [] };
}

function image(text: string, more: Partial<ImageUse> = {}): ImageUse {
  const site = { value: text, span: here, verbatim: here, seenFrom: [], replace: () => [] };
  return {
    role: 'workload',
    site,
    resolved: text,
    ...readReference(text, []),
    path: 'image',
    owners: ['service web'],
    ...more,
  };
}

const workload = (more: Partial<Workload> = {}): Workload => ({
  label: 'container web',
  path: 'web',
  name: here,
  image: null,
  ...noTraits,
  windows: false,
  readOnlyRoot: setting(true, 'explicit'),
  misplacedReadOnlyRoot: null,
  privileged: setting(false, 'default'),
  addedCapabilities: [],
  pullPolicy: null,
  mounts: [],
  provideScratch: () => [],
  ...more,
});

const mount = (more: Partial<Mount>): Mount => ({
  type: 'host',
  source: '/srv',
  target: '/srv',
  readOnly: setting(false, 'default'),
  sizeLimit: null,
  executable: null,
  span: here,
  path: 'web./srv',
  ...more,
});

function found(facts: Partial<Facts>, kind = 'kubernetes'): readonly string[] {
  return rules.flatMap((rule) =>
    reports(rule, { ...noFacts, kind, comments: () => [], ...facts }).map(() => rule.id),
  );
}

const own = { path: '/page/manifest', pins: [], built: [], builds: [], consumes: [], replaced: [] };
const around: WorkspaceContext = {
  path: own.path,
  workspaceView: alone(own),
  observed: () => undefined,
  trusted: null,
  keepsTags: true,
  demandsSignature: () => false,
};

function reports(rule: Rule, facts: Facts): readonly Report[] {
  if (rule.reads === 'suppressions') return [];
  return [...(rule.reads === 'facts' ? rule.check(facts) : rule.check(facts, around))];
}

test('what a build produces is never flagged, whatever its name', () => {
  for (const text of ['shop/web', 'shop/web:latest', 'shop/web:1.2.3', 'Shop/Web/X:']) {
    assert.deepEqual(found({ images: [image(text, { role: 'build-output' })] }), []);
  }
});

test('a frontend has one finding, of its own rule', () => {
  for (const text of ['docker/dockerfile', 'docker/dockerfile:1', 'docker/dockerfile:1.12.0']) {
    assert.deepEqual(found({ images: [image(text, { role: 'frontend' })] }, 'dockerfile'), [
      'unpinned-frontend',
    ]);
  }
});

test('a pull policy counts where it is written', () => {
  const policy = (origin: Setting<string>['origin'], value = 'IfNotPresent') =>
    found({ workloads: [workload({ image: image('node:20'), pullPolicy: setting(value, origin) })] });
  assert.deepEqual(policy('explicit'), ['stale-pull-policy']);
  assert.deepEqual(policy('merged', 'Never'), ['stale-pull-policy']);
  assert.deepEqual(policy('default'), []);
  assert.deepEqual(policy('explicit', 'Always'), []);
  assert.deepEqual(policy('explicit', 'toString'), []);
});

test('what cannot be seen is not flagged', () => {
  const unseen = workload({
    readOnlyRoot: setting<boolean>(undefined, 'unknown'),
    privileged: setting<boolean>(undefined, 'unknown'),
    pullPolicy: setting<string>(undefined, 'unknown'),
    mounts: [mount({ readOnly: setting<boolean>(undefined, 'unknown') })],
    image: image('node:20'),
  });
  assert.deepEqual(found({ workloads: [unseen] }), []);
});

test('a host mount is a socket, a folder of sockets, or just writable', () => {
  const by: Readonly<Record<string, readonly string[]>> = {
    'container-socket-mount': [
      '/var/run/docker.sock',
      '/var/run//docker.sock/',
      '/run/k3s/containerd/containerd.sock',
      '/run/containerd/containerd.sock.ttrpc',
      '/var/run/crio/crio.sock',
      '/run/cri-dockerd.sock',
      '/run/user/1000/podman/podman.sock',
      '//./pipe/docker_engine',
      '/run',
      '/var/run/',
      '/run/containerd',
      '/run/user/1000',
    ],
    'writable-host-mount': [
      '/',
      '/srv/docker.sock.d',
      '/run/netns',
      '/dev',
      '/dev/',
      '/dev/shm',
      '/dev/hugepages/shop',
      '/devices/log',
      '/srv/socket',
      '/run/systemd/journal',
      '/run/sockets',
      '/tmp/.X11-unix',
      '/var/lib/docker',
      '/home/run',
      '/run/user',
    ],
  };
  for (const [rule, sources] of Object.entries(by)) {
    for (const source of sources) {
      assert.deepEqual(found({ workloads: [workload({ mounts: [mount({ source })] })] }), [rule], source);
    }
  }
});

test('a mount of some other socket or of a device is not for a rule about files', () => {
  const sources = [
    '/srv/mydocker.sock',
    './run/app.socket',
    '/dev/log',
    '/dev/bus/usb',
    '/dev//dri/',
    '/dev/shmem',
    '/run/systemd/journal/socket',
    '/run/systemd/journal/dev-log',
    '/var/run/dbus/system_bus_socket',
    '/run/user/1000/bus',
    '/run/user/1000/wayland-0',
    '/var/run/postgresql/.s.PGSQL.5432',
    '/tmp/.X11-unix/X0',
    '//./pipe/agent',
  ];
  for (const source of sources) {
    assert.deepEqual(found({ workloads: [workload({ mounts: [mount({ source })] })] }), [], source);
  }
});

test('an added capability is known by its name in either spelling', () => {
  const add = (...values: readonly string[]) =>
    found({
      workloads: [
        workload({
          addedCapabilities: values.map((value, at) => ({ value, span: here, path: `cap.${at}` })),
        }),
      ],
    });
  assert.equal(add('SYS_ADMIN', 'CAP_SYS_ADMIN', 'sys_admin', 'All').length, 4);
  assert.deepEqual(add('SYS_ADMINS', 'NET_ADMIN', 'CAP_ALLOW', 'constructor'), []);
});

test('scratch space counts at /tmp itself, where it can be written to', () => {
  const offered = (mounts: readonly Mount[]): readonly (readonly [string, string])[] => {
    const facts = { workloads: [workload({ readOnlyRoot: setting(false, 'explicit'), mounts })] };
    const rule = rules.find(({ id }) => id === 'writable-root-filesystem');
    assert.ok(rule);
    return reports(rule, { ...noFacts, kind: 'compose', comments: () => [], ...facts }).flatMap((report) =>
      (report.fixes?.() ?? []).map(({ id, safety }) => [id, safety] as const),
    );
  };
  const both = [
    ['read-only-with-scratch', 'behaviour'],
    ['read-only', 'behaviour'],
  ];
  assert.deepEqual(offered([]), both);
  assert.deepEqual(offered([mount({ type: 'scratch', target: '/tmp/cache' })]), both);
  assert.deepEqual(offered([mount({ type: 'scratch', target: '/tmp/' })]), [['read-only', 'behaviour']]);
  assert.deepEqual(offered([mount({ type: 'volume', target: '/tmp' })]), [['read-only', 'behaviour']]);
  const sealed = mount({ type: 'scratch', target: '/tmp', readOnly: setting(true, 'explicit') });
  assert.deepEqual(offered([sealed]), [['read-only', 'behaviour']]);
});

test('a message holds no more of a hostile text than a line of it', () => {
  const hostile = image('a'.repeat(50_000));
  const whole: Facts = { ...noFacts, kind: 'compose', images: [hostile], comments: () => [] };
  for (const rule of rules) {
    for (const { message } of reports(rule, whole)) assert.ok(message.length < 1_000, rule.id);
  }
});
