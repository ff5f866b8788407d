import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits, type Finding, isRefusal, trialEdits } from '../../server/src/engine/index.ts';
import { noContext } from './context.ts';
import { read } from './variants.ts';

const digest = 'sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d';

/** Three services that have `lines` from one anchor. */
const shared = (...lines: readonly string[]): string =>
  [
    'x-base: &base',
    `  image: example/app:1.2.3@${digest}`,
    ...lines.map((line) => `  ${line}`),
    'services:',
    '  a:\n    <<: *base',
    '  b:\n    <<: *base',
    '  c:\n    <<: *base',
    '',
  ].join('\n');

const production = { ...noContext, path: '/page/compose.prod.yaml' };

const found = (rule: string, text: string): readonly Finding[] =>
  read('compose', text, production).findings.filter((finding) => finding.rule === rule);

/** What is shared, and how the one report on it names those who share it. */
const rows: readonly (readonly [rule: string, lines: readonly string[], says: RegExp])[] = [
  [
    'writable-host-mount',
    ['volumes:', '  - ./data:/data'],
    /^The container can write to `\.\/data` on the host/,
  ],
  [
    'container-socket-mount',
    ['volumes: [/var/run/docker.sock:/var/run/docker.sock]'],
    /^`\/var\/run\/docker\.sock` is the engine's socket/,
  ],
  ['executable-tmpfs', ['tmpfs: [/tmp:exec]'], /^Programs can start from `\/tmp`/],
  ['interactive-container', ['stdin_open: true', 'tty: true'], /^Service a and 2 more wait for input/],
  ['privileged-container', ['privileged: true'], /^Service a and 2 more run privileged/],
  ['privileged-container', ['cap_add: [SYS_ADMIN]'], /^`SYS_ADMIN` is nearly control of the host/],
  [
    'privilege-escalation',
    ['security_opt: ["no-new-privileges:false"]'],
    /^Service a and 2 more can gain privileges/,
  ],
  ['writable-root-filesystem', ['read_only: false'], /of service a and 2 more is writable/],
  ['development-watch', ['volumes: [./src:/app/src]'], /^The program comes from `\.\/src` on the host/],
];

describe('what services share is reported once, where it is written', () => {
  for (const [rule, lines, says] of rows) {
    test(`${rule}: ${lines.join(' ')}`, () => {
      const findings = found(rule, shared(...lines));
      assert.equal(findings.length, 1);
      assert.match(findings[0]?.message ?? '', says);
    });
  }

  test('an environment that containers share', () => {
    const container = (name: string, env: string): string =>
      `  - name: ${name}\n    image: example/app:1.2.3@${digest}\n    env: ${env}\n`;
    const env = '&env\n    - name: DB_PASSWORD\n      value: q8Zr2mVx0Lp4';
    const text = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n${container('a', env)}${container('b', '*env')}`;
    const findings = read('kubernetes', text).findings.filter(({ rule }) => rule === 'inline-secret');
    assert.equal(findings.length, 1);
    assert.match(findings[0]?.message ?? '', /^`DB_PASSWORD` of container a and 1 more is in plain text/);
  });

  test('a fix changes all of them, or none', () => {
    const text = shared('privileged: true');
    const [finding] = found('privileged-container', text);
    const [fix] = finding?.fixes() ?? [];
    assert.equal(fix?.title, 'Run it without privileges (in 3 services)');
    const edits = fix ? trialEdits(fix) : [];
    const fixed = isRefusal(edits) ? edits.refused : applyEdits(text, edits);
    assert.equal(String(fixed).match(/privileged: false/g)?.length, 3);
    assert.deepEqual(found('privileged-container', String(fixed)), []);

    const mounts = found('writable-host-mount', shared('volumes: [./data:/data]'));
    const [readOnly] = mounts[0]?.fixes() ?? [];
    assert.ok(readOnly && isRefusal(trialEdits(readOnly)));
  });

  test('a fix that one of them does not have is left out', () => {
    const text = shared('read_only: false').replace('a:\n', 'a:\n    tmpfs: [/tmp]\n');
    const titles = found('writable-root-filesystem', text).flatMap((one) =>
      one.fixes().map(({ title }) => title),
    );
    assert.deepEqual(titles, ['Make the root filesystem read-only (in 3 services)']);
  });

  test('services with images of their own are reported each, since a waiver can name the image', () => {
    const text = shared('read_only: false').replace('a:\n', 'a:\n    image: example/other:1.2.3\n');
    assert.equal(found('writable-root-filesystem', text).length, 2);
  });
});
