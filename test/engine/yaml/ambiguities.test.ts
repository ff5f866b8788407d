import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Analysis,
  analyze,
  applyEdits,
  isRefusal,
  planFix,
  type Registry,
  trialEdits,
} from '../../../server/src/engine/index.ts';

const good = `nginx:1.27.1@sha256:${'a'.repeat(64)}`;

const deployment = (container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {note: &key image}}
spec:
  template:
    spec:
      containers:
      - name: web
${container.replace(/^(?=.)/gm, '        ')}`;

const strict = 'securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false}\n';

const read = (text: string, path = '/w/a.yaml'): Analysis => analyze({ path, text });

const rulesIn = ({ findings }: Analysis): readonly string[] => [...new Set(findings.map(({ rule }) => rule))];

const imagesIn = ({ images }: Analysis): readonly string[] => images.map(({ resolved }) => resolved);

test('what nothing is hidden in is clean', () => {
  assert.deepEqual(rulesIn(read(deployment(`image: ${good} # pinned\n${strict}`))), []);
});

describe('line breaks of YAML 1.1', () => {
  for (const char of ['\u0085', '\u2028', '\u2029']) {
    const name = `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    const text = deployment(
      `image: ${good} # pinned${char}        stdin: true${char}        tty: true\n${strict}`,
    );

    test(`${name} behind a comment begins a line, and is named`, () => {
      const { findings } = read(text);
      assert.deepEqual(
        findings.map(({ rule }) => rule),
        ['ambiguous-manifest', 'interactive-container'],
      );
      assert.equal(
        findings[0]?.message,
        `${name} ends the line for some programs only; use an ordinary line break.`,
      );
      assert.deepEqual(findings[0]?.span, { start: text.indexOf(char), end: text.indexOf(char) + 1 });
    });

    test(`${name} becomes an ordinary line break by its fix`, async () => {
      for (const feed of ['\n', '\r\n']) {
        const saved = text.replaceAll('\n', feed);
        assert.equal(await fixed(saved), saved.replaceAll(char, feed));
      }
    });

    test(`${name} in quotes and in a text is a character like others`, () => {
      for (const value of [`"a${char}b"`, `'a${char} b'`]) {
        const found = rulesIn(read(deployment(`image: ${good}\nargs: [${value}]\n${strict}`)));
        assert.deepEqual(found, [], value);
      }
    });

    test(`${name} begins a document with a marker behind it`, () => {
      const hidden = `# a${char}---${char}${deployment('image: evil:1.0.0\n').replaceAll('\n', char)}`;
      assert.deepEqual(imagesIn(read(hidden)), ['evil:1.0.0']);
    });
  }

  test('hide nothing in Compose and GitLab CI files', () => {
    const compose = `services:\n  a:\n    image: ${good} # pinned\u2028    privileged: true\n`;
    assert.ok(rulesIn(read(compose, '/w/compose.yaml')).includes('privileged-container'));
    assert.ok(rulesIn(read(compose, '/w/compose.yaml')).includes('ambiguous-manifest'));
    const pipeline = `a:\n  script: [b] # c\u2028  image: evil:latest\n`;
    assert.deepEqual(rulesIn(read(pipeline, '/w/.gitlab-ci.yml')), ['ambiguous-manifest', 'floating-tag']);
  });

  test('keep other fixes from writing lines', () => {
    const text = deployment(`image: ${good} # a\u2028        tty: true\n`);
    const fixes = read(text)
      .findings.filter(({ rule }) => rule === 'writable-root-filesystem')
      .flatMap((finding) => finding.fixes());
    assert.ok(fixes.length > 0);
    for (const fix of fixes) assert.ok(isRefusal(trialEdits(fix)), fix.title);
  });
});

/** Nothing is looked up for these fixes. */
const nobody = new Proxy({} as Registry, {
  get: () => () => assert.fail('a registry was asked'),
});

async function fixed(text: string): Promise<string> {
  const analysis = read(text);
  const finding = analysis.findings.find(({ rule }) => rule === 'ambiguous-manifest');
  const [fix] = finding?.fixes() ?? [];
  assert.ok(finding && fix);
  const plan = await planFix(analysis, finding, fix, { registry: nobody });
  assert.ok(plan.ok, plan.ok ? '' : plan.message);
  assert.equal(applyEdits(text, plan.edits), plan.text);
  return plan.text;
}

