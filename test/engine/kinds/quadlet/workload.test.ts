import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { container, describeMount, describeSetting, edited, read } from './read.ts';
import { sample } from './sample.ts';

const image = 'Image=quay.io/shop/web:2.4.1';

describe('ReadOnly=', () => {
  const cases: readonly (readonly [lines: readonly string[], setting: string])[] = [
    [[image], 'default false'],
    [[image, 'ReadOnly=true'], 'explicit true'],
    [[image, 'ReadOnly=1'], 'explicit true'],
    [[image, 'ReadOnly=Yes'], 'explicit true'],
    [[image, 'ReadOnly="on"'], 'explicit true'],
    [[image, 'ReadOnly=false'], 'explicit false'],
    [[image, 'ReadOnly=t'], 'explicit false'],
    [[image, 'ReadOnly='], 'explicit false'],
    [[image, 'ReadOnly=true', 'ReadOnly=no'], 'explicit false'],
    [[image, 'PodmanArgs=--read-only'], 'explicit true'],
    [[image, 'ReadOnly=true', 'PodmanArgs=--read-only=false'], 'explicit false'],
    [[image, 'PodmanArgs=--read-only=%i'], 'unknown undefined'],
    [[image, 'PodmanArgs=--read-only-tmpfs'], 'default false'],
    [['Rootfs=/srv/root'], 'default false'],
    [['ReadOnly=true'], 'explicit true'],
    [[], 'unknown undefined'],
    [['Image='], 'unknown undefined'],
  ];
  for (const [lines, setting] of cases) {
    test(lines.join(' · ') || 'an empty unit', () => {
      assert.equal(describeSetting(container(...lines).readOnlyRoot), setting);
    });
  }

  test('a drop-in leaves the rest to its unit', () => {
    const [workload] = read(`[Container]\n${image}\n`, 'web.container.d/x.conf').workloads;
    assert.ok(workload);
    assert.equal(describeSetting(workload.readOnlyRoot), 'unknown undefined');
    assert.equal(describeSetting(workload.privileged), 'unknown undefined');
  });
});

describe('privileges', () => {
  const cases: readonly (readonly [lines: readonly string[], setting: string])[] = [
    [[image], 'default false'],
    [[image, 'PodmanArgs=--privileged'], 'explicit true'],
    [[image, 'PodmanArgs="--privileged"'], 'explicit true'],
    [[image, "PodmanArgs=--x 'a --privileged'"], 'default false'],
    [[image, 'PodmanArgs=--a \\', '  --privileged'], 'explicit true'],
    [[image, 'PodmanArgs=--privileged=true'], 'explicit true'],
    [[image, 'PodmanArgs=--privileged=false'], 'explicit false'],
    [[image, 'PodmanArgs=--privileged', 'PodmanArgs='], 'default false'],
    [[image, 'PodmanArgs=--privileged', 'PodmanArgs=--privileged=0'], 'explicit false'],
    [[image, 'Privileged=true'], 'default false'],
  ];
  for (const [lines, setting] of cases) {
    test(lines.slice(1).join(' · ') || 'none', () => {
      assert.equal(describeSetting(container(...lines).privileged), setting);
    });
  }

  test('capabilities of all lines, without those that were taken back', () => {
    const added = (...lines: readonly string[]): readonly string[] =>
      container(...lines).addedCapabilities.map(({ value }) => value);
    assert.deepEqual(added('AddCapability=A', 'AddCapability=', 'AddCapability=B "C"  D'), ['B', 'C', 'D']);
    assert.deepEqual(added('PodmanArgs=--cap-add=A,B --cap-add C', 'AddCapability=D'), ['D', 'A', 'B', 'C']);
    assert.deepEqual(added('DropCapability=ALL', 'PodmanArgs=--cap-add'), []);
  });
});

/** Without the tmpfs mounts of Podman's own. */
const mountsOf = (...lines: readonly string[]): readonly string[] =>
  container(image, 'ReadOnlyTmpfs=false', ...lines).mounts.map(describeMount);

