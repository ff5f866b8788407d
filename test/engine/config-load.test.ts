import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LoadedPolicy, loadPolicy, policyFor } from '../../server/src/engine/index.ts';

const root = 'file:///w/.holdfast.yaml';

/** Loads `/w/.holdfast.yaml` of files that exist in memory, by path below `/w`. */
async function load(files: Readonly<Record<string, string>>, asked: string[] = []): Promise<LoadedPolicy> {
  const texts = new Map(Object.entries(files).map(([path, text]) => [new URL(path, root).href, text]));
  return loadPolicy(root, texts.get(root) ?? '', {
    async read(uri) {
      asked.push(uri);
      return texts.get(uri) ?? null;
    },
  });
}

/** The errors as `file:line:column message`. */
const errorsOf = ({ errors }: LoadedPolicy): readonly string[] =>
  errors.map(
    ({ column, file, line, message }) => `${file.replace('file:///w/', '')}:${line}:${column} ${message}`,
  );

const rulesOf = ({ errors, policy }: LoadedPolicy) => {
  assert.deepEqual(errors, []);
  return policyFor(policy, 'a.yaml', '2026-06-15').rules;
};

const pem = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n';

describe('extends', () => {
  it('reads what it names, the last one last, and what these extend before them', async () => {
    const loaded = await load({
      '.holdfast.yaml': 'extends: [shared/one.yaml, shared/two.yaml]\nrules: {drifted-pin: hint}\n',
      'shared/one.yaml': 'extends: deep/base.yaml\nrules: {floating-tag: warning, unpinned-image: hint}\n',
      'shared/deep/base.yaml': 'rules: {floating-tag: error, drifted-pin: error, implicit-latest: off}\n',
      'shared/two.yaml': 'rules: {unpinned-image: error}\n',
    });
    assert.deepEqual(rulesOf(loaded), {
      'floating-tag': 'warning',
      'drifted-pin': 'hint',
      'implicit-latest': 'off',
      'unpinned-image': 'error',
    });
    assert.deepEqual(
      loaded.files.map((uri) => uri.replace('file:///w/', '')),
      ['shared/one.yaml', 'shared/deep/base.yaml', 'shared/two.yaml'],
    );
  });

  it('tells nothing of a file that is no configuration', async () => {
    for (const text of [
      '{"auths": {"h.io": {"auth": "c2VjcmV0"}}}',
      'API_TOKEN: c2VjcmV0\nOTHER: [x]\n',
      'PASS=c2VjcmV0\n',
    ]) {
      const loaded = await load({ '.holdfast.yaml': 'extends: ../other\n', '../other': text });
      assert.equal(loaded.errors.length, 1);
      assert.doesNotMatch(JSON.stringify(loaded.errors), /auths|API_TOKEN|OTHER|PASS|c2VjcmV0/);
    }
  });

  it('takes paths as they are written, upward too', async () => {
    const asked: string[] = [];
    const named = ['../up/a.yaml', './b.yaml', 'Ü ber/100%.yaml', 'a#b?.yaml', 'c:d/e.yaml', '%2e%2e/f.yaml'];
    await load(
      { '.holdfast.yaml': `extends: ${JSON.stringify(named.filter((one) => !one.startsWith('c:')))}` },
      asked,
    );
    assert.deepEqual(asked, [
      'file:///up/a.yaml',
      'file:///w/b.yaml',
      'file:///w/%C3%9C%20ber/100%25.yaml',
      'file:///w/a%23b%3F.yaml',
      'file:///w/%252e%252e/f.yaml',
    ]);
  });

  it('never leads to another host', async () => {
    const asked: string[] = [];
    for (const path of [
      '//host/a',
      '..//host/a',
      '../../..//host/a',
      '\\\\host\\a',
      'https://host/a',
      'x/..//host/a',
    ]) {
      const { errors } = await load({ '.holdfast.yaml': `extends: ${JSON.stringify(path)}` }, asked);
      assert.equal(errors.length, 1, path);
    }
    assert.deepEqual(asked, []);
  });

  it('may name a file twice on different ways', async () => {
    const loaded = await load({
      '.holdfast.yaml': 'extends: [a.yaml, b.yaml]\n',
      'a.yaml': 'extends: base.yaml\nrules: {floating-tag: hint}\n',
      'b.yaml': 'extends: base.yaml\n',
      'base.yaml': 'rules: {floating-tag: error}\n',
    });
    assert.deepEqual(rulesOf(loaded), { 'floating-tag': 'error' });
  });

  it('tells of a file that is missing, at its place, and nothing counts', async () => {
    const loaded = await load({
      '.holdfast.yaml': 'rules: {floating-tag: error}\nextends:\n  - a.yaml\n  - gone.yaml\n',
      'a.yaml': 'extends: lost.yaml\n',
    });
    assert.deepEqual(errorsOf(loaded), [
      '.holdfast.yaml:4:5 There is no file "gone.yaml" that could be read; the path is taken from the folder of this file.',
      'a.yaml:1:10 There is no file "lost.yaml" that could be read; the path is taken from the folder of this file.',
    ]);
    assert.deepEqual(loaded.policy.layers, []);
    // It may be written later.
    assert.ok(loaded.files.includes('file:///w/gone.yaml'));
  });

  it('tells of mistakes in another file, with the place that leads there', async () => {
    const text = 'profile: strict\nextends: a.yaml\n';
    const loaded = await load({
      '.holdfast.yaml': text,
      'a.yaml': 'extends: b.yaml\n',
      'b.yaml': 'rules:\n  floating-tag: loud\n',
    });
    assert.deepEqual(errorsOf(loaded), [
      'b.yaml:2:17 "loud" is no level; there is error, warning, information, hint and off.',
    ]);
    const via = loaded.errors[0]?.via;
    assert.equal(via && text.slice(via.start, via.end), 'a.yaml');
  });

  it('tells of mistakes once, however many ways lead to them', async () => {
    const loaded = await load({
      '.holdfast.yaml': 'extends: [a.yaml, a.yaml, b.yaml]\n',
      'a.yaml': 'profile: loud\n',
      'b.yaml': 'extends: a.yaml\n',
    });
    assert.equal(loaded.errors.length, 1);
  });

  it('tells of a circle', async () => {
    const self = await load({ '.holdfast.yaml': 'extends: .holdfast.yaml\n' });
    assert.deepEqual(errorsOf(self), [
      '.holdfast.yaml:1:10 ".holdfast.yaml" leads back to itself, so no order is told: w/.holdfast.yaml → w/.holdfast.yaml. Take one of these extends out.',
    ]);
    const long = await load({
      '.holdfast.yaml': 'extends: a/a.yaml\n',
      'a/a.yaml': 'extends: b.yaml\n',
      'a/b.yaml': 'extends: a.yaml\n',
    });
    assert.deepEqual(errorsOf(long), [
      'a/b.yaml:1:10 "a.yaml" leads back to itself, so no order is told: a/a.yaml → a/b.yaml → a/a.yaml. Take one of these extends out.',
    ]);
  });

  it('goes eight files deep', async () => {
    const chain = (length: number) =>
      load({
        '.holdfast.yaml': 'extends: 1.yaml\n',
        ...Object.fromEntries(
          Array.from({ length }, (_, i) => [
            `${i + 1}.yaml`,
            i + 1 < length ? `extends: ${i + 2}.yaml\n` : 'rules: {floating-tag: hint}\n',
          ]),
        ),
      });
    assert.deepEqual(rulesOf(await chain(8)), { 'floating-tag': 'hint' });
    assert.match(
      errorsOf(await chain(9)).join(),
      /^8\.yaml:1:10 "9\.yaml" is the 9th file of a chain .* 8 are read/,
    );
  });

  it('reads fifty files at most', { timeout: 60_000 }, async () => {
    const asked: string[] = [];
    const double = (to: string): string => `extends: [${to}, ${to}]\n`;
    const loaded = await load(
      {
        '.holdfast.yaml': double('1.yaml'),
        ...Object.fromEntries(
          Array.from({ length: 7 }, (_, i) => [`${i + 1}.yaml`, double(`${i + 2}.yaml`)]),
        ),
        '8.yaml': '',
      },
      asked,
    );
    assert.match(errorsOf(loaded).join(), /More than 50 files are extended/);
    assert.equal(asked.length, 8);
  });
});

