import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const imports = /(?:^|[\s;])(?:import|export)\s[^'"]*?from\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'/g;

/** File → the files of the project that it imports, types included. */
function readImports(): ReadonlyMap<string, readonly string[]> {
  const files = globSync('{client,server}/src/**/*.ts', { cwd: root }).map((file) =>
    file.split(sep).join('/'),
  );
  return new Map(
    files.map((file) => [
      file,
      [...readFileSync(join(root, file), 'utf8').matchAll(imports)].map(([, named, loaded]) =>
        posix.join(dirname(file), named ?? loaded ?? ''),
      ),
    ]),
  );
}

test('no file imports itself through others, not even for a type', () => {
  const graph = readImports();
  assert.ok(graph.size > 400);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});
