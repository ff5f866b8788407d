import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  analyze,
  auditFile,
  defaultSettings,
  levelOf,
  mayLoosen,
  type Policy,
  parsePolicy,
  policyFor,
  policyNotices,
  rules,
  type Settings,
  withEditor,
} from '../../server/src/engine/index.ts';

const today = '2026-06-15';

/** A policy of texts without mistakes, those that are extended first. */
function policy(...texts: readonly string[]): Policy {
  return {
    layers: texts.map((text) => {
      const { layer, mistakes } = parsePolicy(text);
      assert.deepEqual(mistakes, []);
      return layer;
    }),
  };
}

const settings = (text: string, path = 'compose.yaml', day = today): Settings =>
  policyFor(policy(text), path, day);

const level = (of: Settings, id: string): string => {
  const rule = rules.find((one) => one.id === id);
  assert.ok(rule, id);
  return levelOf(of, rule) ?? 'off';
};

describe('overrides', () => {
  const text = [
    'profile: strict',
    'rules: {floating-tag: hint, unpinned-image: hint}',
    'overrides:',
    '- files: [deploy/, "!deploy/local.yaml"]',
    '  rules: {floating-tag: warning}',
    '- files: deploy/*',
    '  rules: {unpinned-image: warning}',
    '- files: "*.dev.yaml"',
    '  profile: recommended',
    '  rules: {floating-tag: off}',
    '',
  ].join('\n');
  const table: readonly (readonly [path: string, floating: string, unpinned: string, implicit: string])[] = [
    ['compose.yaml', 'hint', 'hint', 'error'],
    ['deploy/compose.yaml', 'warning', 'warning', 'error'],
    ['deep/deploy/compose.yaml', 'warning', 'hint', 'error'],
    ['deploy/compose.dev.yaml', 'off', 'warning', 'warning'],
    ['a.dev.yaml', 'off', 'hint', 'warning'],
    ['../outside/deploy/compose.yaml', 'hint', 'hint', 'error'],
    ['', 'hint', 'hint', 'error'],
  ];
  for (const [path, floating, unpinned, implicit] of table) {
    it(`for ${JSON.stringify(path)}`, () => {
      const found = settings(text, path);
      assert.deepEqual(
        [level(found, 'floating-tag'), level(found, 'unpinned-image'), level(found, 'implicit-latest')],
        [floating, unpinned, implicit],
      );
    });
  }

  it('count in their order, whichever is more special', () => {
    const both = (first: string, second: string): string =>
      level(
        settings(
          `overrides:\n- {files: ${first}, rules: {floating-tag: error}}\n- {files: ${second}, rules: {floating-tag: hint}}\n`,
          'a/b.yaml',
        ),
        'floating-tag',
      );
    assert.equal(both('"*"', 'a/b.yaml'), 'hint');
    assert.equal(both('a/b.yaml', '"*"'), 'hint');
  });

  it('are for paths as they are written, capital letters and all', () => {
    const one = 'overrides: [{files: Deploy/, profile: strict}]';
    assert.equal(settings(one, 'Deploy/a.yaml').profile, 'strict');
    assert.equal(settings(one, 'deploy/a.yaml').profile, 'recommended');
  });
});

describe('a profile', () => {
  it('strict makes every rule more severe by a step, and no further than an error', () => {
    const strict = settings('profile: strict');
    for (const rule of rules) {
      const steps = ['off', 'hint', 'information', 'warning', 'error'];
      const wanted = steps[Math.min(steps.indexOf(rule.severity) + 1, 4)];
      assert.equal(level(strict, rule.id), wanted);
    }
  });

  it('does not change rules that are named', () => {
    assert.equal(level(settings('{profile: strict, rules: {floating-tag: hint}}'), 'floating-tag'), 'hint');
  });
});

