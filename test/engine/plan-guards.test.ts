import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Analysis,
  analyze,
  type Finding,
  type Fix,
  type ImageUse,
  isPinFix,
  type PinFix,
  type Plan,
  planFix,
  planPins,
  type Registry,
  type Safety,
  type TextEdit,
  tryFix,
  WorkspaceIndex,
} from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

const registry: Registry = {
  ...quietRegistry,
  resolve: async () => ({ ok: true, digest, mediaType: '', at: 0 }),
};

interface Place {
  readonly path?: string;
  readonly text: string;
  readonly rule: string;
}

const compose = `# the shop
services:
  web:
    image: nginx:1.27.3 # of the shop
    read_only: true
  cache:
    image: redis:7.4.1
    security_opt: [no-new-privileges:true]
`;

const dockerfile = 'FROM nginx:latest AS a\nFROM redis:7.4.1 AS b\n# kept\n';

const find = ({ path = '/w/compose.yaml', rule, text }: Place): readonly [Analysis, Finding] => {
  const document = analyze({ path, text });
  const finding = document.findings.find((one) => one.rule === rule);
  assert.ok(finding, `no ${rule} in ${text}`);
  return [document, finding];
};

/** Edits that put one text in the place of another, each where the first one stands. */
function swapped(text: string, swaps: readonly Swap[]): readonly TextEdit[] {
  return swaps.map(([before, newText]) => {
    const start = text.indexOf(before);
    assert.ok(start >= 0, before);
    return { span: { start, end: start + before.length }, newText };
  });
}

type Swap = readonly [before: string, after: string];

/** A fix that does what it should not, whatever its rule would do. */
const fake = (safety: Safety, text: string, swaps: readonly Swap[]): Fix =>
  safety === 'pin'
    ? {
        id: 'fake',
        title: 'Fake',
        safety,
        sample: ['x'],
        question: { ask: 'digest', image: { registry: 'a', repository: 'b', version: 'c' } },
        edits: () => swapped(text, swaps),
      }
    : { id: 'fake', title: 'Fake', safety, edits: () => swapped(text, swaps) };

async function plans(place: Place, safety: Safety, swaps: readonly Swap[]): Promise<readonly Plan[]> {
  const [document, finding] = find(place);
  const fix = fake(safety, place.text, swaps);
  return [tryFix(document, finding, fix), await planFix(document, finding, fix, { registry })];
}

interface Bad extends Place {
  readonly name: string;
  /** Those that allow least and most of what may be tried; every one of them is refused. */
  readonly safeties?: readonly Safety[];
  readonly swaps: readonly Swap[];
  readonly reason: RegExp;
}

const pinned: Swap = ['nginx:1.27.3', `nginx:1.27.3@${digest}`];
const pinnedLatest: Swap = ['nginx:latest', `nginx:latest@${digest}`];
const service = { text: compose, rule: 'unpinned-image' };
const stage = { path: '/w/Dockerfile', text: dockerfile, rule: 'floating-tag' };
const writable = {
  text: `services:\n  web:\n    image: shop/web@${digest} # ours\n    read_only: false\n    security_opt: [no-new-privileges:true]\n`,
  rule: 'writable-root-filesystem',
};
const needless = {
  path: '/w/Dockerfile',
  text: '# kept\n# holdfast-ignore floating-tag -- once\nFROM scratch\n',
  rule: 'unused-suppression',
};
const comment: Swap = ['# holdfast-ignore floating-tag -- once\n', ''];
const wider: readonly Safety[] = ['suggestion', 'behaviour'];
const every: readonly Safety[] = ['safe', 'pin', ...wider];

