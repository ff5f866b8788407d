import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AuditFinding } from '../../server/src/engine/index.ts';
import { digest, fakeRegistry, type InvokeOptions, invoke, makeFolder } from './support.ts';

const now = (): number => Date.UTC(2026, 5, 15, 12);
const audit = (folder: string, argv: readonly string[] = [], options: InvokeOptions = {}) =>
  invoke(folder, ['audit', ...argv], { now, ...options });

interface Found {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
}

interface Report {
  readonly summary: { readonly findings: number; readonly waived: number };
  readonly findings: readonly Found[];
  readonly waived: readonly (Found & { reason: string; approvedBy: string; expires: string | null })[];
}

async function report(
  folder: string,
  argv: readonly string[] = [],
  options?: InvokeOptions,
): Promise<Report> {
  return JSON.parse((await audit(folder, ['--format', 'json', ...argv], options)).out);
}

const levels = async (folder: string, argv?: readonly string[]): Promise<readonly string[]> =>
  (await report(folder, argv)).findings.map(({ file, rule, severity }) => `${file} ${rule} ${severity}`);

const waivers = (expires: string): string =>
  `waivers:\n- rules: [implicit-latest]\n  image: nginx\n  reason: "A | demo, see [here](https://example.com)"\n  approved-by: security@example.com\n  expires: ${expires}\n`;

describe('a policy', () => {
  it('has other levels for other files', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml':
        'rules: {implicit-latest: hint}\noverrides:\n- files: deploy/\n  rules: {implicit-latest: error}\n- files: deploy/old/\n  rules: {implicit-latest: off}\n',
      Dockerfile: 'FROM nginx\n',
      'deploy/Dockerfile': 'FROM nginx\n',
      'deploy/old/Dockerfile': 'FROM nginx\n',
    });
    assert.deepEqual(await levels(folder), [
      'Dockerfile implicit-latest hint',
      'deploy/Dockerfile implicit-latest error',
    ]);
    // From another folder the patterns stay those of the policy.
    assert.deepEqual(await levels(join(folder, 'deploy')), ['Dockerfile implicit-latest error']);
  });

  it('further down that takes the place of another is told of, unless it extends it', async (t) => {
    const folder = await makeFolder(t, {
      '.git/HEAD': '',
      '.holdfast.yaml': 'rules: {implicit-latest: error}\n',
      Dockerfile: 'FROM nginx\n',
      'vendor/.holdfast.yaml': 'rules: {implicit-latest: off}\n',
      'vendor/Dockerfile': 'FROM nginx\n',
      'own/.holdfast.yaml': 'extends: ../.holdfast.yaml\nrules: {implicit-latest: hint}\n',
      'own/Dockerfile': 'FROM nginx\n',
    });
    const { err } = await audit(folder);
    const [line = '', ...more] = err.split('\n').filter((one) => one.includes('in the place of'));
    assert.deepEqual(more, []);
    assert.match(
      line,
      /vendor\/\.holdfast\.yaml counts for what is below it, in the place of \.holdfast\.yaml/,
    );
    assert.deepEqual(await levels(folder), [
      'Dockerfile implicit-latest error',
      'own/Dockerfile implicit-latest hint',
    ]);
  });

  it('tells of waivers whose last day is over', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml': waivers('2026-06-14'),
      Dockerfile: 'FROM nginx\n',
    });
    assert.match((await audit(folder)).err, /\.holdfast\.yaml:6: This waiver expired on 2026-06-14/);
  });

  it('given by its path is relative to its own folder', async (t) => {
    const folder = await makeFolder(t, {
      'policies/strict.yaml': 'overrides: [{files: "*", rules: {implicit-latest: error}}]\n',
      Dockerfile: 'FROM nginx\n',
      'policies/Dockerfile': 'FROM nginx\n',
    });
    assert.deepEqual(await levels(folder, ['--config', 'policies/strict.yaml']), [
      'Dockerfile implicit-latest warning',
      'policies/Dockerfile implicit-latest error',
    ]);
  });

  it('extends others, which are no manifests', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml': 'extends: [policies/base.holdfast.yaml, ../outside.yaml]\n',
      'policies/base.holdfast.yaml': 'rules: {implicit-latest: error}\n',
      '../outside.yaml': 'rules: {unpinned-image: error}\n',
      Dockerfile: 'FROM nginx\nFROM nginx:1.27.3\n',
    });
    assert.deepEqual(await levels(folder), [
      'Dockerfile implicit-latest error',
      'Dockerfile unpinned-image error',
    ]);
    const { err, status } = await audit(folder, ['policies']);
    assert.deepEqual([status, err], [0, '']);
  });

  it('with a mistake in what it extends does not count, and the file is named', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml': 'extends: policies/base.yaml\nrules: {implicit-latest: loud}\n',
      'x/.holdfast.yaml': 'extends: ../policies/base.yaml\n',
      'policies/base.yaml': 'extends: gone.yaml\nrules:\n  floating-tg: off\n',
      Dockerfile: 'FROM nginx\n',
      'x/Dockerfile': 'FROM nginx\n',
    });
    const { err, out, status } = await audit(folder);
    assert.equal(status, 2);
    assert.deepEqual(err.trim().split('\n').sort(), [
      'holdfast: .holdfast.yaml:2:26: "loud" is no level; there is error, warning, information, hint and off.',
      'holdfast: policies/base.yaml:1:10: There is no file "gone.yaml" that could be read; the path is taken from the folder of this file.',
      'holdfast: policies/base.yaml:3:3: There is no rule "floating-tg". Did you mean floating-tag?',
    ]);
    assert.match(out, /^Dockerfile\s+unread\s+its configuration \.holdfast\.yaml has errors/m);
    assert.match(out, /^x\/Dockerfile\s+unread\s+its configuration x\/\.holdfast\.yaml has errors/m);
  });

  it('by the other ending of its name is told to be renamed, once', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yml': 'rules: {implicit-latest: off}\n',
      Dockerfile: 'FROM nginx:1.27.3\n',
      'x/Dockerfile': 'FROM nginx:1.27.3\n',
    });
    const told =
      'holdfast: .holdfast.yml is not read: its name has to end in .yaml. Rename it to .holdfast.yaml.\n';
    const { err, status } = await audit(folder);
    assert.deepEqual([status, err], [0, told]);
    const registry = fakeRegistry(() => digest('a'));
    assert.ok((await invoke(folder, ['pin'], { registry })).err.startsWith(told));
  });
});

