import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Analysis,
  analyze,
  explainPolicyWord,
  parsePolicy,
  planSuppression,
  policyProposals,
  readSummary,
  tryFix,
} from '../../server/src/engine/index.ts';
import { compose as composeKind } from '../../server/src/engine/kinds/compose/index.ts';
import type { YamlKind } from '../../server/src/engine/kinds/kind.ts';
import { kubernetes } from '../../server/src/engine/kinds/kubernetes/index.ts';
import { mayHoldCommit } from '../../server/src/engine/packages/git-source.ts';
import { YamlPiece } from '../../server/src/engine/yaml/parse.ts';
import { openings } from '../support/openings.ts';

const read = (text: string, path = '/w/a.yaml'): Analysis => analyze({ path, text });

/** One path for each way in which a text is read. */
const readAs = [
  'a.yaml',
  'a.json',
  'templates/a.yaml',
  'compose.yaml',
  'Dockerfile',
  'docker-bake.hcl',
  'docker-bake.json',
  '.gitlab-ci.yml',
  '.github/workflows/a.yml',
  '.devcontainer/devcontainer.json',
  'kustomization.yaml',
  'skaffold.yaml',
  'values.yaml',
  'a.container',
];

/** Reads a text in every way and asks for all that can be asked of it. */
function askAll(text: string): void {
  for (const name of readAs) {
    const companions = new Map([
      ['.env', text],
      ['compose.override.yaml', text],
    ]);
    const analysis = analyze({ path: `/w/${name}`, text, companions });
    readSummary({ path: `/w/${name}`, text });
    const [comments, units] = [analysis.comments(), analysis.units()];
    const spans = [
      ...comments.map(({ span }) => span),
      ...units,
      ...analysis.findings.map(({ span }) => span),
    ];
    for (const { end, start } of spans) assert.ok(0 <= start && start <= end && end <= text.length);
    for (const finding of analysis.findings.slice(0, 3)) {
      for (const fix of finding.fixes()) tryFix(analysis, finding, fix);
      for (const scope of ['line', 'file'] as const) planSuppression(analysis, finding, 'why', scope);
    }
  }
  parsePolicy(text);
  for (const offset of [0, 1, 2, text.length]) {
    policyProposals(text, offset, '2027-03-31');
    explainPolicyWord(text, offset);
  }
}

/** What a text goes on with. */
const bodies = [
  '',
  'a: {{x}}\n',
  '{{ x }}\n',
  'services:\n  a: {image: b}\n',
  'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: b}]}\n',
  '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "b"}]}}',
  'FROM a\nRUN apt-get update\n',
  '[Container]\nImage=a\n',
  'target "a" { tags = ["b"] }\n',
  'image: a\njob: {script: [b]}\n',
  'rules: {floating-tag: off}\n',
  '# holdfast-ignore floating-tag\nimage: a\n',
];

test('a text may begin with anything', { timeout: 120_000 }, () => {
  for (const opening of openings) for (const body of bodies) askAll(`${opening}${body}`);
});

test('a text may be made of any such pieces', { timeout: 120_000 }, () => {
  const piece = fc.constantFrom(...openings, ...bodies, '\n', ' ', '  ', '\t', 'a', ':', '-');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => askAll(pieces.join(''))),
    { numRuns: 300 },
  );
});

/** Each of these once took seconds, minutes, or threw. */
const slow: Readonly<Record<string, string>> = {
  'a root indented by 40,000 spaces': `${' '.repeat(40_000)}services: {a: {image: b}}\n`,
  'anchors that lead back to themselves': Array.from(
    { length: 300 },
    (_, i) => `apiVersion: v1\nkind: Pod\nimage: x # ${i}\nspec: &r\n  a: *r\n  b: *r\n  c: *r\n`,
  ).join('---\n'),
  'a long list of merged mappings': `x: &a {b: c}\ny: &l [${'*a,'.repeat(20_000)}*a]\nservices:\n${Array.from(
    { length: 200 },
    (_, i) => `  s${i}: {image: a, <<: *l}\n`,
  ).join('')}`,
  'twenty thousand stages that each add a volume': `FROM a AS s0\n${Array.from(
    { length: 20_000 },
    (_, i) => `FROM s${i} AS s${i + 1}\nVOLUME /v${i}\n`,
  ).join('')}`,
  'one image merged into thirty thousand services': `x-a: &a {image: a}\nservices:\n${Array.from(
    { length: 30_000 },
    (_, i) => `  s${i}: {<<: *a}\n`,
  ).join('')}`,
  'half an expression a hundred thousand times': `apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: "${'${'.repeat(100_000)}"}]}\n`,
};

