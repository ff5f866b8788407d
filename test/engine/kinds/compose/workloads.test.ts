// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Setting } from '../../../../server/src/engine/model/setting.ts';
import { joinEdits } from '../../../../server/src/engine/text/edit.ts';
import { apply, readCompose, refusalOf, workloadIn } from '../../yaml/read.ts';

const web = (lines: string): string => `services:\n  web:\n    ${lines.replaceAll('\n', '\n    ')}\n`;

const webIn = (text: string) => workloadIn(readCompose(text), 'service web');

/** Value, origin and what is underlined. */
const told = (text: string, { origin, underline, value }: Setting<unknown>) =>
  [value, origin, text.slice(underline.start, underline.end)] as const;

describe('read_only and privileged', () => {
  const table: readonly (readonly [name: string, text: string, expected: readonly unknown[]])[] = [
    ['not written', web('image: a'), [false, 'default', 'web']],
    ['true', web('image: a\nread_only: true'), [true, 'explicit', 'true']],
    ['false', web('image: a\nread_only: false # c'), [false, 'explicit', 'false']],
    ['yes', web('image: a\nread_only: yes'), [true, 'explicit', 'yes']],
    ['in quotes', web('image: a\nread_only: "true"'), [true, 'explicit', 'true']],
    ['a default of a variable', web('image: a\nread_only: ${RO:-true}'), [true, 'explicit', '${RO:-true}']],
    ['a variable', web('image: a\nread_only: ${RO}'), [undefined, 'unknown', '${RO}']],
    ['nonsense', web('image: a\nread_only: maybe'), [undefined, 'unknown', 'maybe']],
    ['nothing yet', web('image: a\nread_only:'), [false, 'default', 'web']],
    ['a merge key', `x-a: &a {read_only: true}\n${web('image: a\n<<: *a')}`, [true, 'merged', 'true']],
    ['an alias', `x-a: &a true\n${web('image: a\nread_only: *a')}`, [true, 'merged', 'true']],
    ['extends', web('image: a\nextends: base'), [undefined, 'unknown', 'web']],
    ['extends, and written', web('extends: base\nread_only: false'), [false, 'explicit', 'false']],
    ['an override of another file', web('environment: {A: b}'), [undefined, 'unknown', 'web']],
  ];
  for (const [name, text, expected] of table) {
    test(name, () => {
      assert.deepEqual(told(text, webIn(text).readOnlyRoot), expected);
      const other = text.replaceAll('read_only', 'privileged');
      assert.deepEqual(told(other, webIn(other).privileged), expected);
    });
  }

  test('are set beside the image', () => {
    const text = web('image: a # c\nports: ["80:80"]');
    assert.equal(
      apply(text, webIn(text).readOnlyRoot.set(true)),
      web('image: a # c\nread_only: true\nports: ["80:80"]'),
    );
  });

  test('override what is merged in', () => {
    const text = `x-a: &a {read_only: false}\n${web('<<: *a\nimage: a')}`;
    assert.equal(apply(text, webIn(text).readOnlyRoot.set(true)), `${text.trimEnd()}\n    read_only: true\n`);
  });

  test('are not set where a variable decides', () => {
    const text = web('image: a\nread_only: ${RO:-false}');
    assert.match(refusalOf(webIn(text).readOnlyRoot.set(true)), /The variable \$\{RO\} decides/);
  });

  test('are not set in a service that is an alias', () => {
    const text = 'x-a: &a {image: a}\nservices: {web: *a}\n';
    assert.match(refusalOf(webIn(text).readOnlyRoot.set(true)), /shared through an alias/);
  });
});

