import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Below the repository, so that packages are found.
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'projects-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles a file of the client that has this import, and returns what the compiler says. */
function compile(target: string): string {
  const file = join(folder, 'file.ts');
  const project = {
    extends: '../../client/tsconfig.json',
    compilerOptions: { outDir: 'types' },
    include: ['file.ts'],
    references: [{ path: '../../server/tsconfig.shared.json' }],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  writeFileSync(file, `export * from '../../${target}';\n`);
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stderr, stdout } = spawnSync(process.execPath, [compiler, '--build', folder], { encoding: 'utf8' });
  return stdout + stderr;
}

test('the compiler lets the client see the protocol and nothing else of the language server', () => {
  assert.equal(compile('server/src/lsp/protocol/protocol.ts'), '');
  assert.match(compile('server/src/lsp/session.ts'), /error TS6307: .*session\.ts' is not listed/);
  assert.match(compile('server/src/engine/index.ts'), /error TS6307: .*engine\/index\.ts' is not listed/);
});
