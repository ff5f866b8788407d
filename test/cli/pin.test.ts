import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { digest, fakeRegistry, invoke, makeFolder } from './support.ts';

/** Every image is there but those with `missing` in their name. */
const registry = () => fakeRegistry((name) => (name.includes('missing') ? null : digest('a')));

const compose = `# The shop
services:
  web:
    image: "nginx" # pinned soon
    ports: ["8080:80"]
  api:
    image: ghcr.io/shop/api:2.8.1
  db:
    build: db
    image: shop/db
`;

const composePinned = compose
  .replace('"nginx"', `"nginx:latest@${digest('a')}"`)
  .replace('api:2.8.1', `api:2.8.1@${digest('a')}`);

describe('the diff', () => {
  it('is in the unified format, with the names as git writes them', async (t) => {
    const folder = await makeFolder(t, { 'deploy/compose.yaml': compose });
    const { err, out, status } = await invoke(folder, ['pin'], { registry: registry() });
    assert.equal(
      out,
      `--- a/deploy/compose.yaml
+++ b/deploy/compose.yaml
@@ -1,10 +1,10 @@
 # The shop
 services:
   web:
-    image: "nginx" # pinned soon
+    image: "nginx:latest@${digest('a')}" # pinned soon
     ports: ["8080:80"]
   api:
-    image: ghcr.io/shop/api:2.8.1
+    image: ghcr.io/shop/api:2.8.1@${digest('a')}
   db:
     build: db
     image: shop/db
`,
    );
    assert.deepEqual([status, err], [0, 'holdfast: 2 images in 1 file can be pinned; --write does it.\n']);
    assert.equal(await readFile(join(folder, 'deploy/compose.yaml'), 'utf8'), compose);
  });

  it('shows people what control characters there are, and gives programs the bytes', async (t) => {
    const text = 'FROM nginx\r\nRUN echo "\u001b[2J\u202e\u0007"\t\r\n# a\rb\n';
    const folder = await makeFolder(t, { Dockerfile: text });
    const diffOf = async (options: readonly string[], outIsTTY: boolean): Promise<string> =>
      (await invoke(folder, ['pin', ...options], { registry: registry(), outIsTTY })).out;
    const escaped = ' RUN echo "\\u{1b}[2J\\u{202e}\\u{7}"\t\r\n # a\\u{d}b\n';
    assert.ok((await diffOf(['--no-color'], true)).includes(escaped));
    assert.ok((await diffOf(['--color'], false)).includes(escaped));
    const exact = ' RUN echo "\u001b[2J\u202e\u0007"\t\r\n # a\rb\n';
    assert.ok((await diffOf([], false)).includes(exact));
  });

  it('has three lines around a change, and a hunk for each place', async (t) => {
    const services = Array.from({ length: 8 }, (_, index) => `  s${index}:\n    restart: always\n`).join('');
    const text = `services:\n  first:\n    image: a:1.0.0\n${services}  last:\n    image: b:1.0.0\n`;
    const folder = await makeFolder(t, { 'compose.yaml': text });
    const { out } = await invoke(folder, ['pin'], { registry: registry() });
    assert.deepEqual(out.match(/^@@.*$/gm), ['@@ -1,6 +1,6 @@', '@@ -18,4 +18,4 @@']);
  });

  const odd: readonly (readonly [what: string, text: string])[] = [
    ['with CRLF', 'FROM nginx\r\nRUN true\r\n'],
    ['without a line break at the end', 'RUN true\nFROM nginx'],
    ['with CRLF and none at the end', '# x\r\nFROM nginx'],
    ['with a byte order mark', '\ufeffFROM nginx\n'],
    ['with a byte order mark and CRLF', '\ufeffFROM nginx\r\n'],
    ['with mixed line endings', 'FROM nginx\r\nRUN a\nRUN b\r\n'],
    ['with characters beyond ASCII', '# grüße 😀\nFROM nginx # ß\n'],
  ];
  for (const [what, text] of odd) {
    it(`of a file ${what} is what git needs to make the same change as --write`, async (t) => {
      const folder = await makeFolder(t, { Dockerfile: text });
      const { out } = await invoke(folder, ['pin'], { registry: registry() });
      await invoke(folder, ['pin', '--write'], { registry: registry() });
      const written = await readFile(join(folder, 'Dockerfile'), 'utf8');
      assert.equal(written, text.replace('nginx', `nginx:latest@${digest('a')}`));
      await writeFile(join(folder, 'Dockerfile'), text);
      gitApply(folder, out);
      assert.equal(await readFile(join(folder, 'Dockerfile'), 'utf8'), written);
    });
  }

  it('names its files so that git finds them', async (t) => {
    const files = [
      'a b/Dockerfile',
      'ä.Dockerfile',
      'x"y.Dockerfile',
      'tab\there.Dockerfile',
      '-n.Dockerfile',
    ];
    const folder = await makeFolder(t, Object.fromEntries(files.map((name) => [name, 'FROM nginx\n'])));
    const { out } = await invoke(folder, ['pin'], { registry: registry() });
    gitApply(folder, out);
    for (const name of files) {
      assert.equal(await readFile(join(folder, name), 'utf8'), `FROM nginx:latest@${digest('a')}\n`, name);
    }
  });

  it('is coloured in a terminal, and the same without the colours', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\r\nRUN true\r\n' });
    const plain = await invoke(folder, ['pin'], { registry: registry() });
    const shown = await invoke(folder, ['pin'], { registry: registry(), outIsTTY: true });
    assert.equal(shown.out.includes('\u001b[31m-FROM nginx'), true);
    assert.equal(shown.out.includes('\u001b[32m+FROM nginx'), true);
    assert.equal(shown.out.replaceAll(/\p{Cc}\[\d*m/gu, ''), plain.out);
  });
});

