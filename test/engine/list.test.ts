import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Analysis, analyze, applyEdits, isRefusal, trialEdits } from '../../server/src/engine/index.ts';
import { cutList } from '../../server/src/engine/yaml/list.ts';

const path = '/w/list.yaml';

const items: readonly string[] = [
  `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: web
      image: nginx # why
      volumeMounts:
      - {name: sock, mountPath: /var/run/docker.sock}
  volumes:
  - name: sock
    hostPath: {path: /var/run/docker.sock}
`,
  `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: "shop"}
spec:
  template:
    spec:
      containers:
      - name: api
        # holdfast-ignore floating-tag -- tested
        image: "redis:latest"
        command: [sh, -c, "curl https://a.io/x | sh"]
`,
  `apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  text: |
    - no item
    # no comment

    password=abcdefgh1
`,
  `apiVersion: v1
kind: Pod
metadata:
  name: d
spec: {containers: [{name: one, image: &i "a:1"}, {name: two, image: *i}]}
`,
  `kind: Service
apiVersion: v1
`,
  `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: win, image: x:1, command: [powershell, -c, "a"]}
  nodeSelector: {kubernetes.io/os: windows}
`,
  `apiVersion: v1
kind: Pod
metadata: {name: e}
spec:
  containers:
  - &c {name: one, image: x:1, securityContext: !!map {privileged: !!bool "true"}}
  - name: two
    <<: *c
    image: y:1
  - {name: three, name: four, image: !Ref z}
`,
];

/** Makes the items of one `kind: List`. Behind the last one stands what the text goes on with. */
const block = (chosen: readonly number[], column: number, head: string, tail: string): string => {
  const indent = ' '.repeat(column);
  const written = chosen.map((index) =>
    (items[index] ?? '')
      .split('\n')
      .map((line, at) => {
        if (line === '') return '';
        return line.startsWith('#') && at === 0 ? `${indent}${line}` : `${indent}  ${line}`;
      })
      .join('\n')
      .replace(new RegExp(`^((?:${indent}#.*\\n)?)${indent}  `), `$1${indent}- `),
  );
  return `${head}items:\n${written.join('')}${tail}`;
};

const head = 'apiVersion: v1\nkind: List\n# holdfast-ignore-file untrusted-registry -- why\n';

/** Every finding with its fixes' edits, every image, comment and skip: all that can be told of a text. */
const told = (analysis: Analysis) => ({
  kinds: analysis.kinds,
  findings: analysis.findings.map((one) => ({
    ...one,
    fixes: one.fixes().map((fix) => ({ id: fix.id, after: after(analysis, trialEdits(fix)) })),
  })),
  suppressed: analysis.suppressed.map(({ finding: { key, span }, reason }) => ({ key, span, reason })),
  images: analysis.images.map(({ owners, path: at, resolved, site: { span } }) => ({
    owners,
    at,
    resolved,
    span,
  })),
  comments: analysis.comments(),
  units: analysis.units(),
  skipped: analysis.skipped,
  suppressions: analysis.suppressions.map(({ names, reason, span }) => ({ names, reason, span })),
});

const after = ({ source }: Analysis, edits: ReturnType<typeof trialEdits>): unknown =>
  isRefusal(edits) ? { refused: edits.refused } : applyEdits(source.text, edits);

/** A key of the root that is no plain text: with it a list is read in one go. */
const uncut = '? [z]\n: z\n';

