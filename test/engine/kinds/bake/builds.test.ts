// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Bake look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read } from './read.ts';

/** Those that name their image. */
const buildsIn = (text: string, name?: string): readonly string[] =>
  read(text, name)
    .outline.builds.filter(({ images }) => images.length > 0)
    .map(
      ({ dockerfile, images, target }) =>
        `${images.join(' ')} of ${dockerfile}${target === null ? '' : ` at ${target}`}`,
    );

const cases: readonly (readonly [attributes: string, ...builds: string[]])[] = [
  ['tags = ["app"]', 'docker.io/library/app:latest of /shop/Dockerfile'],
  [
    'tags = ["team/app:1", "ghcr.io/team/app:1"]\n  target = "run"',
    'docker.io/team/app:1 ghcr.io/team/app:1 of /shop/Dockerfile at run',
  ],
  [
    'context = "./api"\n  dockerfile = "../Dockerfile.x"\n  tags = ["a:1"]',
    'docker.io/library/a:1 of /shop/Dockerfile.x',
  ],
  ['dockerfile = "/srv/Dockerfile"\n  tags = ["a:1"]', 'docker.io/library/a:1 of /srv/Dockerfile'],
  ['tags = ["a:1", "a:${X}", "A"]', 'docker.io/library/a:1 of /shop/Dockerfile'],
  ['tags = ["a:${V}"]', 'docker.io/library/a:2 of /shop/Dockerfile'],
  ['tags = ["a:${X}"]'],
  ['context = "api"'],
  ['context = "https://github.com/x/y.git"\n  tags = ["a:1"]'],
  ['context = "target:x"\n  tags = ["a:1"]'],
  ['context = X\n  tags = ["a:1"]'],
  ['dockerfile = "${X}"\n  tags = ["a:1"]'],
  ['target = X\n  tags = ["a:1"]'],
  ['dockerfile-inline = "FROM x"\n  tags = ["a:1"]'],
  ['matrix = { v = ["1"] }\n  tags = ["a:1"]'],
  ['inherits = ["base"]\n  tags = ["a:1"]', 'docker.io/library/a:1 of /shop/web/Containerfile at dev'],
  [
    'inherits = ["base", "other"]\n  tags = ["a:1"]\n  target = "own"',
    'docker.io/library/a:1 of /shop/other/Containerfile at own',
  ],
  ['inherits = ["app"]\n  tags = ["a:1"]', 'docker.io/library/a:1 of /shop/Dockerfile'],
];

describe('builds of a target', () => {
  for (const [attributes, ...builds] of cases) {
    test(JSON.stringify(attributes), () => {
      const text = `V = "2"
target "base" {
  context = "web"
  dockerfile = "Containerfile"
  target = "dev"
}
target "other" { context = "other" }
target "app" {
  ${attributes}
}
`;
      assert.deepEqual(buildsIn(text), builds);
    });
  }
});

test('a build that names no image is told for its Dockerfile and its contexts', () => {
  const text =
    'target "a" {\n  context = "api"\n  contexts = { "docker.io/library/node:latest" = "target:b", b = "." }\n}\n' +
    'target "b" {\n  matrix = { v = ["1"] }\n  target = "x"\n}\n';
  assert.deepEqual(read(text).outline.builds, [
    { images: [], dockerfile: '/shop/api/Dockerfile', target: null, contexts: ['node', 'b'] },
    { images: [], dockerfile: '/shop/Dockerfile', target: 'x' },
  ]);
});

test('JSON', () => {
  const text = JSON.stringify({ target: { app: { context: 'api', tags: ['a:1'] } } });
  assert.deepEqual(buildsIn(text, 'docker-bake.json'), ['docker.io/library/a:1 of /shop/api/Dockerfile']);
});

test('targets that inherit in a circle or a long chain are read', () => {
  const chain = Array.from(
    { length: 20_000 },
    (_, at) => `target "t${at}" { inherits = ["t${at + 1}"] }\n`,
  ).join('');
  assert.deepEqual(buildsIn(`${chain}target "z" { tags = ["a:1"]\n inherits = ["t0", "z"] }`), [
    'docker.io/library/a:1 of /shop/Dockerfile',
  ]);
});