describe('what a policy extends', () => {
  const base = [
    'profile: strict',
    'rules: {floating-tag: error, unpinned-image: error}',
    'overrides: [{files: test/, rules: {floating-tag: off, implicit-latest: off}}]',
    'ignore: [charts/]',
    'files: {"*.a": compose, "*.b": compose}',
    'trusted-registries: [ghcr.io]',
    'registries: {docker.io: {mirror: base.example.com}, quay.io: {insecure: true}}',
    'pin: {style: digest-only}',
    'waivers: [{rules: floating-tag, reason: a, approved-by: b, expires: never}]',
    'editor: {may-loosen: true}',
  ].join('\n');

  it('counts where nothing else is said', () => {
    assert.deepEqual(policyFor(policy(base, ''), 'a', today), settings(base, 'a'));
    assert.equal(mayLoosen(policy(base, '')), true);
  });

  it('comes before what is said, overrides and all; lists add up', () => {
    const own = [
      'profile: recommended',
      'rules: {floating-tag: warning}',
      'ignore: ["!charts/"]',
      'files: {"*.b": kubernetes}',
      'trusted-registries: [quay.io]',
      'registries: {docker.io: {insecure: true}}',
      'pin: {style: tag-and-digest}',
      'waivers: [{rules: implicit-latest, reason: c, approved-by: d, expires: never}]',
      'editor: {may-loosen: false}',
    ].join('\n');
    const both = policy(base, own);
    const found = policyFor(both, 'test/a', today);
    assert.deepEqual(found.rules, {
      'floating-tag': 'warning',
      'unpinned-image': 'error',
      'implicit-latest': 'off',
    });
    assert.equal(found.profile, 'recommended');
    assert.deepEqual(found.ignore, ['charts/', '!charts/']);
    assert.deepEqual(found.files, { '*.a': 'compose', '*.b': 'kubernetes' });
    assert.deepEqual(found.trusted, ['ghcr.io', 'quay.io']);
    assert.deepEqual(found.registries, { 'docker.io': { insecure: true }, 'quay.io': { insecure: true } });
    assert.equal(found.pinStyle, 'tag-and-digest');
    assert.deepEqual(
      found.waivers.map(({ reason }) => reason),
      ['a', 'c'],
    );
    assert.equal(mayLoosen(both), false);
  });

  it('says nothing of registries until a list does, be it empty', () => {
    assert.equal(settings('').trusted, null);
    assert.equal(settings('trusted-registries:').trusted, null);
    assert.deepEqual(settings('trusted-registries: []').trusted, []);
  });

  it('keys that every object of JavaScript has are keys like others', () => {
    assert.deepEqual(Object.keys(settings('files: {__proto__: compose, toString: helm}').files), [
      '__proto__',
      'toString',
    ]);
  });
});