describe('what else a service says', () => {
  test('entries that are no services', () => {
    const text = 'services:\n  a:\n  b: text\n  c: [1]\n  d: {provider: {type: x}}\n  e: {image: x}\n';
    assert.deepEqual(
      readCompose(text).workloads.map(({ label, path }) => [label, path]),
      [['service e', 'services.e']],
    );
  });

  test('capabilities', () => {
    const text = web('image: a\ncap_add: [SYS_ADMIN, "NET_ADMIN"]');
    assert.deepEqual(
      webIn(text).addedCapabilities.map(({ path, span, value }) => [
        value,
        text.slice(span.start, span.end),
        path,
      ]),
      [
        ['SYS_ADMIN', 'SYS_ADMIN', 'services.web.cap_add.SYS_ADMIN'],
        ['NET_ADMIN', 'NET_ADMIN', 'services.web.cap_add.NET_ADMIN'],
      ],
    );
  });

  test('Windows', () => {
    assert.equal(webIn(web('image: a\nplatform: windows/amd64')).windows, true);
    assert.equal(webIn(web('image: a\nplatform: linux/amd64')).windows, false);
    const images =
      'mcr.microsoft.com/windows:20H2 mcr.microsoft.com/windows/servercore/iis:1 microsoft/nanoserver golang:1.23-windowsservercore-ltsc2022 mcr.microsoft.com/dotnet/framework/aspnet:4.8 mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-1809 example/app:1.2-ltsc2022';
    for (const image of images.split(' ')) assert.equal(webIn(web(`image: ${image}`)).windows, true, image);
    for (const image of 'dockurr/windows:4 mcr.microsoft.com/dotnet/aspnet:8.0 jenkins/jenkins:lts'.split(
      ' ',
    ))
      assert.equal(webIn(web(`image: ${image}`)).windows, false, image);
    assert.equal(webIn(web('image: a\nisolation: hyperv')).windows, true);
    assert.equal(webIn(web('image: a\nisolation: default')).windows, false);
    assert.equal(webIn(web("image: a\nvolumes: ['C:\\data:C:\\data']")).windows, true);
    assert.equal(webIn(web("image: a\nvolumes: ['C:\\data:/data']")).windows, false);
  });

  test('the name is underlined where nothing is written', () => {
    const text = 'services:\n  "web": {image: a}\n';
    const { name } = webIn(text);
    assert.equal(text.slice(name.start, name.end), 'web');
  });
});