describe('--write', () => {
  it('changes the references and nothing else, and a second run changes nothing', async (t) => {
    const folder = await makeFolder(t, {
      'compose.yaml': compose,
      'x/Dockerfile': 'FROM nginx AS a\nFROM a\n',
    });
    await chmod(join(folder, 'compose.yaml'), 0o640);
    const first = await invoke(folder, ['pin', '--write'], { registry: registry() });
    assert.deepEqual(first, {
      status: 0,
      out: 'Pinned 2 images in compose.yaml\nPinned 1 image in x/Dockerfile\n',
      err: 'holdfast: pinned 3 images in 2 files.\n',
    });
    assert.equal(await readFile(join(folder, 'compose.yaml'), 'utf8'), composePinned);
    assert.equal((await stat(join(folder, 'compose.yaml'))).mode & 0o777, 0o640);
    assert.equal(
      await readFile(join(folder, 'x/Dockerfile'), 'utf8'),
      `FROM nginx:latest@${digest('a')} AS a\nFROM a\n`,
    );
    const images = registry();
    const second = await invoke(folder, ['pin', '--write'], { registry: images });
    assert.deepEqual(second, { status: 0, out: '', err: 'holdfast: nothing to pin.\n' });
    assert.deepEqual(images.asked, []);
    assert.deepEqual((await readdir(folder)).sort(), ['compose.yaml', 'x']);
  });

  it('does not touch a file that has changed in the meantime', async (t) => {
    const folder = await makeFolder(t, { 'a.Dockerfile': 'FROM nginx\n', 'b.Dockerfile': 'FROM redis\n' });
    const images = fakeRegistry(async (name) => {
      if (name.includes('nginx')) await writeFile(join(folder, 'a.Dockerfile'), 'FROM nginx\nRUN new\n');
      return digest('a');
    });
    const { err, out, status } = await invoke(folder, ['pin', '--write'], { registry: images });
    assert.deepEqual([status, out], [1, 'Pinned 1 image in b.Dockerfile\n']);
    assert.equal(
      err,
      'holdfast: a.Dockerfile: not written: it has changed in the meantime; run the command again\n' +
        'holdfast: pinned 1 image in 1 file; 1 could not be.\n',
    );
    assert.equal(await readFile(join(folder, 'a.Dockerfile'), 'utf8'), 'FROM nginx\nRUN new\n');
  });
});

