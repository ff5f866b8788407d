import assert from 'node:assert/strict';
import { chmod, readdir, readFile, readlink, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AuditFinding, AuditImage, AuditSkip } from '../../server/src/engine/index.ts';
import { digest, invoke, makeFolder } from './support.ts';

interface JsonReport {
  readonly version: number;
  readonly summary: { readonly files: number; readonly images: number; readonly findings: number };
  readonly images: readonly AuditImage[];
  readonly findings: readonly AuditFinding[];
  readonly skipped: readonly AuditSkip[];
}

/** The JSON report of a folder. */
async function report(cwd: string, argv: readonly string[] = []): Promise<JsonReport> {
  const { out } = await invoke(cwd, ['audit', '--format', 'json', '--fail-on', 'never', ...argv]);
  return JSON.parse(out);
}

const pinned = `nginx:1.27.4@${digest('a')}`;

describe('what the JSON report says of an image', () => {
  it('is where it stands, as written, and what it parses to', async (t) => {
    const folder = await makeFolder(t, {
      'web/Dockerfile': `# 😀\nFROM --platform=linux/amd64 ghcr.io:443/shop/web:2.8.1@${digest('b')} AS web\n`,
    });
    assert.deepEqual((await report(folder)).images, [
      {
        file: 'web/Dockerfile',
        line: 2,
        column: 29,
        endLine: 2,
        endColumn: 29 + `ghcr.io:443/shop/web:2.8.1@${digest('b')}`.length,
        raw: `ghcr.io:443/shop/web:2.8.1@${digest('b')}`,
        role: 'base',
        kind: 'dockerfile',
        mutability: 'digest',
        registry: 'ghcr.io:443',
        repository: 'shop/web',
        tag: '2.8.1',
        digest: digest('b'),
      },
    ]);
  });

  it('is null for what is absent or unknown', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile: 'ARG TAG\nFROM nginx\nFROM shop/web:$TAG\nFROM Not/A:ref\n',
    });
    const { images } = await report(folder);
    assert.deepEqual(
      images.map(({ digest: _digest, raw, registry, repository, tag }) => [
        raw,
        registry,
        repository,
        tag,
        _digest,
      ]),
      [
        ['nginx', 'docker.io', 'library/nginx', null, null],
        ['shop/web:$TAG', null, null, null, null],
        ['Not/A:ref', null, null, null, null],
      ],
    );
  });

  it('counts columns in UTF-16 code units and keeps to a byte order mark and CRLF', async (t) => {
    const folder = await makeFolder(t, {
      'compose.yaml': '\ufeffservices: {"😀": {image: "nginx"}}\r\n',
      Dockerfile: '\ufeffFROM nginx\r\nCOPY --from=redis / /\r\n',
    });
    const { images } = await report(folder);
    assert.deepEqual(
      images.map(({ column, endColumn, file, line, raw, role }) => [
        file,
        line,
        column,
        endColumn,
        raw,
        role,
      ]),
      [
        ['Dockerfile', 1, 6, 11, 'nginx', 'base'],
        ['Dockerfile', 2, 13, 18, 'redis', 'copy-source'],
        ['compose.yaml', 1, 27, 32, 'nginx', 'workload'],
      ],
    );
  });

  it('leaves earlier stages and scratch out', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile:
        'FROM golang:1.24.1 AS build\nFROM scratch\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\nFROM BUILD\n',
    });
    assert.deepEqual(
      (await report(folder)).images.map(({ raw }) => raw),
      ['golang:1.24.1'],
    );
  });

  it('tells its role', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile:
        '# syntax=docker/dockerfile:1\nFROM a:1.0.0\nCOPY --from=b:1.0.0 / /\nRUN --mount=type=bind,from=c:1.0.0,target=/c true\n',
      'compose.yaml': 'services:\n  d:\n    image: d:1.0.0\n  e:\n    build: .\n    image: e:1.0.0\n',
      'pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - {name: f, image: f:1.0.0}\n' +
        '  volumes:\n    - {name: v, image: {reference: g:1.0.0}}\n',
    });
    assert.deepEqual(
      (await report(folder)).images.map(({ kind, raw, role }) => [kind, raw, role]),
      [
        ['dockerfile', 'docker/dockerfile:1', 'frontend'],
        ['dockerfile', 'a:1.0.0', 'base'],
        ['dockerfile', 'b:1.0.0', 'copy-source'],
        ['dockerfile', 'c:1.0.0', 'mount-source'],
        ['compose', 'd:1.0.0', 'workload'],
        ['compose', 'e:1.0.0', 'build-output'],
        ['kubernetes', 'f:1.0.0', 'workload'],
        ['kubernetes', 'g:1.0.0', 'image-volume'],
      ],
    );
  });
});

