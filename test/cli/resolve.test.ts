import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digest, fakeRegistry, invoke, makeFolder } from './support.ts';

const registry = () =>
  fakeRegistry((name) => (name.includes('missing') ? null : digest(name.includes('nginx') ? 'a' : 'b')));

it('prints a reference with its digest a line, in the order given', async (t) => {
  const folder = await makeFolder(t, {});
  const images = registry();
  const { err, out, status } = await invoke(
    folder,
    ['resolve', 'nginx', 'ghcr.io/shop/api:2.8.1', 'docker.io/library/nginx:1.27'],
    { registry: images },
  );
  assert.deepEqual([status, err], [0, '']);
  assert.equal(
    out,
    `nginx@${digest('a')}\nghcr.io/shop/api:2.8.1@${digest('b')}\ndocker.io/library/nginx:1.27@${digest('a')}\n`,
  );
  assert.deepEqual(images.asked, [
    'docker.io/library/nginx:latest',
    'ghcr.io/shop/api:2.8.1',
    'docker.io/library/nginx:1.27',
  ]);
});

it('looks a digest up, and prints it once', async (t) => {
  const folder = await makeFolder(t, {});
  const reference = `nginx:1.27@${digest('a')}`;
  const images = registry();
  const { out, status } = await invoke(folder, ['resolve', reference], { registry: images });
  assert.deepEqual([status, out], [0, `${reference}\n`]);
  assert.deepEqual(images.asked, [`docker.io/library/nginx:${digest('a')}`]);
});

it('one failure never stops the others', async (t) => {
  const folder = await makeFolder(t, {});
  const { err, out, status } = await invoke(
    folder,
    ['resolve', 'missing:1', 'Not/A:ref', 'nginx', 'nginx:'],
    {
      registry: registry(),
    },
  );
  assert.deepEqual([status, out], [1, `nginx@${digest('a')}\n`]);
  const lines = err.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.equal(lines[0], 'holdfast: missing:1: docker.io/library/missing:1 was not found.');
  assert.match(lines[1] ?? '', /^holdfast: Not\/A:ref: A repository name is lowercase/);
  assert.match(lines[2] ?? '', /^holdfast: nginx:: The tag after the colon is missing/);
});

it('takes the registries from the configuration', async (t) => {
  const folder = await makeFolder(t, {
    '.holdfast.yaml': 'registries:\n  docker.io: {mirror: "mirror.example.com"}\n',
    'other.yaml': 'registries:\n  docker.io: {mirror: "other.example.com"}\n',
    'bad.yaml': 'registry: {}\n',
  });
  const mirrors: unknown[] = [];
  const spy = {
    ...registry(),
    resolve: async (
      _image: unknown,
      { registries }: { registries: Readonly<Record<string, { mirror?: string }>> },
    ) => {
      mirrors.push(registries['docker.io']?.mirror);
      return { ok: true, digest: digest('c'), mediaType: '', at: 0 } as const;
    },
  };
  await invoke(folder, ['resolve', 'nginx'], { registry: spy });
  await invoke(folder, ['resolve', 'nginx', '--config', 'other.yaml'], { registry: spy });
  const { err, out, status } = await invoke(folder, ['resolve', 'nginx', '--config', 'bad.yaml'], {
    registry: spy,
  });
  assert.deepEqual(mirrors, ['mirror.example.com', 'other.example.com']);
  assert.deepEqual([status, out], [2, '']);
  assert.equal(
    err,
    'holdfast: bad.yaml:1:1: There is no setting "registry"; there is extends, root, profile, rules, overrides, ignore, files, trusted-registries, registries, variables, pin, signatures, waivers and editor.\n',
  );
});

it('stops when asked to', async (t) => {
  const folder = await makeFolder(t, {});
  const stop = new AbortController();
  const images = fakeRegistry(() => {
    stop.abort();
    return null;
  });
  const { err, out, status } = await invoke(folder, ['resolve', 'nginx'], {
    registry: images,
    signal: stop.signal,
  });
  assert.deepEqual([status, out, err], [130, '', '']);
});