const bad: readonly Bad[] = [
  {
    name: 'one that overlaps itself',
    ...service,
    swaps: [pinned, ['1.27.3', '2']],
    safeties: every,
    reason: /overlap/,
  },
  { name: 'one that does nothing', ...service, swaps: [], safeties: wider, reason: /not remove the finding/ },
  {
    name: 'one that leaves one of two alike',
    path: '/w/Dockerfile',
    text: 'FROM nginx:1.27.3\nFROM nginx:1.27.3\n',
    rule: 'unpinned-image',
    swaps: [['FROM nginx', 'FROM  nginx']],
    safeties: wider,
    reason: /not remove the finding/,
  },
  {
    name: 'one that raises a finding as grave',
    ...writable,
    swaps: [['read_only: false', 'read_only: true\n    privileged: true']],
    reason: /another finding \(privileged-container\)/,
  },
  {
    name: 'one that raises a more severe finding',
    ...service,
    swaps: [['nginx:1.27.3', 'nginx:latest']],
    reason: /another finding \(floating-tag\)/,
  },
  {
    name: 'one that raises a finding that its text decides, though others have a say in its words',
    ...service,
    swaps: [pinned, ['    read_only: true\n', '']],
    reason: /another finding \(writable-root-filesystem\)/,
  },
  {
    name: 'one that raises a finding of a name that is there already',
    ...service,
    swaps: [pinned, ['    security_opt: [no-new-privileges:true]\n', '']],
    reason: /another finding \(privilege-escalation\)/,
  },
  {
    name: 'one after which the text cannot be read',
    ...service,
    swaps: [pinned, ['privileges:true]\n', 'privileges:true]\nx: [\n']],
    safeties: every,
    reason: /unreadable/,
  },
  {
    name: 'one that takes an image away',
    ...stage,
    swaps: [pinnedLatest, ['FROM redis:7.4.1', 'FROM a']],
    safeties: every,
    reason: /more than this image/,
  },
  {
    name: 'one that brings an image',
    ...stage,
    swaps: [['FROM nginx:latest', `FROM shop/a@${digest}\nFROM nginx:latest@${digest}`]],
    safeties: every,
    reason: /more than this image/,
  },
  {
    name: 'one that loses a comment',
    ...stage,
    swaps: [pinnedLatest, ['# kept\n', '']],
    safeties: every,
    reason: /comment/,
  },
  {
    name: 'one that loses a comment behind a value',
    ...service,
    swaps: [pinned, [' # of the shop', '']],
    safeties: every,
    reason: /comment/,
  },
  {
    name: 'one that adds a comment',
    ...stage,
    swaps: [pinnedLatest, ['# kept\n', '# kept\n# new\n']],
    safeties: every,
    reason: /comment/,
  },
  {
    name: 'one that takes away more than the comment it is about',
    ...needless,
    swaps: [['# kept\n', ''], comment],
    safeties: every,
    reason: /comment/,
  },
  {
    name: 'one that adds a comment in the place of the one it is about',
    ...needless,
    swaps: [['# holdfast-ignore floating-tag -- once\n', '# a\n# b\n']],
    safeties: every,
    reason: /comment/,
  },
  {
    name: 'one that takes a comment away without anybody choosing it',
    ...needless,
    swaps: [comment],
    safeties: ['safe', 'pin', 'behaviour'],
    reason: /comment/,
  },
  {
    name: 'a safe one that changes a value that somebody wrote',
    ...writable,
    swaps: [['read_only: false', 'read_only: true']],
    safeties: ['safe'],
    reason: /beyond comments and image references/,
  },
  {
    name: 'a safe one that adds a value',
    ...service,
    text: compose.replace('    read_only: true\n', ''),
    rule: 'writable-root-filesystem',
    swaps: [['  web:\n', '  web:\n    read_only: true\n']],
    safeties: ['safe'],
    reason: /beyond comments and image references/,
  },
  {
    name: 'a safe one that begins in front of a comment',
    ...service,
    swaps: [pinned, [' # of the shop', '  # of the shop']],
    safeties: ['safe'],
    reason: /beyond comments and image references/,
  },
  {
    name: 'a safe one that ends behind a comment',
    ...service,
    swaps: [pinned, ['shop\n    read', 'shop\n\n    read']],
    safeties: ['safe'],
    reason: /beyond comments and image references/,
  },
  {
    name: 'a safe one that pins',
    ...service,
    swaps: [pinned],
    safeties: ['safe'],
    reason: /another image/,
  },
  {
    name: 'a safe one or a pin that brings another version',
    ...stage,
    swaps: [['nginx:latest', 'nginx:1.27.3']],
    safeties: ['safe', 'pin'],
    reason: /another image/,
  },
  {
    name: 'a safe one or a pin that changes another image too',
    ...stage,
    swaps: [pinnedLatest, ['redis:7.4.1', 'redis:7.4.2']],
    safeties: ['pin'],
    reason: /another image/,
  },
  {
    name: 'a pin of another repository',
    ...stage,
    swaps: [['nginx:latest', `caddy:latest@${digest}`]],
    safeties: ['safe', 'pin'],
    reason: /another image/,
  },
  {
    name: 'a pin at another registry',
    ...stage,
    swaps: [['nginx:latest', `ghcr.io/library/nginx:latest@${digest}`]],
    safeties: ['safe', 'pin'],
    reason: /another image/,
  },
];

