import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diffLines } from 'diff';
import {
  type Analysis,
  applyEdits,
  type Finding,
  type Fix,
  isRefusal,
  type Plan,
  planFix,
  planPins,
  planSuppression,
  rules,
  trialEdits,
} from '../../server/src/engine/index.ts';
import { longestMessage } from '../../server/src/engine/rules/support/words.ts';
import { type Example, readPage } from './page.ts';
import { everyDownload, everyImage, registryOf } from './registry.ts';
import {
  commentsIn,
  describeFinding,
  isSubsequence,
  read,
  underlined,
  variants,
  withComments,
} from './variants.ts';

type MadePlan = Extract<Plan, { ok: true }>;

/** One fix of one finding of an example, tried. */
interface Attempt {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly plan: Plan;
}

for (const { id, reads } of rules) {
  describe(id, () => {
    for (const example of readPage(id).examples) {
      const where = `${id}.md:${example.pageLine}`;
      test(`${where} the findings are the marked ones`, () => markedFindings(id, example));
      test(`${where} the way the file is saved does not matter to its findings`, () => samePlaces(example));
      if (example.marks.length === 0) continue;
      test(`${where} a fix removes its finding and touches nothing else`, () => soundFixes(id, example));
      test(`${where} the way the file is saved does not matter to its fixes`, () => sameFixes(id, example));
      test(`${where} comments are kept`, () => keptComments(id, example));
      test(`${where} fixing comes to an end`, () => convergence(id, example));
      if (reads === 'suppressions') test(`${where} nothing silences it`, () => noSuppression(id, example));
      else test(`${where} a suppression silences its finding alone`, () => suppression(id, example));
      for (const { diff, pageLine, title } of example.fixes) {
        test(`${id}.md:${pageLine} ${title}`, () => shownDiff(id, example, title, diff));
      }
    }
  });
}

