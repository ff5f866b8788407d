import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatNames, kindIds, severities } from '../../server/src/engine/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const manifest = JSON.parse(read('package.json'));
const { configuration, menus } = manifest.contributes;
/** Those that the palette shows. */
const commands = manifest.contributes.commands.filter(
  ({ command }: { command: string }) =>
    !menus.commandPalette.some(
      (item: { command: string; when: string }) => item.command === command && item.when === 'false',
    ),
);

test('the README names every setting and every command, and no other', () => {
  const named = (pattern: RegExp): string[] => [
    ...new Set([...readme.matchAll(pattern)].map((match) => match[1] ?? '')),
  ];
  assert.deepEqual(
    named(/^\| `(holdfast\.[\w.]+)` \|/gm).sort(),
    Object.keys(configuration.properties).sort(),
  );
  const titles = commands.map(({ title }: { title: string }) => title);
  assert.deepEqual(named(/`Holdfast: ([\w ]+)`/g).sort(), titles.sort());
});

test('the settings know every kind and the README every format and level', () => {
  assert.deepEqual(configuration.properties['holdfast.files'].additionalProperties.enum, kindIds);
  for (const word of [...formatNames, ...severities, 'never'])
    assert.ok(readme.includes(`\`${word}\``), word);
});

test('every link and picture of the documents leads to a file', () => {
  for (const document of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'RELEASING.md',
    'STYLE.md',
    'CHANGELOG.md',
    'docs/policy.md',
    'docs/registries.md',
    'docs/rules/README.md',
  ]) {
    for (const [, target = ''] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      assert.ok(existsSync(join(root, document, '..', target)), `${document} links to ${target}`);
    }
  }
});

test('every script that the documents name exists', () => {
  for (const document of ['README.md', 'CONTRIBUTING.md', 'RELEASING.md', 'ARCHITECTURE.md']) {
    for (const [, script = ''] of read(document).matchAll(/npm run ([\w:-]+)/g)) {
      assert.ok(script in manifest.scripts, `${document}: npm run ${script}`);
    }
  }
});

test('every folder of the server stands in the map', () => {
  const map = read('ARCHITECTURE.md');
  for (const folder of ['text', 'image', 'model', 'dockerfile', 'yaml', 'kinds', 'report', 'config']) {
    assert.ok(map.includes(`server/src/engine/${folder}/`), folder);
  }
});
