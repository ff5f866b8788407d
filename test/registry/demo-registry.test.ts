import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildImage, sha256 } from '../support/oci.ts';
import { type RegistryOptions, type RunningRegistry, startRegistry } from '../support/registry.ts';
import { assertFailed, assertFound, createTestClient, password, secret } from '../support/registry-client.ts';

async function using<T>(
  options: RegistryOptions,
  work: (registry: RunningRegistry) => Promise<T>,
): Promise<T> {
  const registry = await startRegistry(options);
  try {
    return await work(registry);
  } finally {
    await registry.stop();
  }
}

async function getManifest({ url }: RunningRegistry, repository: string, version: string) {
  const response = await fetch(`${url}/v2/${repository}/manifests/${version}`);
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

describe('the registry of the tests and of npm start', () => {
  test('serves what it was given, by tag and by digest, down to the layers', async () => {
    const images = [{ repository: 'team/shop', tags: ['1.0', 'latest'] }];
    await using({ images }, async (registry) => {
      const digest = registry.digestOf('team/shop', '1.0') ?? '';
      assert.equal(registry.digestOf('team/shop', 'latest'), digest);
      const { response, bytes } = await getManifest(registry, 'team/shop', '1.0');
      assert.equal(response.headers.get('docker-content-digest'), digest);
      assert.equal(sha256(bytes), digest);
      const { manifests } = JSON.parse(Buffer.from(bytes).toString('utf8'));
      for (const child of manifests) {
        const inner = await getManifest(registry, 'team/shop', child.digest);
        assert.equal(sha256(inner.bytes), child.digest);
        const { config, layers } = JSON.parse(Buffer.from(inner.bytes).toString('utf8'));
        for (const part of [config, ...layers]) {
          const blob = await fetch(`${registry.url}/v2/team/shop/blobs/${part.digest}`);
          assert.equal(sha256(new Uint8Array(await blob.arrayBuffer())), part.digest);
        }
      }
      const list = await fetch(`${registry.url}/v2/team/shop/tags/list`);
      assert.deepEqual(await list.json(), { name: 'team/shop', tags: ['1.0', 'latest'] });
    });
  });

  test('any name has an index of its own, the same each time', async () => {
    const digests = () =>
      using({ anyName: true }, async (registry) => {
        const client = createTestClient();
        const first = await client.look(`${registry.host}/any/thing:1.2.3`);
        assertFound(first, sha256((await getManifest(registry, 'any/thing', '1.2.3')).bytes));
        assert.equal(first.ok && first.mediaType, buildImage({ name: 'x' }).root.mediaType);
        const other = await client.look(`${registry.host}/any/thing:1.2.4`);
        assert.notEqual(other.ok && other.digest, first.ok && first.digest);
        return first.ok && first.digest;
      });
    assert.equal(await digests(), await digests());
  });

  test('what is not there is not found', async () => {
    await using({ images: [{ repository: 'team/shop', tags: ['1.0'] }] }, async ({ host }) => {
      const client = createTestClient();
      assertFailed(await client.look(`${host}/team/shop:2.0`), 'not-found', /no image team\/shop:2\.0\./);
      assertFailed(
        await client.look(`${host}/team/shpo:1.0`),
        'not-found',
        /no image team\/shpo\. Check the name\./,
      );
    });
  });

  test('a tag can be moved', async () => {
    await using({ images: [{ repository: 'team/shop', tags: ['1'] }] }, async (registry) => {
      const before = registry.digestOf('team/shop', '1');
      const after = registry.put({ repository: 'team/shop', tags: ['1'], revision: 'patched' });
      assert.notEqual(after, before);
      assertFound(await createTestClient().look(`${registry.host}/team/shop:1`), after);
    });
  });

  for (const kind of ['basic', 'token'] as const) {
    test(`${kind}: only the password opens it`, async () => {
      const auth = { kind, username: 'alice', password: secret };
      await using({ anyName: true, auth }, async ({ host, requests }) => {
        const signedIn = createTestClient({ stored: { [host]: password } });
        assert.equal((await signedIn.look(`${host}/team/shop:1`)).ok, true);
        assert.ok(requests.some(({ authorized }) => authorized));
        assertFailed(await createTestClient().look(`${host}/team/shop:1`), 'no-access', /or it is private/);
        const wrong = createTestClient({
          stored: { [host]: { ...password, kind: 'password', username: 'bob', password: 'x' } },
        });
        assertFailed(await wrong.look(`${host}/team/shop:1`), 'no-access', /does not accept/);
      });
    });
  }

  test('answers wait for onRequest', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const onRequest = () => {
      arrived();
      return opened;
    };
    await using({ anyName: true, onRequest }, async ({ host, requests }) => {
      const looking = createTestClient().look(`${host}/team/shop:1`);
      await arrival;
      assert.deepEqual(requests, [{ method: 'HEAD', path: '/v2/team/shop/manifests/1', authorized: false }]);
      open();
      assert.equal((await looking).ok, true);
    });
  });
});