function markedFindings(id: string, example: Example): void {
  const document = read(example.kind, example.text, example.context);
  assert.deepEqual(document.kinds, [example.kind], 'the example is not read as its kind');
  const spoken = new Set([id, ...example.marks.map((mark) => mark.rule)]);
  const found = document.findings.filter((finding) => spoken.has(finding.rule));
  const marks = example.marks.map(
    ({ end, line, rule, start }) => `${line + 1}:${start + 1}-${end + 1} ${rule}`,
  );
  assert.deepEqual(found.map((finding) => describeFinding(document, finding)).sort(), marks.sort());
  if (example.section === 'Not flagged') assert.deepEqual(byRule(document, id), []);
  else assert.notDeepEqual(byRule(document, id), [], 'an example outside "Not flagged" shows a finding');
  for (const { message } of found) {
    assert.match(message, /^[A-Z`].{20,}\.$/, 'a message is a whole sentence on one line');
    assert.ok(message.length <= longestMessage, `${message.length} characters: ${message}`);
    assert.doesNotMatch(message, /[a-z`)]\. [A-Z`]/, 'a message is one sentence');
    assert.doesNotMatch(message, / {2}|undefined|null|\[object|``/);
  }
}

function samePlaces({ context, kind, text }: Example): void {
  const document = read(kind, text, context);
  const expected = document.findings.map((finding) => describeFinding(document, finding));
  for (const variant of variants) {
    const other = read(kind, variant.write(text), context);
    assert.deepEqual(
      other.findings.map((finding) => describeFinding(other, finding)),
      expected,
      variant.name,
    );
  }
}

async function soundFixes(id: string, { context, kind, text }: Example): Promise<void> {
  const document = read(kind, text, context);
  for (const { finding, fix, plan } of await attempts(document, id)) {
    assert.match(fix.title, /^[A-Z].*[^.]$/);
    // The only thing that is read before somebody agrees to it.
    if (fix.safety === 'behaviour') assert.match(fix.description ?? '', /^[A-Z`].{20,400}\.$/, fix.title);
    if (!plan.ok) {
      assert.equal(finding.fixable, false, plan.message);
      assert.equal(refusal(fix), plan.message, 'a fix that is offered either works or refuses by itself');
      assert.match(plan.message, /^[A-Z`].+\.$/);
      continue;
    }
    assert.equal(finding.fixable, true);
    assert.equal(applyEdits(text, plan.edits), plan.text);
    assert.ok(
      !keys(read(kind, plan.text, context)).includes(finding.key),
      `${fix.title}: the finding is still there`,
    );
    assert.ok(isSubsequence(keptIn(id, text), keptIn(id, plan.text)), `${fix.title}: a comment was lost`);
    const touched = linesTouched(document, plan);
    assert.ok(isSubsequence(untouched(text, touched), plan.text.split('\n')), `${fix.title}: ${plan.text}`);
  }
}

async function sameFixes(id: string, { context, kind, text }: Example): Promise<void> {
  const expected = await attempts(read(kind, text, context), id);
  for (const variant of variants) {
    const other = await attempts(read(kind, variant.write(text), context), id);
    assert.deepEqual(
      other.map(({ fix, plan }) => [fix.title, plan.ok ? plan.text : plan.message]),
      expected.map(({ fix, plan }) => [fix.title, plan.ok ? variant.write(plan.text) : plan.message]),
      variant.name,
    );
  }
}

async function keptComments(id: string, { context, kind, text }: Example): Promise<void> {
  const commented = withComments(kind, text);
  const document = read(kind, commented, context);
  assert.deepEqual(
    underlined(document),
    underlined(read(kind, text, context)),
    'comments changed the findings',
  );
  for (const { fix, plan } of await attempts(document, id)) {
    if (!plan.ok) continue;
    assert.deepEqual(keptIn(id, plan.text), keptIn(id, commented), fix.title);
  }
}

async function convergence(id: string, { context, kind, text }: Example): Promise<void> {
  let document = read(kind, text, context);
  const limit = 5 * byRule(document, id).length;
  for (let round = 0; ; round++) {
    const made = (await attempts(document, id)).find(({ plan }) => plan.ok);
    if (!made?.plan.ok) break;
    assert.ok(round < limit, `${made.fix.title} is offered again and again`);
    document = read(kind, made.plan.text, context);
  }
  const first = await planPins(document, { registry: everyImage });
  const second = await planPins(read(kind, first.text, context), { registry: everyImage });
  assert.deepEqual([second.pinned, second.edits, second.text], [0, [], first.text]);
}

function suppression(id: string, { context, kind, text }: Example): void {
  for (const variant of [{ name: 'LF', write: (same: string) => same }, ...variants]) {
    const document = read(kind, variant.write(text), context);
    for (const finding of byRule(document, id)) {
      const plan = planSuppression(document, finding, 'reviewed');
      assert.ok(plan.ok, plan.ok ? '' : plan.message);
      // A comment speaks about its line: findings of the rule that share it go together.
      const line = document.source.placeAt(finding.span.start).line;
      const others = document.findings.filter(
        (other) => other.rule !== id || document.source.placeAt(other.span.start).line !== line,
      );
      assert.deepEqual(keys(read(kind, plan.text, context)).sort(), others.map((other) => other.key).sort());
      assert.equal(
        plan.text.replace(/[ \t]*# holdfast-ignore.*\r?\n/, ''),
        document.source.text,
        variant.name,
      );
    }
  }
}

/** The comments that a fix of the rule leaves alone: all of them, but for a rule about comments. */
function keptIn(id: string, text: string): readonly string[] {
  const all = commentsIn(text);
  const isAboutComments = rules.some((rule) => rule.id === id && rule.reads === 'suppressions');
  return isAboutComments ? all.filter((comment) => !/holdfast/.test(comment)) : all;
}

/** The comment would be about a comment; only a reason can be written, where it is the reason that is missing. */
function noSuppression(id: string, { context, kind, text }: Example): void {
  const document = read(kind, text, context);
  for (const finding of byRule(document, id)) {
    const plan = planSuppression(document, finding, 'reviewed');
    if (id === 'unused-suppression') assert.match(plan.ok ? '' : plan.message, /do what it says/);
    else assert.ok(plan.ok && plan.text.includes('-- reviewed'));
    const inFile = `# holdfast-ignore-file ${id} -- reviewed\n${text}`;
    assert.ok(byRule(read(kind, inFile, context), id).length >= byRule(document, id).length);
  }
}

async function shownDiff(
  id: string,
  { context, kind, text }: Example,
  title: string,
  diff: string,
): Promise<void> {
  const document = read(kind, text, context);
  const offered = (await attempts(document, id)).filter(({ fix }) => fix.title === title);
  assert.equal(offered.length, 1, `${offered.length} fixes have this title`);
  const made = offered[0]?.plan;
  assert.ok(made?.ok, made && !made.ok ? made.message : '');
  assert.equal(diff, unifiedLines(text, made.text));
}

const byRule = (document: Analysis, rule: string): readonly Finding[] =>
  document.findings.filter((finding) => finding.rule === rule);

const keys = (document: Analysis): string[] => document.findings.map((finding) => finding.key);

async function attempts(document: Analysis, rule: string): Promise<readonly Attempt[]> {
  const made: Attempt[] = [];
  for (const finding of byRule(document, rule)) {
    for (const fix of finding.fixes()) {
      const ports = { registry: registryOf(document.input.observed), downloads: everyDownload };
      made.push({ finding, fix, plan: await planFix(document, finding, fix, ports) });
    }
  }
  return made;
}

function refusal(fix: Fix): string | null {
  const edits = trialEdits(fix);
  return isRefusal(edits) ? edits.refused : null;
}

function linesTouched({ source }: Analysis, { edits }: MadePlan): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const { newText, span } of edits) {
    const last = source.placeAt(span.end).line;
    // Whole lines put in at the start of a line leave that line as it is.
    if (span.start === span.end && newText.endsWith('\n') && source.lineStart(last) === span.end) continue;
    for (let line = source.placeAt(span.start).line; line <= last; line++) touched.add(line);
  }
  return touched;
}

const untouched = (text: string, touched: ReadonlySet<number>): readonly string[] =>
  text.split('\n').filter((_, line) => !touched.has(line));

/** The whole text as a diff: ` `, `-` and `+` before each line. */
function unifiedLines(before: string, after: string): string {
  return diffLines(before, after)
    .flatMap(({ added, removed, value }) => {
      const mark = added ? '+' : removed ? '-' : ' ';
      return value
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => (mark + line).trimEnd());
    })
    .join('\n');
}