describe('a byte order mark', () => {
  const honest = `image: ${good}\n${strict}`;

  test('at the start of a text is nothing to speak of', () => {
    assert.deepEqual(rulesIn(read(`\uFEFF${deployment(honest)}`)), []);
  });

  test('where two files were joined is read over, named, and deleted by its fix', async () => {
    for (const head of ['---\n', '---\n# second\n', '---\r\n\r\n']) {
      const text = `${deployment(honest)}${head}\uFEFF${deployment(`image: evil:latest\n${strict}`)}`;
      assert.deepEqual(rulesIn(read(text)), ['ambiguous-manifest', 'floating-tag'], JSON.stringify(head));
      assert.equal(await fixed(text), text.replace('\uFEFF', ''));
    }
  });

  test('at the start of a later line is named', () => {
    for (const text of [
      deployment(honest).replace('spec:', '\uFEFFspec:'),
      `${deployment(honest)}\uFEFFkind: ClusterRole\n`,
      `apiVersion: v1\n\uFEFFkind: ConfigMap\n`,
    ]) {
      const { findings, skipped } = read(text);
      assert.ok(
        findings.some(({ rule }) => rule === 'ambiguous-manifest') || skipped.some(({ broken }) => broken),
      );
    }
  });

  test('in a value is a character like others', () => {
    assert.deepEqual(rulesIn(read(deployment(`args: ["\uFEFFa", b\uFEFF]\n${honest}`))), []);
  });
});

describe('an image that only another way of reading shows is found', () => {
  const evil: Readonly<Record<string, string>> = {
    'a key that is an alias': '*key : evil:latest',
    'a key with escapes': '"im\\x61g\\u0065": evil:latest',
    'a key with a line break that is no part of it': '"ima\\\n   ge": evil:latest',
    'a key in Base64': '!!binary aW1hZ2U=: evil:latest',
    'a key under a tag of full length': '!<tag:yaml.org,2002:binary> aW1hZ2U=: evil:latest',
    'a key after a question mark': '? image\n: evil:latest',
    'a value in Base64': 'image: !!binary ZXZpbDpsYXRlc3Q=',
    'a value under a tag': 'image: !!str evil:latest',
  };
  for (const [name, line] of Object.entries(evil)) {
    test(name, () => {
      const analysis = read(deployment(`${line}\n${strict}`));
      assert.deepEqual(imagesIn(analysis), ['evil:latest']);
      assert.ok(rulesIn(analysis).includes('floating-tag'));
    });
  }

  test('one that an unknown tag makes is known to nobody, and said to be', () => {
    const analysis = read(deployment(`image: !x evil:latest\n${strict}`));
    assert.deepEqual(
      analysis.images.map(({ reading }) => reading.state),
      ['unknown'],
    );
    assert.ok(rulesIn(analysis).includes('ambiguous-manifest'));
  });
});

describe('the kind of an object is what a parser reads', () => {
  const evil = deployment(`image: evil:latest\n${strict}`);
  const disguises: Readonly<Record<string, string>> = {
    'escapes in `kind`': evil.replace('kind:', '"k\\x69nd":'),
    'escapes in `apiVersion`': evil.replace('apiVersion:', '"api\\u0056ersion":'),
    'escapes in every word that is looked for': evil
      .replace('kind:', '"k\\u0069nd":')
      .replace('image:', '"im\\x61ge":')
      .replace('containers:', '"cont\\x61iners":'),
    '`kind` in Base64': evil.replace('kind:', '!!binary a2luZA==:'),
    '`kind` twice': `kind: CustomResourceDefinition\n${evil}`,
    '`kind` over two lines': evil.replace('kind: Deployment', 'kind:\n  Deployment'),
    'a schema in quotes': `x: "\nkind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n"\n${evil}`,
    'a schema in brackets': `x: {y: "\napiVersion: apiextensions.k8s.io/v1\n"}\n${evil}`,
    'a role that a merge key makes another object': `${evil
      .replace('kind: Deployment', 'kind: ClusterRole')
      .replace('apps/v1', 'rbac.authorization.k8s.io/v1')}<<: {kind: Deployment, apiVersion: apps/v1}\n`,
  };
  for (const [name, text] of Object.entries(disguises)) {
    test(name, () => {
      const analysis = read(text);
      assert.deepEqual(analysis.kinds, ['kubernetes']);
      const warned =
        rulesIn(analysis).includes('ambiguous-manifest') || analysis.skipped.some(({ broken }) => broken);
      assert.ok(warned || imagesIn(analysis).includes('evil:latest'));
    });
  }

  test('services of a Compose file, too', () => {
    const text = '"serv\\x69ces":\n  a: {"im\\x61ge": evil:latest}\n';
    for (const path of ['/w/compose.yaml', '/w/stack.yaml']) {
      assert.deepEqual(imagesIn(read(text, path)), ['evil:latest'], path);
    }
  });
});

