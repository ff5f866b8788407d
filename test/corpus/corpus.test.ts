import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isAlias, isScalar, parseAllDocuments, visit } from 'yaml';
import {
  type Analysis,
  analyze,
  applyEdits,
  planPins,
  type RegistryTable,
} from '../../server/src/engine/index.ts';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { startRegistry } from '../support/registry.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const corpus = resolve(process.env.HOLDFAST_CORPUS ?? join(here, '../../../shared/corpus'));

/** The project builds and passes without a corpus: then there is nothing to test here, and no test is registered. */
if (existsSync(corpus)) {
  const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .map((name) => join(corpus, name))
    .filter((path) => statSync(path).isFile())
    .sort();
  const analyses = new Map<string, Analysis>();
  for (const path of files) {
    const analysis = analyze({ path: path.split(sep).join('/'), text: readFileSync(path, 'utf8') });
    if (analysis.kinds.length > 0) analyses.set(path, analysis);
  }

  test('every manifest is read, or said to be skipped, and the counts are as reviewed', () => {
    const snapshot = join(here, 'counts.json');
    const counts = count(analyses);
    if (process.env.UPDATE_SNAPSHOT) writeFileSync(snapshot, `${JSON.stringify(counts, null, 2)}\n`);
    assert.deepEqual(counts, JSON.parse(readFileSync(snapshot, 'utf8')));
  });

  test('every message is one short sentence', () => {
    const messages = new Set(
      [...analyses.values()].flatMap(({ findings }) => findings.map(({ message }) => message)),
    );
    assert.ok(messages.size > 500);
    for (const message of messages) {
      assert.ok(message.length <= 90, message);
      assert.match(message, /\.$/, 'it is not cut');
    }
  });

  test('pinning everything changes the references and nothing else', { timeout: 240_000 }, async () => {
    const demo = await startRegistry({ anyName: true });
    try {
      const registry = createNodeRegistry({ env: { HOME: here }, cacheFolder: null });
      const registries: Record<string, RegistryTable[string]> = {};
      for (const { reading } of [...analyses.values()].flatMap(({ images }) => images)) {
        if (reading.state === 'parsed') registries[reading.reference.registry] = { mirror: demo.url };
      }
      let pinned = 0;
      for (const [path, first] of analyses) {
        const before = analyze(first.input, { ...first.settings, registries });
        const plan = await planPins(before, { registry });
        pinned += plan.pinned;
        assert.equal(applyEdits(before.source.text, plan.edits), plan.text, path);
        for (const edit of plan.edits) assert.match(edit.newText, inParts(first) ? partEdit : pinEdit, path);
        const after = analyze({ ...before.input, text: plan.text }, before.settings);
        const again = await planPins(after, { registry });
        assert.deepEqual(again.edits, [], `${path}: a second run changes nothing`);
        if (/\.(ya?ml|json)$/.test(path) && !inParts(first))
          assert.deepEqual(values(plan.text), values(before.source.text), path);
      }
      assert.ok(pinned > 500, `${pinned} references were pinned`);
    } finally {
      await demo.stop();
    }
  });
}

const pinEdit = /^(:latest)?@sha256:[0-9a-f]{64}$/;

/** Where tag and digest have keys of their own, `newTag: x` becomes `digest: sha256:…`, or a digest is written into its key. */
const partEdit = /^(@|digest(: |["']?:? *["']?))?(sha256:[0-9a-f]{64})?$/;

const inParts = ({ kinds }: Analysis): boolean =>
  kinds.some((kind) => kind === 'kustomize' || kind === 'helm-values');

/** Every scalar of every document in order, without digests and `:latest`: equal before and after. */
function values(text: string): string[] {
  const found: string[] = [];
  for (const document of parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' })) {
    visit(document, (key, node) => {
      if (isScalar(node))
        found.push(
          `${String(key)} ${node.source ?? String(node.value)}`
            .replace(/@sha256:[0-9a-f]{64}/, '')
            .replace(/:latest$/, ''),
        );
      else if (isAlias(node)) found.push(`*${node.source}`);
    });
  }
  return found;
}

/** What a reviewer looks at when the extraction changes: counts per project. */
function count(all: ReadonlyMap<string, Analysis>): Record<string, Record<string, number>> {
  const projects: Record<string, Record<string, number>> = {};
  for (const [path, analysis] of all) {
    const project = relative(corpus, path).split(sep)[0] ?? '';
    projects[project] ??= {};
    const row = projects[project];
    const add = (what: string): void => {
      row[what] = (row[what] ?? 0) + 1;
    };
    for (const kind of analysis.kinds) add(`files ${kind}`);
    for (const image of analysis.images) add(`images ${image.kind} ${image.role} ${image.mutability}`);
    for (const finding of analysis.findings) add(`findings ${finding.rule}`);
    for (const skip of analysis.skipped) add(`skipped: ${skip.reason.replace(/`[^`]*`|\d+/g, '…')}`);
  }
  for (const [project, row] of Object.entries(projects)) {
    projects[project] = Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return projects;
}