describe('the keys of signatures', () => {
  it('are read from the files that are named, each relative to its own', async () => {
    const loaded = await load({
      '.holdfast.yaml': `extends: shared/base.yaml\nsignatures:\n- {images: a/*, key: keys/a.pub}\n- {images: b/*, key: ${JSON.stringify(pem)}}\n`,
      'keys/a.pub': `a ${pem}`,
      'shared/base.yaml': 'signatures: [{images: "*", key: all.pub}]\n',
      'shared/all.pub': pem,
    });
    assert.deepEqual(loaded.errors, []);
    assert.deepEqual(policyFor(loaded.policy, 'x', '2026-06-15').signatures, [
      { images: '*', key: pem },
      { images: 'b/*', key: pem },
      { images: 'a/*', key: `a ${pem}` },
    ]);
    assert.ok(loaded.files.includes('file:///w/keys/a.pub'));
  });

  it('that are missing, private or none at all are told, and never quoted', async () => {
    const loaded = await load({
      '.holdfast.yaml':
        'signatures:\n- {images: a, key: gone.pub}\n- {images: b, key: b.key}\n- {images: c, key: c.txt}\n',
      'b.key':
        '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nhunter2\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n',
      'c.txt': 'hunter2',
    });
    const errors = errorsOf(loaded);
    assert.equal(errors.length, 3);
    assert.match(errors[0] ?? '', /^\.holdfast\.yaml:2:20 There is no file "gone\.pub" that could be read/);
    assert.match(errors[1] ?? '', /^\.holdfast\.yaml:3:20 "b\.key": This is a private key/);
    assert.match(errors[2] ?? '', /^\.holdfast\.yaml:4:20 "c\.txt": This is no public key in PEM/);
    assert.doesNotMatch(errors.join(), /hunter2/);
  });
});

