// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apply, digest, imagesIn, readCompose, refusalOf, workloadIn } from '../../yaml/read.ts';

const web = (lines: string): string => `services:\n  web:\n    ${lines.replaceAll('\n', '\n    ')}\n`;

describe('images of a Compose file', () => {
  const table: readonly (readonly [name: string, text: string, images: readonly string[]])[] = [
    ['an image', web('image: nginx:1.27.3'), ['workload nginx:1.27.3 tag']],
    ['a number', web('image: 1.10'), ['workload 1.10 implicit']],
    ['a digest', web(`image: nginx@${digest}`), [`workload nginx@${digest} digest`]],
    ['a port', web('image: localhost:5000/app'), ['workload localhost:5000/app implicit']],
    ['what is built here', web('image: shop/web\nbuild: .'), ['build-output shop/web none']],
    ['build without an image', web('build: {context: .}'), []],
    [
      'a build that is reset',
      web('image: shop/web:1.2.3\nbuild: !reset null'),
      ['workload shop/web:1.2.3 tag'],
    ],
    ['an image that is reset', web('image: !reset null\nbuild: .'), []],
    ['an image that overrides', web('image: !override nginx:1.27.3'), ['workload nginx:1.27.3 tag']],
    ['nothing written yet', web('image:'), []],
    ['only extended', web('extends: {service: base, file: base.yaml}'), []],
    ['a provider', web('image: nginx\nprovider: {type: model}'), []],
    [
      'models',
      'models:\n  llm: {model: ai/smollm2}\nservices:\n  web: {image: a:1.2.3, models: [llm]}',
      ['workload a:1.2.3 tag'],
    ],
    ['unused fragments', 'x-a: {image: nginx}\nservices: {}\n', []],
    [
      'caches',
      web(
        'build:\n  cache_from:\n  - alpine:3.20\n  - type=registry,ref=quay.io/x/y:v1.2.3\n  - type=local,src=path/to\n  - type=gha',
      ),
      ['cache-source alpine:3.20 floating', 'cache-source quay.io/x/y:v1.2.3 tag'],
    ],
    [
      'contexts in a mapping',
      web(
        'build:\n  additional_contexts:\n    a: docker-image://debian:12.5\n    b: ../b\n    c: service:api',
      ),
      ['build-context debian:12.5 tag'],
    ],
    [
      'contexts in a list',
      web('build:\n  additional_contexts: [a=docker-image://debian, "b=https://x.git"]'),
      ['build-context debian implicit'],
    ],
    [
      'volumes of images',
      web(
        'image: a:1.2.3\nvolumes:\n- type: image\n  source: quay.io/data:v1.0.0\n  target: /d\n- type: bind\n  source: ./x\n  target: /x',
      ),
      ['workload a:1.2.3 tag', 'image-volume quay.io/data:v1.0.0 tag'],
    ],
    [
      'comments and texts',
      web('# image: no\ncommand: |\n  image: no:1\nimage: a:1.2.3'),
      ['workload a:1.2.3 tag'],
    ],
  ];
  for (const [name, text, images] of table) {
    test(name, () => {
      assert.deepEqual(imagesIn(readCompose(text)), images);
    });
  }

  test('are named by where they are written and who uses them', () => {
    const { images } = readCompose(
      [
        'x-base: &base {image: &img "nginx:1.27.3", restart: always}',
        'services:',
        '  web: {<<: *base}',
        '  api: *base',
        '  job: {image: *img }',
        '  own: {image: nginx:1.27.3}',
      ].join('\n'),
    );
    assert.deepEqual(
      images.map(({ owners, path }) => [path, ...owners]),
      [
        ['x-base.image', 'service web', 'service api', 'service job'],
        ['services.own.image', 'service own'],
      ],
    );
    assert.equal(images[0]?.site.seenFrom.length, 3);
    assert.deepEqual(images[1]?.site.seenFrom, []);
  });

  test('belong to their service', () => {
    const facts = readCompose('services:\n  a: {image: x:1}\n  b: {build: .}\n');
    assert.equal(workloadIn(facts, 'service a').image, facts.images[0]);
    assert.equal(workloadIn(facts, 'service b').image, null);
  });

  test('built by one service are not pulled by another', () => {
    for (const text of [
      'x-i: &i shop/web:1.2.3\nservices:\n  a: {image: *i , build: .}\n  b: {image: *i }\n',
      'services:\n  b: {image: shop/web:1.2.3}\n  a: {image: shop/web:1.2.3, build: .}\n',
      'services:\n  b: {image: shop/web:latest}\n  a: {image: shop/web, build: .}\n',
    ]) {
      assert.deepEqual(
        new Set(readCompose(text).images.map(({ mutability }) => mutability)),
        new Set(['none']),
      );
    }
  });
});