describe('mounts', () => {
  const cases: readonly (readonly [line: string, mount: string])[] = [
    ['Volume=/srv:/data', 'host /srv -> /data default false'],
    ['Volume=/srv:/data:ro', 'host /srv -> /data explicit true'],
    ['Volume=/srv:/data:Z,ro,U', 'host /srv -> /data explicit true'],
    ['Volume=/srv:/data:Z', 'host /srv -> /data default false'],
    ['Volume=/srv:/data:rw', 'host /srv -> /data explicit false'],
    ['Volume=/srv:/data:O', 'host /srv -> /data explicit true'],
    ['Volume=/srv:/data:', 'host /srv -> /data default false'],
    ['Volume=/srv:/data:%i', 'host /srv -> /data unknown undefined'],
    ['Volume=./data:/data', 'host ./data -> /data default false'],
    ['Volume=%h/data:/data', 'host null -> /data default false'],
    ['Volume=%i:/data', 'other null -> /data default false'],
    ['Volume=data:/data', 'volume null -> /data default false'],
    ['Volume=data.volume:/data:ro', 'volume null -> /data explicit true'],
    ['Volume=/data', 'volume null -> /data default false'],
    ['Volume=/srv:/data/%i', 'host /srv -> null default false'],
    ['Tmpfs=/tmp', 'scratch null -> /tmp default false'],
    ['Tmpfs=/tmp:size=1m,ro', 'scratch null -> /tmp explicit true'],
    ['Mount=type=bind,source=/srv,target=/data', 'host /srv -> /data default false'],
    ['Mount=type=bind,src=/srv,dst=/data,ro', 'host /srv -> /data explicit true'],
    ['Mount=type=bind,src=/srv,destination=/data,readonly=true', 'host /srv -> /data explicit true'],
    ['Mount=type=bind,src=/srv,dst=/data,ro=false', 'host /srv -> /data explicit false'],
    ['Mount=type=bind,src=/srv,dst=/data,rw', 'host /srv -> /data explicit false'],
    ['Mount=type=bind,src=/srv,dst=/data,rw=false', 'host /srv -> /data explicit true'],
    ['Mount="type=bind,src=/s rv,dst=/data"', 'host /s rv -> /data default false'],
    ['Mount=type=glob,src=/srv/*,dst=/data', 'host /srv/* -> /data default false'],
    ['Mount=type=tmpfs,dst=/tmp', 'scratch null -> /tmp default false'],
    ['Mount=source=data,target=/data', 'volume null -> /data default false'],
    ['Mount=type=devpts,target=/dev/pts', 'other null -> /dev/pts default false'],
    ['Mount=type=constructor,target=/x', 'other null -> /x default false'],
    ['PodmanArgs=-v /srv:/data:ro', 'host /srv -> /data explicit true'],
    ['PodmanArgs=--volume=/srv:/data', 'host /srv -> /data default false'],
    ['PodmanArgs=--tmpfs /tmp', 'scratch null -> /tmp default false'],
    ['PodmanArgs=--mount type=bind,src=/srv,dst=/data', 'host /srv -> /data default false'],
  ];
  for (const [line, mount] of cases) {
    test(line, () => assert.deepEqual(mountsOf(line), [mount]));
  }

  test('an empty line takes back those before it', () => {
    assert.deepEqual(mountsOf('Volume=/a:/a', 'Volume=', 'Volume=/b:/b'), ['host /b -> /b default false']);
  });

  test('Podman mounts a tmpfs of its own at some paths', () => {
    const own = ['/run', '/tmp', '/var/tmp'].map((path) => `other null -> ${path} default false`);
    assert.deepEqual(container(image).mounts.map(describeMount), own);
    assert.deepEqual(container(image, 'ReadOnlyTmpfs=true').mounts.map(describeMount), own);
    assert.deepEqual(mountsOf('PodmanArgs=--read-only-tmpfs=true'), own);
    assert.deepEqual(mountsOf(), []);
  });
});