describe('a hostile configuration', () => {
  const slow: Readonly<Record<string, string>> = {
    'a megabyte of rules': `rules:\n${Array.from({ length: 50_000 }, (_, i) => `  no-such-rule-${i}: error\n`).join('')}`,
    'a megabyte of patterns': `ignore:\n${'- "*a*b*c*d*"\n'.repeat(70_000)}`,
    'a megabyte without a line break': `profile: ${'a'.repeat(1_000_000)}`,
    'a megabyte of brackets': '['.repeat(1_000_000),
    'mappings, one in the other': `${'{a: '.repeat(50_000)}1${'}'.repeat(50_000)}`,
    'lists, one in the other': `overrides:\n  ${'- '.repeat(50_000)}a\n`,
    'aliases that stand for aliases': `x: &a [${'b,'.repeat(100)}b]\n${Array.from({ length: 9 }, (_, i) => `y${i}: &${String.fromCharCode(98 + i)} [${`*${String.fromCharCode(97 + i)},`.repeat(100)}1]\n`).join('')}overrides: *j\n`,
    'one long waiver many times': `waivers:\n- &w\n  rules: [${'floating-tag,'.repeat(5_000)}floating-tag]\n  reason: a\n  approved-by: b\n  expires: never\n${'- *w\n'.repeat(5_000)}`,
    'merge keys': `rules: &r\n  floating-tag: error\n  <<: [${'*r,'.repeat(20_000)}*r]\n`,
    'a key many times': 'profile: strict\n'.repeat(60_000),
    'many documents': '---\nprofile: strict\n'.repeat(20_000),
    'quotes and colons': `"${':"'.repeat(300_000)}`,
    'dashes of a key': `signatures: [{images: a, key: "${'-----BEGIN PUBLIC KEY-----'.repeat(20_000)}"}]`,
  };
  for (const [what, text] of Object.entries(slow)) {
    it(what, { timeout: 60_000 }, async () => {
      const { errors, policy } = await load({ '.holdfast.yaml': text });
      assert.ok(errors.length <= 100);
      for (const { message } of errors) assert.ok(message.length < 500, message.slice(0, 600));
      policyFor(policy, 'deploy/compose.yaml', '2026-06-15');
    });
  }

  it('with more values than anybody writes is told so', async () => {
    const { errors } = await load({ '.holdfast.yaml': slow['one long waiver many times'] ?? '' });
    assert.match(
      errors.map(({ message }) => message).join(),
      /more than 100,000 values, counting what aliases stand for/,
    );
  });

  it('of patterns with as many stars as there may be is held against long paths', {
    timeout: 60_000,
  }, async () => {
    const patterns = ['*a*a*a*b', '**/a/**/a/**/a/**/b', 'a*a*a*a*b/'];
    const config = `overrides: [{files: ${JSON.stringify(patterns)}, profile: strict}]\n`;
    const { errors, policy } = await load({ '.holdfast.yaml': config });
    assert.deepEqual(errors, []);
    for (const path of ['a'.repeat(120), 'a/'.repeat(60)]) {
      assert.equal(policyFor(policy, `${path}c`, '2026-06-15').profile, 'recommended');
    }
  });
});
