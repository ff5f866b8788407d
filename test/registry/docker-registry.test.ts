import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Lookup, RegistryTable } from '../../server/src/engine/ports.ts';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { type BuiltImage, buildImage } from '../support/oci.ts';
import { assertFailed, assertFound, assertNoSecret, imageOf, secret } from '../support/registry-client.ts';

const images: Readonly<Record<string, BuiltImage>> = {
  'oci-index': buildImage({ name: 'shop' }),
  'oci-single': buildImage({ name: 'shop', shape: 'single' }),
  'docker-list': buildImage({ name: 'shop', format: 'docker' }),
  'docker-single': buildImage({ name: 'shop', format: 'docker', shape: 'single' }),
};

/** A computer whose home folder holds nothing but this Docker configuration. */
async function createComputer(config: unknown) {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-home-'));
  await writeFile(join(home, 'config.json'), JSON.stringify(config));
  const log: string[] = [];
  const registry = createNodeRegistry({
    env: { HOME: home, DOCKER_CONFIG: home },
    cacheFolder: null,
    log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
  });
  return {
    log,
    look(reference: string, registries: RegistryTable = {}): Promise<Lookup> {
      return registry.resolve(imageOf(reference), { registries });
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

function storing(host: string, username: string, password: string) {
  return { auths: { [host]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } };
}

async function pushAll(registry: DockerRegistry): Promise<void> {
  for (const [tag, image] of Object.entries(images)) await registry.push(image, 'team/shop', tag);
}

async function assertAgreesWithSkopeo(
  registry: DockerRegistry,
  look: (reference: string) => Promise<Lookup>,
) {
  for (const [tag, image] of Object.entries(images)) {
    const lookup = await look(`${registry.host}/team/shop:${tag}`);
    assertFound(lookup, image.root.digest);
    assertFound(lookup, await registry.digestBySkopeo('team/shop', tag));
    assert.equal(lookup.ok && lookup.mediaType, image.root.mediaType);
  }
}

describe('docker-registry, open to everyone', () => {
  let server: DockerRegistry;
  before(async () => {
    server = await startDockerRegistry();
    await pushAll(server);
  });
  after(() => server.stop());

  test('a digest is confirmed, and one that does not exist is not', async () => {
    await using computer = await createComputer({});
    const { digest } = images['oci-index']?.root ?? { digest: '' };
    assertFound(await computer.look(`${server.host}/team/shop@${digest}`), digest);
    const gone = `sha256:${'0'.repeat(64)}`;
    assertFailed(
      await computer.look(`${server.host}/team/shop@${gone}`),
      'not-found',
      /team\/shop/,
      /deleted/,
    );
  });

  test('a missing tag and a missing repository', async () => {
    await using computer = await createComputer({});
    const advice = /Check the name and the tag\.$/;
    const tag = await computer.look(`${server.host}/team/shop:2.0`);
    assertFailed(tag, 'not-found', /127\.0\.0\.1:\d+ has no image team\/shop:2\.0\./, advice);
    const repository = await computer.look(`${server.host}/team/shpo:1.0`);
    assertFailed(repository, 'not-found', /has no image team\/shpo:1\.0\./, advice);
  });

  test('a mirror answers for the registry it stands for', async () => {
    await using computer = await createComputer(storing('https://index.docker.io/v1/', 'alice', secret));
    const lookup = await computer.look('docker.io/team/shop:oci-index', {
      'docker.io': { mirror: server.url },
    });
    assertFound(lookup, images['oci-index']?.root.digest ?? '');
    const missing = await computer.look('docker.io/team/shop:2.0', { 'docker.io': { mirror: server.host } });
    assertFailed(missing, 'not-found', /\(mirror of docker\.io\)/);
  });
});

describe('docker-registry behind htpasswd', () => {
  let server: DockerRegistry;
  before(async () => {
    server = await startDockerRegistry({ kind: 'htpasswd', username: 'alice', password: secret });
    await pushAll(server);
  });
  after(() => server.stop());

  test('digests agree with skopeo', async () => {
    await using computer = await createComputer(storing(server.host, 'alice', secret));
    await assertAgreesWithSkopeo(server, computer.look);
    assertNoSecret(computer.log);
  });

  test('a mirror gets its own password, not the one of the registry it stands for', async () => {
    await using computer = await createComputer(storing(server.host, 'alice', secret));
    const registries = { 'docker.io': { mirror: server.url } };
    assertFound(
      await computer.look('docker.io/team/shop:oci-index', registries),
      images['oci-index']?.root.digest ?? '',
    );

    await using other = await createComputer(storing('https://index.docker.io/v1/', 'alice', secret));
    assertFailed(
      await other.look('docker.io/team/shop:oci-index', registries),
      'no-access',
      /docker login 127\.0\.0\.1/,
    );
  });

  test('a wrong password', async () => {
    await using computer = await createComputer(storing(server.host, 'alice', `${secret}-old`));
    const lookup = await computer.look(`${server.host}/team/shop:oci-index`);
    assertFailed(
      lookup,
      'no-access',
      /does not accept the user name and password/,
      /`docker login 127\.0\.0\.1:\d+`/,
    );
    assertNoSecret([...computer.log, JSON.stringify(lookup)]);
  });

  test('no password', async () => {
    await using computer = await createComputer({});
    const lookup = await computer.look(`${server.host}/team/shop:oci-index`);
    assertFailed(
      lookup,
      'no-access',
      /no image team\/shop:oci-index, or it is private/,
      /sign in with `docker login/,
    );
  });

  test('a missing tag, signed in', async () => {
    await using computer = await createComputer(storing(server.host, 'alice', secret));
    assertFailed(
      await computer.look(`${server.host}/team/shop:2.0`),
      'not-found',
      /no image team\/shop:2\.0/,
    );
  });
});

describe('docker-registry with a token server', () => {
  const identityToken = `identity-${secret}`;
  let server: DockerRegistry;
  before(async () => {
    server = await startDockerRegistry({
      kind: 'token',
      username: 'alice',
      password: secret,
      identityTokens: [identityToken],
      open: ['open/shop'],
    });
    await pushAll(server);
    await server.push(buildImage({ name: 'open' }), 'open/shop', '1.0');
  });
  after(() => server.stop());

  test('digests agree with skopeo, and one token serves the whole repository', async () => {
    await using computer = await createComputer(storing(server.host, 'alice', secret));
    const before =
      server.tokens?.requests.filter((request) => !request.scopes.join().includes('push')).length ?? 0;
    for (const [tag, image] of Object.entries(images)) {
      assertFound(await computer.look(`${server.host}/team/shop:${tag}`), image.root.digest);
    }
    const asked = server.tokens?.requests
      .filter((request) => !request.scopes.join().includes('push'))
      .slice(before);
    assert.deepEqual(asked, [{ method: 'GET', signedIn: true, scopes: ['repository:team/shop:pull'] }]);
    for (const [tag, image] of Object.entries(images)) {
      assert.equal(await server.digestBySkopeo('team/shop', tag), image.root.digest);
    }
    assertNoSecret(computer.log);
  });

  test('an open image needs no password', async () => {
    await using computer = await createComputer({});
    assertFound(
      await computer.look(`${server.host}/open/shop:1.0`),
      buildImage({ name: 'open' }).root.digest,
    );
    assert.equal(server.tokens?.requests.at(-1)?.signedIn, false);
  });

  test('a private image without a password, and an image that does not exist, are one state', async () => {
    await using computer = await createComputer({});
    const words = [/, or it is private/, /sign in with `docker login/];
    assertFailed(await computer.look(`${server.host}/team/shop:oci-index`), 'no-access', ...words);
    assertFailed(await computer.look(`${server.host}/team/nothing:1.0`), 'no-access', ...words);
  });

  test('a wrong password', async () => {
    await using computer = await createComputer(storing(server.host, 'alice', `${secret}-old`));
    const lookup = await computer.look(`${server.host}/team/shop:oci-index`);
    assertFailed(lookup, 'no-access', /does not accept the user name and password/);
    assertNoSecret([...computer.log, JSON.stringify(lookup)]);
  });

  test('an identity token is traded by POST', async () => {
    await using computer = await createComputer({
      auths: { [server.host]: { identitytoken: identityToken } },
    });
    assertFound(
      await computer.look(`${server.host}/team/shop:docker-list`),
      images['docker-list']?.root.digest ?? '',
    );
    assert.equal(server.tokens?.requests.at(-1)?.method, 'POST');
    assertNoSecret(computer.log);
  });
});
