import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Inspection } from '../../server/src/engine/ports.ts';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { answer, type HostileServer, startHostile } from '../support/hostile.ts';
import { type BuiltImage, buildImage, descriptor, json } from '../support/oci.ts';
import { assertFound, imageOf } from '../support/registry-client.ts';
import { runProgram } from '../support/registry-program.ts';

const recipe = {
  name: 'shop',
  platforms: ['linux/arm64/v8', 'linux/amd64', 'linux/arm/v7'],
  created: '2024-05-06T07:08:09.123456789Z',
  layers: ['a few bytes\n', 'and some more\n'.repeat(1000)],
  config: { Labels: { 'org.opencontainers.image.title': 'shop', empty: '', text: 'two\nlines' } },
} as const;
const base = {
  'org.opencontainers.image.base.name': 'docker.io/library/debian:12',
  'org.opencontainers.image.base.digest': `sha256:${'d'.repeat(64)}`,
};
const index = buildImage({ ...recipe, annotations: base });

interface Image {
  readonly built: BuiltImage;
  /** What is looked into. */
  readonly platform: string;
}

/** Tag → what it names. */
const images: Readonly<Record<string, Image>> = {
  'oci-index': { built: index, platform: 'linux/amd64' },
  'oci-index-with-attestations': {
    built: buildImage({ ...recipe, attested: true }),
    platform: 'linux/amd64',
  },
  'oci-index-without-amd64': {
    built: buildImage({ ...recipe, platforms: ['linux/arm/v7', 'linux/s390x'] }),
    platform: 'linux/arm/v7',
  },
  'oci-single': { built: buildImage({ ...recipe, shape: 'single' }), platform: 'linux/arm64/v8' },
  'docker-list': { built: buildImage({ ...recipe, format: 'docker' }), platform: 'linux/amd64' },
  'docker-single': {
    built: buildImage({ ...recipe, format: 'docker', shape: 'single', platforms: ['windows/amd64'] }),
    platform: 'windows/amd64',
  },
};

/** skopeo does not copy an index within an index. */
const nested = json(index.root.mediaType, {
  schemaVersion: 2,
  mediaType: index.root.mediaType,
  manifests: [{ ...descriptor(index.root), platform: { os: 'linux', architecture: 'amd64' } }],
});
const tags: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(images).map(([tag, { platform }]) => [tag, platform])),
  nested: 'linux/amd64',
};

let server: DockerRegistry;
before(async () => {
  server = await startDockerRegistry();
  for (const [tag, { built }] of Object.entries(images)) await server.push(built, 'team/shop', tag);
  await server.put(nested, [], 'team/shop', 'nested');
});
after(() => server.stop());

/** What stands between the client and the registry. */
interface Between {
  /** Does not pass on the header that names the digest. */
  readonly stripsDigest?: boolean;
  /** Does not know HEAD. */
  readonly knowsNoHead?: boolean;
}

async function startBetween(t: TestContext, { knowsNoHead, stripsDigest }: Between): Promise<HostileServer> {
  const between = await startHostile(async ({ headers: { accept = '' }, method, path }, response) => {
    if (knowsNoHead && method === 'HEAD') return answer(response, 405);
    const reply = await fetch(`${server.url}${path}`, { method, headers: { accept } });
    const { 'docker-content-digest': digest, ...headers } = Object.fromEntries(reply.headers);
    const named = digest === undefined || stripsDigest ? {} : { 'docker-content-digest': digest };
    return answer(response, reply.status, { ...headers, ...named }, await reply.bytes());
  });
  t.after(() => between.stop());
  return between;
}

/** Somebody who has signed in nowhere, and has asked nothing yet. */
const noOne = () =>
  createNodeRegistry({ env: { HOME: '/nowhere', DOCKER_CONFIG: '/nowhere' }, cacheFolder: null });