describe('a fix is refused', () => {
  for (const { name, reason, safeties, swaps, ...place } of bad) {
    for (const safety of safeties ?? (['behaviour'] as const)) {
      test(`${name} (${safety})`, async () => {
        for (const plan of await plans(place, safety, swaps)) {
          assert.equal(plan.ok, false);
          assert.equal(plan.cause, 'refused');
          assert.match(plan.message, reason);
          assert.match(plan.message, /^[A-Z].{10,88}\.$/);
        }
      });
    }
  }
});

const good: readonly (Place & {
  readonly name: string;
  readonly safety: Safety;
  readonly swaps: readonly Swap[];
})[] = [
  { name: 'a pin', ...service, safety: 'pin', swaps: [pinned] },
  {
    name: 'a pin beside an image that nobody can see',
    path: '/w/Dockerfile',
    text: 'ARG V\nFROM nginx:latest\nFROM redis:$V\n',
    rule: 'floating-tag',
    safety: 'pin',
    swaps: [pinnedLatest],
  },
  {
    name: 'one that raises less than it takes away',
    ...stage,
    safety: 'behaviour',
    swaps: [['nginx:latest', 'nginx:1.27.3']],
  },
  {
    name: 'one that changes a value',
    ...writable,
    safety: 'behaviour',
    swaps: [['read_only: false', 'read_only: true']],
  },
  { name: 'a suggestion to take a comment away', ...needless, safety: 'suggestion', swaps: [comment] },
  {
    name: 'a safe one within a comment',
    ...needless,
    safety: 'safe',
    swaps: [['holdfast-ignore floating-tag -- once', 'it was needed once']],
  },
  {
    name: 'a safe one that writes a tag in front of a digest',
    path: '/w/Dockerfile',
    text: `FROM nginx@${digest}\n`,
    rule: 'digest-without-tag',
    safety: 'safe',
    swaps: [['nginx@', 'nginx:1.27.3@']],
  },
  {
    name: 'a safe one that writes it where the image comes from',
    path: '/w/Dockerfile',
    text: `ARG BASE=nginx@${digest}\nFROM $BASE\n`,
    rule: 'digest-without-tag',
    safety: 'safe',
    swaps: [['nginx@', 'nginx:1.27.3@']],
  },
];

describe('a fix is made', () => {
  for (const { name, safety, swaps, ...place } of good) {
    test(name, async () => {
      const expected = swaps.reduce((text, [before, after]) => text.replace(before, after), place.text);
      for (const plan of await plans(place, safety, swaps)) {
        assert.equal(plan.ok ? plan.text : plan.message, expected);
      }
    });
  }
});

test('the reason of a fix that refuses itself is told', async () => {
  const [document, finding] = find(service);
  const fix: Fix = {
    id: 'fake',
    title: 'Fake',
    safety: 'behaviour',
    edits: () => ({ refused: 'Not here.' }),
  };
  const plan = await planFix(document, finding, fix, { registry });
  assert.deepEqual(plan, { ok: false, cause: 'refused', message: 'Not here.' });
});

test('nobody is asked where the answer could not be written', async () => {
  const [document, finding] = find(stage);
  const asked: string[] = [];
  const asking: Registry = {
    ...registry,
    async resolve(image) {
      asked.push(image.repository);
      return { ok: true, digest, mediaType: '', at: 0 };
    },
  };
  for (const fix of [
    fake('pin', dockerfile, [['# kept\n', '']]),
    withSite(pinOf(finding), () => ({ refused: 'Not here.' })),
  ]) {
    assert.equal((await planFix(document, finding, fix, { registry: asking })).ok, false);
    assert.deepEqual(asked, []);
  }
});

test('an answer that changes nothing is no change, though it was worth asking', async () => {
  const image = { registry: 'docker.io', repository: 'library/nginx', version: 'latest' };
  const observed = ({ version }: typeof image) =>
    version === 'latest'
      ? { at: 0, digest: other, isIndex: true, platforms: [], volumes: null, signature: null }
      : undefined;
  const text = `FROM nginx:latest@${digest}\n`;
  const document = analyze({ path: '/w/Dockerfile', text, observed });
  const finding = document.findings.find(({ rule }) => rule === 'drifted-pin');
  const [fix] = finding?.fixes() ?? [];
  assert.ok(finding && fix);
  const same: Fix = { ...fix, edits: () => swapped(text, []) } as Fix;
  assert.equal(tryFix(document, finding, same).ok, true);
  const plan = await planFix(document, finding, same, { registry });
  assert.match(plan.ok ? '' : plan.message, /not remove the finding/);
});

