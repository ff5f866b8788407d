import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pages } from '../../scripts/build.ts';
import { pageUrl, readPageBlocks, rules } from '../../server/src/engine/index.ts';
import { invoke } from './support.ts';

const cwd = import.meta.dirname;
const controlStart = '\u001b';

it('without a rule lists all of them, in order, with what they flag', async () => {
  const { err, out, status } = await invoke(cwd, ['explain'], { columns: 200 });
  assert.deepEqual([status, err], [0, '']);
  const lines = out.split('\n');
  assert.deepEqual(
    lines.flatMap((line) => /^([a-z-]+) {2}/.exec(line)?.[1] ?? []),
    rules.map(({ id }) => id),
  );
  for (const line of lines) assert.ok(line.length <= 100, line);
  assert.match(out, /^privileged-container +warning +A container with the rights of the host$/m);
});

describe('the page of each rule', () => {
  for (const { id } of rules) {
    it(`${id} is complete, and has no marks left`, async () => {
      const { err, out, status } = await invoke(cwd, ['explain', id], { columns: 72 });
      assert.deepEqual([status, err], [0, '']);
      assert.ok(out.startsWith(`${id}: `));
      for (const heading of [
        'What it flags',
        'Why',
        'Examples',
        'Not flagged',
        'Fix',
        'Safety',
        'References',
      ]) {
        assert.match(out, new RegExp(`^${heading}$`, 'm'));
      }
      assert.match(out, /^ {2}Severity {2,}(?:error|warning|information|hint)$/m);
      assert.ok(out.endsWith(`Online: ${pageUrl(id)}\n`));
      assert.doesNotMatch(out, /^```|^#{1,3} |\]\(|\n\n\n/m);
      const prose = out.split('\n').filter((line) => !line.startsWith('      ') && line.includes(' '));
      const long = prose.filter(
        (line) => line.length > 72 && line.trim().includes(' ') && !/https?:/.test(line),
      );
      assert.deepEqual(long, []);
    });
  }
});

it('the rule of another tool leads to those that take its place', async () => {
  const { out, status } = await invoke(cwd, ['explain', 'dl3007']);
  assert.equal(status, 0);
  assert.ok(out.startsWith('floating-tag: '));
  const both = (await invoke(cwd, ['explain', 'CKV_K8S_14'])).out;
  assert.ok(both.startsWith('implicit-latest: ') && both.includes('\nfloating-tag: '));
});

it('several pages come one after another', async () => {
  const { out } = await invoke(cwd, ['explain', 'floating-tag', 'implicit-latest']);
  assert.ok(out.indexOf('floating-tag: ') < out.indexOf('implicit-latest: '));
});

it('examples keep their layout and their carets', async () => {
  const { out } = await invoke(cwd, ['explain', 'privileged-container']);
  assert.match(
    out,
    /^ {6}services:\n {8}dind:\n.*\n {10}privileged: true\n {6}# +\^{4} privileged-container$/m,
  );
  assert.match(out, /^ {6}- {4}privileged: true # builds images$/m);
});

it('a name that is no rule gets the one that was meant, and nothing is printed', async () => {
  const wrong = await invoke(cwd, ['explain', 'floating-tag', 'unpined-image']);
  assert.deepEqual(wrong, {
    status: 2,
    out: '',
    err: 'holdfast: there is no rule "unpined-image". Did you mean unpinned-image?\n',
  });
  const strange = await invoke(cwd, ['explain', 'constructor']);
  assert.match(strange.err, /no rule "constructor"\. holdfast explain lists them all\.$/m);
});

it('headings are bold in a terminal', async () => {
  assert.match(
    (await invoke(cwd, ['explain', 'floating-tag'], { outIsTTY: true })).out,
    new RegExp(`${controlStart}\\[1mWhy${controlStart}\\[0m`),
  );
  assert.doesNotMatch(
    (await invoke(cwd, ['explain', 'floating-tag', '--no-color'], { outIsTTY: true })).out,
    new RegExp(controlStart),
  );
});

it('a page is taken apart whatever stands in it', () => {
  const blocks = readPageBlocks(
    '# a\n\nB.\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n## C\n\n- d\n  e\n- f\n\ng\nh\n```sh\ni\n',
  );
  assert.deepEqual(blocks, [
    {
      type: 'table',
      rows: [
        ['x', 'y'],
        ['1', '2'],
      ],
    },
    { type: 'heading', level: 2, text: 'C' },
    { type: 'prose', text: 'd e', isItem: true },
    { type: 'prose', text: 'f', isItem: true },
    { type: 'prose', text: 'g h', isItem: false },
    { type: 'code', label: 'sh', lines: ['i', ''] },
  ]);
});

it('the bundle holds the pages, so that it needs no files', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['server/src/pages.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [pages],
  });
  const code = outputFiles[0]?.text ?? '';
  assert.doesNotMatch(code, /^import /m);
  const bundled = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  for (const { id } of rules) {
    assert.equal(bundled.pageText(id), readFileSync(`${root}server/src/engine/rules/${id}.md`, 'utf8'));
  }
});
