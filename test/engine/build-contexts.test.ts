import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contextNameOf } from '../../server/src/engine/image/name.ts';
import {
  type Analysis,
  analyze,
  planPins,
  readSummary,
  WorkspaceIndex,
} from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

const digest = `sha256:${'d'.repeat(64)}`;

const dockerfile = `FROM alpine
COPY --from=base /x /y
FROM node:20 AS other
FROM redis:7.2.4
`;

/** Reads a file beside others. */
function around(files: Readonly<Record<string, string>>, path = '/w/Dockerfile'): Analysis {
  const workspace = new WorkspaceIndex();
  for (const [name, text] of Object.entries(files)) workspace.put(readSummary({ path: name, text }));
  return analyze({ path, text: files[path] ?? '', workspace });
}

const pulled = ({ images }: Analysis): readonly string[] =>
  images.flatMap(({ mutability, resolved }) => (mutability === 'none' ? [] : resolved));

const found = ({ findings, source }: Analysis): readonly string[] =>
  findings.map(({ span }) => source.text.slice(span.start, span.end));

const contexts = `
    alpine = "docker-image://registry.example.test/hardened/alpine:3.20.1"
    base = "target:base"
    "docker.io/library/node:20" = "target:base"
`;

const bake = `target "base" { dockerfile = "base.Dockerfile" }
target "app" {
  contexts = {${contexts}  }
}
`;

describe('a build context takes the place of an image', () => {
  const everywhere: readonly (readonly [name: string, file: string, text: string])[] = [
    ['in Bake', '/w/docker-bake.hcl', bake],
    [
      'inherited in Bake',
      '/w/docker-bake.hcl',
      `target "common" {\n  contexts = { alpine = "x", base = "y" }\n}\ntarget "app" {\n  inherits = ["common"]\n  contexts = { "node:20" = "z" }\n}\n`,
    ],
    [
      'in Compose',
      '/w/compose.yaml',
      'services:\n  a:\n    build:\n      context: .\n      additional_contexts:\n        alpine: docker-image://x/y:1\n        base: service:lib\n        node:20: ../z\n',
    ],
    [
      'in a list in Compose',
      '/w/compose.yaml',
      'services:\n  a:\n    build:\n      context: .\n      additional_contexts: ["alpine:latest=../x", base=service:b, docker.io/node:20=../z]\n',
    ],
  ];
  for (const [name, file, text] of everywhere) {
    test(name, async () => {
      const document = around({ '/w/Dockerfile': dockerfile, [file]: text });
      assert.deepEqual(pulled(document), ['redis:7.2.4']);
      assert.deepEqual(found(document), ['redis:7.2.4']);
    });
  }

  test('and of a stage with what it is made from', () => {
    const text = 'target "a" { contexts = { other = "../x" } }\n';
    const document = around({ '/w/Dockerfile': dockerfile, '/w/docker-bake.hcl': text });
    assert.deepEqual(pulled(document), ['alpine', 'base', 'redis:7.2.4']);
  });

  test('of a Dockerfile in a Compose file', () => {
    const inline = (more: string): string =>
      `services:\n  a:\n    read_only: true\n    build:\n      context: .\n${more}      dockerfile_inline: |\n        FROM node:20.1.0\n`;
    const path = '/w/compose.yaml';
    assert.deepEqual(pulled(around({ [path]: inline('') }, path)), ['node:20.1.0']);
    const replaced = inline('      additional_contexts: {"node:20.1.0": ../x}\n');
    assert.deepEqual(pulled(around({ [path]: replaced }, path)), []);
  });

  test('not by another name, nor in the build of another Dockerfile', () => {
    for (const text of [
      bake
        .replaceAll('alpine =', 'alpine2 =')
        .replaceAll('base =', '"base:1" =')
        .replace('node:20', 'node:20.1'),
      bake.replace('target "app" {', 'target "app" {\n  dockerfile = "other.Dockerfile"'),
      bake.replace('target "app" {', 'target "app" {\n  context = "sub"'),
    ]) {
      const document = around({ '/w/Dockerfile': dockerfile, '/w/docker-bake.hcl': text });
      assert.deepEqual(pulled(document), ['alpine', 'base', 'node:20', 'redis:7.2.4']);
    }
  });

  test('where only some builds have it, the image is told of and not pinned', async () => {
    for (const other of ['target "plain" {}\n', 'target "plain" { contexts = { x = "." } }\n']) {
      const document = around({ '/w/Dockerfile': dockerfile, '/w/docker-bake.hcl': bake + other });
      assert.deepEqual(found(document), ['alpine', 'base', 'node:20', 'redis:7.2.4']);
      const plan = await planPins(document, {
        registry: { ...quietRegistry, resolve: async () => ({ ok: true, digest, mediaType: '', at: 0 }) },
      });
      assert.equal(plan.text, dockerfile.replace('7.2.4', `7.2.4@${digest}`));
      assert.equal(plan.failures.length, 3);
      for (const { message } of plan.failures) {
        assert.match(message, /^A build context replaces this image in `docker-bake\.hcl`/);
      }
    }
  });

  test('a target that others only inherit from is no build, unless it is in a group', () => {
    const text = `target "_base" {}\n${bake.replace('target "app" {', 'target "app" {\n  inherits = ["_base"]')}`;
    const files = { '/w/Dockerfile': dockerfile, '/w/docker-bake.hcl': text };
    assert.deepEqual(found(around(files)), ['redis:7.2.4']);
    const grouped = { ...files, '/w/docker-bake.hcl': `${text}group "all" { targets = ["_base", "app"] }\n` };
    assert.equal(found(around(grouped)).length, 4);
  });

  test('what a file says no more is forgotten', () => {
    const workspace = new WorkspaceIndex();
    workspace.put(readSummary({ path: '/w/docker-bake.hcl', text: bake }));
    const before = analyze({ path: '/w/Dockerfile', text: dockerfile, workspace });
    assert.ok(before.workspaceView.isSettled());
    workspace.remove('/w/docker-bake.hcl');
    assert.ok(!before.workspaceView.isSettled());
    assert.equal(pulled(analyze({ path: '/w/Dockerfile', text: dockerfile, workspace })).length, 4);
  });
});

test('names of contexts are those that BuildKit looks for', () => {
  const names: readonly (readonly [text: string, name: string])[] = [
    ['alpine', 'alpine'],
    ['alpine:latest', 'alpine'],
    ['docker.io/library/alpine:3', 'alpine:3'],
    ['index.docker.io/a/b', 'a/b'],
    ['ghcr.io/a/b:latest', 'ghcr.io/a/b'],
    [`alpine:3@${digest}`, `alpine:3@${digest}`],
    ['b_c', 'b_c'],
    ['No Name', 'No Name'],
  ];
  for (const [text, name] of names) assert.equal(contextNameOf(text), name);
});