test('a pin is made though another file has another digest', async () => {
  const workspace = new WorkspaceIndex();
  for (const name of ['a', 'b', 'c']) {
    workspace.put(analyze({ path: `/w/${name}/Dockerfile`, text: `FROM nginx:1.27.3@${other}\n` }).outline);
  }
  const document = analyze({ path: '/w/Dockerfile', text: 'FROM nginx:1.27.3\n', workspace });
  const finding = document.findings.find(({ rule }) => rule === 'unpinned-image');
  assert.ok(finding);
  const plan = await planFix(document, finding, pinOf(finding), { registry });
  assert.ok(plan.ok);
  const after = analyze({ path: '/w/Dockerfile', text: plan.text, workspace });
  assert.deepEqual(
    after.findings.map(({ rule }) => rule),
    ['mismatched-digests'],
  );
});

describe('pins that would do something else', () => {
  const kinds: readonly (readonly [name: string, swaps: readonly Swap[], reason: RegExp])[] = [
    ['another image', [['redis:7.4.1', `redis:7.4.2`]], /another image/],
    [
      'a comment',
      [
        ['redis:7.4.1', `redis:7.4.1@${digest}`],
        ['# kept\n', ''],
      ],
      /comment/,
    ],
    [
      'the text',
      [['FROM redis:7.4.1', `FROM redis:7.4.1@${digest}\nFROM shop/x@${digest}`]],
      /more than this image/,
    ],
  ];
  for (const [name, swaps, reason] of kinds) {
    test(`one by one: ${name}`, async () => {
      const document = analyze({ path: '/w/Dockerfile', text: dockerfile });
      const finding = document.findings.find(({ rule }) => rule === 'unpinned-image');
      assert.ok(finding);
      const fix = withSite(pinOf(finding), () => swapped(dockerfile, swaps));
      for (const plan of [
        tryFix(document, finding, fix),
        await planFix(document, finding, fix, { registry }),
      ]) {
        assert.match(
          plan.ok ? '' : plan.message,
          name === 'another image' ? /another image|not remove/ : reason,
        );
      }
    });

    test(`all together: ${name}. The others are pinned`, async () => {
      const document = analyze({ path: '/w/Dockerfile', text: dockerfile });
      const findings = document.findings.map((finding) =>
        finding.rule === 'unpinned-image'
          ? { ...finding, fixes: () => [withSite(pinOf(finding), () => swapped(dockerfile, swaps))] }
          : finding,
      );
      const { failures, pinned: done, text } = await planPins({ ...document, findings }, { registry });
      assert.equal(text, dockerfile.replace(...pinnedLatest));
      assert.equal(done, 1);
      assert.deepEqual(
        failures.map(({ cause, image }) => [image, cause]),
        [['redis:7.4.1', 'refused']],
      );
      assert.match(failures[0]?.message ?? '', reason);
    });
  }

  test('two that are sound alone and not together are both left', async () => {
    const document = analyze({ path: '/w/Dockerfile', text: dockerfile });
    // Each writes at the same place.
    const findings = document.findings.map((finding) => {
      const { pin } = pinOf(finding);
      const swap: Swap = [pin.resolved, `${pin.resolved}@${digest}`];
      const both: Swap = ['a\nFROM', pin.resolved.startsWith('nginx') ? 'a\n\nFROM' : 'a\n\n\nFROM'];
      return { ...finding, fixes: () => [withSite(pinOf(finding), () => swapped(dockerfile, [swap, both]))] };
    });
    const plan = await planPins({ ...document, findings }, { registry });
    assert.deepEqual([plan.pinned, plan.edits, plan.text], [0, [], dockerfile]);
    assert.deepEqual(
      plan.failures.map(({ image, message }) => [image, /overlap/.test(message)]),
      [
        ['nginx:latest', true],
        ['redis:7.4.1', true],
      ],
    );
  });
});

function pinOf(finding: Finding): PinFix {
  const fix = finding.fixes().find(isPinFix);
  assert.ok(fix);
  return fix;
}

const withSite = (fix: PinFix, replace: ImageUse['site']['replace']): PinFix => ({
  ...fix,
  pin: { ...fix.pin, site: { ...fix.pin.site, replace } },
});
