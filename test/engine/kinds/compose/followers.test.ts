// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compose } from '../../../../server/src/engine/kinds/compose/index.ts';
import type { Facts } from '../../../../server/src/engine/model/facts.ts';
import { YamlPiece } from '../../../../server/src/engine/yaml/parse.ts';
import { apply, fileOf, readCompose, refusalOf } from '../../yaml/read.ts';

const service = (name: string, lines: string): string =>
  `  ${name}:\n    ${lines.replaceAll('\n', '\n    ')}\n`;

const web = (lines: string): string => `services:\n${service('web', lines)}`;

/** `services.web.labels.… true`: where each follower is, and what it underlines. */
const followed = (text: string, { followers }: Facts = readCompose(text)): readonly string[] =>
  followers.map(
    ({ automatic: { underline }, path }) => `${path} ${text.slice(underline.start, underline.end)}`,
  );

const off = (text: string): string => {
  const [first] = readCompose(text).followers;
  assert.ok(first);
  return apply(text, first.automatic.set(false));
};

const refused = (text: string): string =>
  refusalOf(readCompose(text).followers[0]?.automatic.set(false) ?? []);

function readBeside(name: string, text: string, beside: Readonly<Record<string, string>>): Facts {
  const file = { ...fileOf(`/shop/${name}`, text), companions: new Map(Object.entries(beside)) };
  return compose.extract(new YamlPiece(text), file);
}

const enable = 'com.centurylinklabs.watchtower.enable';
const monitor = 'com.centurylinklabs.watchtower.monitor-only';
const policy = 'io.containers.autoupdate';

describe('labels', () => {
  const table: readonly (readonly [lines: string, fixed: string | null])[] = [
    [`image: a:1\nlabels:\n  ${enable}: "true"`, `image: a:1\nlabels:\n  ${enable}: "false"`],
    [`image: a:1\nlabels:\n  ${enable}: true`, `image: a:1\nlabels:\n  ${enable}: "false"`],
    [`image: a:1\nlabels: ["${enable}=true"]`, `image: a:1\nlabels: ["${enable}=false"]`],
    [`image: a\nlabels: ['${policy}=registry']`, `image: a\nlabels: ['${policy}=disabled']`],
    [`image: a\nlabels:\n  ${policy}: image`, `image: a\nlabels:\n  ${policy}: disabled`],
    [`image: a:1\nlabels:\n  ${enable}: "yes"`, null],
    [`image: a:1\nlabels:\n  ${enable}: "false"`, null],
    [`image: a:1\nlabels:\n  ${enable}:`, null],
    [`image: a:1\nlabels: [${enable}]`, null],
    [`image: a:1\nlabels:\n  ${enable}: "\${ON}"`, null],
    [`image: a:1\nlabels:\n  ${enable}: "true"\n  ${monitor}: "true"`, null],
    [`image: a:1\nlabels:\n  ${enable}: "true"\n  ${monitor}: "\${ONLY}"`, null],
    [`image: a:1\nlabels:\n  ${policy}: local`, null],
    [`image: a@sha256:${'0'.repeat(64)}\nlabels:\n  ${enable}: "true"\n  ${policy}: registry`, null],
    [`image: a:\${TAG}\nlabels:\n  ${enable}: "true"`, null],
    [`build: .\nimage: a:1\nlabels:\n  ${enable}: "true"`, null],
    [`image: a:1\ndeploy:\n  labels:\n    ${enable}: "true"`, null],
    ['image: a:1\nlabels:\n  diun.enable: "true"\n  x: watchtower', null],
  ];
  for (const [lines, fixed] of table) {
    test(JSON.stringify(lines), () => {
      const text = web(lines);
      assert.equal(followed(text).length, fixed === null ? 0 : 1);
      if (fixed === null) return;
      assert.equal(off(text), web(fixed));
      assert.deepEqual(followed(off(text)), []);
    });
  }

  test('underline their value', () => {
    assert.deepEqual(followed(web(`image: a:1\nlabels: ["${enable}=true", "${policy}=registry"]`)), [
      `services.web.labels.${enable} true`,
      `services.web.labels.${policy} registry`,
    ]);
  });

  test('that services share are told of once, and changed where they are defined', () => {
    const shared = `x-l: &l\n  ${enable}: "true"\nservices:\n`;
    const text = `${shared}${service('a', 'image: a:1\nlabels: *l')}${service('b', 'image: b:1\nlabels: *l')}`;
    assert.equal(followed(text).length, 1);
    assert.match(refused(text), /shared through an alias/);
  });

  test('of an extended service are told of there', () => {
    const base = service('base', `image: a:1\nlabels:\n  ${enable}: "true"`);
    assert.deepEqual(followed(`services:\n${base}${service('web', 'extends: base')}`), [
      `services.base.labels.${enable} true`,
    ]);
  });

  test('are merged with those of the other file', () => {
    const text = web(`image: a:1\nlabels:\n  ${enable}: "true"`);
    const merged = (lines: string) =>
      followed(text, readBeside('compose.yaml', text, { 'compose.override.yaml': web(lines) }));
    assert.equal(merged('tty: true').length, 1);
    assert.equal(merged('labels: [a=b]').length, 1);
    assert.deepEqual(merged(`labels: ["${enable}=false"]`), []);
    assert.deepEqual(merged(`labels: ["${monitor}=true"]`), []);
    assert.deepEqual(merged('labels: !reset null'), []);
    assert.deepEqual(merged('labels: !override [a=b]'), []);
  });

  test('with a default are read, and changed where the variable is set', () => {
    const text = web(`image: a:1\nlabels:\n  ${enable}: "\${ON:-true}"`);
    assert.equal(followed(text).length, 1);
    assert.match(refused(text), /\$\{ON\}/);
  });
});