for (const [what, text] of Object.entries(slow)) {
  test(`${what}`, { timeout: 60_000 }, () => {
    for (const path of ['/w/a.yaml', '/w/compose.yaml', '/w/Dockerfile']) read(text, path);
  });
}

test('half a substitution a hundred thousand times is no commit', { timeout: 20_000 }, () => {
  assert.equal(mayHoldCommit('$('.repeat(400_000)), false);
});

test('nesting of any depth is read or said to be too deep', { timeout: 60_000 }, () => {
  for (const depth of [99, 101, 4_000, 8_000, 30_000]) {
    for (const spec of [`\n${'- '.repeat(depth)}a`, ` ${'['.repeat(depth)}${']'.repeat(depth)}`]) {
      read(`services:${spec}\n`, '/w/compose.yaml').commentCount();
      read(`apiVersion: v1\nkind: Pod\nimage: x\nspec:${spec}\n`).commentCount();
    }
  }
});

test('long runs, many stages and large workspaceView are read in one pass', { timeout: 60_000 }, () => {
  read(`image: {registry: "${'/'.repeat(300_000)}x", repository: a/b, tag: "1"}\n`, '/w/values.yaml');
  const stages = Array.from({ length: 20_000 }, (_, i) => `FROM a\${X}b AS s${i}\n`);
  read(stages.join(''), '/w/Dockerfile');
  const services = Array.from({ length: 5_000 }, (_, i) => `  s${i}: {image: a}\n`);
  const companions = new Map([
    ['compose.override.yaml', `services:\n${services.join('')}`],
    ['.env', 'A=1\n'.repeat(50_000)],
  ]);
  analyze({ path: '/w/compose.yaml', text: '---\na: i\n'.repeat(300), companions });
});

test('the name of a machine image is no reference at fault', () => {
  assert.deepEqual(read('image: "Canonical:UbuntuServer:18.04-LTS:latest"\n', '/w/values.yaml').findings, []);
});

test('keys that every object of JavaScript has are keys like others', () => {
  for (const key of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
    const task = `apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  ${key}: [{image: a}]\n`;
    assert.deepEqual(read(task).findings, []);
    const odd = `apiVersion: ${key}/v1\nkind: ${key}\nmetadata: {name: t}\nspec: {containers: [{name: ${key}, image: a}]}\n`;
    assert.ok(read(odd).findings.every(({ message }) => !message.includes('native code')));
  }
});

test('no fix changes a part of the file that others reach through an alias', () => {
  for (const text of [
    'services:\n  a:\n    image: a:1.0.0\n    volumes: &v [./a:/x]\n  b: {image: b:1.0.0, volumes: *v}\n',
    'services:\n  a: &a\n    image: a:1.0.0\n    volumes: [./a:/x]\n  b: *a\n',
  ]) {
    const mounts = read(text, '/w/compose.yaml').findings.filter(
      ({ rule }) => rule === 'writable-host-mount',
    );
    assert.ok(mounts.length > 0);
    for (const { fixable } of mounts) assert.equal(fixable, false);
  }
});

/** What is shown to people of a finding, or travels with it. */
const told = ({ findings, skipped }: Analysis): readonly string[] => [
  ...skipped.map(({ reason }) => reason),
  ...findings.flatMap((finding) => [
    finding.message,
    finding.key,
    ...finding.related.map(({ message }) => message),
    ...finding.fixes().flatMap(({ description = '', title }) => [title, description]),
  ]),
];

test('names of any length do not make messages, keys and titles longer than people read', () => {
  const name = 'a'.repeat(20_000);
  const texts = [
    told(
      read(
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: ${name}, image: ${name}}]}\n`,
      ),
    ),
    told(
      read(
        `services:\n  ${name}: {image: a, volumes: ["./${name}:/b"], tmpfs: /${name}}\n`,
        '/w/compose.yaml',
      ),
    ),
    told(
      read(
        `FROM ${name} AS ${name}\nADD https://a.b/c.git#${name} /\nRUN apt-get install ${name}\n`,
        '/w/Dockerfile',
      ),
    ),
    told(read(`apiVersion: v1\nkind: Pod\nimage: a\nspec: *${name}\n`)),
  ];
  for (const all of texts) {
    assert.ok(all.length > 0);
    assert.deepEqual(
      all.filter((text) => text.length >= 1000),
      [],
    );
  }
});

