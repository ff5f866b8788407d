import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  analyze,
  auditFile,
  auditSkip,
  joinAudits,
  mayHoldManifest,
  reaches,
  severities,
} from '../../server/src/engine/index.ts';

describe('the files worth reading', () => {
  const names: readonly (readonly [name: string, worth: boolean])[] = [
    ['Dockerfile', true],
    ['dockerfile', true],
    ['Containerfile', true],
    ['Dockerfile.dev', true],
    ['Dockerfile-alpine', true],
    ['web.Dockerfile', true],
    ['compose.yaml', true],
    ['docker-compose.override.YML', true],
    ['deployment.json', true],
    ['main.go', false],
    ['Dockerfiles', false],
    ['mydockerfile', false],
    ['yaml', false],
    ['README.md', false],
    ['values.yaml.bak', false],
  ];
  for (const [name, worth] of names) {
    it(`${worth ? 'are' : 'are not'} ${name}`, () =>
      assert.equal(mayHoldManifest(`/shop/a b/${name}`), worth));
  }
});

describe('an audited file', () => {
  const text = 'FROM nginx\n\nFROM redis:7\n';

  it('is plain data with places as people count', () => {
    const { findings, ...rest } = auditFile('x/Dockerfile', analyze({ path: '/x/Dockerfile', text }));
    assert.deepEqual(
      findings.map(({ column, endColumn, endLine, file, fixable, key, line, pinnable, rule, severity }) => [
        file,
        line,
        column,
        endLine,
        endColumn,
        rule,
        severity,
        fixable,
        pinnable,
        key.startsWith(`${rule} `),
      ]),
      [
        ['x/Dockerfile', 1, 6, 1, 11, 'implicit-latest', 'warning', true, true, true],
        ['x/Dockerfile', 3, 6, 3, 13, 'floating-tag', 'warning', true, true, true],
      ],
    );
    assert.deepEqual(
      rest.images.map(({ raw, repository }) => [raw, repository]),
      [
        ['nginx', 'library/nginx'],
        ['redis:7', 'library/redis'],
      ],
    );
    assert.deepEqual([rest.files, rest.skipped], [1, []]);
  });

  it('counts only when it holds a manifest', () => {
    const none = auditFile('a.yaml', analyze({ path: '/a.yaml', text: 'a: b\n' }));
    assert.deepEqual(none, {
      files: 0,
      images: [],
      unresolved: [],
      findings: [],
      waived: [],
      suppressed: [],
      skipped: [],
      policies: [],
    });
  });

  it('is told of when it was skipped', () => {
    const left = { file: 'a', line: null, reason: 'it is odd', unread: false };
    assert.deepEqual(auditSkip('a', 'it is odd').skipped, [left]);
    assert.deepEqual(auditSkip('a', 'it is odd', true).skipped, [{ ...left, unread: true }]);
  });

  it('tells a mistake in the text from what cannot be known', () => {
    const unread = (path: string, text: string): readonly boolean[] =>
      auditFile(path, analyze({ path, text })).skipped.map((skip) => skip.unread);
    assert.deepEqual(unread('/compose.yaml', 'services:\n  a: {\n   image x\n\tfoo\n'), [true]);
    assert.deepEqual(unread('/templates/pod.yaml', 'apiVersion: v1\nkind: Pod\nspec: {{ .Values.x }}\n'), [
      false,
    ]);
  });

  it('keeps what comments silence apart, with the reason', () => {
    const silenced = 'FROM nginx # x\n# holdfast-ignore floating-tag -- tested nightly\nFROM redis:7\n';
    const { findings, suppressed } = auditFile(
      'Dockerfile',
      analyze({ path: '/Dockerfile', text: silenced }),
    );
    assert.deepEqual(
      suppressed.map(({ column, line, reason, rule, severity }) => [line, column, rule, severity, reason]),
      [[3, 6, 'floating-tag', 'warning', 'tested nightly']],
    );
    assert.ok(!findings.some(({ rule }) => rule === 'floating-tag'));
  });

  it('tells once for each stage why its commands are not read', () => {
    const stage = (name: string): string =>
      `FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS ${name}\nRUN dir\nRUN dir\n`;
    const windows = analyze({ path: '/Dockerfile', text: `${stage('a')}${stage('b')}FROM alpine\nRUN ls\n` });
    assert.deepEqual(auditFile('Dockerfile', windows).skipped, [
      {
        file: 'Dockerfile',
        line: 2,
        reason: 'the commands of stage a were not checked: it runs on Windows',
        unread: false,
      },
      {
        file: 'Dockerfile',
        line: 5,
        reason: 'the commands of stage b were not checked: it runs on Windows',
        unread: false,
      },
    ]);
    assert.equal(windows.images.length, 3);
  });

  it('joins others in their order', () => {
    const one = auditFile('1', analyze({ path: '/Dockerfile', text }));
    const two = auditFile('2', analyze({ path: '/Dockerfile', text }));
    const all = joinAudits([one, auditSkip('3', 'x'), two]);
    assert.equal(all.files, 2);
    assert.deepEqual(all.findings, [...one.findings, ...two.findings]);
    assert.deepEqual(all.images, [...one.images, ...two.images]);
    assert.equal(all.skipped.length, 1);
  });
});

it('a severity reaches itself and the lesser levels', () => {
  const table = severities.map((severity) => severities.map((level) => reaches(severity, level)));
  assert.deepEqual(table, [
    [true, true, true, true],
    [false, true, true, true],
    [false, false, true, true],
    [false, false, false, true],
  ]);
});