/** What comes below `[Container]` after an edit of the only container of these lines. */
function after(lines: readonly string[], edit: (workload: ReturnType<typeof container>) => string): string {
  return edit(container(...lines))
    .replace(/^\[Container\]\n/, '')
    .trimEnd();
}

const textOf = (lines: readonly string[]): string => ['[Container]', ...lines, ''].join('\n');

describe('settings are written where they belong', () => {
  const cases: readonly (readonly [name: string, lines: readonly string[], after: readonly string[]])[] = [
    ['below the image', [image, 'Exec=x'], [image, 'ReadOnly=true', 'Exec=x']],
    ['below the last image', ['Image=a', image, 'Exec=x'], ['Image=a', image, 'ReadOnly=true', 'Exec=x']],
    [
      'below a continued one',
      ['Image=quay.io/a \\', '# x', '  /b', 'Exec=x'],
      ['Image=quay.io/a \\', '# x', '  /b', 'ReadOnly=true', 'Exec=x'],
    ],
    ['below the header', ['Exec=x'], ['ReadOnly=true', 'Exec=x']],
    ['in place', [image, 'ReadOnly=false # no'], [image, 'ReadOnly=true']],
    ['in quotes', [image, 'ReadOnly="no"'], [image, 'ReadOnly="true"']],
    ['where nothing stands', [image, 'ReadOnly='], [image, 'ReadOnly=true']],
    ['the last one', [image, 'ReadOnly=1', 'ReadOnly=0'], [image, 'ReadOnly=1', 'ReadOnly=true']],
    ['as an argument', [image, 'PodmanArgs=--read-only=0 x'], [image, 'PodmanArgs=--read-only=true x']],
  ];
  for (const [name, lines, wanted] of cases) {
    test(name, () => {
      assert.equal(
        after(lines, (workload) => edited(textOf(lines), workload.readOnlyRoot.set(true))),
        wanted.join('\n'),
      );
    });
  }

  test('below the header, at the end of a file without a last line break', () => {
    const text = '[Container]';
    const [workload] = read(text).workloads;
    assert.ok(workload);
    assert.equal(edited(text, workload.readOnlyRoot.set(true)), '[Container]\nReadOnly=true');
  });

  test('not behind a line that is still open', () => {
    for (const text of ['[Container]\nImage=a.io/b:1 \\', '[Container]\nImage=a.io/b:1 \\\n# x\n']) {
      const refused = read(text).workloads[0]?.readOnlyRoot.set(true);
      assert.ok(refused && isRefusal(refused));
      assert.match(refused.refused, /^The last line of this file ends in a backslash/);
    }
  });

  test('privileges are taken where they are given', () => {
    for (const [given, taken] of [
      ['--privileged', '--privileged=false'],
      ['"--privileged"', '"--privileged=false"'],
      ['--privileged=true', '--privileged=false'],
    ]) {
      const lines = [image, `PodmanArgs=--a ${given} --b`];
      assert.equal(
        after(lines, (workload) => edited(textOf(lines), workload.privileged.set(false))),
        [image, `PodmanArgs=--a ${taken} --b`].join('\n'),
      );
    }
    const split = container(image, 'PodmanArgs=--privi\\', 'leged');
    const refused = split.privileged.set(false);
    assert.ok(split.privileged.value && isRefusal(refused));
    assert.match(refused.refused, /^This is written over several lines.*\.$/);
  });
});