describe('what the JSON report says of a finding', () => {
  it('has exactly these keys', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    const { findings, summary, version } = await report(folder);
    assert.equal(version, 1);
    assert.deepEqual(summary, {
      files: 1,
      images: 1,
      unresolved: 0,
      findings: 1,
      waived: 0,
      suppressed: 0,
      unread: 0,
      severities: { error: 0, warning: 1, information: 0, hint: 0 },
      rules: { 'implicit-latest': 1 },
    });
    const [{ message, ...rest } = assert.fail('no finding')] = findings;
    assert.match(message, /`nginx`/);
    assert.deepEqual(rest, {
      file: 'Dockerfile',
      line: 1,
      column: 6,
      endLine: 1,
      endColumn: 11,
      rule: 'implicit-latest',
      severity: 'warning',
      fixable: true,
    });
  });

  it('does not say fixable of what cannot be fixed', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM Not/A:ref\n' });
    assert.deepEqual(
      (await report(folder)).findings.map(({ fixable, rule }) => [rule, fixable]),
      [['invalid-image-reference', false]],
    );
  });
});

describe('what is looked at', () => {
  it('are the manifests of the current folder, where no path is given', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile: 'FROM a:1.0.0\n',
      'dev.Dockerfile': 'FROM b:1.0.0\n',
      'deploy/pod.json':
        '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"c:1.0.0"}]}}',
      'deploy/values.yaml': 'replicas: 3\n',
      'main.go': 'FROM nothing\n',
      'node_modules/x/Dockerfile': 'FROM x:1.0.0\n',
      '.gitignore': 'out/\n',
      'out/Dockerfile': 'FROM y:1.0.0\n',
    });
    const { images, skipped, summary } = await report(folder);
    assert.deepEqual(
      images.map(({ file, raw }) => [file, raw]),
      [
        ['Dockerfile', 'a:1.0.0'],
        ['deploy/pod.json', 'c:1.0.0'],
        ['dev.Dockerfile', 'b:1.0.0'],
      ],
    );
    assert.equal(summary.files, 3);
    assert.deepEqual(skipped, []);
  });

  it('are the paths given, named relative to the current folder', async (t) => {
    const folder = await makeFolder(t, {
      'a/Dockerfile': 'FROM a:1\n',
      'b/Dockerfile': 'FROM b:1\n',
      'c/d/x': '',
    });
    const { images } = await report(join(folder, 'c/d'), ['../../b/Dockerfile', join(folder, 'a')]);
    assert.deepEqual(
      images.map(({ file }) => file),
      ['../../b/Dockerfile', '../../a/Dockerfile'],
    );
  });

  it('is read whatever its bytes, where its readers take them', async (t) => {
    const folder = await makeFolder(t, {
      'latin.Dockerfile': Buffer.from('FROM node:latest # caf\xe9\n', 'latin1'),
      'nul.Dockerfile': 'FROM node:latest\n# \0\n',
      'wide.yaml': Buffer.from('\ufeffservices: {a: {image: "node:latest"}}\r\n', 'utf16le'),
      'prod.build': 'FROM node:latest\n',
    });
    await symlink('prod.build', join(folder, 'Dockerfile'));
    const { findings, skipped, summary } = await report(folder);
    assert.deepEqual(skipped, []);
    assert.equal(summary.files, 4);
    assert.deepEqual(
      findings.filter(({ rule }) => rule === 'floating-tag').map(({ file }) => file),
      ['Dockerfile', 'latin.Dockerfile', 'nul.Dockerfile', 'wide.yaml'],
    );
  });

  it('is unread where no reader takes its bytes', async (t) => {
    const folder = await makeFolder(t, {
      'latin.yaml': Buffer.from('services: {a: {image: "node:latest"}} # caf\xe9\n', 'latin1'),
      'nul.yaml': 'services: {a: {image: "node:latest"}} # \0\n',
      'data.yaml': Buffer.from('caf\xe9: 1\n', 'latin1'),
    });
    const { err, out, status } = await invoke(folder, ['audit', '--format', 'json']);
    const { skipped }: JsonReport = JSON.parse(out);
    assert.deepEqual(skipped, [
      {
        file: 'latin.yaml',
        line: 1,
        reason: 'it has a byte that is not UTF-8, which no reader of YAML takes',
        unread: true,
      },
      {
        file: 'nul.yaml',
        line: 1,
        reason: 'it has a zero byte, which no reader of YAML takes',
        unread: true,
      },
    ]);
    assert.equal(status, 2, err);
  });

  it('is listed as skipped where a part is not understood, with its line', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM a:1.0.0\nRUN <<END\necho\n' });
    const { skipped, summary } = await report(folder);
    assert.deepEqual(
      skipped.map(({ file, line }) => [file, line]),
      [['Dockerfile', 2]],
    );
    assert.equal(summary.files, 1);
  });
});

