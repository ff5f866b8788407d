import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import {
  type AuditFinding,
  type AuditImage,
  type AuditResult,
  formats,
  rules,
} from '../../server/src/engine/index.ts';
import { pageText } from '../../server/src/pages.ts';

const plain = { color: false, width: null, version: '1.2.3', pageText };

const image: AuditImage = {
  file: 'web/Dockerfile',
  line: 1,
  column: 6,
  endLine: 1,
  endColumn: 11,
  raw: 'nginx',
  role: 'base',
  kind: 'dockerfile',
  mutability: 'implicit',
  registry: 'docker.io',
  repository: 'library/nginx',
  tag: null,
  digest: null,
};

const finding = (over: Partial<AuditFinding> = {}): AuditFinding => ({
  file: 'web/Dockerfile',
  line: 1,
  column: 6,
  endLine: 1,
  endColumn: 11,
  rule: 'implicit-latest',
  severity: 'warning',
  message: '`nginx` has no tag.',
  key: 'implicit-latest stage.0',
  fixable: true,
  pinnable: true,
  related: [],
  ...over,
});

const result: AuditResult = {
  files: 2,
  images: [image],
  unresolved: [],
  findings: [
    finding(),
    finding({
      line: 12,
      column: 3,
      endLine: 12,
      endColumn: 9,
      rule: 'privileged-container',
      severity: 'error',
      message: 'Too much power.',
      key: 'privileged-container services.db',
      fixable: true,
      pinnable: false,
    }),
    finding({
      file: 'compose.yaml',
      line: 4,
      column: 12,
      endLine: 4,
      endColumn: 20,
      severity: 'information',
    }),
  ],
  waived: [],
  suppressed: [],
  skipped: [
    { file: 'k8s/chart.yaml', line: 7, reason: 'it is a Helm template', unread: false },
    { file: 'gone', line: null, reason: 'no such file or folder', unread: true },
  ],
  policies: [],
};

const empty: AuditResult = {
  files: 0,
  images: [],
  unresolved: [],
  findings: [],
  waived: [],
  suppressed: [],
  skipped: [],
  policies: [],
};
const clean: AuditResult = {
  files: 1,
  images: [image, image],
  unresolved: [],
  findings: [],
  waived: [],
  suppressed: [],
  skipped: [],
  policies: [],
};

