// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub Actions look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze } from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';
import { imagesIn, saved } from '../analyzed.ts';
import { action, job, read, workflow } from './read.ts';

/** What stands in a job, and the images that it names. */
const inJobs: readonly (readonly [name: string, lines: string, images: readonly string[]])[] = [
  ['a container', '    container: node:20\n', ['job node:20 floating']],
  [
    'a container with more',
    '    container:\n      image: node:20.11.1\n      env: {A: b}\n',
    ['job node:20.11.1 tag'],
  ],
  ['in flow style', '    container: {image: "node", options: --cpus 1}\n', ['job node implicit']],
  ['a pinned one', `    container: node:20@${digest}\n`, [`job node:20@${digest} digest`]],
  ['with the prefix of the runner', '    container: docker://node:20\n', ['job node:20 floating']],
  ['none at all', "    container: ''\n", []],
  ['none at all, the long way', "    container: {image: ''}\n", []],
  ['half-written', '    container:\n', []],
  ['half-written, the long way', '    container:\n      image:\n', []],
  ['a registry with a port and no tag', '    container: reg:5000/app\n', ['job reg:5000/app implicit']],
  ['a version that looks like a number', '    container: 1.10\n', ['job 1.10 implicit']],
  [
    'services',
    '    services:\n      db:\n        image: postgres:16.4.0\n      cache: redis\n      none:\n        ports: [80]\n',
    ['job postgres:16.4.0 tag', 'job redis implicit'],
  ],
  [
    'steps',
    '    steps:\n      - uses: actions/checkout@v4\n      - uses: ./.github/actions/x\n      - name: Lint\n        uses: docker://ghcr.io/shop/lint:1.2.3\n      - run: docker run docker://x\n',
    ['job ghcr.io/shop/lint:1.2.3 tag'],
  ],
  ['the prefix in capitals', '    steps: [{uses: "Docker://alpine:edge"}]\n', ['job alpine:edge floating']],
  ['a prefix alone', '    steps:\n      - uses: docker://\n', ['job  unknown']],
  [
    'expressions',
    '    container: ${{ matrix.image }}\n    services:\n      db: {image: "postgres:${{ matrix.version }}"}\n      web:\n        image: ${{ vars.REGISTRY }}/web\n',
    [
      'job ${{ matrix.image }} unknown',
      'job postgres:${{ matrix.version }} unknown',
      'job ${{ vars.REGISTRY }}/web implicit',
    ],
  ],
  [
    'an expression that holds braces and quotes',
    `    container: "\${{ format('node:{0}', matrix.node) }}"\n`,
    ["job ${{ format('node:{0}', matrix.node) }} unknown"],
  ],
  [
    'an expression without an end',
    '    container: node:${{ matrix.node\n',
    ['job node:${{ matrix.node unknown'],
  ],
  [
    'a template of a workflow',
    '    container: "python:{{ cookiecutter.python }}"\n',
    ['job python:{{ cookiecutter.python }} unknown'],
  ],
  [
    'an anchor',
    '    container: &node node:20\n    services:\n      again: *node\n',
    ['job node:20 floating'],
  ],
];

describe('images of a job', () => {
  for (const [name, lines, images] of inJobs) {
    test(name, () => {
      for (const save of saved) assert.deepEqual(imagesIn(read(workflow, save(job(lines)))), images);
    });
  }
});

describe('no images', () => {
  const texts: readonly (readonly [name: string, text: string])[] = [
    [
      'a reusable workflow',
      'jobs:\n  call:\n    uses: shop/ci/.github/workflows/x.yml@v1\n    with: {image: "node:20"}\n',
    ],
    ['a matrix', job('    strategy:\n      matrix: {image: [node:20], container: [{image: x}]}\n')],
    ['inputs and outputs', 'on:\n  workflow_call:\n    inputs: {image: {default: "node:20"}}\njobs: {}\n'],
    ['the environment', job('    env: {image: node:20, container: x}\n')],
    ['a script', job('    steps:\n      - run: |\n          image: x\n          container: y\n')],
    ['a comment', job('    # container: node:20\n')],
    ['a list of jobs', 'jobs:\n  - container: node:20\n'],
    ['nothing', ''],
    ['only a name', 'name: CI\n'],
  ];
  for (const [name, text] of texts) {
    test(name, () => {
      const { findings, images } = read(workflow, text);
      assert.deepEqual([images, findings], [[], []]);
    });
  }
});

