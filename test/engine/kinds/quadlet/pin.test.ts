import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { digest, edited, imagesIn, pin, read } from './read.ts';

/** Before, and after: `@` is where the digest comes in. */
const pinned: readonly (readonly [name: string, text: string, after: string, path?: string])[] = [
  ['a container', '[Container]\nImage=quay.io/a/b:1\n', '[Container]\nImage=quay.io/a/b:1@\n'],
  ['without a last line break', '[Container]\nImage=quay.io/a/b:1', '[Container]\nImage=quay.io/a/b:1@'],
  ['spaces stay', '[Container]\n  Image = quay.io/a/b:1  \n', '[Container]\n  Image = quay.io/a/b:1@  \n'],
  ['quotes stay', '[Container]\nImage="quay.io/a/b:1"\n', '[Container]\nImage="quay.io/a/b:1@"\n'],
  [
    'the last of two',
    '[Container]\nImage=quay.io/a/b:1\nImage=quay.io/a/b:1\n',
    '[Container]\nImage=quay.io/a/b:1\nImage=quay.io/a/b:1@\n',
  ],
  [
    'a line of its own behind a continuation',
    '[Container]\nImage=\\\n  quay.io/a/b:1 \\\n\n# x\n',
    '[Container]\nImage=\\\n  quay.io/a/b:1@ \\\n\n# x\n',
  ],
  [
    'a transport',
    '[Container]\nImage=docker://quay.io/a/b:1\n',
    '[Container]\nImage=docker://quay.io/a/b:1@\n',
  ],
  [
    'Docker Hub by its name',
    '[Container]\nImage=docker.io/nginx:1\n',
    '[Container]\nImage=docker.io/nginx:1@\n',
  ],
  [
    'a mount',
    '[Container]\nMount=type=image,src=quay.io/a/b:1,dst=/x type=tmpfs,dst=/y\n',
    '[Container]\nMount=type=image,src=quay.io/a/b:1@,dst=/x type=tmpfs,dst=/y\n',
  ],
  [
    'an argument of several lines',
    '[Container]\nPodmanArgs=--x \\\n  --mount "type=image,src=quay.io/a/b:1,dst=/x"\n',
    '[Container]\nPodmanArgs=--x \\\n  --mount "type=image,src=quay.io/a/b:1@,dst=/x"\n',
  ],
  ['an image unit', '[Image]\nImage=quay.io/a/b:1\n', '[Image]\nImage=quay.io/a/b:1@\n', 'b.image'],
  [
    'a volume',
    '[Volume]\nDriver=image\nImage=quay.io/a/b:1\n',
    '[Volume]\nDriver=image\nImage=quay.io/a/b:1@\n',
    'b.volume',
  ],
  [
    'a drop-in',
    '[Container]\nImage=quay.io/a/b:1\n',
    '[Container]\nImage=quay.io/a/b:1@\n',
    'b.container.d/image.conf',
  ],
];

describe('pinned', () => {
  for (const [name, text, after, path] of pinned) {
    test(name, () => {
      for (const write of [(one: string) => one, (one: string) => `\uFEFF${one}`.replaceAll('\n', '\r\n')]) {
        const before = write(text);
        const [use] = read(before, path).images;
        assert.ok(use);
        const changed = edited(before, pin(use));
        assert.equal(changed, write(after.replace('@', `@${digest}`)));
        assert.ok(imagesIn(changed, path)[0]?.endsWith(`@${digest} digest`));
      }
    });
  }
});

/** What is not edited, and what the person is told. */
const refused: readonly (readonly [name: string, line: string, reason: RegExp])[] = [
  [
    'a short name',
    'Image=nginx:1.27',
    /^Podman takes `nginx:1\.27` from whichever registry .* such as `docker\.io\/library\/nginx:1\.27`\.$/,
  ],
  ['a short name with a path', 'Image=shop/web', /such as `docker\.io\/shop\/web`\.$/],
  ['a short name in a mount', 'Mount=type=image,src=alpine,dst=/x', /`docker\.io\/library\/alpine`\.$/],
  ['an image of this machine', 'Image=localhost/web:1', /`localhost\/web:1` is an image of this machine/],
  ['a specifier', 'Image=quay.io/%p/b:latest', /^Only the running system knows %p, so/],
  ['variables', 'Image=quay.io/${A}/b:${B}', /knows \$\{A\} and \$\{B\}, so/],
  ['several lines', 'Image=quay.io/a/b\\\n:1', /^This is written over several lines/],
  ['quotes inside', 'Mount=type=image,src="quay.io/a"/b:1,dst=/x', /quotes inside it/],
];

describe('refused', () => {
  for (const [name, line, reason] of refused) {
    test(name, () => {
      const [use] = read(`[Container]\n${line}\n`).images;
      assert.ok(use);
      const edits = pin(use);
      assert.ok(isRefusal(edits));
      assert.match(edits.refused, reason);
      assert.match(edits.refused, /^[^\n]*\.$/);
    });
  }
});
