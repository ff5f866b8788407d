import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { type ForwardProxy, startForwardProxy } from '../support/forward-proxy.ts';
import { type BuiltImage, buildImage } from '../support/oci.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { listen, stopServer } from '../support/registry-server.ts';
import { makePrivateCa, type PrivateCa, trustAt } from '../support/tls.ts';
import { ended, main, makeFolder, type Outcome, start, writeFiles } from './support.ts';

const images: Readonly<Record<string, BuiltImage>> = {
  'oci-index': buildImage({ name: 'shop' }),
  'oci-single': buildImage({ name: 'shop', shape: 'single' }),
  'docker-list': buildImage({ name: 'shop', format: 'docker' }),
  'docker-single': buildImage({ name: 'shop', format: 'docker', shape: 'single' }),
};
const tags = Object.keys(images);

const account = { username: 'alice', password: secret };
const identityToken = `identity-${secret}`;

/** Names that exist for the proxies alone. */
const registryName = 'registry.holdfast.test';
const tokenName = 'tokens.holdfast.test';

/** A secret of its own: the proxy is told this one, and not those of registries. */
const proxyAccount = { name: 'bob', password: 'let-me-through' };

interface World {
  readonly folder: string;
  readonly ca: PrivateCa;
  readonly proxy: ForwardProxy;
  readonly strictProxy: ForwardProxy;
  readonly open: DockerRegistry;
  readonly htpasswd: DockerRegistry;
  readonly tokens: DockerRegistry;
  readonly tlsHtpasswd: DockerRegistry;
  readonly tlsTokens: DockerRegistry;
}

const stops: (() => Promise<void>)[] = [];

async function started<Part extends { stop(): Promise<void> }>(starting: Promise<Part>): Promise<Part> {
  const part = await starting;
  stops.push(() => part.stop());
  return part;
}

async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-flows-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const ca = await makePrivateCa(join(folder, 'ca'), registryName, tokenName, '127.0.0.1');
  const tls = ca.server;
  const names = [registryName, tokenName];
  const users = { [proxyAccount.name]: proxyAccount.password };
  const proxy = await started(startForwardProxy({ names }));
  const strictProxy = await started(startForwardProxy({ names, users }));
  const byToken = { kind: 'token', ...account, identityTokens: [identityToken] } as const;
  const byPassword = { kind: 'htpasswd', ...account } as const;
  const open = await started(startDockerRegistry());
  const htpasswd = await started(startDockerRegistry(byPassword));
  const tokens = await started(startDockerRegistry(byToken));
  const tlsHtpasswd = await started(startDockerRegistry(byPassword, { tls }));
  const tlsTokens = await started(startDockerRegistry(byToken, { tls, tokenName, proxy: proxy.url }));
  for (const registry of [open, htpasswd, tokens, tlsHtpasswd, tlsTokens]) {
    for (const [tag, image] of Object.entries(images)) await registry.push(image, 'team/shop', tag);
  }
  return { folder, ca, proxy, strictProxy, open, htpasswd, tokens, tlsHtpasswd, tlsTokens };
}

