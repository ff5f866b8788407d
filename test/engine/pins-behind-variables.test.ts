// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  analyze,
  defaultSettings,
  fullName,
  type ImageName,
  planFix,
  planPins,
  type Settings,
} from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

const digest = `sha256:${'d'.repeat(64)}`;

interface Result {
  readonly text: string;
  /** What was looked up. */
  readonly asked: readonly string[];
  readonly failures: readonly string[];
}

async function pin(
  path: string,
  text: string,
  variables: Settings['variables'] = {},
  companions: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const settings = { ...defaultSettings, variables };
  const input = { path, text, companions: new Map(Object.entries(companions)) };
  const asked: string[] = [];
  const plan = await planPins(analyze(input, settings), {
    registry: {
      ...quietRegistry,
      async resolve({ registry, repository, version }) {
        asked.push(`${registry}/${repository}:${version}`);
        return { ok: true, digest, mediaType: '', at: 0 };
      },
    },
  });
  return { text: plan.text, asked, failures: plan.failures.map(({ message }) => message) };
}

const service = (image: string): string =>
  `services:\n  a:\n    image: ${image} # why\n    read_only: true\n`;
const job = (image: string): string => `jobs:\n  a:\n    runs-on: x\n    container: ${image}\n`;
const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: a\n      image: ${image}\n`;
const context = (image: string): string =>
  `variable "R" { default = "ghcr.io" }\ntarget "a" {\n  contexts = { b = "docker-image://${image}" }\n}\n`;

/** `@@` is where the digest comes in. */
const known: readonly (readonly [name: string, path: string, text: string, asked: string])[] = [
  ['Dockerfile', '/w/Dockerfile', 'ARG R=ghcr.io\nFROM ${R}/a/b:1.2.3@@\n', 'ghcr.io/a/b:1.2.3'],
  ['Compose', '/w/compose.yaml', service('${R:-ghcr.io}/a/b:1.2.3@@'), 'ghcr.io/a/b:1.2.3'],
  ['an empty prefix', '/w/compose.yaml', service('"${R-}nginx:1.2.3@@"'), 'docker.io/library/nginx:1.2.3'],
  [
    'a Dockerfile in Compose',
    '/w/compose.yaml',
    'services:\n  a:\n    read_only: true\n    build:\n      args: {R: ghcr.io}\n      dockerfile_inline: |\n        ARG R=x\n        FROM $${R}/a/b:1.2.3@@\n',
    'ghcr.io/a/b:1.2.3',
  ],
  [
    'GitLab',
    '/w/.gitlab-ci.yml',
    'variables: {R: ghcr.io}\na:\n  image: $R/a/b:1.2.3@@\n  script: [x]\n',
    'ghcr.io/a/b:1.2.3',
  ],
  ['Bake', '/w/docker-bake.hcl', context('${R}/a/b:1.2.3@@'), 'ghcr.io/a/b:1.2.3'],
  [
    'dev container',
    '/w/.devcontainer/devcontainer.json',
    '{"image": "${localEnv:R:ghcr.io}/a/b:1.2.3@@"}\n',
    'ghcr.io/a/b:1.2.3',
  ],
];

describe('a digest goes behind a version in literal text', () => {
  for (const [name, path, after, name_] of known) {
    test(name, async () => {
      const result = await pin(path, after.replace('@@', ''));
      const text = after.replace('@@', `@${digest}`);
      assert.deepEqual(result, { text, asked: [name_], failures: [] });
      assert.deepEqual(await pin(path, text), { text, asked: [], failures: [] });
    });
  }

  test('what .env alone says is not looked up with the others, and not quoted', async () => {
    const text = service('${R}/a/b:1.2.3');
    const result = await pin('/w/compose.yaml', text, {}, { '.env': 'R=inner.example\n' });
    assert.deepEqual([result.asked, result.text], [[], text]);
    assert.match(result.failures.join(), /`R` from `\.env`/);
    assert.doesNotMatch(result.failures.join(), /inner/);
    // The policy is committed: what it says too is no secret.
    const told = await pin('/w/compose.yaml', text, { R: 'inner.example' }, { '.env': 'R=inner.example\n' });
    assert.deepEqual(told.asked, ['inner.example/a/b:1.2.3']);
    assert.equal(told.text, text.replace('1.2.3', `1.2.3@${digest}`));
  });

  test('what .env alone says is looked up for somebody who chooses this very image', async () => {
    const text = service('${R}/a/b:1.2.3');
    const companions = new Map([['.env', 'R=inner.example\n']]);
    const document = analyze({ path: '/w/compose.yaml', text, companions });
    const finding = document.findings.find(({ rule }) => rule === 'unpinned-image');
    const fix = finding?.fixes().find(({ id }) => id === 'pin');
    assert.ok(finding && fix);
    const asked: string[] = [];
    const registry = {
      ...quietRegistry,
      resolve: async (image: ImageName) => {
        asked.push(fullName(image));
        return { ok: true, digest, mediaType: '', at: 0 } as const;
      },
    };
    const plan = await planFix(document, finding, fix, { registry });
    assert.deepEqual(asked, ['inner.example/a/b:1.2.3']);
    assert.equal(plan.ok && plan.text, text.replace('1.2.3', `1.2.3@${digest}`));
  });

  test('not behind a version that a variable ends or begins', async () => {
    for (const image of ['${R:-ghcr.io}/a:1${S:-.2.3}', 'a:${V:-1.2.3}-alpine', '${R:-a:1.2.3}']) {
      const text = service(`"${image}"`);
      const { failures, text: after } = await pin('/w/compose.yaml', text);
      assert.equal(after, text);
      assert.equal(failures.length, 1);
    }
  });
});

const named: readonly (readonly [name: string, path: string, text: string])[] = [
  ['an ARG without a default', '/w/Dockerfile', 'ARG R\nFROM ${R}/a/b:1.2.3@@\n'],
  ['an ARG with an empty default', '/w/Dockerfile', 'ARG R=\nFROM ${R}/a/b:1.2.3@@\n'],
  ['Compose', '/w/compose.yaml', service('${R}/a/b:1.2.3@@')],
  ['Compose, with a demand', '/w/compose.yaml', service('"${R:?no registry}/a/b:1.2.3@@"')],
  ['GitLab', '/w/.gitlab-ci.yml', 'a:\n  image: ${R}/a/b:1.2.3@@\n  script: [x]\n'],
  ['GitHub Actions', '/w/.github/workflows/a.yml', job('${{ vars.R }}/a/b:1.2.3@@')],
  ['Kubernetes', '/w/pod.yaml', pod('${R}/a/b:1.2.3@@')],
];

describe('the policy says what a variable stands for', () => {
  for (const [name, path, after] of named) {
    const text = after.replace('@@', '');

    test(name, async () => {
      const result = await pin(path, text, { R: 'registry.acme.example' });
      assert.deepEqual(result.asked, ['registry.acme.example/a/b:1.2.3']);
      assert.equal(result.text, after.replace('@@', `@${digest}`));
      assert.deepEqual((await pin(path, result.text, { R: 'registry.acme.example' })).asked, []);
    });

    test(`${name}, without it`, async () => {
      const { asked, text: left } = await pin(path, text);
      assert.deepEqual([asked, left], [[], text]);
      const [use] = analyze({ path, text }).images;
      const edits = use?.site.replace(`${use.resolved}@${digest}`);
      assert.ok(edits && 'refused' in edits);
      assert.match(edits.refused, /under `variables` in the policy/);
    });
  }

  test('a value that a file gives counts before it', async () => {
    const variables = { R: 'registry.acme.example' };
    const files: readonly (readonly [path: string, text: string])[] = [
      ['/w/Dockerfile', 'ARG R=ghcr.io\nFROM ${R}/a/b:1.2.3\n'],
      ['/w/Dockerfile', 'FROM ${R:-ghcr.io}/a/b:1.2.3\n'],
      ['/w/compose.yaml', service('${R:-ghcr.io}/a/b:1.2.3')],
      ['/w/.gitlab-ci.yml', 'variables: {R: ghcr.io}\na: {image: "$R/a/b:1.2.3", script: [x]}\n'],
    ];
    for (const [path, text] of files) {
      assert.deepEqual((await pin(path, text, variables)).asked, ['ghcr.io/a/b:1.2.3'], text);
    }
    const text = service('${R}/a/b:1.2.3');
    const beside = new Map([['.env', 'R=ghcr.io\n']]);
    const { images } = analyze(
      { path: '/w/compose.yaml', text, companions: beside },
      { ...defaultSettings, variables },
    );
    assert.equal(images[0]?.resolved, 'ghcr.io/a/b:1.2.3');
  });

  test('a name that is not declared is none in a Dockerfile, and one of a matrix has other values', async () => {
    const variables = { R: 'registry.acme.example' };
    const matrix = 'a:\n  image: $R/a:1.2.3\n  parallel: {matrix: [{R: [x, y]}]}\n  script: [x]\n';
    assert.deepEqual((await pin('/w/Dockerfile', 'FROM ${R}/a:1.2.3\n', variables)).asked, []);
    assert.deepEqual((await pin('/w/.gitlab-ci.yml', matrix, variables)).asked, []);
  });

  test('an analysis is not taken over from before the policy said something else', () => {
    const input = { path: '/w/Dockerfile', text: 'ARG R\nFROM ${R}/a:1.2.3\n' };
    const before = analyze(input, defaultSettings);
    const after = analyze(input, { ...defaultSettings, variables: { R: 'ghcr.io' } }, before);
    assert.deepEqual(
      [before, after].map(({ images }) => images[0]?.resolved),
      ['${R}/a:1.2.3', 'ghcr.io/a:1.2.3'],
    );
  });
});