describe('variables in an image', () => {
  const table: readonly (readonly [
    written: string,
    resolved: string,
    mutability: string,
    holes: readonly string[],
  ])[] = [
    ['nginx:${TAG:-1.27.3}', 'nginx:1.27.3', 'tag', []],
    ['nginx:${TAG-1.27.3}', 'nginx:1.27.3', 'tag', []],
    ['${IMAGE:-nginx}', 'nginx', 'implicit', []],
    ['${REG:-reg:5000}/app:${TAG:-v${MAJOR:-1}.2.3}', 'reg:5000/app:v1.2.3', 'tag', []],
    ['nginx:${TAG:-}', 'nginx:', 'unknown', []],
    ['nginx:${TAG}', 'nginx:${TAG}', 'unknown', ['${TAG}']],
    ['nginx:$TAG', 'nginx:$TAG', 'unknown', ['$TAG']],
    ['$REG/app:$TAG', '$REG/app:$TAG', 'unknown', ['$REG', '$TAG']],
    ['nginx:${TAG:?no tag}', 'nginx:${TAG:?no tag}', 'unknown', ['${TAG:?no tag}']],
    ['nginx:${TAG:+x}', 'nginx:${TAG:+x}', 'unknown', ['${TAG:+x}']],
    ['nginx:${A:-${B}}', 'nginx:${B}', 'unknown', ['${B}']],
    ['nginx:${TAG', 'nginx:${TAG', 'unknown', ['${TAG']],
    ['nginx:1${', 'nginx:1${', 'unknown', ['${']],
    [`\${REG}/app@${digest}`, `\${REG}/app@${digest}`, 'digest', ['${REG}']],
  ];
  for (const [written, resolved, mutability, holes] of table) {
    test(written, () => {
      const [use] = readCompose(web(`image: "${written}"`)).images;
      assert.ok(use);
      assert.equal(use.site.value, written);
      assert.equal(use.resolved, resolved);
      assert.equal(use.mutability, mutability);
      assert.deepEqual(use.reading.state === 'unknown' ? use.reading.holes : [], holes);
      assert.equal(use.site.verbatim, null);
      assert.match(
        refusalOf(use.site.replace('x')),
        /The variable .* decides this value|has no value here|\$ that Compose reads/,
      );
    });
  }

  test('a doubled dollar is none', () => {
    const [use] = readCompose(web('image: "a$$b"')).images;
    assert.equal(use?.resolved, 'a$b');
    assert.match(refusalOf(use?.site.replace('x') ?? []), /\$ that Compose reads/);
  });

  test('nested beyond reason', () => {
    const [use] = readCompose(web(`image: ${'${A:-'.repeat(1000)}x${'}'.repeat(1000)}`)).images;
    assert.equal(use?.reading.state, 'unknown');
  });
});

describe('only the reference is edited', () => {
  const table: readonly (readonly [before: string, after: string])[] = [
    [web('image: x:1 # why'), web('image: x:1@ # why')],
    [
      web('build:\n  additional_contexts:\n  - "a=docker-image://x:1" # why'),
      web('build:\n  additional_contexts:\n  - "a=docker-image://x:1@" # why'),
    ],
    [
      web('build: {cache_from: ["type=registry,ref=x:1,mode=max"]}'),
      web('build: {cache_from: ["type=registry,ref=x:1@,mode=max"]}'),
    ],
    [web('build: {cache_from: [x:1]}'), web('build: {cache_from: [x:1@]}')],
    [
      'x-b: &b {image: x:1}\nservices: {a: *b , c: {<<: *b}}',
      'x-b: &b {image: x:1@}\nservices: {a: *b , c: {<<: *b}}',
    ],
  ];
  for (const [before, after] of table) {
    test(before, () => {
      const [use] = readCompose(before).images;
      assert.equal(use?.resolved, 'x:1');
      assert.equal(apply(before, use?.site.replace(`x:1@${digest}`) ?? []), after.replace('@', `@${digest}`));
    });
  }
});

describe('a Compose file that cannot be read whole', () => {
  test('gives what there is and says so', () => {
    const text = 'services:\n  web:\n    image: nginx:1.27.3\n  api:\n    image: "redis\n';
    const facts = readCompose(text);
    assert.ok(imagesIn(facts).includes('workload nginx:1.27.3 tag'));
    assert.equal(facts.skipped.length, 1);
    assert.match(facts.skipped[0]?.reason ?? '', /a quoted text is not closed/);
    assert.match(refusalOf(workloadIn(facts, 'service web').readOnlyRoot.set(true)), /has an error/);
  });
});
