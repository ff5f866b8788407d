import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  analyze,
  defaultSettings,
  type PinStyle,
  planFix,
  planPins,
  planSuppression,
  type Registry,
} from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;

function registryThat(fails: (repository: string) => boolean = () => false): Registry & { asked: string[] } {
  const asked: string[] = [];
  return {
    ...quietRegistry,
    asked,
    async resolve({ repository }) {
      asked.push(repository);
      if (fails(repository)) return { ok: false, code: 'not-found', message: 'It is not there.' };
      return { ok: true, digest, mediaType: '', at: 0 };
    },
  };
}

const first = <T>([one]: readonly T[]): T => {
  assert.ok(one !== undefined);
  return one;
};

test('of two findings with one name either can be fixed', async () => {
  const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27.3\n';
  const document = analyze({ path: '/w/pods.yaml', text: `${pod}---\n${pod}` });
  const found = document.findings.filter(({ rule }) => rule === 'unpinned-image');
  assert.equal(found.length, 2);
  for (const finding of found) {
    const plan = await planFix(document, finding, first(finding.fixes()), { registry: registryThat() });
    assert.ok(plan.ok);
    assert.equal(plan.text.indexOf(digest) > pod.length, finding === found[1]);
    const silenced = planSuppression(document, finding, 'it is tested');
    assert.ok(silenced.ok);
  }
});

test('an ADD that becomes a COPY leaves the findings of the ADD behind it what they are', async () => {
  const text = 'FROM node:22.12.0\nADD a.json /x/\nADD b /y/\nADD https://github.com/a/b.git /z/\n';
  const document = analyze({ path: '/w/Dockerfile', text });
  const found = document.findings.filter(({ rule }) => rule === 'add-instead-of-copy');
  assert.equal(found.length, 2);
  for (const finding of found) {
    const plan = await planFix(document, finding, first(finding.fixes()), { registry: registryThat() });
    assert.ok(plan.ok);
  }
});

test('one image that cannot be looked up does not keep the others from being pinned', async () => {
  const text = 'FROM gone:1.0.0 AS a\nFROM there:1.0.0 AS b\nARG V=1.0.0\nFROM there:${V}\n';
  const registry = registryThat((repository) => repository.endsWith('gone'));
  const plan = await planPins(analyze({ path: '/w/Dockerfile', text }), { registry });
  assert.equal(plan.pinned, 1);
  assert.equal(plan.text, text.replace('there:1.0.0', `there:1.0.0@${digest}`));
  assert.deepEqual(
    plan.failures.map(({ cause, image }) => [image, cause]),
    [['gone:1.0.0', 'lookup'], ...(plan.failures.length > 1 ? [['there:1.0.0', 'refused']] : [])],
  );
  assert.equal(
    registry.asked.filter((one) => one.endsWith('there')).length,
    1,
    'asked only for what can be written',
  );
});

test('a large file is pinned in one go, and each suppression is found', { timeout: 60_000 }, async () => {
  const services = Array.from({ length: 2000 }, (_, i) => `  s${i}:\n    image: a${i}:1.0.0\n`);
  const text = `services:\n${services.join('')}`;
  const plan = await planPins(analyze({ path: '/w/compose.yaml', text }), { registry: registryThat() });
  assert.equal(plan.pinned, 2000);
  const comments = '# holdfast-ignore floating-tag -- tested\n'.repeat(50_000);
  const { findings } = analyze({ path: '/w/Dockerfile', text: `${comments}FROM a:1\nFROM b:1\n` });
  assert.equal(findings.filter(({ rule }) => rule === 'floating-tag').length, 1);
  assert.equal(findings.filter(({ rule }) => rule === 'unused-suppression').length, 49_999);
});

test('a Helm template is told in one pass', { timeout: 60_000 }, () => {
  for (const text of [
    `x: "${'{{ '.repeat(500_000)}`,
    'x: "{{ a }}\n'.repeat(50_000),
    '{'.repeat(1_000_000),
  ]) {
    for (const path of ['/w/a.yaml', '/w/templates/a.yaml']) analyze({ path, text });
  }
});

