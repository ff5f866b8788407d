import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imagesIn, read } from './read.ts';
import { sample } from './sample.ts';

const of = (path: string, ...lines: readonly string[]): readonly string[] =>
  imagesIn([...lines, ''].join('\n'), path);

describe('every unit type', () => {
  const cases: readonly (readonly [
    path: string,
    lines: readonly string[],
    images: readonly string[],
    owner?: string,
  ])[] = [
    [
      'web.container',
      ['[Container]', 'Image=quay.io/shop/web:2.4.1'],
      ['workload quay.io/shop/web:2.4.1 tag'],
      'container web',
    ],
    ['base.image', ['[Image]', 'Image=quay.io/a/b'], ['workload quay.io/a/b implicit'], 'image base'],
    [
      'data.volume',
      ['[Volume]', 'Driver=image', 'Image=quay.io/a/b:latest'],
      ['image-volume quay.io/a/b:latest floating'],
      'volume data',
    ],
    [
      'app.build',
      ['[Build]', 'ImageTag=localhost/app', 'ImageTag=quay.io/a/app:1', 'File=./Containerfile'],
      ['build-output localhost/app none', 'build-output quay.io/a/app:1 none'],
      'build app',
    ],
    [
      'web.container.j2',
      ['[Unit]', '[Container]', 'Image=quay.io/a/b:1.2.3', '[Image]', 'Image=x:1'],
      ['workload quay.io/a/b:1.2.3 tag'],
      'container web',
    ],
    [
      'web@.container',
      ['[Container]', 'Image=quay.io/a/b:1.2.3'],
      ['workload quay.io/a/b:1.2.3 tag'],
      'container web@',
    ],
    [
      'web.container.d/10-image.conf',
      ['[Container]', 'Image=quay.io/a/b:1.2.3'],
      ['workload quay.io/a/b:1.2.3 tag'],
      'container web',
    ],
    [
      'container.d/all.conf',
      ['[Container]', 'Image=quay.io/a/b:1.2.3'],
      ['workload quay.io/a/b:1.2.3 tag'],
      'container',
    ],
    [
      'data.volume.d/image.conf',
      ['[Volume]', 'Image=quay.io/a/b:1.2.3'],
      ['image-volume quay.io/a/b:1.2.3 tag'],
      'volume data',
    ],
  ];
  for (const [path, lines, images, owner] of cases) {
    test(path, () => {
      assert.deepEqual(of(path, ...lines), images);
      const { images: uses } = read(lines.join('\n'), path);
      assert.ok(uses.every(({ owners }) => owners.length === 1 && owners[0] === owner));
    });
  }

  test('a section of another type means nothing', () => {
    assert.deepEqual(of('web.container', '[Image]', 'Image=quay.io/a/b:1', '[Container]', 'Image=x/y:2'), [
      'workload x/y:2 floating',
    ]);
    assert.deepEqual(of('web.pod', '[Pod]', 'Image=quay.io/a/b:1'), []);
  });

  test('a volume of another driver mounts no image', () => {
    assert.deepEqual(of('data.volume', '[Volume]', 'Image=quay.io/a/b:1'), []);
    assert.deepEqual(of('data.volume.d/x.conf', '[Volume]', 'Driver=local', 'Image=quay.io/a/b:1'), []);
  });
});

describe('how a value is written', () => {
  const cases: readonly (readonly [name: string, lines: string, image: string])[] = [
    ['spaces around the equals sign', 'Image =  quay.io/a/b:1.2.3  ', 'quay.io/a/b:1.2.3 tag'],
    ['indented', '   Image=quay.io/a/b:1.2.3', 'quay.io/a/b:1.2.3 tag'],
    ['the last one counts', 'Image=quay.io/a/b:1.2.3\nImage=quay.io/a/b:1.2.4', 'quay.io/a/b:1.2.4 tag'],
    ['in quotes', 'Image="quay.io/a/b:1.2.3"', 'quay.io/a/b:1.2.3 tag'],
    ['single quotes are part of it', "Image='quay.io/a/b:1.2.3'", "'quay.io/a/b:1.2.3' unknown"],
    ['one quote is part of it', 'Image="quay.io/a/b:1.2.3', '"quay.io/a/b:1.2.3 unknown'],
    ['continued', 'Image=quay.io/a/b\\\n  # why\n\n  :1.2.3', 'quay.io/a/b:1.2.3 tag'],
    ['a comment at the end is none', 'Image=quay.io/a/b:1 # x', 'quay.io/a/b:1 # x unknown'],
    ['with its transport', 'Image=docker://quay.io/a/b:1.2.3', 'quay.io/a/b:1.2.3 tag'],
    ['keys have one case', 'image=quay.io/a/b:1\nImage=quay.io/c/d:1.2.3', 'quay.io/c/d:1.2.3 tag'],
    [
      'sections of one name are one',
      'Image=a.io/b:1.2.3\n[Service]\nImage=x:1\n[Container]\nImage=a.io/b:1.2.4',
      'a.io/b:1.2.4 tag',
    ],
    ['a port is no tag', 'Image=reg:5000/app', 'reg:5000/app implicit'],
    ['a digest is no tag', `Image=app@sha256:${'0'.repeat(64)}`, `app@sha256:${'0'.repeat(64)} digest`],
    ['short digest', 'Image=quay.io/app@sha256:0123', 'quay.io/app@sha256:0123 unknown'],
    ['a name with a dot', 'Image=quay.io/library/node.js:1.2.3', 'quay.io/library/node.js:1.2.3 tag'],
    ['a short name', 'Image=fedora', 'fedora implicit'],
  ];
  for (const [name, lines, image] of cases) {
    test(name, () => {
      for (const text of [`[Container]\n${lines}\n`, `[Container]\n${lines}`]) {
        for (const written of [text, `\uFEFF${text}`.replaceAll('\n', '\r\n')]) {
          assert.deepEqual(imagesIn(written), [`workload ${image}`]);
        }
      }
    });
  }
});