/** Without what an item does not know: its place in the list, and how deep the lists of others are indented. */
const comparable = (all: ReturnType<typeof told>, tail: number): unknown =>
  JSON.parse(JSON.stringify(all), (key, value) => {
    if (typeof value !== 'string') return value;
    const placeless = value.replace(/\bitems\.\d+\./g, '');
    if (key === 'after') return value.slice(0, value.length - tail).replace(/^ +/gm, '');
    return key === 'key' ? placeless.replace(/^(ambiguous-manifest .*) #\d+$/, '$1') : placeless;
  });

function assertSame(text: string, whole: string, tail: number): void {
  const analysis = analyze({ path, text });
  assert.ok(analysis.pieces.item.size > 0, 'it is cut');
  const cutUp = told(analysis);
  const { comments, ...inOneGo } = told(analyze({ path, text: whole }));
  const own = comments.filter(({ span }) => span.start < text.length);
  assert.deepEqual(comparable(cutUp, 0), comparable({ ...inOneGo, comments: own }, tail));
}

const chosen = fc.array(fc.nat(items.length - 1), { minLength: 18, maxLength: 30 });

describe('a list that is cut at its items says what it says in one go', () => {
  test('in block style', () => {
    const tails = fc.constantFrom('', 'metadata: {}\n', '# end\nmetadata:\n  a: b\n');
    fc.assert(
      fc.property(chosen, fc.constantFrom(0, 2, 4), tails, fc.boolean(), (some, column, tail, isLate) => {
        const text = isLate
          ? block(some, column, '', `${tail}kind: List\napiVersion: v1\n`)
          : block(some, column, head, tail);
        fc.pre(text.length >= 4_000);
        assert.equal(cutList(text + uncut), null);
        assertSame(text, text + uncut, uncut.length);
      }),
      { numRuns: 60 },
    );
  });

  test('in JSON', () => {
    const container = (index: number) => ({
      name: `c${index}`,
      image: index % 3 === 0 ? 'nginx' : `a.io/b/c:${index}`,
      volumeMounts: [{ name: 'v', mountPath: '/v' }],
    });
    const pod = (index: number) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index % 5}`, labels: { text: '}, "items": [{' } },
      spec: { containers: [container(index)], volumes: [{ name: 'v', hostPath: { path: '/v' } }] },
    });
    const list = { apiVersion: 'v1', kind: 'List', items: Array.from({ length: 40 }, (_, at) => pod(at)) };
    const late = { items: list.items, kind: 'List', metadata: {}, apiVersion: 'v1' };
    const lines = `{"kind":"List","apiVersion":"v1","items":[\n${list.items.map((one) => JSON.stringify(one)).join(',\n')}\n]}`;
    const texts = [list, late].flatMap((one) => [undefined, 2, 4].map((by) => JSON.stringify(one, null, by)));
    for (const text of [...texts, lines]) {
      assert.ok(cutList(text));
      assertSame(text, `${text}\n# c`.replace('# c', '#'), 2);
    }
  });
});

describe('a list is read in one go', () => {
  const long = Array.from({ length: 40 }, (_, at) => at % items.length);
  const cases: Readonly<Record<string, string>> = {
    'where its root is no plain mapping': `--- !!map\n${block(long, 2, head, '')}`,
    'where a text is the root': `--- |\n${block(long, 0, head, '')}`,
    'where a key of the root is repeated': `${block(long, 2, head, '')}items: []\n`,
    'where its items stand in brackets': `${head}items: [${'{a: b}, '.repeat(1_000)}]\n`,
    'where programs end a line in different places': block(long, 2, head, '# \u2028\n'),
    'where a tab stands in it': block(long, 2, head, '# \t\n'),
    'where a comment of Holdfast stands before the next item': block(long, 2, head, '').replace(
      '  - kind: Service',
      '    # holdfast-ignore a-b\n  - kind: Service',
    ),
    'where a comment of Holdfast ends the last item': block(long, 2, head, '    # holdfast-ignore a-b\n'),
  };
  for (const [why, text] of Object.entries(cases)) {
    test(why, () => assert.equal(cutList(text), null));
  }

  for (const [why, tail] of [
    ['a key of the root is escaped', '"\\x6bind": Pod\n'],
    ['a key of the root is repeated', 'kind: Pod\n'],
    ['a key of the root is repeated that says the same', 'kind: List\n'],
    ['the root takes something over', '<<: {kind: Pod}\n'],
  ]) {
    test(`where ${why}, and readers differ`, () => {
      const { findings, pieces } = analyze({ path, text: block(long, 2, head, tail ?? '') });
      assert.equal(pieces.item.size, 0);
      assert.ok(findings.some(({ rule }) => rule === 'ambiguous-manifest'));
    });
  }

  test('where an item takes over what another one has', () => {
    const pods = Array.from(
      { length: 60 },
      (_, at) =>
        `  - apiVersion: v1\n    kind: Pod\n    metadata: {name: p${at}}\n    spec: ${at === 0 ? '&s {containers: [{name: a, image: nginx}]}' : '*s'}\n`,
    );
    const { images, skipped } = analyze({ path, text: `${head}items:\n${pods.join('')}` });
    assert.deepEqual(skipped, []);
    assert.equal(images.length, 1);
    assert.equal(images[0]?.site.seenFrom.length, 59);
  });
});

test('an edit in a list reads one item again', () => {
  const text = block(
    Array.from({ length: 40 }, (_, at) => at % items.length),
    2,
    head,
    '',
  );
  const before = analyze({ path, text });
  const edited = analyze({ path, text: text.replace('redis:latest', 'redis:7') }, before.settings, before);
  const fresh = [...edited.pieces.item].filter(([key, piece]) => before.pieces.item.get(key) !== piece);
  assert.equal(fresh.length, 1);
  assert.match(fresh[0]?.[0] ?? '', /redis:7/);
  assert.ok(before.readAgainAt(text.indexOf('redis')) < 1_000);
});

test('a broken item leaves the others to be read', () => {
  const text = block([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], 2, head, '');
  const broken = text.replace('{name: c}', '{name: "c}');
  const { images, skipped } = analyze({ path, text: broken });
  assert.deepEqual(
    skipped.map((one) => one.broken),
    [true],
  );
  assert.equal(images.length, analyze({ path, text }).images.length);
});
