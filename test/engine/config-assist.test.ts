import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  explainPolicyWord,
  parsePolicy,
  policyProposals,
  policyShape,
  ruleLevels,
  rules,
} from '../../server/src/engine/index.ts';

const today = '2026-06-15';
const roots = policyShape.type === 'mapping' ? Object.keys(policyShape.keys) : [];
const ids = rules.map(({ id }) => id);
const without = (names: readonly string[], ...gone: readonly string[]): readonly string[] =>
  names.filter((name) => !gone.includes(name));

/** The text without its `|`, and where that stood. */
function cursor(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

/** What is offered at the `|`: the labels, and the text that each takes the place of. */
function offered(marked: string): { readonly labels: readonly string[]; readonly instead: string } {
  const { offset, text } = cursor(marked);
  const found = policyProposals(text, offset, today);
  return {
    labels: found?.items.map(({ label }) => label) ?? [],
    instead: found ? text.slice(found.span.start, found.span.end) : '',
  };
}

const waiverKeys = ['rules', 'files', 'image', 'reason', 'approved-by', 'expires'];

const table: readonly (readonly [marked: string, labels: readonly string[], instead?: string])[] = [
  ['|', roots],
  ['pro|', roots, 'pro'],
  ['pro|\nrules:\n', without(roots, 'rules'), 'pro'],
  ['profile: strict\n|\nwaivers: []\n', without(roots, 'profile', 'waivers')],
  ['# a comment\n\nr|', roots, 'r'],
  ['ru|les: {}\n', roots, 'rules'],
  ['---\n|', roots],
  ['profile: |', ['recommended', 'strict']],
  ['profile: rec|', ['recommended', 'strict'], 'rec'],
  ['profile:|', ['recommended', 'strict']],
  ['profile: "st|"', ['recommended', 'strict'], 'st'],
  ['profile: st|rict # why\n', ['recommended', 'strict'], 'strict'],
  ['rules:\n  |', ids],
  ['rules:\n  floating-|\n', ids, 'floating-'],
  [
    'rules:\n  floating-tag: off\n  |\n  unpinned-image: off\n',
    without(ids, 'floating-tag', 'unpinned-image'),
  ],
  ['rules:\n\n  # why\n    |', ids],
  ['rules:\n  floating-tag: |', ruleLevels],
  ['rules:\n  floating-tag: e|\n  unpinned-image: off\n', ruleLevels, 'e'],
  ['rules: {|}', ids],
  ['rules: {floating-tag: off, un|}', without(ids, 'floating-tag'), 'un'],
  ['rules: {floating-tag: |', ruleLevels],
  ['rules: {\n  floating-tag: off,\n  |\n}\n', without(ids, 'floating-tag')],
  ['rules: {"floating-tag": |', ruleLevels],
  ['rules: &levels\n  |', ids],
  ['overrides:\n  |', ['files', 'rules', 'profile']],
  ['overrides:\n|', roots.filter((root) => root !== 'overrides')],
  ['overrides:\n  - |', ['files', 'rules', 'profile']],
  ['overrides:\n  - files: a\n    |', ['rules', 'profile']],
  ['overrides:\n  - files: a\n    rules:\n      |', ids],
  ['overrides:\n  - files: a\n    profile: |', ['recommended', 'strict']],
  ['overrides:\n  - files: a\n    rules:\n      floating-tag: off\n  - |', ['files', 'rules', 'profile']],
  ['overrides:\n  - {files: [a, b], |', ['rules', 'profile']],
  ['overrides:\n  - files: |', []],
  ['waivers:\n- |', waiverKeys],
  ['waivers:\n- rules: |', ids],
  ['waivers:\n- rules: [floating-tag, |]', ids],
  ['waivers:\n- rules:\n  - |', ids],
  ['waivers:\n- rules:\n    |', ids],
  ['waivers:\n- rules: floating-tag\n  |\n  reason: a\n', without(waiverKeys, 'rules', 'reason')],
  ['waivers:\n- rules: floating-tag\n  expires: |', ['2026-09-13', '2027-06-15', 'never']],
  ['waivers:\n- rules: floating-tag\n  reason: because |', []],
  ['waivers:\n- reason: >\n    some long\n    |', []],
  ['waivers:\n- reason: >\n    some: long\n    text\n  |', without(waiverKeys, 'reason')],
  ['pin:\n  style: |', ['tag-and-digest', 'digest-only', 'digest-with-comment']],
  ['pin: {|', ['style']],
  ['editor:\n  may-loosen: |', ['true', 'false']],
  ['registries:\n  docker.io:\n    |', ['mirror', 'insecure']],
  ['registries:\n  localhost:5000:\n    insecure: |', ['true', 'false']],
  ['registries:\n  |', []],
  ['signatures:\n  - images: a\n    |', ['key']],
  ['ignore:\n  - |', []],
  ['unknown:\n  |', []],
  ['# |', []],
  ['profile: strict # |', []],
  ['profile: strict |', []],
  ['profile: strict\n  |', []],
  ['"|', roots],
  ['rules:\r\n  floating-tag: |\r\n', ruleLevels],
];

describe('what can be written', () => {
  for (const [marked, labels, instead = ''] of table) {
    it(JSON.stringify(marked), () => assert.deepEqual(offered(marked), { labels, instead }));
  }

  it('is right once it is written', () => {
    const chosen = (marked: string, label: string): string => {
      const { offset, text } = cursor(marked);
      const found = policyProposals(text, offset, today);
      const item = found?.items.find((one) => one.label === label);
      assert.ok(found && item, `${label} at ${marked}`);
      return text.slice(0, found.span.start) + item.newText + text.slice(found.span.end);
    };
    assert.equal(chosen('profile:|', 'strict'), 'profile: strict');
    assert.equal(chosen('pro|', 'profile'), 'profile: ');
    assert.equal(chosen('pro|file: strict', 'profile'), 'profile: strict');
    assert.equal(chosen('r|', 'rules'), 'rules:');
    assert.equal(chosen('overrides:\n  |', 'files'), 'overrides:\n  - files: ');
    assert.equal(chosen('overrides: [{files: a, |', 'rules'), 'overrides: [{files: a, rules: ');
    assert.equal(
      chosen('waivers:\n- rules:\n    |', 'floating-tag'),
      'waivers:\n- rules:\n    - floating-tag',
    );
    const written = chosen('rules:\n  floating-tag: |\n', 'off');
    assert.deepEqual(parsePolicy(written).mistakes, []);
  });

  it('has words for each, and for a rule its page', () => {
    const found = policyProposals('rules:\n  ', 9, today);
    for (const { description, label, page } of found?.items ?? []) {
      assert.match(description, /\. Default: \w+\.$/);
      assert.ok(page?.endsWith(`/${label}.md`));
    }
    for (const { description } of policyProposals('', 0, today)?.items ?? [])
      assert.match(description, /\.$/);
  });
});

describe('what a word means', () => {
  const meaning = (marked: string): string | null => {
    const { offset, text } = cursor(marked);
    const found = explainPolicyWord(text, offset);
    return found && `${text.slice(found.span.start, found.span.end)}: ${found.description}`;
  };
  const meanings: readonly (readonly [marked: string, meaning: RegExp | null])[] = [
    ['pro|file: strict', /^profile: The severity/],
    ['|profile: strict', /^profile: The severity/],
    ['profile|: strict', /^profile: The severity/],
    ['profile: str|ict', /^strict: Every rule more severe/],
    [
      'rules:\n  float|ing-tag: off',
      /^floating-tag: An image by a tag that is made to move.* Default: warning\.$/,
    ],
    ['rules:\n  floating-tag: o|ff', /^off: Not looked for/],
    ['waivers:\n- rules: [floating-|tag]', /^floating-tag: An image/],
    ['waivers:\n- rules: floating-|tag\n  reas', /^floating-tag: An image/],
    ['waivers:\n- appro|ved-by: a', /^approved-by: Who answers/],
    ['overrides: [{fi|les: a}]', /^files: The files it is for/],
    ['files:\n  a: com|pose', /^compose: Read as/],
    ['registries:\n  docker.io: {mir|ror: a}', /^mirror: The host/],
    ['unkn|own: 1', null],
    ['rules:\n  no-|such: off', null],
    ['ignore:\n- cha|rts/', null],
    ['registries:\n  dock|er.io: {}', null],
    ['# pro|file: strict', null],
    ['|', null],
  ];
  for (const [marked, expected] of meanings) {
    it(JSON.stringify(marked), () => {
      const found = meaning(marked);
      if (expected) assert.match(found ?? '', expected);
      else assert.equal(found, null);
    });
  }
});

describe('any text at any place', () => {
  it('is read without a fault, however far it has come', () => {
    const text =
      'profile: "st\nrules: {floating-tag: [off, \'x\n  a: &b !c *d\n- - - x\n? a\n: b\n%\n---\nwaivers:\n  -   -\n\t- reason: |\n   a\n  }]{,:#\u0000é\n"a": \'b\': c';
    for (let end = 0; end <= text.length; end++) {
      for (const offset of [0, end >> 1, end]) {
        policyProposals(text.slice(0, end), offset, today);
        explainPolicyWord(text.slice(0, end), offset);
      }
    }
  });

  it('of a megabyte is read in one pass', { timeout: 60_000 }, () => {
    for (const unit of ['- ', '{a: ', '[', 'a: ', '"', ': ', '  a:\n', '- a: b\n', 'a', ' ', '#', "'x' : "]) {
      const text = unit.repeat(1_000_000 / unit.length);
      policyProposals(text, text.length, today);
      policyProposals(text, 500_000, today);
      policyProposals(`${text}\nrules:\n  `, text.length + 10, today);
    }
  });
});
