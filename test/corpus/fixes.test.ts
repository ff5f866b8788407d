import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import {
  type Analysis,
  analyze,
  type Finding,
  type Fix,
  isPinFix,
  isRefusal,
  planFix,
  rules,
  trialEdits,
  WorkspaceIndex,
} from '../../server/src/engine/index.ts';
import { everyAnswer } from '../rules/registry.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const corpus = resolve(process.env.HOLDFAST_CORPUS ?? join(here, '../../../shared/corpus'));

/** The keys under which the fixes of a rule may change, add or take away values; what pins an image changes the image. */
const touches: Readonly<Record<string, RegExp>> = {
  'writable-root-filesystem': /read_only|readOnlyRootFilesystem|tmpfs|volumeMounts|volumes/,
  'writable-host-mount': /readOnly|read_only|volumes/,
  'privileged-container': /privileged/,
  'privilege-escalation': /allowPrivilegeEscalation|security_opt/,
  'unbounded-empty-dir': /emptyDir/,
  'executable-tmpfs': /tmpfs/,
  'interactive-container': /stdin|tty/,
  'mutable-config': /immutable/,
  'rolling-image-trigger': /automatic|scheduled|annotations|triggers/,
  'no-rollback-history': /revisionHistoryLimit|update_config/,
  'inline-secret': /env/,
};
const imageKeys = /image|name|tag|digest|from|uses|reference|value|default|container|services|frontend/i;

/** Of one rule in one file: what is alike in a large file is tried a few times. */
const mostOfARule = 6;

if (existsSync(corpus)) {
  const analyses = readCorpus();

  test('every fix does what it says, keeps the file readable, and comes to an end', {
    timeout: 280_000,
  }, async (t) => {
    const tried = new Map<string, number>();
    for (const document of analyses) {
      for (const rule of new Set(document.findings.map((finding) => finding.rule))) {
        await fixOneByOne(document, rule, tried);
        await fixAll(document, rule);
      }
    }
    const fixing = rules.filter(({ fixSafety, reads }) => fixSafety !== null && reads !== 'suppressions');
    t.diagnostic([...tried].map(([rule, count]) => `${rule} ${count}`).join(', '));
    assert.ok(fixing.filter(({ id }) => tried.has(id)).length > fixing.length / 2);
  });
}

function readCorpus(): readonly Analysis[] {
  const workspace = new WorkspaceIndex();
  const first = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .map((name) => join(corpus, name))
    .filter((path) => statSync(path).isFile())
    .sort()
    .map((path) => analyze({ path: path.split(sep).join('/'), text: readFileSync(path, 'utf8'), workspace }))
    .filter(({ kinds }) => kinds.length > 0);
  for (const { outline } of first) workspace.put(outline);
  return first.map((one) => analyze(one.input, one.settings, one));
}

async function fixOneByOne(document: Analysis, rule: string, tried: Map<string, number>): Promise<void> {
  for (const finding of some(findingsOf(document, rule))) {
    for (const fix of finding.fixes()) {
      const text = await applied(document, finding, fix);
      if (text === null) continue;
      tried.set(rule, (tried.get(rule) ?? 0) + 1);
      const where = `${document.input.path}: ${finding.key}: ${fix.title}`;
      if (/\.(?:ya?ml|json)$/.test(document.input.path)) sameButFor(document, text, rule, fix, where);
    }
  }
}

/** A fix either works or says by itself why it cannot. */
async function applied(document: Analysis, finding: Finding, fix: Fix): Promise<string | null> {
  const plan = await planFix(document, finding, fix, everyAnswer);
  if (plan.ok) return plan.text;
  // No made-up registry has a tag for a real digest.
  if (plan.cause === 'lookup') return null;
  const trial = trialEdits(fix);
  assert.ok(
    isRefusal(trial),
    `${document.input.path}: ${finding.key}: ${fix.title}: offered, but ${plan.message}`,
  );
  return null;
}

/** Takes the first fix of the first finding again and again. */
async function fixAll(document: Analysis, rule: string): Promise<void> {
  let current = document;
  let left = Math.min(findingsOf(document, rule).length, mostOfARule);
  const refused = new Set<string>();
  while (left-- > 0) {
    const finding = findingsOf(current, rule).find(({ key }) => !refused.has(key));
    const fix = finding?.fixes()[0];
    const text = finding && fix ? await applied(current, finding, fix) : null;
    if (!finding) return;
    if (text === null) refused.add(finding.key);
    else {
      const before = findingsOf(current, rule).length;
      current = analyze({ ...current.input, text }, current.settings, current);
      assert.ok(
        findingsOf(current, rule).length < before,
        `${document.input.path}: ${rule} does not become less`,
      );
    }
  }
}

const findingsOf = ({ findings }: Analysis, rule: string): readonly Finding[] =>
  findings.filter((finding) => finding.rule === rule);

function some<T>(all: readonly T[]): readonly T[] {
  const step = Math.ceil(all.length / mostOfARule);
  return all.filter((_, at) => at % step === 0);
}

function sameButFor({ source }: Analysis, text: string, rule: string, fix: Fix, where: string): void {
  const before = leaves(source.text);
  const after = leaves(text);
  if (before === null) return;
  assert.ok(after, `${where}: no longer valid YAML`);
  const allowed = isPinFix(fix) || !(rule in touches) ? imageKeys : touches[rule];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(path) !== after.get(path)) assert.match(path, allowed ?? /$^/, where);
  }
}

/** Every value by its path, aliases and merge keys followed; null where the text is no valid YAML. */
function leaves(text: string): Map<string, string> | null {
  const found = new Map<string, string>();
  const documents = parseAllDocuments(text, { merge: true, logLevel: 'silent' });
  for (const [at, document] of documents.entries()) {
    if (document.errors.length > 0) return null;
    try {
      collect(document.toJS({ maxAliasCount: 1000 }), String(at), found);
    } catch {
      return null;
    }
  }
  return found;
}

function collect(value: unknown, path: string, found: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) found.set(path, String(value));
  else for (const [key, item] of Object.entries(value)) collect(item, `${path}/${key}`, found);
}