describe('waived findings', () => {
  const files = (expires: string) => ({
    '.holdfast.yaml': waivers(expires),
    Dockerfile: 'FROM nginx\nFROM redis\n',
  });

  it('are no findings, and are told with who answers for them', async (t) => {
    const folder = await makeFolder(t, files('2026-06-15'));
    const { findings, summary, waived } = await report(folder);
    assert.deepEqual([summary.findings, summary.waived], [1, 1]);
    assert.deepEqual(
      findings.map(({ line }) => line),
      [2],
    );
    assert.deepEqual(
      waived.map(({ approvedBy, expires, file, line, reason, rule, severity }) => [
        file,
        line,
        rule,
        severity,
        reason,
        approvedBy,
        expires,
      ]),
      [
        [
          'Dockerfile',
          1,
          'implicit-latest',
          'warning',
          'A | demo, see [here](https://example.com)',
          'security@example.com',
          '2026-06-15',
        ],
      ],
    );
    assert.match(
      (await audit(folder)).out,
      /1 finding \(1 warning\) in 1 file with 2 images, 1 finding waived\.\n/,
    );
  });

  it('do not fail the audit', async (t) => {
    const folder = await makeFolder(t, { ...files('never'), Dockerfile: 'FROM nginx\n' });
    const { err, out, status } = await audit(folder);
    assert.deepEqual([status, err, out], [0, '', 'No findings in 1 file with 1 image, 1 finding waived.\n']);
  });

  it('are reported again from the day after the last', async (t) => {
    const folder = await makeFolder(t, files('2026-06-15'));
    const next = { now: () => Date.UTC(2026, 5, 16) };
    const { findings, summary } = await report(folder, [], next);
    assert.deepEqual([summary.findings, summary.waived], [2, 0]);
    assert.match(findings[0]?.message ?? '', /\(Its waiver expired on 2026-06-15\.\)$/);
    assert.equal((await audit(folder, [], next)).status, 1);
  });

  it('stand in a table of the Markdown report, without links of their own', async (t) => {
    const folder = await makeFolder(t, files('never'));
    const { out } = await audit(folder, ['--format', 'markdown']);
    const row = out
      .split('\n')
      .find((line) => line.startsWith('| [implicit-latest]') && line.includes('without end'));
    assert.ok(row, out);
    assert.match(out, /\| Waived \| Where \| Reason \| Approved by \| Holds \|/);
    assert.ok(row.includes('`Dockerfile:1:6`'));
    assert.ok(row.includes('A \\| demo, see \\[here\\]'));
    assert.doesNotMatch(row, /\(https:\/\/example|security@example/);
  });

  it('are suppressed results in SARIF', async (t) => {
    const folder = await makeFolder(t, files('2027-03-31'));
    const { out } = await audit(folder, ['--format', 'sarif']);
    const { results } = JSON.parse(out).runs[0];
    assert.deepEqual(
      results.map(({ suppressions }: { suppressions?: unknown }) => suppressions),
      [
        undefined,
        [
          {
            kind: 'external',
            status: 'accepted',
            justification:
              'A | demo, see [here](https://example.com) (approved by security@example.com, until 2027-03-31)',
          },
        ],
      ],
    );
  });
});

describe('what in a policy came to nothing', () => {
  const waiver = (...more: readonly string[]): string =>
    ['- rules: [implicit-latest]', 'reason: known', 'approved-by: me', 'expires: never', ...more].join(
      '\n  ',
    );
  const policy = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
  const manifests = { 'awesome-compose/Dockerfile': 'FROM nginx\n', 'deploy/Dockerfile': 'FROM redis\n' };
  const told = async (
    t: TestContext,
    files: Readonly<Record<string, string>>,
    argv: readonly string[] = [],
  ): Promise<readonly string[]> => {
    const { err } = await audit(await makeFolder(t, files), argv);
    return err.split('\n').filter((line) => /No manifest fits|let nothing pass/.test(line));
  };

  it('is told with file and line: patterns that fit no manifest, waivers that let nothing pass', async (t) => {
    const text = policy(
      'overrides:',
      '- files: [deploi/, "*", "!nothing/"]',
      '  rules: {floating-tag: error}',
      'waivers:',
      waiver('files: awsome-compose/'),
      waiver('image: docker.io/library/nodde'),
      waiver('image: redis', 'files: awesome-compose/'),
      waiver('image: nginx', 'files: [awesome-compose/, zzzzzz/]'),
    );
    assert.deepEqual(await told(t, { ...manifests, '.holdfast.yaml': text }), [
      'holdfast: .holdfast.yaml:2: No manifest fits "deploi/" of this override. Did you mean "deploy/"?',
      'holdfast: .holdfast.yaml:9: No manifest fits "awsome-compose/" of this waiver. Did you mean "awesome-compose/"?',
      'holdfast: .holdfast.yaml:10: This waiver let nothing pass in this audit. Correct its rules or its image "docker.io/library/nodde", or take it out.',
      'holdfast: .holdfast.yaml:15: This waiver let nothing pass in this audit. Correct its rules, its files or its image "redis", or take it out.',
      'holdfast: .holdfast.yaml:26: No manifest fits "zzzzzz/" of this waiver. Correct the pattern, or take it out.',
    ]);
  });

  const idle = policy('waivers:', waiver('image: nodde'), waiver('files: gone/'));

  it('changes no exit status, and is told wherever the whole folder was audited', async (t) => {
    const folder = await makeFolder(t, { 'a/.holdfast.yaml': idle, 'a/Dockerfile': 'FROM nginx:1.27.3\n' });
    for (const [cwd, argv] of [
      [folder, []],
      [folder, ['a']],
      [join(folder, 'a'), ['.']],
      [folder, ['a/Dockerfile', '.']],
    ] as const) {
      const { err, status } = await audit(cwd, argv);
      assert.equal(status, 0);
      assert.equal(err.match(/let nothing pass|No manifest fits/g)?.length, 2, argv.join(' '));
    }
  });

  it('is not told where only a part was looked at, or something failed', async (t) => {
    const files = { ...manifests, '.holdfast.yaml': idle };
    for (const argv of [['deploy'], ['deploy', 'awesome-compose'], ['.', 'gone'], ['deploy/Dockerfile']]) {
      assert.deepEqual(await told(t, files, argv), [], argv.join(' '));
    }
    const broken = { ...files, 'compose.yaml': 'services:\n  a: {\n   image x\n\tfoo\n' };
    assert.deepEqual(await told(t, broken), []);
    const given = { ...manifests, 'deploy/p.yaml': idle };
    assert.deepEqual(await told(t, given, ['--config', 'deploy/p.yaml', 'deploy']), []);
    assert.equal((await told(t, given, ['--config', 'deploy/p.yaml'])).length, 2);
  });

  it('is not told of what another audit, another folder or another day may need', async (t) => {
    const registry = policy('waivers:', waiver().replace('implicit-latest', 'drifted-pin'));
    const astray = policy('waivers:', waiver('files: gone/').replace('implicit-latest', 'drifted-pin'));
    assert.equal((await told(t, { ...manifests, '.holdfast.yaml': astray })).length, 1);
    const over = policy('waivers:', waiver('image: nodde').replace('never', '2026-06-14'));
    const extended = policy('waivers:', waiver('image: nodde'));
    for (const files of [
      { '.holdfast.yaml': registry },
      { '.holdfast.yaml': over },
      { '.holdfast.yaml': 'extends: base.holdfast.yaml\n', 'base.holdfast.yaml': extended },
      {
        '.holdfast.yaml': extended,
        'x/.holdfast.yaml': 'extends: ../.holdfast.yaml\n',
        'x/Dockerfile': 'FROM nodde\n',
      },
    ]) {
      assert.deepEqual(await told(t, { ...manifests, ...files }), [], Object.keys(files).join(' '));
    }
  });

  it('counts what is passed over on purpose as there', async (t) => {
    const files = {
      'charts/templates/pod.yaml': 'apiVersion: v1\nkind: Pod\nspec: {{ .Values.x }}\n',
      '.holdfast.yaml': policy('overrides:', '- files: charts/', '  profile: strict'),
    };
    assert.deepEqual(await told(t, files), []);
  });
});

describe('a policy with root: true', () => {
  const strictAbove = {
    '.holdfast.yaml':
      'root: true\nrules: {floating-tag: error}\ntrusted-registries: [docker.io/*, ghcr.io/a/*]\n',
    'a/.holdfast.yaml': [
      'rules: {floating-tag: off, unpinned-image: error}',
      'ignore: [b/]',
      'trusted-registries: [ghcr.io/a/*, quay.io/*]',
      'waivers: [{rules: floating-tag, reason: it is meant, approved-by: me, expires: never}]',
      '',
    ].join('\n'),
    'a/b/Dockerfile': 'FROM nginx:latest\nFROM ghcr.io/a/x:1.2.3\nFROM quay.io/x:1.2.3\n',
    'c/.holdfast.yaml': 'root: true\nrules: {implicit-latest: error}\n',
    'c/d/.holdfast.yaml': 'rules: {floating-tag: off, implicit-latest: off}\n',
    'c/d/Dockerfile': 'FROM nginx\nFROM redis:latest\n',
  };

  it('holds below, where another makes it stricter alone, and what does not count is told', async (t) => {
    const folder = await makeFolder(t, strictAbove);
    const { err, out } = await invoke(folder, ['audit', '--format', 'json']);
    const { findings, policies, summary } = JSON.parse(out);
    assert.deepEqual(
      findings
        .map(({ file, line, rule, severity }: AuditFinding) => `${file}:${line} ${rule} ${severity}`)
        .sort(),
      [
        'a/b/Dockerfile:1 floating-tag error',
        'a/b/Dockerfile:1 untrusted-registry error',
        'a/b/Dockerfile:2 unpinned-image error',
        'a/b/Dockerfile:3 unpinned-image error',
        'a/b/Dockerfile:3 untrusted-registry error',
        'c/d/Dockerfile:1 implicit-latest error',
        'c/d/Dockerfile:2 floating-tag error',
      ],
    );
    assert.equal(summary.waived, 0);
    assert.deepEqual(policies, [
      { file: 'a/.holdfast.yaml', root: '.holdfast.yaml', files: 1 },
      { file: 'c/d/.holdfast.yaml', root: 'c/.holdfast.yaml', files: 1 },
    ]);
    for (const [file, key, root] of [
      ['a', 'rules.floating-tag', ''],
      ['a', 'waivers', ''],
      ['a', 'ignore', ''],
      ['a', 'trusted-registries', ''],
      ['c/d', 'rules.floating-tag', 'c/'],
      ['c/d', 'rules.implicit-latest', 'c/'],
    ]) {
      assert.ok(
        err.includes(
          `holdfast: ${file}/.holdfast.yaml: ${key} does not count: ${root}.holdfast.yaml has root: true.\n`,
        ),
        err,
      );
    }
    assert.doesNotMatch(err, /in the place of/);
  });

  it('is no use to whoever breaks it: then nothing below counts', async (t) => {
    const folder = await makeFolder(t, { ...strictAbove, '.holdfast.yaml': 'root: true\nrules: {x: y}\n' });
    const { out, status } = await invoke(folder, ['audit', '--format', 'json', 'a']);
    assert.equal(status, 2);
    assert.deepEqual(JSON.parse(out).findings, []);
  });

  it('is named in CI, with every other', async (t) => {
    const folder = await makeFolder(t, { ...strictAbove, 'c/.git/x': '', 'c/.holdfast.yaml': '' });
    const { err } = await invoke(folder, ['audit'], { env: { CI: 'true' } });
    assert.match(
      err,
      /^holdfast: the policy a\/\.holdfast\.yaml counts for 1 file, within \.holdfast\.yaml\.$/m,
    );
    assert.match(err, /^holdfast: the policy c\/d\/\.holdfast\.yaml counts for 1 file\.$/m);
    const quiet = await invoke(folder, ['audit'], { env: { CI: 'false' } });
    assert.doesNotMatch(quiet.err, /counts for 1 file/);
    const bare = await makeFolder(t, { Dockerfile: 'FROM scratch\n' });
    const { err: none } = await invoke(bare, ['audit'], { env: { CI: '1' } });
    assert.equal(none, 'holdfast: no policy counts for 1 file.\n');
  });
});