describe('a variable that the policy knows', () => {
  it('makes one name of it in all files, also in those around what is looked at', async (t) => {
    const files = {
      'compose.yaml': `services:\n  api:\n    image: \${REG}/api:1.2.3@${digest('a')}\n`,
      Dockerfile: `FROM registry.corp.example/api:1.2.3@${digest('b')}\n`,
    };
    const rules = async (folder: string): Promise<readonly string[]> =>
      (await report(folder, ['Dockerfile'])).findings.map(({ rule }) => rule);
    assert.deepEqual(await rules(await makeFolder(t, files)), []);
    const policy = 'variables:\n  REG: registry.corp.example\n';
    const folder = await makeFolder(t, { ...files, '.holdfast.yaml': policy });
    assert.deepEqual(await rules(folder), ['mismatched-digests']);
  });
});

describe('the exit status', () => {
  /** One finding of each severity that rules can have, by raising and lowering one rule. */
  const levels = ['error', 'warning', 'information', 'hint'] as const;
  for (const [index, severity] of levels.entries()) {
    it(`of a finding of severity ${severity}`, async (t) => {
      const folder = await makeFolder(t, {
        Dockerfile: 'FROM nginx\n',
        '.holdfast.yaml': `rules: {implicit-latest: ${severity}}\n`,
      });
      for (const [at, level] of levels.entries()) {
        const { status } = await invoke(folder, ['audit', '--fail-on', level]);
        assert.equal(status, at >= index ? 1 : 0, `--fail-on ${level}`);
      }
      assert.equal((await invoke(folder, ['audit', '--fail-on', 'never'])).status, 0);
      assert.equal((await invoke(folder, ['audit'])).status, index <= 1 ? 1 : 0, 'by default');
    });
  }

  it('is 0 without findings, and without manifests', async (t) => {
    const clean = await makeFolder(t, { Dockerfile: `FROM ${pinned}\n` });
    assert.deepEqual(await invoke(clean, ['audit', '--fail-on', 'hint']), {
      status: 0,
      out: 'No findings in 1 file with 1 image.\n',
      err: '',
    });
    const empty = await makeFolder(t, {});
    assert.deepEqual(await invoke(empty, ['audit']), {
      status: 0,
      out: 'No container manifests found.\n',
      err: '',
    });
  });

  it('is 2 for a path that cannot be read; the rest is reported', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile: 'FROM nginx\n',
      half: new Uint8Array([255, 254, 0, 216]),
    });
    const { err, out, status } = await invoke(folder, ['audit', 'gone', 'half', '.', '--format', 'json']);
    assert.equal(status, 2);
    assert.equal(
      err,
      'holdfast: gone: no such file or folder\nholdfast: half: it begins as UTF-16 and is not\n',
    );
    const { findings, skipped }: JsonReport = JSON.parse(out);
    assert.equal(findings.length, 1);
    assert.deepEqual(
      skipped.map(({ file, unread }) => [file, unread]),
      [
        ['gone', true],
        ['half', true],
      ],
    );
    assert.match(
      (await invoke(folder, ['audit', 'gone', '.'])).out,
      /^gone +unread +no such file or folder$/m,
    );
  });

  it('is 2 even where nothing counts', async (t) => {
    const folder = await makeFolder(t, {});
    assert.equal((await invoke(folder, ['audit', 'gone', '--fail-on', 'never'])).status, 2);
  });

  it('is 130 when stopped, and there is no report', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    const { err, out, status } = await invoke(folder, ['audit'], { signal: AbortSignal.abort() });
    assert.deepEqual([status, out, err], [130, '', 'holdfast: stopped, so there is no report.\n']);
  });
});

