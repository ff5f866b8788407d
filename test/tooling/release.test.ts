import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noticesPath, thirdPartyNotices } from '../../scripts/notices.ts';
import { checkTag, release } from '../../scripts/release.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { name, version } = JSON.parse(read('package.json'));

const folder = mkdtempSync(join(tmpdir(), 'holdfast-release-'));
let files: readonly string[] = [];
before(async () => {
  files = await release(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The names of what an archive holds. */
function listed(file: string): readonly string[] {
  const [program, ...args] = file.endsWith('.tgz')
    ? ['tar', '-tzf']
    : ['/usr/bin/python3', '-m', 'zipfile', '-l'];
  const lines = execFileSync(program ?? '', [...args, file], { cwd: folder, encoding: 'utf8' });
  return lines.split('\n').map((line) => line.replace(/ .*/, ''));
}

test('a release is the extension, the command line and their checksums', () => {
  assert.deepEqual(files, [`${name}-${version}.vsix`, `${name}-${version}.tgz`, 'SHA256SUMS']);
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  assert.deepEqual(
    sums,
    files.slice(0, 2).map((file) => {
      const bytes = readFileSync(join(folder, file));
      return `${createHash('sha256').update(bytes).digest('hex')}  ${file}`;
    }),
  );
});

test('the extension is packaged with the notices, and without sources and source maps', () => {
  const contents = listed(`${name}-${version}.vsix`);
  for (const file of [noticesPath, 'LICENSE.txt', 'dist/extension.cjs', 'dist/server.cjs'])
    assert.ok(contents.includes(`extension/${file}`), file);
  assert.deepEqual(
    contents.filter((file) => /\.(?:ts|map)$|reader-thread/.test(file)),
    [],
  );
});

test('the command line is packaged with the notices, and runs where nothing else is installed', () => {
  const contents = listed(`${name}-${version}.tgz`);
  for (const file of [noticesPath, 'LICENSE', 'package.json', 'dist/cli.cjs', 'dist/server.cjs'])
    assert.ok(contents.includes(`package/${file}`), file);
  assert.ok(!contents.includes('package/dist/extension.cjs'));
  execFileSync('tar', ['-xzf', `${name}-${version}.tgz`], { cwd: folder });
  const { bin } = JSON.parse(readFileSync(join(folder, 'package', 'package.json'), 'utf8'));
  for (const program of Object.values<string>(bin)) {
    const out = execFileSync(process.execPath, [join(folder, 'package', program), '--version'], {
      encoding: 'utf8',
    });
    assert.equal(out.trim(), version);
  }
  const audit = [join(folder, 'package', bin.holdfast), 'audit', '--fail-on', 'never', 'examples/shop'];
  assert.match(execFileSync(process.execPath, audit, { cwd: root, encoding: 'utf8' }), /\d+ findings/);
});

test('a tag releases the version it names, once its changes are written down', () => {
  const changes = '# Changelog\n\n## Unreleased\n\n## [1.2.3] - 2026-01-31\n';
  checkTag('v1.2.3', '1.2.3', changes);
  assert.throws(() => checkTag('v1.2.4', '1.2.3', changes), /The tag is v1\.2\.4, but package\.json has/);
  assert.throws(() => checkTag('v1.2.4', '1.2.4', changes), /CHANGELOG\.md has no section for 1\.2\.4/);
});

test('the notices hold the terms of every package that is bundled', async () => {
  const notices = read(noticesPath);
  assert.equal(notices, await thirdPartyNotices(), 'run npm run docs');
  for (const [bundled, terms] of [
    ['yaml', /Permission to use, copy, modify/],
    ['undici', /Copyright \(c\) Matteo Collina and Undici contributors/],
    ['unbash', /Permission to use/],
    ['minimatch', /Blue Oak Model License/],
    ['diff', /Redistributions in binary form must reproduce/],
    ['vscode-languageclient', /Copyright \(c\) Microsoft Corporation/],
  ] as const) {
    const start = notices.indexOf(`\n${bundled} `);
    assert.match(notices.slice(start, notices.indexOf('-'.repeat(80), start)), terms);
  }
});
