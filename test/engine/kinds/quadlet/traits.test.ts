import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { container, edited, read } from './read.ts';

const image = 'Image=docker.io/library/a:1';
const textOf = (...lines: readonly string[]): string => ['[Container]', ...lines, ''].join('\n');

describe('new privileges', () => {
  const table: readonly (readonly [lines: readonly string[], value: boolean | undefined, fixed?: string])[] =
    [
      [[image], true, textOf(image, 'NoNewPrivileges=true')],
      [[image, 'NoNewPrivileges=true'], false],
      [[image, 'NoNewPrivileges=no'], true, textOf(image, 'NoNewPrivileges=true')],
      [[image, 'PodmanArgs=--security-opt=no-new-privileges'], false],
      [[image, 'PodmanArgs=--security-opt no-new-privileges:true'], false],
      [
        [image, 'PodmanArgs=--security-opt=no-new-privileges:false'],
        true,
        textOf(image, 'PodmanArgs=--security-opt=no-new-privileges:true'),
      ],
      [[image, 'PodmanArgs=--security-opt=label=disable'], true],
      [['Exec=x'], undefined],
    ];
  for (const [lines, value, fixed] of table) {
    test(lines.join(' '), () => {
      const setting = container(...lines).privilegeEscalation;
      assert.equal(setting?.value, value);
      if (fixed) assert.equal(edited(textOf(...lines), setting?.set(false) ?? []), fixed);
    });
  }
});

describe('input and terminal', () => {
  const table: readonly (readonly [args: string, stdin: boolean, tty: boolean])[] = [
    ['', false, false],
    ['PodmanArgs=-it', true, true],
    ['PodmanArgs=-t', false, true],
    ['PodmanArgs=-i --tty', true, true],
    ['PodmanArgs=--interactive=true --tty=false', true, false],
    ['PodmanArgs=--init --time', false, false],
  ];
  for (const [args, stdin, tty] of table) {
    test(args, () => {
      const { interactive } = container(image, args);
      assert.deepEqual([interactive?.stdin.value, interactive?.tty.value], [stdin, tty]);
    });
  }

  test('are taken away, each where it is written by itself', () => {
    const text = textOf(image, 'PodmanArgs=-t --interactive');
    const { interactive } = container(image, 'PodmanArgs=-t --interactive');
    assert.equal(edited(text, interactive?.tty.set(false) ?? []), text.replace('-t', '--tty=false'));
    const both = container(image, 'PodmanArgs=-it').interactive?.tty.set(false);
    assert.ok(both && isRefusal(both) && both.refused.startsWith('`-it` says several things'));
  });
});

test('variables', () => {
  const lines = [image, 'Environment=A=b "C=d e" F', 'Environment=G=%h', 'PodmanArgs=--env H=i -e J=k'];
  const text = textOf(...lines);
  assert.deepEqual(
    container(...lines).variables.map(({ isLiteral, name, value }) => [
      `${name.value}=${value.value}`,
      isLiteral,
      text.slice(value.span.start, value.span.end),
    ]),
    [
      ['A=b', true, 'b'],
      ['C=d e', true, 'd e'],
      ['G=%h', false, '%h'],
      ['H=i', true, 'i'],
      ['J=k', true, 'k'],
    ],
  );
});

describe('scripts', () => {
  const table: readonly (readonly [lines: readonly string[], commands: readonly string[]])[] = [
    [['Exec=npm install'], ['start npm install']],
    [['Exec=sh -c "apk add curl && run"'], ['start apk add curl', 'start run ']],
    [['Entrypoint=npm', 'Exec=install'], ['start npm install']],
    [['Entrypoint=["npm"]', 'Exec=install'], ['start install ']],
    [['HealthCmd=curl x || exit 1'], ['probe curl x', 'probe exit 1']],
    [['HealthCmd=none'], []],
    [['HealthCmd=["curl"]'], []],
    [['Exec='], []],
  ];
  for (const [lines, commands] of table) {
    test(lines.join(' '), () => {
      const text = textOf(image, ...lines);
      const found = read(text).scripts.flatMap((script) =>
        script.commands().map(({ name, span, words }) => {
          assert.ok(text.slice(span.start, span.end).includes(name));
          return `${script.moment} ${name} ${words.map((word) => word.text).join(' ')}`;
        }),
      );
      assert.deepEqual(found, commands);
    });
  }
});

test('scratch space has a size and can be executable', () => {
  const table: readonly (readonly [string, string | undefined, boolean | undefined])[] = [
    ['/t', '50%', undefined],
    ['/t:size=1m,exec', '1m', true],
    ['/t:exec,noexec', '50%', false],
    ['/t:%i', undefined, undefined],
  ];
  for (const [written, size, executable] of table) {
    const [mount] = container(image, `Tmpfs=${written}`).mounts;
    assert.deepEqual([mount?.sizeLimit?.value, mount?.executable?.value], [size, executable], written);
  }
  const text = textOf(image, 'Tmpfs=/t:rw,exec');
  const [mount] = container(image, 'Tmpfs=/t:rw,exec').mounts;
  assert.equal(edited(text, mount?.executable?.set(false) ?? []), text.replace('exec', 'noexec'));
  assert.equal(edited(text, mount?.sizeLimit?.set('1m') ?? []), text.replace('exec', 'exec,size=1m'));
});

