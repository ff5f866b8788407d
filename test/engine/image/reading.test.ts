// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files are what is tested
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Mutability } from '../../../server/src/engine/image/mutability.ts';
import { readReference } from '../../../server/src/engine/image/reading.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('without holes', () => {
  it('a reference is parsed and classified', () => {
    const { mutability, reading } = readReference('nginx:1.27.4', []);
    assert.equal(mutability, 'tag');
    assert.ok(reading.state === 'parsed');
    assert.equal(reading.reference.repository, 'library/nginx');
  });

  it('text that is none says why, and its class is unknown', () => {
    const { mutability, reading } = readReference('Nginx:1', []);
    assert.equal(mutability, 'unknown');
    assert.ok(reading.state === 'invalid');
    assert.equal(reading.error.code, 'uppercase-name');
  });

  it('a name between double underscores stands for something else', () => {
    const { mutability, reading } = readReference('__REGISTRY__/app:__APP_VERSION_2__', []);
    assert.equal(mutability, 'unknown');
    assert.deepEqual(reading, { state: 'unknown', holes: ['__REGISTRY__', '__APP_VERSION_2__'] });
    assert.equal(readReference('registry.example.com/web__base:v1__2', []).reading.state, 'parsed');
  });

  const standIns: readonly (readonly [text: string, mutability: Mutability, ...holes: string[]])[] = [
    ['BASEIMAGE', 'unknown', 'BASEIMAGE'],
    ['IMAGE_URL', 'unknown', 'IMAGE_URL'],
    ['PROJECT_ID/REPO', 'unknown', 'PROJECT_ID', 'REPO'],
    ['gcr.io/PROJECT-ID/app:1.2.3', 'tag', 'PROJECT-ID'],
    ['gcr.io/PROJECT_ID/app', 'implicit', 'PROJECT_ID'],
    ['REPOSITORY/IMAGE:TAG', 'unknown', 'REPOSITORY', 'IMAGE', 'TAG'],
  ];
  for (const [text, mutability, ...holes] of standIns) {
    it(`${text} is to be filled in`, () => {
      assert.deepEqual(readReference(text, []), { reading: { state: 'unknown', holes }, mutability });
    });
  }

  it('the last part of a name tells the versions where a variable hides the registry', () => {
    const classOf = (text: string, hole: string): Mutability => readReference(text, [hole]).mutability;
    assert.equal(classOf('${REG}/library/postgres:17.2', '${REG}'), 'tag');
    assert.equal(classOf('${REG}/fedora:41', '${REG}'), 'tag');
    assert.equal(classOf('${REG}/postgres:17', '${REG}'), 'floating');
    assert.equal(classOf('${REG}/nginx:1.27', '${REG}'), 'floating');
  });

  const mistakes = [
    'NGINX:1.27',
    'Nginx',
    'ghcr.io/ACME/app:1',
    'library/GHOST',
    'myorg/MyImage',
    'PROJECT_ID/Web',
    'COUCHBASE',
    'my_Image',
  ];
  for (const text of mistakes) {
    it(`${text} is a mistake`, () => assert.equal(readReference(text, []).reading.state, 'invalid'));
  }
});

