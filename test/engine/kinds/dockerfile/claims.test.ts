import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerfile } from '../../../../server/src/engine/kinds/dockerfile/index.ts';
import { read } from './read.ts';

const claims = (name: string, text = 'FROM node:20\n', languageId?: string): boolean =>
  dockerfile.claims({ path: `/shop/${name}`, name, languageId, text, companions: new Map() });

describe('claimed by name', () => {
  const names = `Dockerfile Containerfile dockerfile DOCKERFILE Dockerfile.dev Dockerfile.rhel9 Containerfile.x
    Dockerfile-plugin-lister Dockerfile_prod Dockerfile.dev.v2 app.Dockerfile kustomize.dockerfile web.Containerfile
    .dockerfile api.Dockerfile.debug Dockerfile.txt Dockerfile.bak Dockerfile.j2 Dockerfile.tmpl Dockerfile-alpine.template`;
  for (const name of names.split(/\s+/)) {
    test(name, () => {
      assert.ok(claims(name, ''));
    });
  }
});

describe('not claimed by name', () => {
  const names = `compose.yaml Makefile mydockerfile dockerfiles Dockerfile~ Dockerfile2 knative-dockerfile-deploy
    dockerfile.go Dockerfile.md Dockerfile.dockerignore app.dockerfile.ts dockerfile-utils.js Dockerfile.json Dockerfile.swp`;
  for (const name of names.split(/\s+/)) {
    test(name, () => {
      assert.ok(!claims(name, 'package main\n'));
    });
  }
});

test('another language is a Dockerfile only if it begins like one, whatever the editor takes it for', () => {
  assert.ok(claims('Dockerfile.php', '\uFEFF# builds PHP\r\n\r\n  ARG V=8\r\nFROM php:$V'));
  assert.ok(!claims('dockerfile.py', 'from x import y\n'));
  assert.ok(
    !claims('Dockerfile.md', '# How to\nFROM is an instruction.\n'.replace('FROM', 'A FROM'), 'dockerfile'),
  );
  assert.ok(!claims('dockerfile.go', `${'\n'.repeat(50_000)}package x`));
});

test('claimed by language id', () => {
  assert.ok(claims('build', '', 'dockerfile'));
  assert.ok(claims('Untitled-1', '', 'containerfile'));
  assert.ok(!claims('build', '', 'yaml'));
});

describe('templates are skipped, with a reason', () => {
  const skipped = (text: string, name?: string): readonly string[] => {
    const { images, skipped } = read(text, name);
    assert.deepEqual(images, []);
    return skipped.map(({ reason, span }) => `${text.slice(span.start, span.end)}|${reason}`);
  };
  const reason = 'it is a template, so its images are known only once it is filled in';

  for (const name of [
    'Dockerfile.j2',
    'Dockerfile.tmpl',
    'Dockerfile.ERB',
    'app.Dockerfile.in',
    'Dockerfile-x.template',
  ]) {
    test(name, () => {
      assert.deepEqual(skipped('FROM alpine:0.0\n', name), [`|${reason}`]);
    });
  }
  for (const [where, text] of [
    ['{{', 'FROM {{ .Base }}\n'],
    ['x/{{', 'FROM a:1\nCOPY --from=x/{{ .Name }}:1 / /\n'],
    ['$BASE', 'ARG BASE={{ base }}\nFROM $BASE\n'],
    ['<%=', 'FROM <%= base %>\n'],
    ['{%', 'FROM a:1\n{% if debug %}\nRUN x\n{% endif %}\n'],
    ['{{', '\r\n{{ define "x" }}\r\nFROM a:1\r\n'],
  ] as const) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(skipped(text), [`${where}|${reason}`]);
    });
  }

  test('not where an action is an argument', () => {
    const { images, skipped } = read(
      `FROM a:1\nRUN docker inspect --format '{{.Id}}' x\nLABEL a="{% b %}"\n`,
    );
    assert.deepEqual([images.length, skipped], [1, []]);
  });
});

test('a heredoc that is never closed is told', () => {
  const text = 'FROM a:1\nRUN cat <<-"EOF" > x\nFROM b:1\n';
  assert.deepEqual(
    read(text).skipped.map(({ reason, span }) => [text.slice(span.start, span.end), reason]),
    [['<<-"EOF"', 'no line closes `<<-"EOF"`, so the rest of the file counts as its text']],
  );
});
