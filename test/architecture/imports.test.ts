import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What each part may import of the project itself, and which packages. First match wins. */
const parts: readonly { at: RegExp; may: RegExp; packages: RegExp }[] = [
  part('server/src/engine/text', ['engine/text']),
  part('server/src/engine/image', ['engine/text', 'engine/image']),
  part('server/src/engine/model', ['engine/text', 'engine/image', 'engine/model']),
  part('server/src/engine/shell', ['engine/text', 'engine/model', 'engine/shell'], ['unbash']),
  part('server/src/engine/yaml', ['engine/text', 'engine/image', 'engine/model', 'engine/yaml'], ['yaml']),
  // What the parser gets wrong is known in one place: there alone it is asked.
  {
    at: /^server\/src\/engine\/dockerfile\/instruction\.ts$/,
    may: /^server\/src\/engine\/(?:text|model|dockerfile)\//,
    packages: /^dockerfile-ast$/,
  },
  part('server/src/engine/dockerfile', [
    'engine/text',
    'engine/image',
    'engine/model',
    'engine/shell',
    'engine/dockerfile',
  ]),
  ...['compose', 'kubernetes', 'helm'].map((kind) =>
    part(`server/src/engine/kinds/${kind}`, [
      'engine/text',
      'engine/image',
      'engine/model',
      'engine/yaml',
      'engine/shell',
      ...(kind === 'compose' ? ['engine/dockerfile'] : []),
      'engine/kinds/kind.ts',
      `engine/kinds/${kind}`,
    ]),
  ),
  ...['dockerfile', 'quadlet', 'bake'].map((kind) =>
    part(`server/src/engine/kinds/${kind}`, [
      'engine/text',
      'engine/image',
      'engine/model',
      'engine/shell',
      ...(kind === 'dockerfile' ? ['engine/dockerfile'] : []),
      'engine/kinds/kind.ts',
      `engine/kinds/${kind}`,
    ]),
  ),
  part('server/src/engine/packages', ['engine/text', 'engine/model', 'engine/packages']),
  part('server/src/engine/rules', [
    'engine/text',
    'engine/image',
    'engine/model',
    'engine/packages',
    'engine/rules',
  ]),
  part('server/src/engine/report', ['engine/'], ['sarif']),
  part('server/src/engine', ['engine/'], ['ignore']),
  { at: /^server\/src\/pages\.ts$/, may: /^$/, packages: /^node:fs$/ },
  { at: /^server\/src\/version\.ts$/, may: /^package\.json$/, packages: /^$/ },
  part('server/src/http', ['engine/ports.ts', 'http/'], ['node:', 'undici']),
  part(
    'server/src/registry',
    ['engine/text', 'engine/image', 'engine/ports.ts', 'http/', 'registry/'],
    ['node:'],
  ),
  part('server/src/downloads', ['engine/ports.ts', 'http/', 'registry/', 'downloads/'], ['node:']),
  part('server/src/workers', ['workers/'], ['node:worker_threads']),
  part('server/src/files', ['engine/index.ts', 'files/'], ['node:', 'ignore', 'vscode-uri']),
  part(
    'server/src/lsp',
    ['engine/index.ts', 'http/', 'registry/', 'downloads/', 'files/', 'version.ts', 'pages.ts', 'lsp/'],
    ['node:', 'vscode-languageserver', 'vscode-languageserver-textdocument', 'vscode-uri'],
  ),
  part(
    'server/src/cli',
    ['engine/index.ts', 'http/', 'registry/', 'files/', 'workers/', 'version.ts', 'pages.ts', 'cli/'],
    ['node:', 'diff', 'vscode-uri'],
  ),
  {
    at: /^client\/src\//,
    // Of the server: what the two say to each other, and the hop, which is made on this side.
    may: /^(client\/src\/|server\/src\/(lsp\/protocol\/(protocol|seal)|http\/(network-errors|fetch-transport)|engine\/ports)\.ts$)/,
    packages: /^(node:|vscode$|vscode-languageclient)/,
  },
];

function part(folder: string, may: readonly string[], packages: readonly string[] = []) {
  const literal = (text: string): string => text.replaceAll('.', '\\.');
  return {
    at: new RegExp(`^${literal(folder)}/`),
    may: new RegExp(
      `^server/src/(${may.map((one) => (/(\.ts|\/)$/.test(one) ? literal(one) : `${one}/`)).join('|')})`,
    ),
    packages: packages.length === 0 ? /^$/ : new RegExp(`^(${packages.join('|')})`),
  };
}

const files = globSync('{client,server}/src/**/*.ts', { cwd: root }).map((file) => file.split(sep).join('/'));

const importPattern =
  /(?:^|[\s;])(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\s*\(?\s*['"]([^'"]+)['"]/g;

test('imports run one way', () => {
  assert.ok(files.length > 20);
  const wrong: string[] = [];
  for (const file of files) {
    const rule = parts.find(({ at }) => at.test(file));
    assert.ok(
      rule,
      `${file} belongs to no part of the map: add its folder to the table above and to ARCHITECTURE.md`,
    );
    for (const match of readFileSync(join(root, file), 'utf8').matchAll(importPattern)) {
      const target = match[1] ?? match[2] ?? '';
      const isLocal = target.startsWith('.');
      const resolved = isLocal ? posix.join(dirname(file), target) : target;
      if (!(isLocal ? rule.may : rule.packages).test(resolved)) wrong.push(`${file} imports ${resolved}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the engine knows no editor, no network and no disk', () => {
  for (const file of files.filter((one) => one.startsWith('server/src/engine/'))) {
    const text = readFileSync(join(root, file), 'utf8');
    assert.doesNotMatch(text, /from '(node:|vscode|undici)|\bfetch\(|\bprocess\./, file);
  }
});