describe('the text report', () => {
  it('aligns the findings of each file and counts them at the end', () => {
    assert.equal(
      formats.text(result, plain),
      [
        'web/Dockerfile:1:6   warning      implicit-latest       `nginx` has no tag.',
        'web/Dockerfile:12:3  error        privileged-container  Too much power.',
        '',
        'compose.yaml:4:12  information  implicit-latest       `nginx` has no tag.',
        '',
        'k8s/chart.yaml:7  skipped                            it is a Helm template',
        '',
        'gone  unread                             no such file or folder',
        '',
        '3 findings (1 error, 1 warning, 1 information) in 2 files with 1 image, 1 unread, 1 skipped.',
        '2 findings fixable with `holdfast pin --write`.',
        '',
      ].join('\n'),
    );
  });

  it('puts messages below where the terminal is narrow, broken at spaces', () => {
    const one = {
      ...result,
      findings: [finding({ message: 'one two three four five six seven' })],
      skipped: [],
    };
    const lines = formats.text(one, { ...plain, width: 24 }).split('\n');
    assert.deepEqual(lines.slice(0, 4), [
      'web/Dockerfile:1:6  warning  implicit-latest',
      '    one two three four',
      '    five six seven',
      '',
    ]);
  });

  it('counts the references that could not be worked out, and says where', () => {
    const one = { file: 'ci.yml', line: 3, column: 10, endLine: 3, endColumn: 20, raw: 'ruby:$RUBY' };
    const unresolved = [{ ...one, reason: '`$RUBY` has no single value in this file' }];
    const last = (of: AuditResult): string => formats.text(of, plain).split('\n').at(-2) ?? '';
    assert.equal(last({ ...clean, unresolved }), '1 reference could not be worked out (ci.yml:3:10).');
    const more = { ...clean, unresolved: [...unresolved, ...unresolved] };
    assert.equal(
      last(more),
      '2 references could not be worked out, the first at ci.yml:3:10; `--format json` lists them.',
    );
    const { summary, unresolved: listed } = JSON.parse(formats.json(more, plain));
    assert.deepEqual([summary.unresolved, listed], [2, more.unresolved]);
    assert.match(
      formats.markdown(more, plain),
      /\| `ruby:\$RUBY` \| `ci\.yml:3:10` \| `\$RUBY` has no single value/,
    );
    const [run] = JSON.parse(formats.sarif(more, plain)).runs;
    const { toolExecutionNotifications: notes } = run.invocations[0];
    assert.equal(notes.length, 2);
    assert.match(notes[0].message.text, /^The reference ruby:\$RUBY could not be worked out: /);
    assert.equal(notes[0].locations[0].physicalLocation.region.startLine, 3);
  });

  it('says so when there is nothing', () => {
    assert.equal(formats.text(empty, plain), 'No container manifests found.\n');
    assert.equal(formats.text(clean, plain), 'No findings in 1 file with 2 images.\n');
  });

  it('is coloured only when asked, and reads the same without the colours', () => {
    const coloured = formats.text(result, { ...plain, color: true });
    assert.equal(coloured.includes('\u001b[31merror\u001b[0m'), true);
    assert.equal(stripVTControlCharacters(coloured), formats.text(result, plain));
  });

  it('lets no file control the terminal', () => {
    const evil = finding({
      file: 'a\u001b[2J.yaml',
      message: '`\u001b]0;title\u0007\u202e` is bad.\nreally',
    });
    const text = formats.text({ ...clean, findings: [evil] }, plain);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    assert.match(text, /a\\u\{1b\}\[2J\.yaml:1:6/);
    assert.match(text, /is bad\.\\u\{a\}really\n/);
  });
});

describe('the JSON report', () => {
  it('has exactly this shape', () => {
    assert.deepEqual(JSON.parse(formats.json(result, plain)), {
      version: 1,
      tool: { name: 'Holdfast', version: '1.2.3' },
      summary: {
        files: 2,
        images: 1,
        unresolved: 0,
        findings: 3,
        waived: 0,
        suppressed: 0,
        unread: 1,
        severities: { error: 1, warning: 1, information: 1, hint: 0 },
        rules: { 'implicit-latest': 2, 'privileged-container': 1 },
      },
      images: [image],
      unresolved: [],
      findings: result.findings.map(({ key: _key, pinnable: _pinnable, related: _related, ...rest }) => rest),
      waived: [],
      suppressed: [],
      skipped: [
        { file: 'k8s/chart.yaml', line: 7, reason: 'it is a Helm template', unread: false },
        { file: 'gone', line: 1, reason: 'no such file or folder', unread: true },
      ],
      policies: [],
    });
  });

  it('keeps its keys in order and ends in a line break', () => {
    const text = formats.json(result, plain);
    assert.equal(text.at(-1), '\n');
    const parsed = JSON.parse(text);
    assert.deepEqual(Object.keys(parsed), [
      'version',
      'tool',
      'summary',
      'images',
      'unresolved',
      'findings',
      'waived',
      'suppressed',
      'skipped',
      'policies',
    ]);
    assert.deepEqual(Object.keys(parsed.summary), [
      'files',
      'images',
      'unresolved',
      'findings',
      'waived',
      'suppressed',
      'unread',
      'severities',
      'rules',
    ]);
    assert.deepEqual(Object.keys(parsed.summary.severities), ['error', 'warning', 'information', 'hint']);
    assert.deepEqual(Object.keys(parsed.images[0]), [
      'file',
      'line',
      'column',
      'endLine',
      'endColumn',
      'raw',
      'role',
      'kind',
      'mutability',
      'registry',
      'repository',
      'tag',
      'digest',
    ]);
    assert.deepEqual(Object.keys(parsed.findings[0]), [
      'file',
      'line',
      'column',
      'endLine',
      'endColumn',
      'rule',
      'severity',
      'message',
      'fixable',
    ]);
    assert.deepEqual(Object.keys(parsed.skipped[0]), ['file', 'line', 'reason', 'unread']);
  });

  it('has every list when there is nothing', () => {
    assert.deepEqual(JSON.parse(formats.json(empty, plain)), {
      version: 1,
      tool: { name: 'Holdfast', version: '1.2.3' },
      summary: {
        files: 0,
        images: 0,
        unresolved: 0,
        findings: 0,
        waived: 0,
        suppressed: 0,
        unread: 0,
        severities: { error: 0, warning: 0, information: 0, hint: 0 },
        rules: {},
      },
      images: [],
      unresolved: [],
      findings: [],
      waived: [],
      suppressed: [],
      skipped: [],
      policies: [],
    });
  });
});

describe('what the policy lets pass', () => {
  const waiver = { reason: 'known', approvedBy: 'security', expires: '2027-03-31' };
  const passed: AuditResult = { ...clean, waived: [{ ...finding(), ...waiver }] };

  it('is counted in every summary', () => {
    const sentence = 'No findings in 1 file with 2 images, 1 finding waived.';
    assert.equal(formats.text(passed, plain), `${sentence}\n`);
    assert.ok(formats.markdown(passed, plain).includes(sentence));
    assert.equal(JSON.parse(formats.json(passed, plain)).summary.waived, 1);
  });

  it('is listed in JSON as findings are, with the waiver', () => {
    const [one] = JSON.parse(formats.json(passed, plain)).waived;
    assert.deepEqual(one, {
      ...JSON.parse(formats.json({ ...clean, findings: [finding()] }, plain)).findings[0],
      ...waiver,
    });
  });

  it('has a table of its own in Markdown, in which nothing is a link but the rule', () => {
    const hostile = { ...finding(), reason: '[a](https://b) | @c', approvedBy: '<d>', expires: null };
    const row = formats
      .markdown({ ...passed, waived: [hostile] }, plain)
      .split('\n')
      .at(-2);
    assert.match(row ?? '', /^\| \[implicit-latest\]\(https:.*\.md\) \| `web\/Dockerfile:1:6` \| /);
    assert.match(row ?? '', /\| &lt;d> \| without end \|$/);
    assert.doesNotMatch((row ?? '').slice((row ?? '').indexOf('Dockerfile')), /\]\(|@c|:\/\//);
  });

  it('is a suppressed result in SARIF', () => {
    const { results } = JSON.parse(formats.sarif(passed, plain)).runs[0];
    assert.deepEqual(results[0].suppressions, [
      {
        kind: 'external',
        status: 'accepted',
        justification: 'known (approved by security, until 2027-03-31)',
      },
    ]);
    assert.equal(results[0].ruleId, 'implicit-latest');
  });
});

describe('what a comment silences', () => {
  const silenced: AuditResult = { ...clean, suppressed: [{ ...finding(), reason: 'tested [here]' }] };

  it('is counted and listed in JSON, with the reason of the comment', () => {
    const { summary, suppressed } = JSON.parse(formats.json(silenced, plain));
    assert.deepEqual([summary.findings, summary.suppressed], [0, 1]);
    assert.deepEqual(suppressed, [
      {
        ...JSON.parse(formats.json({ ...clean, findings: [finding()] }, plain)).findings[0],
        reason: 'tested [here]',
      },
    ]);
  });

  it('is a suppressed result in SARIF, and nothing in the reports for people', () => {
    const { results } = JSON.parse(formats.sarif(silenced, plain)).runs[0];
    assert.equal(results[0].ruleId, 'implicit-latest');
    assert.deepEqual(results[0].suppressions, [{ kind: 'inSource', justification: 'tested [here]' }]);
    assert.equal(formats.text(silenced, plain), formats.text(clean, plain));
    assert.equal(formats.markdown(silenced, plain), formats.markdown(clean, plain));
  });
});

describe('the SARIF report', () => {
  const log = JSON.parse(formats.sarif(result, plain));
  const [run] = log.runs;

  it('is SARIF 2.1.0 by Holdfast, in UTF-16 columns', () => {
    assert.equal(log.version, '2.1.0');
    assert.match(log.$schema, /^https:\/\/.*sarif-schema-2\.1\.0\.json$/);
    assert.equal(log.runs.length, 1);
    assert.equal(run.columnKind, 'utf16CodeUnits');
    assert.deepEqual([run.tool.driver.name, run.tool.driver.version], ['Holdfast', '1.2.3']);
  });

  it('describes every rule once, with its page', () => {
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }: { id: string }) => id),
      rules.map(({ id }) => id),
    );
    for (const rule of run.tool.driver.rules) {
      assert.equal(new URL(rule.helpUri).protocol, 'https:');
      assert.match(rule.helpUri, new RegExp(`/${rule.id}\\.md$`));
      assert.notEqual(rule.shortDescription.text, '');
      assert.match(rule.defaultConfiguration.level, /^(?:error|warning|note)$/);
    }
  });

  it('has the page of every rule in short', () => {
    for (const rule of run.tool.driver.rules) {
      assert.ok(rule.fullDescription.text.length > 40, rule.id);
      // Longer descriptions are cut by code scanning services.
      assert.ok(rule.fullDescription.text.length <= 1024, rule.id);
      assert.doesNotMatch(rule.fullDescription.text, /`|\]\(|\*\*/);
      assert.doesNotMatch(rule.help.text, /`|\]\(|\*\*/);
      assert.ok(rule.help.text.endsWith(`/${rule.id}.md`), rule.id);
      assert.ok(rule.help.markdown.includes('**Safety:** '), rule.id);
      for (const [, target = ''] of rule.help.markdown.matchAll(/\]\(([^)]*)\)/g)) {
        assert.match(target, /^https:/, rule.id);
      }
      assert.ok(rule.properties.tags.includes('containers'));
      assert.equal(new Set(rule.properties.tags).size, rule.properties.tags.length);
    }
  });

  it('has a result for each finding, with its rule, level, place and fingerprint', () => {
    assert.deepEqual(
      run.results.map(({ level }: { level: string }) => level),
      ['warning', 'error', 'note'],
    );
    for (const one of run.results) assert.equal(run.tool.driver.rules[one.ruleIndex].id, one.ruleId);
    assert.deepEqual(run.results[1].locations, [
      {
        physicalLocation: {
          artifactLocation: { uri: 'web/Dockerfile', uriBaseId: '%SRCROOT%' },
          region: { startLine: 12, startColumn: 3, endLine: 12, endColumn: 9 },
        },
      },
    ]);
    assert.deepEqual(run.results[1].partialFingerprints, {
      'holdfastKey/v1': 'privileged-container services.db',
    });
  });

  it('tells what was not looked at', () => {
    const [notification, unread] = run.invocations[0].toolExecutionNotifications;
    assert.equal(notification.message.text, 'Not looked at: it is a Helm template.');
    assert.deepEqual(notification.locations[0].physicalLocation.region, { startLine: 7 });
    assert.equal(unread.message.text, 'Could not be read: no such file or folder.');
    assert.deepEqual(unread.locations, [
      { physicalLocation: { artifactLocation: { uri: 'gone', uriBaseId: '%SRCROOT%' } } },
    ]);
  });

  it('makes no links of what a file says', () => {
    const linking = finding({ message: 'See [a](http://evil) \\' });
    const { runs } = JSON.parse(formats.sarif({ ...clean, findings: [linking] }, plain));
    assert.equal(runs[0].results[0].message.text, 'See \\[a\\](http://evil) \\\\');
  });

  it('encodes the paths', () => {
    const odd = finding({ file: 'a b/#1/100%/ä\ud800.yaml' });
    const text = formats.sarif({ ...clean, findings: [odd] }, plain);
    assert.match(text, /"uri": "a%20b\/%231\/100%25\/%C3%A4%EF%BF%BD\.yaml"/);
  });
});