async function skopeo(tag: string, platform: string, ...options: readonly string[]): Promise<Buffer> {
  const [os = '', architecture = '', variant] = platform.split('/');
  const wanted = ['--override-os', os, '--override-arch', architecture];
  const more = variant ? ['--override-variant', variant] : [];
  const image = `docker://${server.host}/team/shop${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
  return runProgram('skopeo', [...wanted, ...more, 'inspect', '--tls-verify=false', ...options, image]);
}

const readJson = (bytes: Buffer) => JSON.parse(bytes.toString('utf8'));

for (const [way, between] of Object.entries({
  'the registry itself': undefined,
  'a proxy that passes all on': {},
  'a proxy that does not name digests': { stripsDigest: true },
  'a proxy that does not know HEAD': { knowsNoHead: true },
  'a proxy that does neither': { stripsDigest: true, knowsNoHead: true },
})) {
  describe(`digests from ${way} agree with skopeo`, () => {
    for (const [tag, platform] of Object.entries(tags)) {
      test(tag, async (t) => {
        const { host } = between ? await startBetween(t, between) : server;
        const digest = await server.digestBySkopeo('team/shop', tag);
        assert.equal(readJson(await skopeo(tag, platform)).Digest, digest);
        const image = imageOf(`${host}/team/shop:${tag}`);
        const pinned = imageOf(`${host}/team/shop@${digest}`);
        for (const name of [image, pinned]) {
          assertFound(await noOne().resolve(name, { registries: {} }), digest);
          assert.equal(inspected(await noOne().inspect(name, { registries: {} })).digest, digest);
        }
      });
    }
  });
}

function inspected(inspection: Inspection) {
  assert.ok(inspection.ok, inspection.ok ? '' : inspection.message);
  return inspection;
}

describe('facts agree with skopeo', () => {
  for (const [tag, platform] of Object.entries(tags)) {
    test(tag, async () => {
      const found = inspected(
        await noOne().inspect(imageOf(`${server.host}/team/shop:${tag}`), { registries: {} }),
      );
      const { config } = found;
      assert.ok(config);
      const seen = readJson(await skopeo(tag, platform));
      const whole = readJson(await skopeo(tag, platform, '--config'));
      assert.equal(config.platform, platform);
      assert.equal(
        config.platform,
        [whole.os, whole.architecture, ...(whole.variant ? [whole.variant] : [])].join('/'),
      );
      assert.equal(config.created, Date.parse(seen.Created));
      assert.deepEqual(config.labels, seen.Labels);

      const raw = readJson(await skopeo(tag, platform, '--raw'));
      assert.deepEqual(found.platforms, raw.manifests ? platformsOf(raw) : null);
      const { layers } = await manifestFor(tag, platform);
      assert.deepEqual(
        layers.map(({ digest }) => digest),
        seen.Layers,
      );
      assert.equal(
        config.size,
        layers.reduce((sum, { size }) => sum + size, 0),
      );
    });
  }

  test('the image it was built on', async () => {
    const found = inspected(
      await noOne().inspect(imageOf(`${server.host}/team/shop:oci-index`), { registries: {} }),
    );
    const { annotations } = await manifestFor('oci-index', 'linux/amd64');
    assert.deepEqual(annotations, base);
    assert.deepEqual(Object.values(found.config?.base ?? {}), Object.values(base));
  });
});

interface Manifest {
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
  readonly annotations?: unknown;
}

interface Entry {
  readonly digest: string;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

const nameOf = ({ platform: { architecture, os, variant } }: Entry): string =>
  [os, architecture, ...(variant ? [variant] : [])].join('/');

const platformsOf = ({ manifests }: { readonly manifests: readonly Entry[] }) =>
  manifests
    .map((entry) => ({ platform: nameOf(entry), digest: entry.digest }))
    .filter(({ platform }) => platform !== 'unknown/unknown');

/** What skopeo prints of a platform's manifest, down through indexes. */
async function manifestFor(version: string, platform: string): Promise<Manifest> {
  const raw = readJson(await skopeo(version, platform, '--raw'));
  if (!raw.manifests) return raw;
  const entry = platformsOf(raw).find((one) => one.platform === platform);
  assert.ok(entry);
  return manifestFor(entry.digest, platform);
}