describe('the configuration', () => {
  it('is the nearest one upward of each file', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml': 'rules: {implicit-latest: hint}\n',
      Dockerfile: 'FROM a\n',
      'x/Dockerfile': 'FROM b\n',
      'y/.holdfast.yaml': 'rules: {implicit-latest: error}\n',
      'y/z/Dockerfile': 'FROM c\n',
    });
    const severities = (found: JsonReport) => found.findings.map(({ file, severity }) => [file, severity]);
    const all = [
      ['Dockerfile', 'hint'],
      ['x/Dockerfile', 'hint'],
      ['y/z/Dockerfile', 'error'],
    ];
    assert.deepEqual(severities(await report(folder)), all);
    assert.deepEqual(severities(await report(join(folder, 'y/z'))), [['Dockerfile', 'error']]);
    assert.deepEqual(
      severities(await report(folder, ['--config', 'y/.holdfast.yaml'])),
      all.map(([file]) => [file, 'error']),
    );
  });

  it('is not looked for above the root of the repository', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml': 'rules: {implicit-latest: off}\n',
      'inner/.git/HEAD': '',
      'inner/Dockerfile': 'FROM a\n',
    });
    assert.equal((await report(folder)).summary.findings, 1);
  });

  it('leaves files out, relative to its folder, unless they are named', async (t) => {
    const folder = await makeFolder(t, {
      'a/.holdfast.yaml': 'ignore: [/test/, "*.old.Dockerfile"]\n',
      'a/Dockerfile': 'FROM a\n',
      'a/test/Dockerfile': 'FROM b\n',
      'a/x/test/Dockerfile': 'FROM c\n',
      'a/x/y.old.Dockerfile': 'FROM d\n',
      'test/Dockerfile': 'FROM e\n',
    });
    const files = (found: JsonReport) => found.images.map(({ file }) => file);
    const rest = ['a/Dockerfile', 'a/x/test/Dockerfile', 'test/Dockerfile'];
    assert.deepEqual(files(await report(folder)), rest);
    assert.deepEqual(files(await report(join(folder, 'a/x'))), ['test/Dockerfile']);
    assert.deepEqual(files(await report(folder, ['a/x/y.old.Dockerfile'])), ['a/x/y.old.Dockerfile']);
  });

  it('that is bad is an error with line and reason, and its files are not judged by other rules', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile: 'FROM a\n',
      'x/Dockerfile': 'FROM b\n',
      'x/y/Dockerfile': 'FROM c\n',
      'x/.holdfast.yaml': 'rules:\n  implicit-latst: off\n',
    });
    const { err, out, status } = await invoke(folder, ['audit', '--format', 'json']);
    assert.equal(status, 2);
    assert.equal(
      err,
      [
        'holdfast: x/.holdfast.yaml:2:3: There is no rule "implicit-latst". Did you mean implicit-latest?',
        '',
      ].join('\n'),
    );
    const { findings, skipped }: JsonReport = JSON.parse(out);
    assert.deepEqual(
      findings.map(({ file }) => file),
      ['Dockerfile'],
    );
    const reason = 'its configuration x/.holdfast.yaml has errors';
    assert.deepEqual(skipped, [
      { file: 'x/Dockerfile', line: 1, reason, unread: true },
      { file: 'x/y/Dockerfile', line: 1, reason, unread: true },
    ]);
  });

  it('that is given and bad or missing stops everything', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM a\n', bad: 'rules: [\n' });
    const bad = await invoke(folder, ['audit', '--config', 'bad']);
    assert.deepEqual([bad.status, bad.out], [2, '']);
    assert.match(bad.err, /^holdfast: bad:\d+:\d+: This is not valid YAML: /);
    assert.deepEqual(await invoke(folder, ['audit', '--config', 'gone.yaml']), {
      status: 2,
      out: '',
      err: 'holdfast: gone.yaml: the configuration cannot be used: it cannot be read: no such file or folder\n',
    });
  });

  it('that is a folder is an error, not no configuration', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM a\n', '.holdfast.yaml/x': '' });
    const { err, status } = await invoke(folder, ['audit']);
    assert.equal(status, 2);
    assert.match(err, /^holdfast: \.holdfast\.yaml: the configuration cannot be used: .*it is a folder\n/);
  });
});