describe('the files around', () => {
  const manifest = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n';
  const files = {
    'skaffold.yaml':
      'apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n    - image: shop/api\n      context: api\n',
    'k8s/api.yaml': `${manifest}    - name: api\n      image: shop/api\n    - name: proxy\n      image: nginx\n`,
    'z/skaffold.yaml': 'apiVersion: skaffold/v4beta11\nkind: Config\nbuild: {artifacts: [{image: shop/z}]}\n',
    'z/k8s.yaml': `${manifest}    - name: z\n      image: shop/z:v1\n`,
  };
  const nginx = 'docker.io/library/nginx:latest';

  it('keep an image from being pinned that one of them builds, as an audit and the editor see it', async (t) => {
    const folder = await makeFolder(t, files);
    const named = [[], ['k8s'], ['k8s/api.yaml', 'z/k8s.yaml'], ['--config', 'p.yaml', 'k8s/api.yaml']];
    await writeFile(join(folder, 'p.yaml'), 'profile: recommended\n');
    for (const operands of named) {
      const images = registry();
      const { err, out } = await invoke(folder, ['pin', ...operands], { registry: images });
      assert.deepEqual(images.asked, [nginx], operands.join());
      assert.equal(out.match(/^\+ /gm)?.length, 1);
      assert.equal(err, 'holdfast: 1 image in 1 file can be pinned; --write does it.\n');
    }
    const images = registry();
    await invoke(join(folder, 'z'), ['pin', 'k8s.yaml'], { registry: images });
    assert.deepEqual(images.asked, []);
  });

  it('are those of the same repository, and their own faults are not told', async (t) => {
    const folder = await makeFolder(t, {
      ...files,
      'bad/.holdfast.yaml': '- x\n',
      'bad/Dockerfile': 'FROM redis\n',
      'worse/compose.yaml': 'services: [\n',
    });
    await mkdir(join(folder, 'k8s', '.git'));
    const images = registry();
    const { err, status } = await invoke(folder, ['pin', 'k8s'], { registry: images });
    assert.deepEqual(images.asked.toSorted(), [nginx, 'docker.io/shop/api:latest']);
    assert.deepEqual([err, status], ['holdfast: 2 images in 1 file can be pinned; --write does it.\n', 0]);
  });
});

describe('what cannot be pinned', () => {
  it('never stops the others, and is told at the end with its place', async (t) => {
    const folder = await makeFolder(t, {
      'a.Dockerfile': 'FROM nginx\nCOPY --from=missing/tool:1.0.0 / /\n',
      'b.Dockerfile': '# b\nFROM   missing/base\n',
      'c.Dockerfile': 'FROM redis\n',
    });
    const { err, out, status } = await invoke(folder, ['pin', '--write'], { registry: registry() });
    assert.deepEqual([status, out], [1, 'Pinned 1 image in a.Dockerfile\nPinned 1 image in c.Dockerfile\n']);
    assert.equal(
      err,
      [
        'holdfast: a.Dockerfile:2:13: missing/tool:1.0.0 was not pinned: docker.io/missing/tool:1.0.0 was not found.',
        'holdfast: b.Dockerfile:2:8: missing/base was not pinned: docker.io/missing/base:latest was not found.',
        'holdfast: pinned 2 images in 2 files; 2 could not be.',
        '',
      ].join('\n'),
    );
    assert.equal(await readFile(join(folder, 'b.Dockerfile'), 'utf8'), '# b\nFROM   missing/base\n');
  });

  it('is not written when nothing at all could be', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM missing\n' });
    const { err, out, status } = await invoke(folder, ['pin'], { registry: registry() });
    assert.deepEqual([status, out], [1, '']);
    assert.match(err, /holdfast: nothing was pinned; 1 could not be\.\n$/);
  });

  it('is looked up no more than needed: nothing that is silenced, switched off or pinned', async (t) => {
    const folder = await makeFolder(t, {
      '.holdfast.yaml': 'rules: {unpinned-image: off}\n',
      Dockerfile: [
        '# holdfast-ignore implicit-latest -- built every night',
        'FROM quiet',
        'FROM off:1.0.0',
        `FROM pinned:1.0.0@${digest('b')}`,
        'FROM wanted',
        '',
      ].join('\n'),
    });
    const images = registry();
    await invoke(folder, ['pin'], { registry: images });
    assert.deepEqual(images.asked, ['docker.io/library/wanted:latest']);
  });
});