describe('the style of pins', () => {
  const pinned = async (pinStyle: PinStyle, path: string, text: string): Promise<string> => {
    const analysis = analyze({ path, text }, { ...defaultSettings, pinStyle });
    const plan = await planPins(analysis, { registry: registryThat() });
    assert.deepEqual(plan.failures, []);
    const after = analyze({ path, text: plan.text }, { ...defaultSettings, pinStyle });
    assert.ok(after.images.every(({ mutability }) => mutability === 'digest' || mutability === 'none'));
    assert.equal(
      after.findings.some(({ rule }) => rule === 'digest-without-tag'),
      false,
      'what the policy wants is no finding',
    );
    return plan.text.replaceAll(digest, 'DIGEST');
  };
  const compose = '/w/compose.yaml';
  const service = (image: string): string => `services:\n  web:\n    ${image}\n    read_only: true\n`;

  test('a digest alone takes the tag away, of a reference in any place', async () => {
    for (const [image, expected] of [
      ['image: nginx:1.27.3', 'image: nginx@DIGEST'],
      ['image: nginx', 'image: nginx@DIGEST'],
      ['image: "localhost:5000/a/b:1.0.0" # kept', 'image: "localhost:5000/a/b@DIGEST" # kept'],
    ] as const) {
      assert.equal(await pinned('digest-only', compose, service(image)), service(expected));
    }
    assert.equal(
      await pinned(
        'digest-only',
        '/w/Dockerfile',
        '# syntax=docker/dockerfile:1.7.0\nARG B=node:20\nFROM $B\n',
      ),
      '# syntax=docker/dockerfile@DIGEST\nARG B=node@DIGEST\nFROM $B\n',
    );
  });

  test('the tag goes into a comment at the end of the line, or above where that is taken', async () => {
    for (const [image, expected] of [
      ['image: nginx:1.27.3', 'image: nginx@DIGEST # 1.27.3'],
      ['image: nginx  ', 'image: nginx@DIGEST   # latest'.replace('   #', ' #')],
      ['image: "nginx:1.27.3" # kept', '# nginx:1.27.3\n    image: "nginx@DIGEST" # kept'],
    ] as const) {
      const text = await pinned('digest-with-comment', compose, service(image));
      assert.equal(text.replace(/ +$/gm, ''), service(expected));
    }
    const windows = service('image: nginx:1.27.3').replaceAll('\n', '\r\n');
    assert.equal(
      await pinned('digest-with-comment', compose, windows),
      windows.replace(':1.27.3', '@DIGEST # 1.27.3'),
    );
  });

  test('in a Dockerfile and a unit the comment stands above the instruction', async () => {
    assert.equal(
      await pinned(
        'digest-with-comment',
        '/w/Dockerfile',
        '# syntax=docker/dockerfile:1.7.0\n# kept\nFROM node:20 AS a\nCOPY --from=nginx:1.27.3 \\\n  /a /b\n',
      ),
      '# syntax=docker/dockerfile:1.7.0@DIGEST\n# kept\n# node:20\nFROM node@DIGEST AS a\n# nginx:1.27.3\nCOPY --from=nginx@DIGEST \\\n  /a /b\n',
      'above a directive no comment can stand, so its tag stays',
    );
    assert.equal(
      await pinned(
        'digest-with-comment',
        '/w/web.container',
        '[Container]\nImage=docker.io/library/nginx:1.27.3\n',
      ),
      '[Container]\n# docker.io/library/nginx:1.27.3\nImage=docker.io/library/nginx@DIGEST\n',
    );
    const inline = (image: string): string =>
      `services:\n  a:\n    build:\n      dockerfile_inline: |\n        ${image}\n        RUN x\n`;
    assert.equal(
      await pinned('digest-with-comment', compose, inline('FROM nginx:1.27.3')),
      inline('# nginx:1.27.3\n        FROM nginx@DIGEST'),
    );
  });

  test('where no comment can stand, the tag stays', async () => {
    const json = (image: string): string =>
      `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "w", "image": "${image}"}]}}\n`;
    assert.equal(
      await pinned('digest-with-comment', '/w/pod.json', json('nginx:1.27.3')),
      json('nginx:1.27.3@DIGEST'),
    );
  });

  test('a tag under a key of its own stays there, and one that goes is told', async () => {
    const values = (digestText: string): string =>
      `image:\n  repository: nginx\n  tag: 1.27.3\n  digest: "${digestText}"\n`;
    for (const style of ['digest-only', 'digest-with-comment'] as const) {
      assert.equal(await pinned(style, '/w/chart/values.yaml', values('')), values('DIGEST'));
    }
    assert.equal(
      await pinned(
        'digest-with-comment',
        '/w/kustomization.yaml',
        'images:\n  - name: nginx\n    newTag: 1.27.3\n',
      ),
      'images:\n  - name: nginx\n    digest: DIGEST # 1.27.3\n',
    );
  });

  test('two images on one line do not share a comment', async () => {
    const text = 'services: {a: {image: "nginx:1.27.3"}, b: {image: "redis:7.4.1"}}\n';
    const result = await pinned('digest-with-comment', compose, text);
    assert.match(result, /nginx(?::1\.27\.3)?@DIGEST.*redis(?::7\.4\.1)?@DIGEST/);
    for (const version of ['1.27.3', '7.4.1']) assert.ok(result.includes(version), result);
  });

  test('one image that is used twice gets one comment', async () => {
    const text = 'ARG B=node:20\nFROM $B AS a\nFROM $B AS b\n';
    assert.equal(
      await pinned('digest-with-comment', '/w/Dockerfile', text),
      `# node:20\n${text.replace(':20', '@DIGEST')}`,
    );
  });

  test('one image alone is pinned in the same style', async () => {
    const document = analyze(
      { path: compose, text: service('image: nginx:1.27.3') },
      { ...defaultSettings, pinStyle: 'digest-with-comment' },
    );
    const finding = document.findings.find(({ rule }) => rule === 'unpinned-image');
    assert.ok(finding);
    const plan = await planFix(document, finding, first(finding.fixes()), { registry: registryThat() });
    assert.ok(plan.ok);
    assert.equal(plan.text, service(`image: nginx@${digest} # 1.27.3`));
  });

  test('a large file is pinned in one go with comments too', { timeout: 60_000 }, async () => {
    const services = Array.from({ length: 2000 }, (_, i) => `  s${i}:\n    image: a${i}:1.0.0\n`);
    const text = await pinned('digest-with-comment', compose, `services:\n${services.join('')}`);
    assert.equal(text.match(/@DIGEST # 1\.0\.0$/gm)?.length, 2000);
  });
});

test('a pin that makes a suppression needless is made all the same', async () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: node:20\n      # holdfast-ignore stale-pull-policy -- the nodes are rebuilt every night\n      imagePullPolicy: IfNotPresent\n';
  const document = analyze({ path: '/w/a.yaml', text });
  assert.equal(
    document.findings.some(({ rule }) => rule === 'unused-suppression'),
    false,
  );
  const plan = await planPins(document, { registry: registryThat() });
  assert.equal(plan.pinned, 1);
  const after = analyze({ path: '/w/a.yaml', text: plan.text });
  assert.ok(after.findings.some(({ rule }) => rule === 'unused-suppression'));
});