describe('mounts', () => {
  const table: readonly (readonly [written: string, expected: string, readOnly?: string])[] = [
    ['./src:/app', 'host ./src /app false', './src:/app:ro'],
    ['./src:/app:ro', 'host ./src /app true', './src:/app:ro'],
    ['./src:/app:rw', 'host ./src /app false', './src:/app:ro'],
    ['./src:/app:z', 'host ./src /app false', './src:/app:z,ro'],
    ['./src:/app:rw,z', 'host ./src /app false', './src:/app:ro,z'],
    ['./src:/app:Z,ro', 'host ./src /app true', './src:/app:Z,ro'],
    ['../up:/up', 'host ../up /up false', '../up:/up:ro'],
    ['/etc:/etc:cached', 'host /etc /etc false', '/etc:/etc:cached,ro'],
    ['~/x:/x', 'host ~/x /x false', '~/x:/x:ro'],
    ['.:/x', 'host . /x false', '.:/x:ro'],
    ['data:/data', 'volume null /data false', 'data:/data:ro'],
    ['/data', 'volume null /data false'],
    ['C:\\src:/app', 'host C:\\src /app false', 'C:\\src:/app:ro'],
    ['c:/src:C:\\app:ro', 'host c:/src C:\\app true', 'c:/src:C:\\app:ro'],
    [
      '\\\\.\\pipe\\x:\\\\.\\pipe\\x',
      'host \\\\.\\pipe\\x \\\\.\\pipe\\x false',
      '\\\\.\\pipe\\x:\\\\.\\pipe\\x:ro',
    ],
    ['${X}:/y', 'other null /y false', '${X}:/y:ro'],
    ['${X}/sub:/y', 'host null /y false', '${X}/sub:/y:ro'],
    ['$HOME/.ssh:/y:ro', 'host null /y true', '$HOME/.ssh:/y:ro'],
    ['${X:-./d}:/y', 'host ./d /y false', '${X:-./d}:/y:ro'],
    ['${X:-data}:/y', 'volume null /y false', '${X:-data}:/y:ro'],
    ['${X:?a:b}:/y:z', 'other null /y false', '${X:?a:b}:/y:z,ro'],
    ['./x:${Y}', 'host ./x null false', './x:${Y}:ro'],
    ['./x:/y:${MODE}', 'host ./x /y undefined'],
    ['./x:/y:${MODE:-ro}', 'host ./x /y true'],
    ['${ALL}', 'volume null null false'],
    ['${ALL:-./a:/b}', 'host ./a /b false'],
  ];
  for (const [written, expected, readOnly] of table) {
    test(`- ${written}`, () => {
      const text = web(`image: a\nvolumes:\n- '${written}' # c`);
      const [mount] = webIn(text).mounts;
      assert.ok(mount);
      const { readOnly: setting, source, span, target, type } = mount;
      assert.equal(`${type} ${source} ${target} ${setting.value}`, expected);
      assert.equal(text.slice(span.start, span.end), written);
      const edits = setting.set(true);
      if (readOnly === undefined) assert.match(refusalOf(edits), /decides this value|has no options/);
      else
        assert.equal(
          apply(text, edits),
          text.replace(written, () => readOnly),
        );
    });
  }

  test('in long form', () => {
    const text = web(
      [
        'image: a',
        'volumes:',
        '- type: bind',
        '  source: /etc/x',
        '  target: /x # c',
        '  bind: {propagation: rprivate}',
        '- {type: volume, source: data, target: /d, read_only: true}',
        '- {type: tmpfs, target: /t}',
        '- {type: npipe, source: "\\\\\\\\.\\\\pipe\\\\docker_engine", target: p}',
        '- {type: image, source: a, target: /i}',
        '- {source: ./y, target: /y}',
        '- {type: bind, source: "${X}", target: /z, read_only: false}',
      ].join('\n'),
    );
    const { mounts } = webIn(text);
    assert.deepEqual(
      mounts.map(({ readOnly, source, target, type }) => `${type} ${source} ${target} ${readOnly.value}`),
      [
        'host /etc/x /x false',
        'volume data /d true',
        'scratch null /t false',
        'host \\\\.\\pipe\\docker_engine p false',
        'other a /i false',
        'host ./y /y false',
        'host null /z false',
      ],
    );
    const set = (index: number): string => apply(text, mounts[index]?.readOnly.set(true) ?? []);
    assert.equal(set(0), text.replace('/x # c\n', '/x # c\n      read_only: true\n'));
    assert.equal(set(5), text.replace('target: /y}', 'target: /y, read_only: true}'));
    assert.equal(set(6), text.replace('read_only: false', 'read_only: true'));
    assert.equal(text.slice(mounts[0]?.span.start, mounts[0]?.span.end), '/etc/x');
  });

  describe('of volumes that are bound to a path of the host', () => {
    const bound: readonly (readonly [volume: string, expected: string])[] = [
      ['driver_opts: {type: none, o: bind, device: /srv}', 'host /srv /d false'],
      ['driver: local\n    driver_opts: {o: "rbind", device: /srv}', 'host /srv /d false'],
      ['driver_opts: {o: "bind,ro", device: /srv}', 'host /srv /d true'],
      ['driver_opts: {o: "ro, bind", device: /srv}', 'host /srv /d true'],
      ['driver_opts: {o: "bind,ro,rw", device: /srv}', 'host /srv /d false'],
      ['driver_opts: {o: "${O:-bind}", device: "${D:-/srv}"}', 'host /srv /d false'],
      ['driver_opts: {o: bind, device: "${D}"}', 'host null /d false'],
      ['driver_opts: {o: "${O}", device: /srv}', 'volume null /d false'],
      ['driver_opts: {type: nfs, o: "addr=a,rw", device: ":/srv"}', 'volume null /d false'],
      ['driver_opts: {type: tmpfs, o: "size=1m", device: tmpfs}', 'volume null /d false'],
      ['driver: rclone\n    driver_opts: {o: bind, device: /srv}', 'volume null /d false'],
      ['external: true', 'volume null /d false'],
    ];
    for (const [volume, expected] of bound) {
      test(volume, () => {
        const text = `${web('image: a\nvolumes: [data:/d]')}volumes:\n  data:\n    ${volume}\n`;
        const [mount] = webIn(text).mounts;
        assert.ok(mount);
        assert.equal(`${mount.type} ${mount.source} ${mount.target} ${mount.readOnly.value}`, expected);
        assert.equal(apply(text, mount.readOnly.set(true)), text.replace('data:/d', 'data:/d:ro'));
      });
    }
  });

  test('shared ones are not changed for one service', () => {
    const text = `x-v: &v ["./a:/a"]\n${web('image: a\nvolumes: *v')}`;
    const [mount] = webIn(text).mounts;
    assert.equal(mount?.readOnly.origin, 'merged');
    assert.match(refusalOf(mount?.readOnly.set(true) ?? []), /shared through an alias/);
  });

  test('tmpfs', () => {
    const mounts = (lines: string) =>
      webIn(web(`image: a\n${lines}`)).mounts.map(({ target, type }) => `${type} ${target}`);
    assert.deepEqual(mounts('tmpfs: /run:size=64m'), ['scratch /run']);
    assert.deepEqual(mounts('tmpfs: [/run, "/tmp:mode=1777"]'), ['scratch /run', 'scratch /tmp']);
    assert.deepEqual(mounts('tmpfs:'), []);
    assert.match(
      refusalOf(webIn(web('image: a\ntmpfs: /x')).mounts[0]?.readOnly.set(true) ?? []),
      /scratch space/,
    );
  });
});