describe('images of an action', () => {
  const actions: readonly (readonly [name: string, text: string, images: readonly string[]])[] = [
    ['an image', 'runs:\n  using: docker\n  image: docker://alpine:3.20.1\n', ['job alpine:3.20.1 tag']],
    ['in quotes', "runs: {using: 'docker', image: 'docker://alpine'}\n", ['job alpine implicit']],
    ['a Dockerfile', 'runs:\n  using: docker\n  image: Dockerfile\n', []],
    ['a Dockerfile elsewhere', 'runs:\n  using: docker\n  image: build/my.Dockerfile\n', []],
    [
      'steps',
      'runs:\n  using: composite\n  steps:\n    - uses: actions/setup-node@v4\n    - uses: docker://node:20\n',
      ['job node:20 floating'],
    ],
    ['JavaScript', 'runs: {using: node20, main: dist/index.js}\n', []],
  ];
  for (const [name, text, images] of actions) {
    test(name, () => {
      for (const path of [action, '/shop/.github/actions/lint/action.yaml'])
        for (const save of saved) assert.deepEqual(imagesIn(read(path, save(text))), images);
    });
  }
});

describe('claimed', () => {
  const paths: readonly (readonly [path: string, text: string, kind: string])[] = [
    ['/shop/.github/workflows/x.yaml', job(''), 'github-actions'],
    ['.github/workflows/x.yml', job(''), 'github-actions'],
    ['/c:/shop/.gitea/workflows/x.yml', job(''), 'github-actions'],
    ['/shop/.forgejo/workflows/x.yml', job(''), 'github-actions'],
    ['/shop/.github/workflows/x.json', job(''), ''],
    ['/shop/.github/workflows/scripts/x.yml', job(''), ''],
    ['/shop/github/workflows/x.yml', job(''), ''],
    ['/shop/.github/dependabot.yml', 'version: 2\nupdates: []\n', ''],
    ['/shop/actions/x/action.yml', 'runs: {using: node20}\n', 'github-actions'],
    ['/shop/action.yml', 'name: x\n', ''],
    ['/shop/my-action.yml', 'runs: {using: node20}\n', ''],
    ['/shop/action.yml', 'using: x\nservices:\n  runs:\n    image: nginx\n', 'compose'],
    [
      '/shop/action.yml',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: runs, image: using}]}\n',
      'kubernetes',
    ],
    // The file is a workflow, so its expressions make it no Helm template.
    [
      '/shop/.github/workflows/x.yml',
      job('    container: ${{ matrix.x }}\n    name: {{ x }}\n'),
      'github-actions',
    ],
  ];
  for (const [path, text, kind] of paths) {
    test(`${path}: ${kind || 'no kind'}`, () => {
      assert.equal(analyze({ path, text }).kinds.join(), kind);
    });
  }

  test('by the language id of the editor', () => {
    const text = job('    container: node\n');
    assert.deepEqual(analyze({ path: '/shop/x', languageId: 'github-actions-workflow', text }).kinds, [
      'github-actions',
    ]);
  });
});

test('each image has a path and an owner in words', () => {
  const text = job(
    '    container: {image: node}\n    services:\n      db: {image: pg}\n    steps:\n      - uses: docker://a\n      - id: lint\n        uses: docker://b\n      - name: Test it\n        uses: docker://c\n',
  );
  assert.deepEqual(
    read(workflow, text).images.map(({ owners, path }) => `${path}: ${owners}`),
    [
      'jobs.build.container.image: job build',
      'jobs.build.services.db.image: service db of job build',
      'jobs.build.steps.0.uses: step 1 of job build',
      'jobs.build.steps.1.uses: step lint of job build',
      'jobs.build.steps.2.uses: step Test it of job build',
    ],
  );
});

test('only the reference is underlined, without its prefix and quotes', () => {
  const text = job("    steps:\n      - uses: 'docker://node:20'\n      - uses: docker://repo:a:b\n");
  const { findings, source } = read(workflow, text);
  assert.deepEqual(
    findings.map(({ rule, span }) => [rule, source.text.slice(span.start, span.end)]),
    [
      ['floating-tag', 'node:20'],
      ['invalid-image-reference', ':b'],
    ],
  );
});

test('a shared anchor is one image with all its owners', () => {
  const text = job('    container: &node node:20\n    services:\n      again: {image: *node}\n  ');
  const [use, other] = read(workflow, text).images;
  assert.deepEqual(
    [use?.owners, use?.site.seenFrom.length, other],
    [['job build', 'service again of job build'], 1, undefined],
  );
});

test('text that cannot be read is said to be skipped', () => {
  const { skipped } = read(workflow, job('    container: "node:20\n'));
  assert.match(skipped[0]?.reason ?? '', /a quoted text is not closed/);
});