describe('the Markdown report', () => {
  const markdown = (findings: readonly AuditFinding[]): string =>
    formats.markdown({ ...clean, findings }, plain);

  it('is a table, gravest first', () => {
    assert.equal(
      formats.markdown(result, plain).replace(/\]\(https:[^)]*\//g, '](…/'),
      [
        '## Holdfast',
        '',
        '3 findings (1 error, 1 warning, 1 information) in 2 files with 1 image, 1 unread, 1 skipped.',
        '',
        '| Could not be read | Why |',
        '| --- | --- |',
        '| `gone` | no such file or folder |',
        '',
        '| Severity | Where | Rule | Finding |',
        '| --- | --- | --- | --- |',
        '| error | `web/Dockerfile:12:3` | [privileged-container](…/privileged-container.md) | Too much power. |',
        '| warning | `web/Dockerfile:1:6` | [implicit-latest](…/implicit-latest.md) | `nginx` has no tag. |',
        '| information | `compose.yaml:4:12` | [implicit-latest](…/implicit-latest.md) | `nginx` has no tag. |',
        '',
        '| Not looked at | Why |',
        '| --- | --- |',
        '| `k8s/chart.yaml:7` | it is a Helm template |',
        '',
      ].join('\n'),
    );
  });

  it('has no table when there is nothing to list', () => {
    assert.equal(formats.markdown(clean, plain), '## Holdfast\n\nNo findings in 1 file with 2 images.\n');
  });

  it('lets no file write markup, links or mentions', () => {
    const text = markdown([
      finding({
        file: 'a|b`c.yaml',
        message: 'See <b>x</b> [a](http://evil) | @team www.evil.example `x|y` ![i](u) `open\nline',
      }),
    ]);
    const row = text.split('\n').find((line) => line.startsWith('| warning')) ?? '';
    assert.match(row, /\| ``a\\\|b`c\.yaml:1:6`` \|/);
    assert.match(row, /&lt;b>x&lt;\/b>/);
    assert.match(row, /\\\[a\\\]\\\(http:<!-- -->\/\/evil\\\)/);
    assert.match(row, /@<!-- -->team/);
    assert.match(row, /www<!-- -->\.evil/);
    assert.match(row, /`x\\\|y`/);
    assert.match(row, /\\`open\\\\?u/);
    assert.equal(row.replaceAll('\\|', '').split('|').length, 6);
  });

  it('is cut where a comment would become too long, and says how much is missing', () => {
    const many = Array.from({ length: 2000 }, () => finding());
    const skipped = many.map(({ file, line }, at) => ({
      file,
      line,
      reason: 'it is odd',
      unread: at % 2 === 0,
    }));
    const waived = many.map((one) => ({ ...one, reason: 'known', approvedBy: 'me', expires: null }));
    for (const more of [{}, { skipped }, { skipped, waived }]) {
      const text = formats.markdown({ ...clean, findings: many, ...more }, plain);
      assert.equal(text.length < 65_536, true);
      const shown = text.split('\n').filter((line) => line.startsWith('| warning | `')).length;
      assert.equal(shown > 100, true);
      assert.match(text, new RegExp(`\nAnd ${2000 - shown} more findings\\.\n`));
    }
  });

  it('that is long counts the findings of each rule first, and links its page there alone', () => {
    const text = markdown([
      ...Array.from({ length: 30 }, () => finding()),
      ...Array.from({ length: 2 }, () => finding({ rule: 'privileged-container', severity: 'error' })),
    ]);
    const lines = text.replace(/\]\(https:[^)]*\//g, '](…/').split('\n');
    assert.deepEqual(lines.slice(4, 12), [
      '| Severity | Rule | Findings |',
      '| --- | --- | ---: |',
      '| error | [privileged-container](…/privileged-container.md) | 2 |',
      '| warning | [implicit-latest](…/implicit-latest.md) | 30 |',
      '',
      '| Severity | Where | Rule | Finding |',
      '| --- | --- | --- | --- |',
      '| error | `web/Dockerfile:1:6` | privileged-container | `nginx` has no tag. |',
    ]);
  });

  it('has room for every rule at once', () => {
    const text = markdown(rules.flatMap(({ id: rule }) => [finding({ rule }), finding({ rule })]));
    for (const { id } of rules) assert.ok(text.includes(`| [${id}](`), id);
    assert.doesNotMatch(text, /more (?:rule|finding)/);
  });
});
