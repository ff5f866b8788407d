import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { devDependencies, scripts } = JSON.parse(read('package.json'));

const workflows = globSync('.github/workflows/*.yml', { cwd: root });

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job extends Step {
  readonly permissions?: object;
  readonly steps?: readonly Step[];
}

const jobsOf = (workflow: string): readonly Job[] => Object.values(parse(read(workflow)).jobs);
const stepsOf = (job: Job): readonly Step[] => job.steps ?? [];

test('workflows use actions by commit, each in one version, which a comment names', () => {
  const commits = new Map<string, string>();
  for (const workflow of workflows) {
    const lines = read(workflow).matchAll(/^.*\buses: (\S+)(.*)$/gm);
    for (const [, used = '', comment = ''] of lines) {
      if (used.startsWith('./')) continue;
      const [action = '', commit = ''] = used.split('@');
      assert.match(commit, /^[0-9a-f]{40}$/, used);
      assert.match(comment, /^ # v\d+\.\d+\.\d+$/, used);
      assert.equal(commits.get(action) ?? commit, commit, action);
      commits.set(action, commit);
    }
  }
  assert.ok(commits.size > 0);
});

test('workflows run the scripts of package.json', () => {
  const commands = workflows
    .flatMap((workflow) => jobsOf(workflow).flatMap(stepsOf))
    .flatMap(({ run = [] }) => run);
  const npm = commands.filter((command) => command.startsWith('npm '));
  assert.ok(npm.includes('npm ci') && npm.includes('npm test'));
  for (const command of npm) {
    const script = /^npm (?:run ([\w:-]+)|(test|ci))/.exec(command);
    assert.ok(script?.[2] === 'ci' || (script?.[1] ?? script?.[2] ?? '') in scripts, command);
  }
});

test('a workflow may read the repository, and what it may do besides is said by its job', () => {
  for (const workflow of workflows)
    assert.deepEqual(parse(read(workflow)).permissions, { contents: 'read' }, workflow);
});

test('Holdfast finds nothing in its own repository settings', () => {
  const args = ['server/src/cli/main.ts', 'audit', '.github', '--fail-on', 'hint'];
  const report = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  assert.match(report, new RegExp(`^No findings in ${workflows.length} files`));
});

test('the issue forms ask for what a finding can be judged by', () => {
  const asked = (form: string): readonly string[] =>
    parse(read(`.github/ISSUE_TEMPLATE/${form}.yml`)).body.map(({ id }: { id: string }) => id);
  assert.deepEqual(asked('1-false-finding'), ['rule', 'manifest', 'expected', 'policy', 'version']);
  assert.deepEqual(asked('2-missed-finding'), ['manifest', 'expected', 'rule', 'policy', 'version']);
  assert.deepEqual(asked('3-bug'), ['steps', 'actual', 'expected', 'version']);
});

test('every form has what GitHub demands of it', () => {
  for (const path of globSync('.github/ISSUE_TEMPLATE/[0-9]*.yml', { cwd: root })) {
    const { body, description, name } = parse(read(path));
    assert.ok(name && description && body.length > 0, path);
    const ids = body.map(({ id }: { id: string }) => id);
    assert.equal(new Set(ids).size, ids.length, path);
    for (const { attributes, type } of body) {
      assert.match(type, /^(?:input|textarea|dropdown|checkboxes|markdown)$/, path);
      assert.ok(attributes.label, path);
    }
  }
});

test('workflows, developers and tests have the same Node', () => {
  assert.equal(read('.nvmrc').trim(), devDependencies.node);
});

test('editors without the formatter write as it does', () => {
  const { formatter } = JSON.parse(read('biome.json'));
  const settings = read('.editorconfig').split('[*.py]')[0] ?? '';
  assert.match(
    settings,
    new RegExp(`indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`),
  );
  assert.match(settings, /end_of_line = lf/);
});