/** «…» marks a hole. */
const table: readonly (readonly [text: string, mutability: Mutability])[] = [
  ['«${REG}»/app:latest', 'floating'],
  ['«${REG}»/app:1.2.3', 'tag'],
  ['«${REG}»/app:1.2', 'floating'],
  ['«${REG}»/app', 'implicit'],
  ['«${REG}»/team/app', 'implicit'],
  ['«${REG}»:5000/app', 'implicit'],
  ['reg.io:«${PORT}»/app', 'implicit'],
  ['«${HOST}»:«${PORT}»/app:latest', 'floating'],
  ['«${REG:-docker.io/library}»/app', 'implicit'],
  ['«${REG:-docker.io/library}»/app:1.2.3', 'tag'],
  ['«${REG}»app:1.2.3', 'tag'],
  ['«${IMAGE}»:latest', 'floating'],
  ['«$IMAGE»:1.2.3', 'tag'],
  ['app«${SUFFIX}»:1.2.3', 'tag'],
  ['«${A}»«${B}»:edge', 'floating'],
  ['«$(params.image)»:stable', 'floating'],
  ['«{{ .Values.image.repository }}»:1.2.3', 'tag'],
  [`«{{ .repo }}»@${digest}`, 'digest'],
  [`«$IMAGE»@${digest}`, 'digest'],
  [`app:«$TAG»@${digest}`, 'digest'],
  [`«$IMAGE»:«$TAG»@${digest}`, 'digest'],

  ['«${IMAGE}»', 'unknown'],
  ['«{{ .Values.image }}»', 'unknown'],
  ['«${IMAGE:-nginx:latest}»', 'unknown'],
  ['app:«${TAG}»', 'unknown'],
  ['app:«${TAG:-latest}»', 'unknown'],
  ['app:«${V}»-alpine', 'unknown'],
  ['app:1.«${MINOR}»', 'unknown'],
  ['app:latest«${SUFFIX}»', 'unknown'],
  ['«${REG}»/app:«${TAG}»', 'unknown'],
  ['«${REG}»/«${APP}»', 'unknown'],
  ['«${REG}»app', 'unknown'],
  ['reg.io/app«${SUFFIX}»', 'unknown'],
  ['app«${TAG_WITH_COLON}»', 'unknown'],
  ['x@«${D}»', 'unknown'],
  ['x@sha256:«${D}»', 'unknown'],
  ['app:latest@«${D}»', 'unknown'],
  ['«${IMAGE}»@sha256:1234', 'unknown'],
  ['«${IMAGE}»:a:b', 'unknown'],
  ['«${REG}»/App:1.2.3', 'unknown'],
  ['«${REG}»//app', 'unknown'],
  ['«${REG}»/', 'unknown'],
  ['ko://«${PKG}»', 'unknown'],
  ['«$A»/«$AB»', 'unknown'],
  ['«$AB»/x:«$A»', 'unknown'],
  ['«$AB»/«$A»:edge', 'floating'],
];

describe('with holes', () => {
  for (const [marked, mutability] of table) {
    it(marked.replaceAll(/[«»]/g, '').slice(0, 60), () => {
      const holes = [...marked.matchAll(/«(.*?)»/g)].map((match) => match[1] ?? '');
      const found = readReference(marked.replaceAll(/[«»]/g, ''), holes);
      assert.deepEqual(found, { reading: { state: 'unknown', holes }, mutability });
      const backwards = readReference(marked.replaceAll(/[«»]/g, ''), holes.toReversed());
      assert.equal(backwards.mutability, mutability);
    });
  }

  it('a hole inside another counts once', () => {
    const holes = ['${B}', '${A:-${B}/x}'];
    assert.equal(readReference('${A:-${B}/x}/app:1.2.3', holes).mutability, 'tag');
  });

  it('an empty hole, or one that is not there, changes no class', () => {
    assert.equal(readReference('nginx:latest', ['', '$GONE']).mutability, 'floating');
  });

  it('whatever fills the holes, a class that was told stays true', () => {
    const fill = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const told = table.filter(([, mutability]) => mutability !== 'unknown');
    fc.assert(
      fc.property(fc.constantFrom(...told), fill, ([marked, mutability], value) => {
        const filled = marked.replaceAll(/«.*?»/g, /PORT/.test(marked) ? '443' : value);
        assert.equal(readReference(filled, []).mutability, mutability, filled);
      }),
      { numRuns: 500 },
    );
  });

  it('thousands of holes and long texts are read', () => {
    const holes = Array.from({ length: 20_000 }, (_, index) => `\${v${index}}`);
    assert.equal(readReference(holes.join(''), holes).mutability, 'unknown');
    assert.equal(readReference('$'.repeat(50_000), ['$', '$$']).mutability, 'unknown');
    assert.equal(readReference(`${holes.slice(0, 100).join('')}:edge`, holes).mutability, 'floating');
  });
});

it('reading never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ maxLength: 3 })), (text, holes) => {
      const { mutability, reading } = readReference(text, holes);
      assert.equal(reading.state === 'unknown', holes.length > 0);
      if (reading.state === 'invalid') assert.equal(mutability, 'unknown');
    }),
    { numRuns: 2000 },
  );
});