describe('waivers', () => {
  const waiver = (...lines: readonly string[]): string =>
    ['waivers:', '- reason: known', '  approved-by: security', ...lines.map((line) => `  ${line}`)].join(
      '\n',
    );
  const text = 'FROM nginx AS a\nFROM redis:7\nFROM ghcr.io/acme/api:1.2.3\n';
  const audited = (config: string, day = today, path = 'Dockerfile') =>
    auditFile(path, analyze({ path: `/w/${path}`, text }, settings(config, path, day)));
  const waived = (config: string, day = today, path = 'Dockerfile'): readonly string[] =>
    audited(config, day, path).waived.map(({ line, rule }) => `${line} ${rule}`);

  it('let the findings of their rules pass, and tell why', () => {
    const config = waiver('rules: [implicit-latest, floating-tag]', 'expires: 2027-03-31');
    const { findings, waived: passed } = audited(config);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['unpinned-image'],
    );
    assert.deepEqual(
      passed.map(({ approvedBy, expires, line, reason, rule }) => [line, rule, reason, approvedBy, expires]),
      [
        [1, 'implicit-latest', 'known', 'security', '2027-03-31'],
        [2, 'floating-tag', 'known', 'security', '2027-03-31'],
      ],
    );
  });

  const images: readonly (readonly [pattern: string, lines: readonly number[]])[] = [
    ['nginx', [1]],
    ['docker.io/library/nginx', [1]],
    ['docker.io/*', [1, 2]],
    ['redis:7', [2]],
    ['docker.io/library/redis:7', [2]],
    ['redis:8', []],
    ['ghcr.io/acme/*', [3]],
    ['ghcr.io/acme/api:1.*', [3]],
    ['ghcr.io', []],
    ['*', [1, 2, 3]],
    ['*/api*', [3]],
    ['redis*', [2]],
    ['"*"', [1, 2, 3]],
  ];
  for (const [pattern, lines] of images) {
    it(`of the images ${pattern}`, () => {
      // A plain star would be an alias.
      const quoted = pattern.startsWith('*') ? `"${pattern}"` : pattern;
      const config = waiver(
        'rules: [implicit-latest, floating-tag, unpinned-image]',
        `image: ${quoted}`,
        'expires: never',
      );
      assert.deepEqual(
        audited(config).waived.map(({ line }) => line),
        lines,
      );
    });
  }

  it('of an image are for what is found of its containers too, and hold when it is pinned', () => {
    const config = waiver('rules: writable-root-filesystem', 'image: redis:7', 'expires: never');
    for (const digest of ['', `@sha256:${'a'.repeat(64)}`]) {
      const text = `services: {a: {image: "redis:7${digest}"}, b: {image: "valkey:8${digest}"}}\n`;
      const analysis = analyze({ path: '/w/compose.yaml', text }, settings(config));
      assert.deepEqual(
        analysis.waived.map(({ finding }) => finding.rule),
        ['writable-root-filesystem'],
      );
      assert.ok(analysis.findings.some(({ rule }) => rule === 'writable-root-filesystem'));
    }
  });

  it('of some files', () => {
    const config = waiver(
      'rules: implicit-latest',
      'files: [legacy/, "!legacy/new.Dockerfile"]',
      'expires: never',
    );
    assert.deepEqual(waived(config), []);
    assert.deepEqual(waived(config, today, 'legacy/Dockerfile'), ['1 implicit-latest']);
    assert.deepEqual(waived(config, today, 'x/legacy/Dockerfile'), ['1 implicit-latest']);
    assert.deepEqual(waived(config, today, '../legacy/Dockerfile'), []);
  });

  it('hold up to and including their last day', () => {
    const config = waiver('rules: implicit-latest', 'expires: 2026-06-15');
    assert.deepEqual(waived(config, '2026-06-14'), ['1 implicit-latest']);
    assert.deepEqual(waived(config, '2026-06-15'), ['1 implicit-latest']);
    assert.deepEqual(waived(config, '2026-06-16'), []);
    const [finding] = audited(config, '2026-06-16').findings;
    assert.match(finding?.message ?? '', / \(Its waiver expired on 2026-06-15\.\)$/);
  });

  it('that hold come before those that have expired', () => {
    const expired = '- {rules: implicit-latest, reason: old, approved-by: a, expires: 2020-01-01}';
    const holds = '- {rules: implicit-latest, reason: new, approved-by: a, expires: never}';
    for (const lines of [
      [expired, holds],
      [holds, expired],
    ]) {
      const { waived: passed } = audited(`waivers:\n${lines.join('\n')}\n`);
      assert.deepEqual(
        passed.map(({ expires, reason }) => [reason, expires]),
        [['new', null]],
      );
    }
  });
});