test('findings whose names begin alike for long keep keys of their own', () => {
  const long = 'a'.repeat(2_000);
  const services = ['x', 'y', 'z'].map((end) => `  ${long}${end}: {image: b}\n`).join('');
  const keys = read(`services:\n${services}`, '/w/compose.yaml').findings.map(({ key }) => key);
  assert.ok(keys.length >= 3);
  assert.equal(new Set(keys).size, keys.length);
});

test('control and direction characters of a file do not reach messages and titles', () => {
  const bad = 'x\u001b[31m\u0007\u202e';
  const quoted = JSON.stringify(`${bad}y`);
  const texts = [
    ...told(
      read(
        `services:\n  ${quoted}:\n    image: a\n    volumes: [${JSON.stringify(`./${bad}:/b`)}]\n`,
        '/w/compose.yaml',
      ),
    ),
    ...told(read(`FROM a\nADD https://a.b/c.git#${bad} /\nRUN apt-get install ${bad}\n`, '/w/Dockerfile')),
  ].filter((text) => text.includes('[31m') && !/^[a-z-]+ /.test(text));
  assert.ok(texts.length > 2);
  assert.deepEqual(
    texts.filter((text) => /[\p{Cc}\u202e]/u.test(text)),
    [],
  );
});

test('a message is short whatever the names in it', () => {
  const long = 'n'.repeat(400);
  const findings = [
    ...read(
      `FROM ${long}\nRUN curl https://a.b/${long} | sh && apt-get install ${long}\nADD ${long} /\n`,
      '/w/Dockerfile',
    ).findings,
    ...read(
      `services:\n  ${long}:\n    image: ${long}:1\n    privileged: true\n    volumes: ['./${long}:/b']\n`,
      '/w/compose.yaml',
    ).findings,
    ...read(
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${long}}\nspec: {containers: [{name: ${long}, image: '${long}:1'}]}\n`,
      '/w/pod.yaml',
    ).findings,
  ];
  assert.ok(findings.length > 8);
  for (const { message } of findings) {
    assert.ok(message.length <= 90, message);
    assert.match(message, /\.$/, 'the sentence is whole');
  }
});

test('passwords in addresses are not repeated, whole or cut off', () => {
  const secret = 'Tr0ub4dor'.repeat(3);
  for (const address of [`me:${secret}@h.io`, `${secret}@h.io`, `me:${secret.repeat(20)}@h.io`]) {
    const url = `https://${address}/a`;
    const text = `FROM ${url}\nADD ${url}.git#main /\nADD ${url}.tgz /\nCOPY --from=${url} a b\nRUN pip install git+${url} && npm install ${url} && curl ${url} | sh && git clone ${url}\n`;
    const all = told(read(text, '/w/Dockerfile'));
    assert.ok(all.some((one) => one.includes('://…@')));
    assert.deepEqual(
      all.filter((one) => one.includes('Tr0ub4dor')),
      [],
    );
  }
});

test('aliases do not multiply what is read without end', () => {
  const env = Array.from({ length: 1_000 }, (_, at) => `{name: N${at}, value: v}`).join(', ');
  const containers = Array.from({ length: 400 }, (_, at) => `  - {name: c${at}, image: a, env: *e}\n`).join(
    '',
  );
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: a, env: &e [${env}]}\n${containers}`;
  const services = Array.from({ length: 400 }, (_, at) => `  s${at}: {image: a, environment: *e}\n`).join('');
  const compose = `services:\n  s: {image: a, environment: &e [${env.replaceAll(/\{name: (\w+), value: v\}/g, '$1=v')}]}\n${services}`;
  const readers: readonly (readonly [YamlKind, text: string, path: string])[] = [
    [kubernetes, pod, '/w/pod.yaml'],
    [composeKind, compose, '/w/compose.yaml'],
  ];
  for (const [kind, text, path] of readers) {
    const file = { path, name: path.slice(3), languageId: 'yaml', text, companions: new Map() };
    const { skipped, workloads } = kind.extract(new YamlPiece(text), file);
    const found = workloads.reduce((sum, { variables }) => sum + variables.length, 0);
    assert.ok(found >= 1_000 && found <= 21_000 + text.length, `${found} variables were read`);
    // What is left out is said.
    assert.deepEqual(
      skipped.map(({ broken, reason }) => [broken, reason]),
      [[true, 'it is nested too deeply or its aliases stand for too much, so not all of it was checked']],
    );
  }
});