describe('the report', () => {
  it('takes the place of a file as a whole, and leaves links and modes as they are', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n', 'old.txt': 'old', 'far.txt': 'old' });
    await chmod(join(folder, 'old.txt'), 0o640);
    await symlink('far.txt', join(folder, 'link.txt'));
    const files = (await readdir(folder)).sort();
    const { out } = await invoke(folder, ['audit']);
    for (const name of ['old.txt', 'link.txt']) {
      await invoke(folder, ['audit', '--output', name]);
      assert.equal(await readFile(join(folder, name), 'utf8'), out);
    }
    assert.equal((await stat(join(folder, 'old.txt'))).mode & 0o777, 0o640);
    assert.equal(await readlink(join(folder, 'link.txt')), 'far.txt');
    assert.deepEqual((await readdir(folder)).sort(), files);
  });

  it('goes to a file when asked, and the outcome to the error output', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    const shown = await invoke(folder, ['audit', '--format', 'sarif']);
    const { err, out, status } = await invoke(folder, [
      'audit',
      '--format',
      'sarif',
      '--output',
      'out.sarif',
    ]);
    assert.deepEqual([status, out], [1, '']);
    assert.equal(
      err,
      'holdfast: 1 finding (1 warning) in 1 file with 1 image. The report is in out.sarif.\n',
    );
    assert.equal(await readFile(join(folder, 'out.sarif'), 'utf8'), shown.out);
  });

  it('that cannot be written is bad usage', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    assert.deepEqual(await invoke(folder, ['audit', '--output', 'no/such/out.txt']), {
      status: 2,
      out: '',
      err: 'holdfast: no/such/out.txt: the report cannot be written: no such file or folder\n',
    });
  });

  for (const format of ['text', 'json', 'sarif', 'markdown']) {
    it(`comes as ${format}`, async (t) => {
      const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
      const { err, out, status } = await invoke(folder, ['audit', `--format=${format}`]);
      assert.deepEqual([status, err], [1, '']);
      assert.match(out, /Dockerfile[\s\S]*implicit-latest|implicit-latest[\s\S]*Dockerfile/);
      assert.equal(out.endsWith('\n'), true);
    });
  }

  it('is coloured in a terminal, unless the user wants no colours', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    const isColoured = async (argv: readonly string[], outIsTTY: boolean, env: Record<string, string> = {}) =>
      (await invoke(folder, ['audit', ...argv], { outIsTTY, env, columns: 200 })).out.includes('\u001b[');
    assert.equal(await isColoured([], true), true);
    assert.equal(await isColoured([], false), false);
    assert.equal(await isColoured([], true, { NO_COLOR: '1' }), false);
    assert.equal(await isColoured([], true, { NO_COLOR: '' }), true);
    assert.equal(await isColoured([], true, { TERM: 'dumb' }), false);
    assert.equal(await isColoured(['--no-color'], true), false);
    assert.equal(await isColoured(['--color'], false, { NO_COLOR: '1' }), true);
    assert.equal(await isColoured(['--color', '--no-color'], true), false);
    assert.equal(await isColoured(['--no-color', '--color'], false), true);
    assert.equal(await isColoured(['--format=json', '--color'], true), false);
  });

  it('has progress beside it on a terminal, which is gone at the end', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    const { err } = await invoke(folder, ['audit'], { errIsTTY: true });
    assert.match(err, /(?:Searching|Auditing): /);
    assert.equal(err.endsWith('\r\u001b[2K'), true);
  });
});