describe('a mount is made read-only', () => {
  const cases: readonly (readonly [before: string, after: string])[] = [
    ['Volume=/srv:/data', 'Volume=/srv:/data:ro'],
    ['Volume=/srv:/data:', 'Volume=/srv:/data:ro'],
    ['Volume=/srv:/data:rw', 'Volume=/srv:/data:ro'],
    ['Volume=/srv:/data:Z,rw,U', 'Volume=/srv:/data:Z,ro,U'],
    ['Volume=/srv:/data:Z', 'Volume=/srv:/data:Z,ro'],
    ['Mount=type=bind,src=/srv,dst=/data', 'Mount=type=bind,src=/srv,dst=/data,ro=true'],
    ['Mount=type=bind,ro=false,src=/srv,dst=/data', 'Mount=type=bind,ro=true,src=/srv,dst=/data'],
    ['Mount=type=bind,rw,src=/srv,dst=/data', 'Mount=type=bind,ro=true,src=/srv,dst=/data'],
    ['PodmanArgs=-v /srv:/data --x', 'PodmanArgs=-v /srv:/data:ro --x'],
  ];
  for (const [before, wanted] of cases) {
    test(before, () => {
      const text = textOf([image, before]);
      const [mount] = read(text).workloads[0]?.mounts ?? [];
      assert.ok(mount);
      const changed = edited(text, mount.readOnly.set(true));
      assert.equal(changed, textOf([image, wanted]));
      const [again] = read(changed).workloads[0]?.mounts ?? [];
      assert.equal(again?.readOnly.value, true);
      assert.equal(again?.path, mount.path);
    });
  }

  test('not where it has no options, and not over several lines', () => {
    for (const [line, reason] of [
      ['Volume=/data', /give it a name first\.$/],
      ['Volume=/srv:\\\n/data', /several lines/],
    ] as const) {
      const [mount] = container(image, line).mounts;
      const refused = mount?.readOnly.set(true);
      assert.ok(refused && isRefusal(refused));
      assert.match(refused.refused, reason);
    }
  });
});

describe('scratch space', () => {
  const cases: readonly (readonly [
    name: string,
    lines: readonly string[],
    targets: readonly string[],
    after: readonly string[],
  ])[] = [
    ['one line a path', [image, 'Exec=x'], ['/a', '/b'], [image, 'Tmpfs=/a', 'Tmpfs=/b', 'Exec=x']],
    ['behind the others', [image, 'Tmpfs=/a', 'Exec=x'], ['/b'], [image, 'Tmpfs=/a', 'Tmpfs=/b', 'Exec=x']],
    ['not twice', [image, 'Tmpfs=/a'], ['/a', '/a/b'], [image, 'Tmpfs=/a']],
    ['not where Podman mounts its own', [image], ['/tmp', '/run/x'], [image]],
    [
      'unless it is told not to',
      [image, 'ReadOnlyTmpfs=false'],
      ['/tmp'],
      [image, 'Tmpfs=/tmp', 'ReadOnlyTmpfs=false'],
    ],
    [
      'over what cannot be written',
      [image, 'Volume=/a:/a:ro'],
      ['/a'],
      [image, 'Tmpfs=/a', 'Volume=/a:/a:ro'],
    ],
  ];
  for (const [name, lines, targets, wanted] of cases) {
    test(name, () => {
      assert.equal(
        after(lines, (workload) => edited(textOf(lines), workload.provideScratch(targets))),
        wanted.join('\n'),
      );
    });
  }
});

test('the sample', () => {
  for (const text of [sample, `\uFEFF${sample}`.replaceAll('\n', '\r\n')]) {
    const { images, workloads } = read(text);
    const [workload] = workloads;
    assert.ok(workload);
    assert.equal(workload.image, images[0]);
    assert.equal(workload.label, 'container web');
    assert.equal(text.slice(workload.name.start, workload.name.end), 'Container');
    assert.equal(describeSetting(workload.readOnlyRoot), 'explicit false');
    assert.equal(describeSetting(workload.privileged), 'explicit true');
    assert.equal(
      text.slice(workload.privileged.underline.start, workload.privileged.underline.end),
      '--privileged',
    );
    assert.deepEqual(
      workload.addedCapabilities.map(({ span, value }) => [value, text.slice(span.start, span.end)]),
      ['CAP_CHOWN', 'NET_ADMIN', 'SYS_ADMIN', 'NET_RAW'].map((name) => [name, name]),
    );
    assert.deepEqual(workload.mounts.slice(0, -3).map(describeMount), [
      'host /srv/data -> /data explicit false',
      'host null -> /cache default false',
      'volume null -> /var/lib/db default false',
      'host /srv/in -> /in default false',
      'scratch null -> /scratch default false',
      'other null -> /alpine default false',
      'host /etc/app -> /app explicit true',
    ]);
  }
});