describe('no image', () => {
  const cases: readonly (readonly [name: string, lines: string])[] = [
    ['another unit that pulls', 'Image=base.image'],
    ['another unit that builds', 'Image=app.build'],
    ['a template unit', 'Image=app@.build'],
    ['nothing yet', 'Image='],
    ['taken back', 'Image=quay.io/a/b:1\nImage='],
    ['a folder', 'Rootfs=/var/lib/rootfs'],
    ['an archive', 'Image=docker-archive:/tmp/web.tar'],
    ['a layout', 'Image=oci:/srv/layout:1.2'],
    ['local storage', 'Image=containers-storage:web:1'],
    ['a comment', '#Image=quay.io/a/b:1\n;Image=quay.io/a/b:1'],
    ['another key', 'ImageName=quay.io/a/b:1\nLabel=Image=quay.io/a/b:1'],
    ['the rest of another value', 'Exec=run \\\nImage=quay.io/a/b:1'],
    ['before any section', ''],
  ];
  for (const [name, lines] of cases) {
    test(name, () => assert.deepEqual(imagesIn(`Image=quay.io/x/y:1\n[Container]\n${lines}\n`), []));
  }
});

describe('what only the running system knows', () => {
  const cases: readonly (readonly [value: string, holes: readonly string[], mutability: string])[] = [
    ['quay.io/a/b:%i', ['%i'], 'unknown'],
    ['quay.io/%p/b:latest', ['%p'], 'floating'],
    ['quay.io/a/b:${TAG}', ['${TAG}'], 'unknown'],
    ['$IMAGE', ['$IMAGE'], 'unknown'],
    ['quay.io/a/b:{{ tag }}', ['{{ tag }}'], 'unknown'],
    ['%i/b:${TAG}', ['%i', '${TAG}'], 'unknown'],
  ];
  for (const [value, holes, mutability] of cases) {
    test(value, () => {
      const [use] = read(`[Container]\nImage=${value}\n`).images;
      assert.deepEqual(use?.reading, { state: 'unknown', holes });
      assert.equal(use?.mutability, mutability);
      assert.equal(use?.site.verbatim, null);
    });
  }

  test('a doubled mark is a plain one, which no reference has', () => {
    for (const value of ['quay.io/a/b:%%i', 'quay.io/a/b:$$TAG']) {
      assert.deepEqual(imagesIn(`[Container]\nImage=${value}`), [`workload ${value} unknown`]);
      assert.equal(read(`[Container]\nImage=${value}`).images[0]?.reading.state, 'invalid');
    }
  });
});

describe('images that are mounted', () => {
  const cases: readonly (readonly [name: string, line: string, images: readonly string[]])[] = [
    ['Mount=', 'Mount=type=image,source=quay.io/a/b:1.2.3,dst=/x', ['image-volume quay.io/a/b:1.2.3 tag']],
    ['in any order', 'Mount=dst=/x,src=quay.io/a/b:1.2.3,type=image', ['image-volume quay.io/a/b:1.2.3 tag']],
    ['as an argument', 'PodmanArgs=--mount type=image,src=a.io/b:1.2.3', ['image-volume a.io/b:1.2.3 tag']],
    ['in one word', 'PodmanArgs=--mount=type=image,src=a.io/b:1.2.3', ['image-volume a.io/b:1.2.3 tag']],
    ['of another unit', 'Mount=type=image,source=base.image,dst=/x', []],
    ['another type', 'Mount=type=bind,source=/srv,dst=/x', []],
    ['a volume by default', 'Mount=source=quay.io/a/b:1.2.3,dst=/x', []],
  ];
  for (const [name, line, images] of cases) {
    test(name, () => assert.deepEqual(imagesIn(`[Container]\n${line}\n`), images));
  }
});

test('the sample', () => {
  const expected = [
    'workload quay.io/shop/web:2.4.1 tag',
    'image-volume docker.io/library/alpine:3.20 floating',
  ];
  for (const text of [sample, `\uFEFF${sample}`.replaceAll('\n', '\r\n')]) {
    const { comments, images } = read(text);
    assert.deepEqual(imagesIn(text), expected);
    for (const { site } of images) {
      assert.ok(site.verbatim);
      assert.equal(text.slice(site.verbatim.start, site.verbatim.end), site.value);
    }
    assert.deepEqual(
      images.map(({ path }) => path),
      ['Container.Image', 'Container.Mount./alpine.source'],
    );
    assert.deepEqual(
      comments().map((comment) => [comment.text, text.slice(comment.span.start, comment.span.end)]),
      ['# The shop', '; and a comment of the other kind', '# in the middle'].map((one) => [one, one]),
    );
  }
});
