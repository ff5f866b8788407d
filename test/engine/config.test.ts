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
  parsePolicy,
  policyFor,
  rules,
  type Settings,
} from '../../server/src/engine/index.ts';

/** The mistakes as `line:column message`. */
const errorsOf = (text: string): readonly string[] =>
  parsePolicy(text).mistakes.map(({ column, line, message }) => `${line}:${column} ${message}`);

/** What a text without mistakes comes to for a file. */
function settingsOf(text: string, path = 'compose.yaml'): Settings {
  assert.deepEqual(errorsOf(text), []);
  return policyFor({ layers: [parsePolicy(text).layer] }, path, '2026-06-15');
}

const key = '-----BEGIN PUBLIC KEY-----\nMFkw+/=\n-----END PUBLIC KEY-----\n';

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
      '    mirror: mirror.example.com:5000/proxy/hub',
      '  localhost:5000: {mirror: "http://127.0.0.1:8080", insecure: true}',
      'profile: strict',
      'trusted-registries: [ghcr.io, ghcr.io/acme/*, "*.example.com", localhost:5000/*]',
      'pin: {style: digest-only}',
      `signatures: [{images: ghcr.io/acme/*, key: ${JSON.stringify(key)}}]`,
      'waivers:',
      '- rules: floating-tag',
      '  image: nginx',
      '  reason: because',
      '  approved-by: me',
      '  expires: never',
      'editor: {may-loosen: false}',
      '',
    ].join('\n');
    assert.deepEqual(settingsOf(text), {
      ...defaultSettings,
      profile: 'strict',
      rules: { 'unpinned-image': 'error', 'floating-tag': 'off', 'implicit-latest': 'off' },
      ignore: ['charts/', '*.test.yaml'],
      registries: {
        'docker.io': { mirror: 'mirror.example.com:5000/proxy/hub' },
        'localhost:5000': { mirror: 'http://127.0.0.1:8080', insecure: true },
      },
      files: { '*.dockerfile.in': 'dockerfile', 'deploy/*.tpl': 'kubernetes' },
      trusted: ['ghcr.io', 'ghcr.io/acme/*', '*.example.com', 'localhost:5000/*'],
      pinStyle: 'digest-only',
      signatures: [{ images: 'ghcr.io/acme/*', key }],
      waivers: [
        {
          rules: ['floating-tag'],
          image: 'nginx',
          reason: 'because',
          approvedBy: 'me',
          expires: null,
          expired: false,
        },
      ],
    });
  });

  for (const text of [
    '',
    '\n',
    '# nothing yet\n',
    '---\n',
    '# one\n---\n# two\n',
    'rules:\nignore:\nregistries:\nfiles:\noverrides:\npin:\nsignatures:\nwaivers:\neditor:\nextends:\n',
    '{}',
  ]) {
    it(`may say nothing: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(settingsOf(text), defaultSettings);
    });
  }

  it('may begin with a document marker and a byte order mark, in any line ending', () => {
    for (const text of ['---\nrules:\n  floating-tag: hint\n', '\ufeffrules:\r\n  floating-tag: hint\r\n']) {
      assert.deepEqual(settingsOf(text).rules, { 'floating-tag': 'hint' });
    }
  });

  it('knows every rule and every level', () => {
    for (const { id } of rules) {
      for (const level of ['off', 'error', 'warning', 'information', 'hint']) {
        assert.deepEqual(settingsOf(`rules: {${id}: ${level}}`).rules, { [id]: level });
      }
    }
  });

  it('may share parts by anchors', () => {
    const text = 'registries:\n  docker.io: &m {mirror: m.example.com}\n  quay.io: *m\n';
    assert.deepEqual(settingsOf(text).registries, {
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
    [/^1:1 There is no setting "severity"; there is extends, root, profile, rules, .* and editor\.$/],
  ],
  [
    'an unknown rule',
    'rules:\n  unpined-image: error\n',
    [/^2:3 There is no rule "unpined-image"\. Did you mean unpinned-image\?$/],
  ],
  ['a bad level', 'rules:\n  unpinned-image: warn\n', [/^2:19 "warn" is no level. Did you mean warning\?$/]],
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
    [/^2:18 The level of unpinned-image is missing; it is error, /],
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
  ['a pattern that is a mapping', 'ignore:\n  - a: b\n', [/^2:5 The pattern is missing/]],
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
  ...['m.example.com/../x', 'm.example.com/%2e%2e/x', 'm.example.com/x?y', 'm.example.com/Team'].map(
    (mirror): [string, string, RegExp[]] => [
      `a mirror with the path of ${mirror}`,
      `registries:\n  docker.io: {mirror: "${mirror}"}\n`,
      [/^2:24 mirror is a host/],
    ],
  ),
  [
    'a mirror with the path of the API',
    'registries:\n  docker.io: {mirror: "https://m.example.com/v2/team"}\n',
    [/^2:24 The path of a mirror does not begin with \/v2/],
  ],
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
  ['an unknown profile', 'profile: strct\n', [/^1:10 "strct" is no profile\. Did you mean strict\?$/]],
  ['a missing profile', 'profile:\n', [/^1:9 The profile is missing; it is recommended or strict\.$/]],
  ['a list of profiles', 'profile: [strict]\n', [/^1:10 The profile is missing/]],
  [
    'a rule like no other',
    'rules: {no-such-thing-at-all: error}\n',
    [/^1:9 There is no rule "no-such-thing-at-all"; the rules are listed at https:.*README\.md\.$/],
  ],
  ['the same key twice', 'profile: strict\nprofile: strict\n', [/^2:1 This key stands here twice/]],
  [
    'the same rule twice',
    'rules: {floating-tag: off, floating-tag: error}\n',
    [/^1:28 This key stands here twice/],
  ],
  [
    'overrides as a mapping',
    'overrides:\n  files: test/\n',
    [/^2:3 overrides is a list, each item after a hyphen/],
  ],
  ['an override that is a text', 'overrides: [test/]\n', [/^1:13 An override says what is different/]],
  [
    'an override without files',
    'overrides:\n  - profile: strict\n',
    [/^2:5 An override has to say for which files it is: add files/],
  ],
  [
    'an override that changes nothing',
    'overrides:\n  - files: test/\n    rules: {}\n',
    [/^2:5 This override changes nothing/],
  ],
  ['an override of no file', 'overrides: [{files: [], profile: strict}]\n', [/^1:21 files is a pattern/]],
  [
    'an override with a misspelt key',
    'overrides: [{file: test/, profile: strict}]\n',
    [/^1:14 An override has no setting "file"\. Did you mean files\?$/, /^1:14 An override has to say/],
  ],
  [
    'an empty pattern of an override',
    'overrides: [{files: "", profile: strict}]\n',
    [/^1:\d+ The pattern is missing/],
  ],
  [
    'a pattern with too many stars',
    'ignore: ["a*b*c*d*e*f", "**/a/**/b/**/c/**/d/**/e"]\n',
    [/^1:11 "a\*b\*c\*d\*e\*f" has more than 4 stars/, /^1:26 .* has more than 4 stars/],
  ],
  ['a pattern to ignore that is a comment', 'ignore: ["# a"]\n', [/^1:11 "# a" begins with #/]],
  ['trusted registries as a text', 'trusted-registries: ghcr.io\n', [/^1:21 trusted-registries is a list/]],
  [
    'trust in what is no registry',
    'trusted-registries: [acme, "https://ghcr.io", ghcr.io/a:1, ghcr.io/a/, index.docker.io, ""]\n',
    [
      /^1:22 "acme" names no registry; begin with its host, as in "docker\.io\/acme"\.$/,
      /^1:29 "https:\/\/ghcr\.io" is no pattern of registries/,
      /^1:47 "ghcr\.io\/a:1" names a tag or digest/,
      /^1:60 Write "ghcr\.io\/a\/\*" for all that is below it\.$/,
      /^1:72 Write docker\.io instead of index\.docker\.io\.$/,
      /^1:89 The pattern of a registry is missing/,
    ],
  ],
  [
    'an unknown pin style',
    'pin: {style: digest}\n',
    [/^1:14 "digest" is no style; there is tag-and-digest, /],
  ],
  ['a pin style at the wrong place', 'pin: digest-only\n', [/^1:6 pin has the setting style/]],
  [
    'a demand without images and key',
    'signatures: [{}]\n',
    [/^1:14 It is not said which images/, /^1:14 It is not said who has to have signed/],
  ],
  [
    'a demand for what are no images',
    'signatures: [{images: "https://ghcr.io/a", key: a.pub}]\n',
    [/^1:24 "https:\/\/ghcr\.io\/a" is no pattern of images/],
  ],
  [
    'keys that are none',
    'signatures:\n- {images: a, key: "-----BEGIN CERTIFICATE-----"}\n- {images: a, key: ""}\n- {images: a, key: /etc/cosign.pub}\n',
    [
      /^2:21 This is no public key in PEM/,
      /^3:20 The path is missing/,
      /^4:20 "\/etc\/cosign\.pub" is not relative/,
    ],
  ],
  [
    'a private key',
    'signatures:\n- images: a\n  key: |\n    -----BEGIN PRIVATE KEY-----\n    hunter2\n    -----END PRIVATE KEY-----\n',
    [/^4:5 This is a private key, which belongs nowhere near a repository/],
  ],
  [
    'a waiver that says nothing',
    'waivers:\n- {}\n',
    [
      /^2:3 A waiver has to say for which rules/,
      /^2:3 A waiver has to say why/,
      /^2:3 A waiver has to say who answers/,
      /^2:3 A waiver has to say until when/,
    ],
  ],
  ['waivers as a mapping', 'waivers: {rules: floating-tag}\n', [/^1:10 waivers is a list/]],
  ['a waiver that is a text', 'waivers: [floating-tag]\n', [/^1:11 A waiver is a mapping/]],
  [
    'a waiver whose parts are empty',
    'waivers:\n- rules:\n  files:\n  image:\n  reason:\n  approved-by: " "\n  expires:\n',
    [
      /^2:9 rules names the rules/,
      /^3:9 files is a pattern/,
      /^4:9 The pattern of images is missing/,
      /^5:10 The reason is missing/,
      /^6:17 The name is missing/,
      /^7:11 expires is the last day/,
    ],
  ],
  [
    'a waiver of unknown rules, with keys that are none',
    'waivers:\n- rule: a\n  rules: [unpined-image, 1]\n  reason: a\n  approved: b\n  approved-by: b\n  expires: never\n',
    [
      /^2:3 A waiver has no setting "rule"\. Did you mean rules\?$/,
      /^3:11 "unpined-image" is no rule\. Did you mean unpinned-image\?$/,
      /^3:26 "1" is no rule; the rules are listed at https/,
      /^5:3 A waiver has no setting "approved"/,
    ],
  ],
  ...['2027-02-30', '2027-13-01', '0000-00-00'].map(
    (day) =>
      [
        `a waiver until ${day}`,
        `waivers: [{rules: floating-tag, reason: a, approved-by: b, expires: ${day}}]\n`,
        [new RegExp(`^1:69 There is no day ${day}; write the last day`)],
      ] as const,
  ),
  ...['tomorrow', '31.03.2027', '2027-3-1', '2027-03-31T00:00:00Z', '2027'].map(
    (day) =>
      [
        `a waiver until ${day}`,
        `waivers: [{rules: floating-tag, reason: a, approved-by: b, expires: "${day}"}]\n`,
        [/^1:70 expires is the last day on which the waiver holds, as in 2027-03-31, or never\.$/],
      ] as const,
  ),
  ['a mapping to extend', 'extends: {a: b}\n', [/^1:10 extends is the path of another configuration/]],
  ...['https://example.com/policy.yaml', 'git@github.com:acme/policy.git', 'github:acme/policy'].map(
    (address) =>
      [
        `an address to extend: ${address}`,
        `extends: "${address}"\n`,
        [/^1:11 extends takes no address: what counts could change without a commit here\. Keep a copy/],
      ] as const,
  ),
  ...[
    '/etc/policy.yaml',
    '~/policy.yaml',
    'C:/policy.yaml',
    '..\\\\policy.yaml',
    '//host/share/policy.yaml',
    'a//b.yaml',
  ].map(
    (path) =>
      [
        `a path that leads elsewhere: ${path}`,
        `extends: ["${path}"]\n`,
        [/^1:12 ".*" is not relative to this file, so it leads elsewhere on other machines\. Write it/],
      ] as const,
  ),
  ['an empty path to extend', 'extends: ""\n', [/^1:\d+ The path is missing/]],
  ['editor as a flag', 'editor: true\n', [/^1:9 editor has the setting may-loosen/]],
  [
    'may-loosen that is no boolean',
    'editor: {may-loosen: "true"}\n',
    [/^1:23 may-loosen is true or false\.$/],
  ],
  ['a list', '- rules\n', [/^1:1 The configuration is a mapping of settings, as in profile: strict\.$/]],
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

  it('is told in words that end', () => {
    for (const message of wrong.flatMap(([, text]) => parsePolicy(text).mistakes.map((one) => one.message))) {
      assert.match(message, /^["A-Za-z].*[.?]$/);
      assert.ok(message.length <= 360, message);
    }
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
        const { mistakes } = parsePolicy(parts.join(''));
        return mistakes.every(({ column, line }) => line >= 1 && column >= 1);
      }),
    );
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