const socket = 'volumes:\n  - /var/run/docker.sock:/var/run/docker.sock';
const tower = (lines: string): string => web(`image: containrrr/watchtower\n${socket}\n${lines}`.trimEnd());

describe('Watchtower', () => {
  const everything: readonly string[] = [
    '',
    'command: --interval 300 --cleanup web db',
    'command: --label-enable=false',
    'command: -cd -i 300',
    'command: ["--schedule", "0 0 4 * * *"]',
    'environment:\n  WATCHTOWER_LABEL_ENABLE: "false"',
    'environment:\n  WATCHTOWER_NOTIFICATION_URL: ${URL}',
    'environment: [TZ]',
    'command: --http-api-update --http-api-periodic-polls',
  ];
  for (const lines of everything) {
    test(`takes every container: ${JSON.stringify(lines)}`, () => {
      const text = tower(lines);
      assert.deepEqual(followed(text), ['services.web.watchtower web']);
      assert.deepEqual(followed(off(text)), []);
    });
  }

  const others: readonly string[] = [
    'command: --label-enable',
    'command: ["-ce"]',
    'command: --scope shop',
    'command: --monitor-only',
    'command: --no-pull',
    'command: --run-once',
    'command: --http-api-update',
    'command: ${OPTIONS}',
    'environment:\n  WATCHTOWER_LABEL_ENABLE: true',
    'environment:\n  WATCHTOWER_LABEL_ENABLE: ${LABELLED}',
    'environment: [WATCHTOWER_MONITOR_ONLY]',
    'environment: [WATCHTOWER_MONITOR_ONLY=1]',
    'environment: [WATCHTOWER_SCOPE=shop]',
    'env_file: .env',
    'entrypoint: /start',
    'profiles: [update]',
  ];
  for (const lines of others) {
    test(`does not, as far as can be seen: ${JSON.stringify(lines)}`, () => {
      assert.deepEqual(followed(tower(lines)), []);
    });
  }

  test('is known in every registry, and by those who carry it on', () => {
    const found = (image: string) => followed(web(`image: ${image}\n${socket}`)).length;
    for (const image of [
      'ghcr.io/containrrr/watchtower:1.7.1',
      'mirror.example.com:5000/hub/containrrr/watchtower',
      'nickfedor/watchtower@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      'containrrr/watchtower:${TAG}',
    ])
      assert.equal(found(image), 1, image);
    for (const image of ['example.com/watchtower', 'containrrr/watchtower-ui', 'x/y:watchtower'])
      assert.equal(found(image), 0, image);
  });

  test('needs the socket', () => {
    assert.deepEqual(followed(web('image: containrrr/watchtower')), []);
    const socketOf = (volume: string) =>
      followed(web(`image: containrrr/watchtower\nvolumes: ["${volume}"]`));
    assert.equal(socketOf('$SOCKET:/var/run/docker.sock').length, 1);
    assert.equal(socketOf('/run/podman/podman.sock:/var/run/docker.sock:ro').length, 1);
  });

  test('is left to tell of images only', () => {
    const name = 'WATCHTOWER_MONITOR_ONLY';
    const off1 = off(tower('environment:\n  TZ: UTC'));
    assert.equal(off1, tower(`environment:\n  TZ: UTC\n  ${name}: "true"`));
    const off2 = off(tower(`environment:\n  - ${name}=false\n  - TZ=UTC`));
    assert.equal(off2, tower(`environment:\n  - ${name}=true\n  - TZ=UTC`));
    assert.match(refused(tower('command: --monitor-only=false')), /--monitor-only/);
    assert.match(refused(`x-e: &e [A=b]\n${tower('environment: *e')}`), /shared through an alias/);
  });

  const labelled = service('api', `image: b:1\nlabels:\n  ${enable}: "true"`);
  test('decides what labels mean in its file', () => {
    const paths = (lines: string) => readCompose(tower(lines) + labelled).followers.map(({ path }) => path);
    assert.deepEqual(paths(''), ['services.web.watchtower']);
    assert.deepEqual(paths('command: --label-enable'), [`services.api.labels.${enable}`]);
    assert.deepEqual(paths('command: --scope shop'), [`services.api.labels.${enable}`]);
    assert.deepEqual(paths('command: --monitor-only --label-enable'), []);
    assert.deepEqual(paths('env_file: .env'), []);
  });

  test('is not told of where another file may change it', () => {
    const text = tower('');
    const beside = (lines: string) =>
      followed(text, readBeside('compose.yaml', text, { 'compose.override.yaml': web(lines) }));
    assert.deepEqual(beside('environment: [WATCHTOWER_MONITOR_ONLY=true]'), []);
  });
});