describe('trouble', () => {
  it('is bad usage: the rest is pinned', async (t) => {
    const folder = await makeFolder(t, {
      Dockerfile: 'FROM nginx\n',
      'x/Dockerfile': 'FROM a\n',
      'x/.holdfast.yaml': '- x\n',
    });
    const { err, out, status } = await invoke(folder, ['pin', '--write', 'gone', '.'], {
      registry: registry(),
    });
    assert.deepEqual([status, out], [2, 'Pinned 1 image in Dockerfile\n']);
    assert.match(err, /^holdfast: x\/\.holdfast\.yaml:1:1: The configuration is a mapping/m);
    assert.match(err, /^holdfast: gone: no such file or folder$/m);
  });

  it('with the given configuration stops everything', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
    const images = registry();
    const { out, status } = await invoke(folder, ['pin', '--write', '--config', 'gone'], {
      registry: images,
    });
    assert.deepEqual([status, out, images.asked], [2, '', []]);
  });
});

it('a stopped run leaves whole files behind, and writes nothing it could not finish', async (t) => {
  const names = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, '0')}.Dockerfile`);
  const folder = await makeFolder(
    t,
    Object.fromEntries(names.map((name) => [name, `FROM a\nFROM ${name.slice(0, 2)}x\n`])),
  );
  const stop = new AbortController();
  const images = fakeRegistry((name) => {
    if (name.includes('20x')) stop.abort();
    return stop.signal.aborted ? null : digest('a');
  });
  const { err, status } = await invoke(folder, ['pin', '--write'], { registry: images, signal: stop.signal });
  assert.equal(status, 130);
  assert.match(err, /holdfast: stopped: /);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const whole = texts.filter((text) => text.split('@sha256:').length === 3).length;
  assert.equal(whole > 0 && whole < names.length, true);
  assert.equal(texts.filter((text) => !text.includes('@')).length, names.length - whole);
  assert.deepEqual((await readdir(folder)).sort(), names);
});

/** Applies a patch as it comes out of the command line. */
function gitApply(folder: string, patch: string): void {
  execFileSync('git', ['apply', '-p1', '-'], {
    cwd: folder,
    input: patch,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: join(folder, '..'),
    },
  });
}

describe('what is not pinned', () => {
  it('is told with its reason, and fails where something asks for a pin', async (t) => {
    const folder = await makeFolder(t, {
      '.gitlab-ci.yml': 'a:\n  image: $CI_REGISTRY/acme/tools:1.2.3\n  script: [x]\n',
      'b/.gitlab-ci.yml': 'b:\n  image: ruby:$RUBY\n  script: [x]\n',
    });
    const { err, out, status } = await invoke(folder, ['pin'], { registry: registry() });
    assert.deepEqual([out, status], ['', 1]);
    assert.deepEqual(err.split('\n'), [
      'holdfast: b/.gitlab-ci.yml:2:10: ruby:$RUBY could not be worked out: `$RUBY` has no single value in this file.',
      'holdfast: .gitlab-ci.yml:2:10: $CI_REGISTRY/acme/tools:1.2.3 was not pinned: `$CI_REGISTRY` has no single value in this file.',
      'holdfast: nothing was pinned; 1 could not be.',
      '',
    ]);
    const one = await invoke(folder, ['pin', 'b'], { registry: registry() });
    assert.equal(one.status, 0);
    assert.match(one.err, /holdfast: nothing to pin\.\n$/);
  });
});

describe('a file that is not UTF-8', () => {
  const files = {
    Dockerfile: [Buffer.from('FROM nginx:1.27.3 # caf\xe9\r\n# \xff\n', 'latin1'), 'latin1'],
    'compose.yaml': [Buffer.from('\ufeffservices: {a: {image: "nginx:1.27.3"}}\r\n', 'utf16le'), 'utf16le'],
  } as const;

  for (const [name, [bytes, encoding]] of Object.entries(files)) {
    it(`keeps its bytes: ${name}`, async (t) => {
      const folder = await makeFolder(t, { [name]: bytes });
      const { err, status } = await invoke(folder, ['pin', '--write'], { registry: registry() });
      assert.equal(status, 0, err);
      const pinned = bytes.toString(encoding).replace('1.27.3', `1.27.3@${digest('a')}`);
      assert.deepEqual(await readFile(join(folder, name)), Buffer.from(pinned, encoding));
    });
  }
});
