import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  bringUpToDate,
  factsTable,
  generated,
  replaceBetween,
  ruleTable,
  withRulesSchema,
} from '../../scripts/docs.ts';
import { leastSafe, type Rule, rules, severities } from '../../server/src/engine/index.ts';
import { exampleFiles, parsePage, readPage, rulesFolder } from './page.ts';
import { read } from './variants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ids = rules.map((rule) => rule.id);

const named = (ending: string): readonly string[] =>
  readdirSync(rulesFolder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));

test('every rule has a file, a page and a place in the index', () => {
  const files = named('.ts').filter((name) => !['index', 'page', 'rule'].includes(name));
  assert.deepEqual([...files].sort(), [...ids].sort());
  assert.deepEqual([...named('.md')].sort(), [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});

test('a rule is described in the words of the others', () => {
  for (const rule of rules) {
    assert.match(rule.id, /^[a-z]+(?:-[a-z]+)+$/);
    assert.match(rule.title, /^[A-Z`].*[^.]$/, `${rule.id}: a title is a line without a full stop`);
    assert.ok(severities.includes(rule.severity));
    for (const kind of kindsShown(rule)) assert.ok(kind in exampleFiles, `${rule.id}: ${kind} is no kind`);
  }
});

/** The kinds a page has examples of: those the rule names, and the three main ones where it speaks about every kind. */
function kindsShown({ kinds }: Rule): readonly string[] {
  return kinds === 'every' ? ['dockerfile', 'compose', 'kubernetes'] : kinds;
}

for (const rule of rules) {
  test(`${rule.id}.md is laid out like the others, and says what the code says`, () => {
    const page = readPage(rule.id);
    assert.equal(page.heading, `# ${rule.id}`);
    assert.equal(page.summary, `${rule.title}.`);
    assert.deepEqual(page.sections, [
      'What it flags',
      'Why',
      'Examples',
      'Not flagged',
      'Fix',
      'Safety',
      'References',
    ]);
    const shown = (section: string): readonly string[] => [
      ...new Set(page.examples.filter((example) => example.section === section).map(({ kind }) => kind)),
    ];
    assert.deepEqual(
      shown('Examples'),
      kindsShown(rule),
      'an example for each kind, in the order of the code',
    );
    assert.notDeepEqual(shown('Not flagged'), []);
  });

  test(`${rule.id}.md shows fixes of just the kind of safety it states`, () => {
    const { examples } = readPage(rule.id);
    const offered = examples.flatMap(({ context, kind, text }) =>
      read(kind, text, context)
        .findings.filter((finding) => finding.rule === rule.id)
        .flatMap((finding) => finding.fixes()),
    );
    assert.equal(rule.fixSafety, leastSafe(offered.map((fix) => fix.safety)));
    const shown = new Set(examples.flatMap((example) => example.fixes.map(({ title }) => title)));
    const known = new Set(offered.map((fix) => fix.title));
    for (const title of shown) assert.ok(known.has(title), `${title}: no such fix`);
    // Each fix has its diff on the page; a pin is the same for every image.
    const ids = (wanted: ReadonlySet<string>): readonly string[] => [
      ...new Set(offered.filter(({ title }) => wanted.has(title)).map(({ id }) => id)),
    ];
    assert.deepEqual(ids(shown).toSorted(), ids(known).toSorted());
  });
}

test('pages, lists of rules and the settings schema are up to date', () => {
  assert.deepEqual(
    generated.map(({ path }) => path).filter((path) => !path.includes('/rules/')),
    ['docs/migrating.md', 'README.md', 'package.json', 'schemas/holdfast.schema.json', 'docs/policy.md'],
  );
  assert.deepEqual(bringUpToDate(root, true), []);
});

test('the table of rules goes between its markers', () => {
  const text = 'before\n<!-- rules:start -->\nstale rows\n<!-- rules:end -->\nafter\n';
  const updated = replaceBetween(text, '<!-- rules:start -->', '<!-- rules:end -->', ruleTable('./rules'));
  assert.ok(updated.startsWith('before\n<!-- rules:start -->\n| Rule |'));
  assert.ok(updated.endsWith('|\n<!-- rules:end -->\nafter\n'));
  assert.ok(!updated.includes('stale rows'));
  for (const id of ids) assert.ok(updated.includes(`[${id}](./rules/${id}.md)`));
  assert.throws(
    () => replaceBetween('no markers', '<!-- rules:start -->', '<!-- rules:end -->', ''),
    /missing/,
  );
});

test('the settings schema has every rule with its levels', () => {
  const setting = { type: 'object', additionalProperties: false };
  const section = { properties: { 'holdfast.rules': setting } };
  for (const configuration of [section, [{ properties: {} }, section]]) {
    const updated = withRulesSchema(JSON.stringify({ name: 'x', contributes: { configuration } }));
    assert.equal(withRulesSchema(updated), updated);
    for (const { id, severity } of rules) {
      assert.ok(updated.includes(`"${id}": {`));
      assert.ok(updated.includes(`Default: ${severity}.`));
    }
    assert.ok(updated.includes('"additionalProperties": false'));
  }
  assert.throws(() => withRulesSchema('{"name": "x"}'), /holdfast\.rules/);
});

test('what is missing or out of date is said, not passed over', () => {
  const rule = rules[0];
  assert.ok(rule);
  const nowhere = generated.filter(({ path }) => path === 'README.md' || path === 'package.json');
  assert.equal(bringUpToDate(`${root}/no-such-folder`, true, nowhere).length, 2);
  const stale = [{ path: 'docs/rules/README.md', update: () => factsTable(rule) }];
  assert.deepEqual(bringUpToDate(root, true, stale), [
    'docs/rules/README.md is out of date: run node scripts/docs.ts',
  ]);
});

test('a page that cannot be checked is refused', () => {
  assert.throws(() => parsePage('```dockerfile\nFROM node\n'), /line 1: the block never ends/);
  assert.throws(() => parsePage('```yaml\na: b\n```\n'), /not checked by anything/);
  assert.throws(() => parsePage('```diff\n+a\n```\n'), /needs an example and a title/);
});