describe('what cannot be read', () => {
  it('is trouble where the text has a mistake, so that a gate does not stay open', async (t) => {
    const folder = await makeFolder(t, { 'compose.yaml': 'services:\n  a: {\n   image x\n\tfoo\n' });
    for (const operands of [[], ['compose.yaml']]) {
      const { err, status } = await invoke(folder, ['audit', ...operands]);
      assert.equal(status, 2);
      assert.match(err, /compose\.yaml:\d+: its YAML has an error/);
    }
    const pinned = await invoke(folder, ['pin']);
    assert.equal(pinned.status, 2);
    assert.match(pinned.err, /its YAML has an error/);
  });

  it('is told where it is a template, or a named file that is no manifest', async (t) => {
    const folder = await makeFolder(t, {
      'templates/pod.yaml': 'apiVersion: v1\nkind: Pod\nspec: {{ .Values.x }}\n',
      'notes.txt': 'Notes\n',
    });
    const audit = await invoke(folder, ['audit', '.', 'notes.txt']);
    assert.equal(audit.status, 0);
    assert.match(audit.out, /it is a template/);
    assert.match(audit.out, /not recognised as a manifest/);
    assert.match(audit.out, /2 skipped/);
    assert.match((await invoke(folder, ['pin'])).err, /1 file skipped/);
  });
});

describe('a long report', () => {
  const services = Array.from(
    { length: 20 },
    (_, at) => `  s${at}: {image: 'nginx:1.27.3', privileged: true}\n`,
  ).join('');

  it('ends with how often each rule found something, most severe first', async (t) => {
    const folder = await makeFolder(t, { 'compose.yaml': `services:\n${services}` });
    const { out } = await invoke(folder, ['audit']);
    const table = out.split('\n').filter((line) => /^ *\d+ {2}/.test(line));
    assert.deepEqual(table, [
      '20  warning      writable-root-filesystem',
      '20  warning      privileged-container',
      '20  information  unpinned-image',
    ]);
  });

  it('can leave out what is less severe, and fails all the same', async (t) => {
    const folder = await makeFolder(t, {
      'compose.yaml': 'services: {a: {image: "nginx:1.27.3", read_only: true}}\n',
    });
    const all = await invoke(folder, ['audit', '--fail-on', 'information']);
    assert.match(all.out, /information +unpinned-image/);
    const few = await invoke(folder, ['audit', '--level', 'warning', '--fail-on', 'information']);
    assert.equal(few.status, 1);
    assert.doesNotMatch(few.out, /unpinned-image/);
    const wrong = await invoke(folder, ['audit', '--level', 'warn']);
    assert.equal(wrong.status, 2);
    assert.match(wrong.err, /Did you mean warning\?/);
  });
});

it('a named file that begins like a Dockerfile is one', async (t) => {
  const folder = await makeFolder(t, {
    'build.docker': '# syntax=docker/dockerfile:1\nARG A=1\n\nFROM nginx\n',
    notes: 'Letters\nFROM home\n',
  });
  assert.match((await invoke(folder, ['audit', 'build.docker'])).out, /build\.docker:4:6 .*implicit-latest/);
  assert.match((await invoke(folder, ['audit', 'notes'])).out, /not recognised/);
  assert.match((await invoke(folder, ['audit'])).out, /^No container manifests found/);
});