describe('booleans and numbers are those of go-yaml', () => {
  const privileged = (value: string): readonly string[] =>
    rulesIn(
      read(
        deployment(
          `image: ${good}\nsecurityContext:\n  readOnlyRootFilesystem: true\n  allowPrivilegeEscalation: false\n  privileged: ${value}\n`,
        ),
      ),
    );
  for (const value of [
    'true',
    'True',
    'yes',
    'Y',
    'on',
    'ON',
    '!!bool "true"',
    "!!bool 'on'",
    '!<tag:yaml.org,2002:bool> yes',
  ]) {
    test(`${value} is true`, () => assert.deepEqual(privileged(value), ['privileged-container']));
  }
  for (const value of ['false', 'No', 'n', 'OFF', '!!bool "false"', '~', '', '${X}', '"{{ x }}"']) {
    test(`${value || 'nothing'} is not`, () => assert.deepEqual(privileged(value), []));
  }
  for (const value of [
    '"true"',
    "'no'",
    'tRUE',
    '1',
    '0',
    '!!str true',
    '!!binary dHJ1ZQ==',
    '|-\n      true',
  ]) {
    test(`${value} is no boolean`, () => assert.deepEqual(privileged(value), ['ambiguous-manifest']));
  }
  test('Compose takes texts for booleans', () => {
    for (const value of ['true', '"true"', 'Yes', '"on"']) {
      const text = `services:\n  a: {image: "${good}", read_only: true, privileged: ${value}}\n`;
      assert.deepEqual(rulesIn(read(text, '/w/compose.yaml')), ['privileged-container'], value);
    }
  });
  for (const value of ['0', '00', '0x0', '-0', '0.0', '.0', '0e1', '0_0', '!!int "0"']) {
    test(`${value} versions are none`, () => {
      const text = deployment(`image: ${good}\n${strict}`).replace(
        'spec:\n',
        `spec:\n  revisionHistoryLimit: ${value}\n`,
      );
      assert.deepEqual(rulesIn(read(text)), ['no-rollback-history']);
    });
  }
});

test('what is broken is not taken for something that nobody deploys', () => {
  for (const [path, text] of [
    ['/w/a.yaml', `x: "\nkind: a\n"\n${deployment('image: a:latest\n')}`],
    ['/w/.gitlab-ci.yml', `x: "\nkind: a\napiVersion: b\n"\na: {image: b}\n`],
    ['/w/compose.yaml', `x: "\nkind: a\napiVersion: b\n"\nservices: {a: {image: b}}\n`],
    ['/w/stack.yaml', `x: "\nsteps: a\n"\nservices: {a: {image: b}}\n`],
    ['/w/kustomization.yaml', `x: "\nkind: a\n"\nimages: [{name: a, newTag: latest}]\n`],
  ] as const) {
    assert.ok(
      read(text, path).skipped.some(({ broken }) => broken),
      text,
    );
  }
});

test('what is too deep or too much to be looked at is not called clean', () => {
  const items = Array.from({ length: 200 }, (_, at) => `{a: ${at}}`).join(', ');
  const fan = Array.from({ length: 200 }, () => '*l').join(', ');
  const evil = deployment(`image: evil:latest\n${strict}`).replace('template:', '"template":');
  const manifest = evil.replace('spec:', `x: &l [${items}]\ny: [${fan}]\nspec: &s`).concat('again: *s\n');
  const jobs = Array.from({ length: 90 }, (_, at) => `j${at}: {script: [b], services: *l}\n`);
  const pipeline = `x: &l [${items.replaceAll('a:', 'name: a,b:')}]\n${jobs.join('')}`;
  const lists = `${'{apiVersion: v1, kind: List, items: ['.repeat(60)}${'{apiVersion: v1, kind: Pod, spec: {containers: [{image: a}]}}'}${']}'.repeat(60)}\n`;
  for (const [path, text] of [
    ['/w/a.yaml', manifest],
    ['/w/.gitlab-ci.yml', pipeline],
    ['/w/a.yaml', lists],
    ['/w/values.yaml', `${'{image: '.repeat(60)}a${'}'.repeat(60)}`],
  ] as const) {
    const { skipped } = read(text, path);
    assert.deepEqual(
      skipped.map(({ broken, reason }) => [broken, reason]),
      [[true, 'it is nested too deeply or its aliases stand for too much, so not all of it was checked']],
      path,
    );
  }
});