describe('scratch space', () => {
  const table: readonly (readonly [name: string, before: string, after: string])[] = [
    ['is added', 'image: a # c', 'image: a # c\ntmpfs:\n  - /tmp'],
    [
      'goes behind read_only',
      'image: a\nread_only: true\nports: [a]',
      'image: a\nread_only: true\ntmpfs:\n  - /tmp\nports: [a]',
    ],
    ['joins a list', 'image: a\ntmpfs:\n- /run', 'image: a\ntmpfs:\n- /run\n- /tmp'],
    ['joins a list in brackets', 'image: a\ntmpfs: [/run]', 'image: a\ntmpfs: [/run, /tmp]'],
    ['makes a list of a text', 'image: a\ntmpfs: /run', 'image: a\ntmpfs:\n  - /run\n  - /tmp'],
    ['fills an empty key', 'image: a\ntmpfs:', 'image: a\ntmpfs:\n  - /tmp'],
    ['is there already', 'image: a\ntmpfs: /tmp:size=1m', 'image: a\ntmpfs: /tmp:size=1m'],
    ['is there already as a volume', 'image: a\nvolumes: ["vol:/tmp"]', 'image: a\nvolumes: ["vol:/tmp"]'],
    [
      'is not there where the volume is read-only',
      'image: a\nvolumes: ["vol:/tmp:ro"]',
      'image: a\ntmpfs:\n  - /tmp\nvolumes: ["vol:/tmp:ro"]',
    ],
  ];
  for (const [name, before, after] of table) {
    test(name, () =>
      assert.equal(apply(web(before), webIn(web(before)).provideScratch(['/tmp'])), web(after)),
    );
  }

  test('goes with a read-only root in one change', () => {
    const text = web('image: a\nports: [b]');
    const { provideScratch, readOnlyRoot } = webIn(text);
    assert.equal(
      apply(text, joinEdits(readOnlyRoot.set(true), provideScratch(['/tmp', '/run']))),
      web('image: a\nread_only: true\ntmpfs:\n  - /tmp\n  - /run\nports: [b]'),
    );
  });

  test('is not added to a list that is shared', () => {
    const text = `x-t: &t [/run]\n${web('image: a\ntmpfs: *t')}`;
    assert.match(refusalOf(webIn(text).provideScratch(['/tmp'])), /shared through an alias/);
    const merged = `x-t: &t {tmpfs: /run}\n${web('image: a\n<<: *t')}`;
    assert.match(refusalOf(webIn(merged).provideScratch(['/tmp'])), /shared through an alias/);
  });
});