describe('what there is to know of waivers', () => {
  const told = (expires: string, more = ''): readonly string[] =>
    policyNotices(
      `${more}waivers:\n- rules: floating-tag\n  reason: a\n  approved-by: b\n  expires: ${expires}\n`,
      today,
    ).map(
      ({ message, severity, span }) => `${span.start - more.length} ${severity} ${message.split('.')[0]}`,
    );
  const place = 'waivers:\n- rules: floating-tag\n  reason: a\n  approved-by: b\n  expires: '.length;

  const table: readonly (readonly [expires: string, told: readonly RegExp[]])[] = [
    ['never', []],
    ['2027-01-01', []],
    ['2026-06-30', []],
    [
      '2026-06-29',
      [/^\d+ information This waiver expires in 14 days: it holds up to and including 2026-06-29/],
    ],
    ['2026-06-16', [/^\d+ information This waiver expires tomorrow/]],
    ['2026-06-15', [/^\d+ information This waiver expires today/]],
    ['2026-06-14', [/^\d+ warning This waiver expired on 2026-06-14/]],
    ['1999-12-31', [/^\d+ warning This waiver expired on 1999-12-31/]],
  ];
  for (const [expires, patterns] of table) {
    it(`until ${expires}`, () => {
      const notices = told(expires);
      assert.equal(notices.length, patterns.length);
      for (const [index, pattern] of patterns.entries()) assert.match(notices[index] ?? '', pattern);
      for (const notice of notices) assert.ok(notice.startsWith(`${place} `));
    });
  }

  it('one for a rule that is off lets nothing pass', () => {
    assert.match(
      told('never', 'rules: {floating-tag: off}\n').join(),
      /^\d+ information This waiver lets nothing pass/,
    );
    const some = 'rules: {floating-tag: off}\noverrides: [{files: a, rules: {floating-tag: hint}}]\n';
    assert.deepEqual(told('never', some), []);
  });

  it('nothing, where there are mistakes', () => {
    assert.deepEqual(told('2020-01-01', 'profile: loud\n'), []);
  });
});

describe('settings of an editor beside a policy', () => {
  const held: Settings = {
    ...defaultSettings,
    rules: { 'floating-tag': 'warning', 'implicit-latest': 'off' },
    registries: { 'docker.io': { mirror: 'policy.example.com' } },
    ignore: ['a/'],
    trusted: ['ghcr.io'],
  };
  const wish = (id: string, wanted: Settings['rules'][string], loosens = false) => {
    const { refused, settings: found } = withEditor(
      held,
      { ...defaultSettings, rules: { [id]: wanted } },
      loosens,
    );
    return [level(found, id), refused.length];
  };

  const table: readonly (readonly [string, Settings['rules'][string], string, number, string])[] = [
    ['floating-tag', 'error', 'error', 0, 'error'],
    ['floating-tag', 'warning', 'warning', 0, 'warning'],
    ['floating-tag', 'information', 'warning', 1, 'information'],
    ['floating-tag', 'off', 'warning', 1, 'off'],
    ['implicit-latest', 'hint', 'hint', 0, 'hint'],
    ['implicit-latest', 'off', 'off', 0, 'off'],
    // Not named in the policy: its own severity counts.
    ['unpinned-image', 'warning', 'warning', 0, 'warning'],
    ['unpinned-image', 'hint', 'information', 1, 'hint'],
    ['unpinned-image', 'off', 'information', 1, 'off'],
  ];
  for (const [id, wanted, becomes, refused, loosened] of table) {
    it(`${id}: ${wanted} becomes ${becomes}, or ${loosened} where that is allowed`, () => {
      assert.deepEqual(wish(id, wanted), [becomes, refused]);
      assert.deepEqual(wish(id, wanted, true), [loosened, 0]);
    });
  }

  it('rules that there are not, and what has no place there, change nothing', () => {
    const editor: Settings = {
      ...defaultSettings,
      rules: { 'no-such-rule': 'error' },
      ignore: ['b/'],
      trusted: null,
    };
    const { refused, settings: found } = withEditor(held, editor, false);
    assert.deepEqual(found, held);
    assert.deepEqual(refused, []);
  });

  it('no registry is reached less safely, or otherwise than the policy says', () => {
    const editor: Settings = {
      ...defaultSettings,
      registries: {
        'docker.io': { mirror: 'editor.example.com' },
        'ghcr.io': { mirror: 'near.example.com' },
        'quay.io': { insecure: true },
      },
    };
    const kept = withEditor(held, editor, false);
    assert.deepEqual(kept.settings.registries, {
      'docker.io': { mirror: 'policy.example.com' },
      'ghcr.io': { mirror: 'near.example.com' },
      'quay.io': {},
    });
    assert.deepEqual(kept.refused, [
      'holdfast.registries: docker.io is reached as the policy says.',
      'holdfast.registries: quay.io is not reached insecurely, as the policy does not say so.',
    ]);
    const loosened = withEditor(held, editor, true);
    assert.deepEqual(loosened.settings.registries, editor.registries);
    assert.deepEqual(loosened.refused, []);
  });
});