let world: World;
before(async () => {
  world = await startWorld();
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** A user of this machine whose home folder is a workspace, too. */
interface User {
  readonly home: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
}

async function makeUser(t: TestContext, dockerConfig: unknown = {}): Promise<User> {
  const home = await makeFolder(t, { '.docker/config.json': JSON.stringify(dockerConfig) });
  const cache = join(home, 'cache');
  return {
    home,
    async run(args, env = {}) {
      const outcome = await ended(start(t, home, [main, ...args], { HOLDFAST_CACHE_DIR: cache, ...env }));
      const kept = await Promise.all(
        (await readdir(cache).catch(() => [])).map((name) => readFile(join(cache, name), 'utf8')),
      );
      const texts = [outcome.out, outcome.err, ...kept];
      assertNothingOf(texts);
      const { name, password } = proxyAccount;
      for (const one of [password, auth(name, password)]) assertNoSecret(texts, one);
      return outcome;
    },
  };
}

const auth = (user: string, password: string): string =>
  Buffer.from(`${user}:${password}`).toString('base64');

/** Neither a secret for a registry nor a token that was given for one. */
function assertNothingOf(texts: readonly string[]): void {
  for (const one of [secret, identityToken]) assertNoSecret(texts, one);
  for (const text of texts) assert.doesNotMatch(text, /eyJ[\w-]{10}/);
}

/** A Docker configuration with the password for one registry. */
const storing = (host: string, password: string = secret) => ({
  auths: { [host]: { auth: auth(account.username, password) } },
});

const portOf = ({ host }: { readonly host: string }): string => host.replace(/^.*:/, '');

/** How the registry is called by who reaches it through a proxy. */
const named = (registry: DockerRegistry): string => `${registryName}:${portOf(registry)}`;

const references = (host: string): readonly string[] => tags.map((tag) => `${host}/team/shop:${tag}`);

/** What `holdfast resolve` has to print: the digests that skopeo finds. */
async function bySkopeo(registry: DockerRegistry, host = registry.host): Promise<string> {
  const digests = await Promise.all(tags.map((tag) => registry.digestBySkopeo('team/shop', tag)));
  return references(host)
    .map((reference, index) => `${reference}@${digests[index]}\n`)
    .join('');
}

/** All references are refused, each in words that match. */
function assertRefused({ err, out, status }: Outcome, ...words: readonly RegExp[]): void {
  assert.deepEqual([status, out], [1, ''], err);
  const lines = err.split('\n').filter((line) => line.includes('/team/shop:'));
  assert.notEqual(lines.length, 0, err);
  for (const line of lines) {
    assert.match(line, /^holdfast: \S+: [A-Z0-9a-z`].*\.$/);
    for (const word of words) assert.match(line, word);
  }
}

describe('a registry on this machine', () => {
  test('open to everyone', async (t) => {
    const { open } = world;
    const user = await makeUser(t);
    const resolved = await user.run(['resolve', ...references(open.host)]);
    assert.deepEqual(resolved, { status: 0, out: await bySkopeo(open), err: '' });
  });

  test('with a password from the Docker configuration', async (t) => {
    const { htpasswd } = world;
    const user = await makeUser(t, storing(htpasswd.host));
    const resolved = await user.run(['resolve', ...references(htpasswd.host)]);
    assert.deepEqual(resolved, { status: 0, out: await bySkopeo(htpasswd), err: '' });
  });

  test('with a password from a credential helper', async (t) => {
    const { htpasswd } = world;
    const user = await makeUser(t, { credHelpers: { [htpasswd.host]: 'shop' } });
    const answer = JSON.stringify({ ServerURL: htpasswd.host, Username: 'alice', Secret: secret });
    const script = `#!/bin/sh\nread -r server\n[ "$1 $server" = "get ${htpasswd.host}" ] && echo '${answer}'\n`;
    await writeFiles(user.home, { 'bin/docker-credential-shop': script });
    await chmod(join(user.home, 'bin/docker-credential-shop'), 0o755);
    const PATH = `${join(user.home, 'bin')}:${process.env.PATH}`;
    const resolved = await user.run(['resolve', ...references(htpasswd.host)], { PATH });
    assert.deepEqual(resolved, { status: 0, out: await bySkopeo(htpasswd), err: '' });
  });

  test('with a token, for a password and for an identity token', async (t) => {
    const { tokens } = world;
    const expected = { status: 0, out: await bySkopeo(tokens), err: '' };
    const byPassword = await makeUser(t, storing(tokens.host));
    assert.deepEqual(await byPassword.run(['resolve', ...references(tokens.host)]), expected);
    const byIdentity = await makeUser(t, { auths: { [tokens.host]: { identitytoken: identityToken } } });
    assert.deepEqual(await byIdentity.run(['resolve', ...references(tokens.host)]), expected);
    assert.equal(tokens.tokens?.requests.at(-1)?.method, 'POST');
  });

  test('without a password, and with a wrong one', async (t) => {
    for (const { host } of [world.htpasswd, world.tokens]) {
      const nobody = await makeUser(t);
      const login = /or it is private\. .*sign in with `docker login 127\.0\.0\.1:\d+`/;
      assertRefused(await nobody.run(['resolve', ...references(host)]), login);
      const other = await makeUser(t, storing(host, `${secret}-old`));
      const rejected = /does not accept the user name and password stored for it/;
      assertRefused(await other.run(['resolve', ...references(host)]), rejected);
    }
  });

  test('pinned, and audited with what the registry says', async (t) => {
    const { htpasswd } = world;
    const user = await makeUser(t, storing(htpasswd.host));
    const at = `${htpasswd.host}/team/shop`;
    const other = images['docker-list']?.root.digest;
    await writeFiles(user.home, { 'a/Dockerfile': `FROM ${at}:oci-index\n` });
    const pinned = await user.run(['pin', '--write']);
    assert.deepEqual([pinned.status, pinned.out], [0, 'Pinned 1 image in a/Dockerfile\n'], pinned.err);
    const written = `FROM ${at}:oci-index@${await htpasswd.digestBySkopeo('team/shop', 'oci-index')}\n`;
    assert.equal(await readFile(join(user.home, 'a/Dockerfile'), 'utf8'), written);

    const clean = await user.run(['audit', '--online', '--format', 'json', '--fail-on', 'never']);
    assert.deepEqual([clean.status, clean.err], [0, '']);
    assert.doesNotMatch(clean.out, /"drifted-pin"/);
    await writeFiles(user.home, { 'a/Dockerfile': `FROM ${at}:oci-index@${other}\n` });
    const drifted = await user.run(['audit', '--online', '--format', 'json', '--fail-on', 'never']);
    assert.deepEqual([drifted.status, drifted.err], [0, '']);
    assert.match(drifted.out, /"drifted-pin"/);
  });
});

describe('TLS with a private CA', () => {
  const places: Readonly<Record<string, (home: string) => Promise<Readonly<Record<string, string>>>>> = {
    NODE_EXTRA_CA_CERTS: async () => ({ NODE_EXTRA_CA_CERTS: world.ca.authority }),
    SSL_CERT_FILE: async () => ({ SSL_CERT_FILE: world.ca.authority }),
    'the certs.d of Docker': async (home) => {
      for (const { host } of [world.tlsHtpasswd, world.tlsTokens]) {
        await trustAt(join(home, '.docker/certs.d'), host, world.ca);
      }
      return {};
    },
  };
  for (const [name, trust] of Object.entries(places)) {
    test(`that ${name} names`, async (t) => {
      const { tlsHtpasswd } = world;
      const user = await makeUser(t, storing(tlsHtpasswd.host));
      const env = await trust(user.home);
      const resolved = await user.run(['resolve', ...references(tlsHtpasswd.host)], env);
      assert.deepEqual(resolved, { status: 0, out: await bySkopeo(tlsHtpasswd), err: '' });
    });
  }

  test('that nothing names', async (t) => {
    const { tlsHtpasswd } = world;
    const user = await makeUser(t, storing(tlsHtpasswd.host));
    assertRefused(
      await user.run(['resolve', ...references(tlsHtpasswd.host)]),
      /The certificate of 127\.0\.0\.1:\d+ is .*not trusted.* \(\w+\)/,
      /NODE_EXTRA_CA_CERTS/,
    );
  });

  test('whose certificate is for another name', async (t) => {
    const { ca, folder } = world;
    const other = await makePrivateCa(join(folder, 'other'), 'elsewhere.holdfast.test');
    const registry = await startDockerRegistry(undefined, { tls: other.server });
    t.after(() => registry.stop());
    const user = await makeUser(t);
    assertRefused(
      await user.run(['resolve', `${registry.host}/team/shop:1.0`], {
        NODE_EXTRA_CA_CERTS: other.authority,
        SSL_CERT_FILE: ca.authority,
      }),
      /The certificate of 127\.0\.0\.1:\d+/,
      /other names/,
    );
  });
});

describe('behind squid, by a name that the proxy alone knows', () => {
  const proxied = (proxy: string) => ({ HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: world.ca.authority });
  const withAccount = ({ host }: ForwardProxy, password: string): string =>
    `http://${proxyAccount.name}:${password}@${host}`;

  /** The tunnels that squid has opened since `start`, none of which it was told a registry's secret for. */
  async function tunnels(proxy: ForwardProxy, start: number, count: number) {
    const requests = (await proxy.requests(start + count)).slice(start);
    assertNothingOf(requests.map((request) => JSON.stringify(request)));
    return requests;
  }

  test('with a password for the registry', async (t) => {
    const { proxy, tlsHtpasswd } = world;
    const host = named(tlsHtpasswd);
    const user = await makeUser(t, storing(host));
    const start = (await proxy.requests(0)).length;
    const resolved = await user.run(['resolve', ...references(host)], proxied(proxy.url));
    assert.deepEqual(resolved, {
      status: 0,
      out: await bySkopeo(tlsHtpasswd, host),
      err: '',
    });
    const seen = await tunnels(proxy, start, 1);
    assert.deepEqual(
      new Set(seen.map(({ method, status, target }) => `${method} ${target} ${status}`)),
      new Set([`CONNECT ${host} 200`]),
    );
  });

  test('with a token from a server behind the same proxy', async (t) => {
    const { proxy, tlsTokens } = world;
    const host = named(tlsTokens);
    const tokenServer = new URL(tlsTokens.tokens?.realm ?? '').host;
    assert.equal(tokenServer.startsWith(`${tokenName}:`), true);
    const expected = { status: 0, out: await bySkopeo(tlsTokens, host), err: '' };
    for (const config of [storing(host), { auths: { [host]: { identitytoken: identityToken } } }]) {
      const user = await makeUser(t, config);
      const start = (await proxy.requests(0)).length;
      assert.deepEqual(await user.run(['resolve', ...references(host)], proxied(proxy.url)), expected);
      const seen = await tunnels(proxy, start, 2);
      assert.deepEqual(new Set(seen.map(({ target }) => target)), new Set([host, tokenServer]));
    }
  });

  test('with a proxy that wants a password', async (t) => {
    const { strictProxy, tlsHtpasswd } = world;
    const host = named(tlsHtpasswd);
    const user = await makeUser(t, storing(host));
    const start = (await strictProxy.requests(0)).length;
    const resolved = await user.run(
      ['resolve', ...references(host)],
      proxied(withAccount(strictProxy, proxyAccount.password)),
    );
    assert.deepEqual(resolved, {
      status: 0,
      out: await bySkopeo(tlsHtpasswd, host),
      err: '',
    });
    const seen = await tunnels(strictProxy, start, 1);
    assert.deepEqual(
      new Set(seen.map(({ target, user: name }) => `${name} ${target}`)),
      new Set([`bob ${host}`]),
    );
  });

  test('with a wrong password for the proxy, or none', async (t) => {
    const { strictProxy, tlsHtpasswd } = world;
    const host = named(tlsHtpasswd);
    const user = await makeUser(t, storing(host));
    for (const url of [withAccount(strictProxy, 'wrong'), strictProxy.url]) {
      const start = (await strictProxy.requests(0)).length;
      const refused = await user.run(['resolve', `${host}/team/shop:oci-index`], proxied(url));
      assertRefused(
        refused,
        /The proxy on the way to registry\.holdfast\.test:\d+ wants a user name and password/,
        /HTTPS_PROXY/,
      );
      assert.doesNotMatch(refused.err, /wrong/);
      const seen = await tunnels(strictProxy, start, 1);
      assert.deepEqual(new Set(seen.map(({ status }) => status)), new Set([407]));
    }
  });

  test('pinned, and audited with what the registry says', async (t) => {
    const { proxy, tlsTokens } = world;
    const host = named(tlsTokens);
    const user = await makeUser(t, storing(host));
    await writeFiles(user.home, {
      'a/Dockerfile': `FROM ${host}/team/shop:docker-list\n`,
      'b/Dockerfile': `FROM ${host}/team/shop:oci-index@${images['docker-list']?.root.digest}\n`,
    });
    const pinned = await user.run(['pin', '--write'], proxied(proxy.url));
    assert.deepEqual([pinned.status, pinned.out], [0, 'Pinned 1 image in a/Dockerfile\n'], pinned.err);
    const digest = await tlsTokens.digestBySkopeo('team/shop', 'docker-list');
    assert.equal(
      await readFile(join(user.home, 'a/Dockerfile'), 'utf8'),
      `FROM ${host}/team/shop:docker-list@${digest}\n`,
    );
    const argv = ['audit', '--online', '--format', 'json', '--fail-on', 'never'];
    const audited = await user.run(argv, proxied(proxy.url));
    assert.deepEqual([audited.status, audited.err], [0, '']);
    const drifted = JSON.parse(audited.out).findings.filter(
      ({ rule }: { rule: string }) => rule === 'drifted-pin',
    );
    assert.deepEqual(
      drifted.map(({ file }: { file: string }) => file),
      ['b/Dockerfile'],
    );
  });

  test('without the CA', async (t) => {
    const { proxy, tlsHtpasswd } = world;
    const host = named(tlsHtpasswd);
    const user = await makeUser(t, storing(host));
    assertRefused(
      await user.run(['resolve', ...references(host)], { HTTPS_PROXY: proxy.url }),
      /The certificate of registry\.holdfast\.test:\d+ is .*not trusted/,
      /NODE_EXTRA_CA_CERTS/,
    );
  });

  test('over plain http, which no password is sent over', async (t) => {
    const { htpasswd, open, proxy } = world;
    const [openHost, closedHost] = [named(open), named(htpasswd)];
    const user = await makeUser(t, storing(closedHost));
    const registries = { [openHost]: { insecure: true }, [closedHost]: { insecure: true } };
    await writeFiles(user.home, { '.holdfast.yaml': JSON.stringify({ registries }) });
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    const start = (await proxy.requests(0)).length;
    const resolved = await user.run(['resolve', ...references(openHost)], env);
    assert.deepEqual(resolved, {
      status: 0,
      out: await bySkopeo(open, openHost),
      err: '',
    });
    const plain = `http://${openHost}/v2/team/shop/manifests/`;
    const seen = await tunnels(proxy, start, tags.length);
    assert.equal(seen.filter(({ status, target }) => status === 200 && target.startsWith(plain)).length, 4);
    assertRefused(await user.run(['resolve', ...references(closedHost)], env));
    const asked = await tunnels(proxy, start + seen.length, 1);
    assert.ok(asked.some(({ target }) => target.startsWith(`http://${closedHost}/v2/`)));
    assert.ok(asked.every(({ headers }) => !/authorization/i.test(headers)));
  });

  test('a host that the proxy does not let through to', async (t) => {
    const { proxy } = world;
    const user = await makeUser(t);
    assertRefused(
      await user.run(['resolve', 'other.holdfast.test/team/shop:1.0'], proxied(proxy.url)),
      /The proxy does not let requests through to other\.holdfast\.test/,
    );
  });

  test('a proxy that is down', async (t) => {
    const { tlsHtpasswd } = world;
    const host = named(tlsHtpasswd);
    const user = await makeUser(t, storing(host));
    const server = createServer();
    const { url } = await listen(server);
    await stopServer(server);
    const refused = await user.run(['resolve', ...references(host)], proxied(url));
    assertRefused(refused, /proxy/i, /HTTPS_PROXY/);
  });

  test('NO_PROXY, and this machine', async (t) => {
    const { htpasswd, strictProxy, tlsHtpasswd } = world;
    const host = named(tlsHtpasswd);
    const start = (await strictProxy.requests(0)).length;
    const user = await makeUser(t, { auths: { ...storing(host).auths, ...storing(htpasswd.host).auths } });
    const env = { ...proxied(strictProxy.url), HTTP_PROXY: strictProxy.url, NO_PROXY: '.holdfast.test' };
    const refused = await user.run(['resolve', ...references(host)], env);
    assertRefused(refused, /The host registry\.holdfast\.test:\d+ cannot be found/, /NO_PROXY/);
    const resolved = await user.run(['resolve', ...references(htpasswd.host)], env);
    assert.deepEqual(resolved, { status: 0, out: await bySkopeo(htpasswd), err: '' });
    assert.equal((await strictProxy.requests(start)).length, start);
  });
});
