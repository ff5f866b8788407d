import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  analyze,
  companionsOf,
  defaultSettings,
  ignoreTest,
  kindIds,
  kindTest,
  mergeSettings,
  parseConfig,
  rules,
  type Settings,
} from '../../server/src/engine/index.ts';

/** The errors as `line:column message`. */
function errorsOf(text: string): readonly string[] {
  const result = parseConfig(text);
  return result.ok ? [] : result.errors.map(({ column, line, message }) => `${line}:${column} ${message}`);
}

describe('a configuration', () => {
  it('is read whole', () => {
    const text = [
      '# What this project wants',
      'rules:',
      '  unpinned-image: error',
      "  floating-tag: 'off'",
      '  implicit-latest: off',
      'ignore:',
      '  - charts/',
      '  - "*.test.yaml"',
      'files:',
      '  "*.dockerfile.in": dockerfile',
      '  deploy/*.tpl: kubernetes',
      'registries:',
      '  docker.io:',
      '    mirror: mirror.example.com:5000',
      '  localhost:5000: {mirror: "http://127.0.0.1:8080", insecure: true}',
      '',
    ].join('\n');
    assert.deepEqual(parseConfig(text), {
      ok: true,
      settings: {
        ...defaultSettings,
        rules: { 'unpinned-image': 'error', 'floating-tag': 'off', 'implicit-latest': 'off' },
        ignore: ['charts/', '*.test.yaml'],
        registries: {
          'docker.io': { mirror: 'mirror.example.com:5000' },
          'localhost:5000': { mirror: 'http://127.0.0.1:8080', insecure: true },
        },
        files: { '*.dockerfile.in': 'dockerfile', 'deploy/*.tpl': 'kubernetes' },
      },
    });
  });

  for (const text of [
    '',
    '\n',
    '# nothing yet\n',
    '---\n',
    '# one\n---\n# two\n',
    'rules:\nignore:\nregistries:\nfiles:\n',
    '{}',
  ]) {
    it(`may say nothing: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseConfig(text), { ok: true, settings: defaultSettings });
    });
  }

  it('may begin with a document marker and a byte order mark, in any line ending', () => {
    for (const text of ['---\nrules:\n  floating-tag: hint\n', '\ufeffrules:\r\n  floating-tag: hint\r\n']) {
      const result = parseConfig(text);
      assert.deepEqual(result.ok && result.settings.rules, { 'floating-tag': 'hint' });
    }
  });

  it('knows every rule and every level', () => {
    for (const { id } of rules) {
      for (const level of ['off', 'error', 'warning', 'information', 'hint']) {
        const result = parseConfig(`rules: {${id}: ${level}}`);
        assert.deepEqual(result.ok && result.settings.rules, { [id]: level });
      }
    }
  });

  it('may share parts by anchors', () => {
    const result = parseConfig('registries:\n  docker.io: &m {mirror: m.example.com}\n  quay.io: *m\n');
    assert.deepEqual(result.ok && result.settings.registries, {
      'docker.io': { mirror: 'm.example.com' },
      'quay.io': { mirror: 'm.example.com' },
    });
  });
});

const wrong: readonly (readonly [what: string, text: string, errors: readonly RegExp[]])[] = [
  [
    'an unknown key',
    'rule:\n  floating-tag: off\n',
    [/^1:1 There is no setting "rule"\. Did you mean rules\?$/],
  ],
  [
    'a key like no other',
    'severity: x\n',
    [/^1:1 There is no setting "severity"; there is rules, ignore, registries and files\.$/],
  ],
  [
    'an unknown rule',
    'rules:\n  unpined-image: error\n',
    [/^2:3 There is no rule "unpined-image"\. Did you mean unpinned-image\?$/],
  ],
  [
    'a bad level',
    'rules:\n  unpinned-image: warn\n',
    [/^2:19 "warn" is no level; there is off, error, warning, information and hint\.$/],
  ],
  [
    'a misspelt level',
    'rules:\n  unpinned-image: eror\n',
    [/^2:19 "eror" is no level\. Did you mean error\?$/],
  ],
  [
    'a level that is a list',
    'rules:\n  unpinned-image: [error]\n',
    [/^2:19 The level of unpinned-image is missing/],
  ],
  [
    'a missing level',
    'rules:\n  unpinned-image:\n',
    [/^2:18 The level of unpinned-image is missing; it is off, error, /],
  ],
  ['files as a list', 'files: ["*.tpl"]\n', [/^1:8 files tells the kind of files by patterns/]],
  [
    'an unknown kind',
    'files:\n  "*.tpl": kubernets\n',
    [/^2:12 "kubernets" is no kind\. Did you mean kubernetes\?$/],
  ],
  [
    'a kind like no other',
    'files: {"*.tpl": template-of-some-sort}\n',
    [/^1:18 "template-of-some-sort" is no kind; there is dockerfile, .* and kubernetes\.$/],
  ],
  [
    'a missing kind',
    'files:\n  "*.tpl":\n',
    [/^2:11 The kind of "\*\.tpl" is missing; it is dockerfile, .* or kubernetes\.$/],
  ],
  ['a pattern that takes back', 'files: {"!a.tpl": compose}\n', [/^1:10 "!a\.tpl" begins with !/]],
  ['a pattern that is a comment', 'files: {"#a.tpl": compose}\n', [/^1:10 "#a\.tpl" begins with #/]],
  ['an empty pattern', 'files: {" ": compose}\n', [/^1:10 The pattern is missing/]],
  ['rules as a list', 'rules:\n  - unpinned-image\n', [/^2:3 rules gives rules their levels/]],
  ['ignore as a text', 'ignore: charts/\n', [/^1:9 ignore is a list/]],
  ['a pattern that is a mapping', 'ignore:\n  - a: b\n', [/^2:5 A pattern is text/]],
  ['registries as a list', 'registries: [docker.io]\n', [/^1:13 registries tells how/]],
  [
    'a registry that is a text',
    'registries:\n  docker.io: mirror.example.com\n',
    [/^2:14 A registry has the settings mirror and insecure/],
  ],
  [
    'an unknown registry setting',
    'registries:\n  docker.io: {miror: m.example.com}\n',
    [/^2:15 A registry has no setting "miror"\. Did you mean mirror\?$/],
  ],
  [
    'a name that is no registry',
    'registries:\n  myteam: {insecure: true}\n',
    [/^2:3 "myteam" is no registry/],
  ],
  [
    'an address as a registry',
    'registries:\n  https://docker.io: {insecure: true}\n',
    [/^2:3 "https:\/\/docker\.io" is no registry/],
  ],
  [
    'another name of a registry',
    'registries:\n  index.docker.io: {insecure: true}\n',
    [/^2:3 Write docker\.io instead of index\.docker\.io\.$/],
  ],
  ['a mirror that is no host', 'registries:\n  docker.io: {mirror: "a b"}\n', [/^2:24 mirror is a host/]],
  [
    'a mirror by another scheme',
    'registries:\n  docker.io: {mirror: "ftp://a"}\n',
    [/^2:24 mirror is a host/],
  ],
  ['a mirror that is missing', 'registries:\n  docker.io:\n    mirror:\n', [/^3:12 mirror is a host/]],
  [
    'a password in a mirror',
    'registries:\n  docker.io: {mirror: "https://u:secret@m.example.com"}\n',
    [/^2:24 A password does not belong here/],
  ],
  [
    'insecure that is no boolean',
    'registries:\n  docker.io: {insecure: yes}\n',
    [/^2:25 insecure is true or false\.$/],
  ],
  [
    'a list',
    '- rules\n',
    [/^1:1 The configuration is a mapping with the keys rules, ignore, registries and files\.$/],
  ],
  ['a plain text', 'nothing\n', [/^1:1 The configuration is a mapping/]],
  ['two documents', 'rules: {}\n---\nrules: {}\n', [/^3:1 A second document begins here/]],
  ['a tab', 'rules:\n\tunpinned-image: error\n', [/^2:1 This is not valid YAML: a tab/]],
  ['an open quote', 'ignore: ["a]\n', [/^2:1 This is not valid YAML: a quoted text is not closed\.$/]],
  ['an alias to nothing', 'rules: *base\n', [/^1:8 This is not valid YAML: the alias \*base/]],
  [
    'several mistakes, each told, in the order of the text',
    'registries: 1\nrules: {x: error, floating-tag: loud}\nother: 2\n',
    [/^1:13 /, /^2:9 There is no rule "x"/, /^2:33 "loud"/, /^3:1 /],
  ],
];

describe('a mistake in a configuration', () => {
  for (const [what, text, expected] of wrong) {
    it(what, () => {
      const errors = errorsOf(text);
      assert.equal(errors.length, expected.length, errors.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(errors[index] ?? '', pattern);
    });
  }

  it('never names a password', () => {
    assert.doesNotMatch(
      errorsOf('registries: {docker.io: {mirror: "https://u:hunter2@m"}}').join(),
      /hunter2/,
    );
  });

  it('is data, whatever the text', () => {
    const words = fc.constantFrom(
      'rules',
      'ignore',
      'registries',
      'mirror',
      ':',
      ' ',
      '\n',
      '- ',
      '{',
      '}',
      '*a',
      '&a',
      '"',
      '\t',
      '__proto__',
      'off',
      '---\n',
      '\u0000',
      'é',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
        const result = parseConfig(parts.join(''));
        return result.ok || result.errors.every(({ column, line }) => line >= 1 && column >= 1);
      }),
    );
  });
});

describe('settings of editor and file together', () => {
  const editor: Settings = {
    ...defaultSettings,
    rules: { 'floating-tag': 'error', 'unpinned-image': 'hint' },
    ignore: ['a/'],
    registries: { 'docker.io': { mirror: 'editor' }, 'quay.io': { insecure: true } },
    files: { '*.tpl': 'compose', '*.in': 'dockerfile' },
  };

  it('the file wins', () => {
    const file: Settings = {
      ...defaultSettings,
      rules: { 'floating-tag': 'off' },
      ignore: ['!a/'],
      registries: { 'docker.io': { mirror: 'file' } },
      files: { '*.tpl': 'kubernetes' },
    };
    assert.deepEqual(mergeSettings(editor, file), {
      ...defaultSettings,
      rules: { 'floating-tag': 'off', 'unpinned-image': 'hint' },
      ignore: ['a/', '!a/'],
      registries: { 'docker.io': { mirror: 'file' }, 'quay.io': { insecure: true } },
      files: { '*.tpl': 'kubernetes', '*.in': 'dockerfile' },
    });
  });

  it('a file that says nothing changes nothing', () => {
    assert.deepEqual(mergeSettings(editor, defaultSettings), editor);
  });
});

describe('ignore patterns', () => {
  const leftOut = ignoreTest(['charts/', '*.test.yaml', '!keep.test.yaml', '/only-here.yaml']);
  const table: readonly (readonly [path: string, leftOut: boolean])[] = [
    ['charts/', true],
    ['charts/web/values.yaml', true],
    ['deep/charts/', true],
    ['a.test.yaml', true],
    ['deep/a.test.yaml', true],
    ['keep.test.yaml', false],
    ['only-here.yaml', true],
    ['deep/only-here.yaml', false],
    ['compose.yaml', false],
    ['../outside.test.yaml', false],
    ['', false],
  ];
  for (const [path, expected] of table) {
    it(`${JSON.stringify(path)} is ${expected ? 'left out' : 'looked at'}`, () => {
      assert.equal(leftOut(path), expected);
    });
  }
});

describe('file patterns', () => {
  const kindOf = kindTest({
    '*.tpl': 'compose',
    'deploy/*.tpl': 'kubernetes',
    'ci/': 'gitlab-ci',
    '/top.in': 'dockerfile',
  });
  const table: readonly (readonly [path: string, kind: string | null])[] = [
    ['a.tpl', 'compose'],
    ['deep/a.tpl', 'compose'],
    ['deploy/a.tpl', 'kubernetes'],
    ['deploy/deep/a.tpl', 'compose'],
    ['deep/deploy/a.tpl', 'compose'],
    ['ci/deep/jobs', 'gitlab-ci'],
    ['top.in', 'dockerfile'],
    ['deep/top.in', null],
    ['a.TPL', null],
    ['../a.tpl', null],
    ['/a.tpl', null],
    ['', null],
  ];
  for (const [path, kind] of table) {
    it(`${JSON.stringify(path)} is ${kind ?? 'not spoken of'}`, () => {
      assert.equal(kindOf(path), kind);
    });
  }
});

describe('a kind that settings say', () => {
  const rawOf = (path: string, kind: string, text: string): readonly string[] =>
    analyze({ path, kind, text }).images.map((use) => `${use.kind} ${use.site.value}`);

  it('counts whatever name and language say', () => {
    assert.deepEqual(rawOf('/shop/base.dockerfile.in', 'dockerfile', 'FROM nginx:1.27\n'), [
      'dockerfile nginx:1.27',
    ]);
    assert.deepEqual(rawOf('/shop/a.txt', 'compose', 'services:\n  a:\n    image: redis\n'), [
      'compose redis',
    ]);
    assert.deepEqual(
      rawOf('/shop/jobs', 'github-actions', 'jobs:\n  a:\n    container: node:22\n    steps: []\n'),
      ['github-actions node:22'],
    );
    const compose = { path: '/shop/Dockerfile', languageId: 'dockerfile', kind: 'compose', text: 'FROM a\n' };
    assert.deepEqual(analyze(compose).kinds, ['compose']);
    assert.deepEqual(analyze(compose).images, []);
  });

  it('brings its companions', () => {
    const input = { path: '/shop/a.tpl', text: 'services: {}\n' };
    assert.deepEqual(companionsOf(input), []);
    assert.ok(companionsOf({ ...input, kind: 'compose' }).includes('.env'));
  });

  it('that there is not, counts as none', () => {
    assert.deepEqual(rawOf('/shop/Dockerfile', 'nothing', 'FROM nginx\n'), ['dockerfile nginx']);
  });

  it('may be changed for the same text', () => {
    const input = { path: '/shop/a.yaml', text: 'services:\n  a:\n    image: redis\n' };
    const before = analyze({ ...input, kind: 'kubernetes' });
    assert.deepEqual(before.images, []);
    assert.equal(analyze({ ...input, kind: 'compose' }, defaultSettings, before).images.length, 1);
  });

  it('reads any text as any kind', () => {
    const texts = [
      '',
      '\n',
      '# nothing\n',
      '- a\n',
      'a: [\n',
      '---\n---\n',
      'apiVersion: v1\n',
      'null',
      '{}',
    ];
    for (const kind of kindIds) {
      for (const text of texts) assert.deepEqual(analyze({ path: '/a', kind, text }).images, []);
    }
  });
});