describe('a build', () => {
  const requests = (...lines: readonly string[]) =>
    read(['[Build]', ...lines, ''].join('\n'), 'shop/web.build').outline.builds;
  const folder = '/etc/containers/systemd';
  const table: readonly (readonly [lines: readonly string[], dockerfile: string | null])[] = [
    [['File=./Containerfile'], `${folder}/shop/Containerfile`],
    [['File=Containerfile', 'SetWorkingDirectory=unit'], `${folder}/shop/Containerfile`],
    [['File=Containerfile', 'SetWorkingDirectory=../api'], `${folder}/api/Containerfile`],
    [['File=/srv/Containerfile'], '/srv/Containerfile'],
    [['File=https://example.com/Containerfile'], null],
    [['File=%h/Containerfile'], null],
    [['SetWorkingDirectory=unit'], null],
  ];
  for (const [lines, dockerfile] of table) {
    test(lines.join(' '), () => {
      assert.equal(requests('ImageTag=localhost/web:1', ...lines)[0]?.dockerfile ?? null, dockerfile);
    });
  }

  test('names the image as Podman stores it too', () => {
    assert.deepEqual(requests('ImageTag=web', 'File=x', 'Target=run'), [
      {
        images: ['docker.io/library/web:latest', 'localhost/web:latest'],
        dockerfile: `${folder}/shop/x`,
        target: 'run',
      },
    ]);
    assert.deepEqual(requests('ImageTag=%i', 'File=x'), []);
  });
});

test('a container is deployed', () => {
  assert.equal(read(textOf(image)).deploys, 'systemd runs it as a service');
});

describe('automatic updates', () => {
  const followed = (text: string, path?: string) =>
    read(text, path).followers.map(({ automatic, label }) => [
      label,
      text.slice(automatic.underline.start, automatic.underline.end),
    ]);
  const table: readonly (readonly [lines: readonly string[], fixed: readonly string[] | null])[] = [
    [
      [image, 'AutoUpdate=registry'],
      [image, 'AutoUpdate=disabled'],
    ],
    [
      [image, 'AutoUpdate="image"'],
      [image, 'AutoUpdate="disabled"'],
    ],
    [
      [image, 'AutoUpdate=local', 'Label=a=b "io.containers.autoupdate=registry"'],
      [image, 'AutoUpdate=local', 'Label=a=b "io.containers.autoupdate=disabled"'],
    ],
    [
      [image, 'Label=io.containers.autoupdate=local', 'PodmanArgs=-l io.containers.autoupdate=registry'],
      [image, 'Label=io.containers.autoupdate=local', 'PodmanArgs=-l io.containers.autoupdate=disabled'],
    ],
    [[image, 'AutoUpdate=registry', 'PodmanArgs=--label=io.containers.autoupdate=local'], null],
    [[image, 'AutoUpdate=registry', 'Label=io.containers.autoupdate'], null],
    [[image, 'AutoUpdate=registry', 'AutoUpdate='], null],
    [[image, 'AutoUpdate=%i'], null],
    [[image, 'AutoUpdate=local'], null],
    [[`${image}@sha256:${'0'.repeat(64)}`, 'AutoUpdate=registry'], null],
    [['Image=localhost/a', 'AutoUpdate=registry'], null],
    [['Image=a.build', 'AutoUpdate=registry'], null],
    [['Image=docker.io/library/a:%i', 'AutoUpdate=registry'], null],
    [['Rootfs=/srv', 'AutoUpdate=registry'], null],
    [['AutoUpdate=registry'], null],
  ];
  for (const [lines, fixed] of table) {
    test(lines.join(' '), () => {
      const text = textOf(...lines);
      const [first] = read(text).followers;
      assert.equal(followed(text).length, fixed ? 1 : 0);
      if (!fixed || !first) return;
      assert.equal(first.label, 'The automatic update of container web');
      const off = edited(text, first.automatic.set(false));
      assert.equal(off, textOf(...fixed));
      assert.deepEqual(followed(off), []);
      assert.ok(isRefusal(first.automatic.set(true)));
    });
  }

  test('of a Kubernetes manifest, for all of its containers or for one', () => {
    const kube = (policies: string): string => `[Kube]\nYaml=web.yaml\nAutoUpdate=${policies}\n`;
    const text = kube('registry api/registry db/local');
    assert.deepEqual(followed(text, 'web.kube'), [
      ['The automatic update of kube unit web', 'registry'],
      ['The automatic update of container api in kube unit web', 'api/registry'],
    ]);
    const [all, api] = read(text, 'web.kube').followers;
    assert.equal(edited(text, api?.automatic.set(false) ?? []), kube('registry api/disabled db/local'));
    assert.equal(edited(text, all?.automatic.set(false) ?? []), kube('disabled api/registry db/local'));
    assert.deepEqual(followed(kube('registry local'), 'web.kube'), []);
    assert.deepEqual(followed('[Kube]\nYaml=web.yaml\n', 'web.kube'), []);
  });
});
