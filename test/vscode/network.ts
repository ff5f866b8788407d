import { join } from 'node:path';
import { temporaryFolder } from '../../scripts/lib/workbench-run.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { startForwardProxy } from '../support/forward-proxy.ts';
import { buildImage } from '../support/oci.ts';
import { makePrivateCa } from '../support/tls.ts';

/** Registries and proxies around a window. */
export interface Network extends AsyncDisposable {
  /** PEM file of the authority that the window is to trust. */
  readonly authority: string;
  readonly around: Around;
}

/** What a suite is told of them. */
export interface Around {
  /** `host:port` of a registry with a certificate of the trusted authority. */
  readonly trusted: string;
  /** Of one with a certificate of another authority. */
  readonly strange: string;
  /** `name:port` under which only the proxies find the first registry: each for one use, as a host that fails is left alone for a while. */
  readonly hidden: readonly string[];
  /** URL of a proxy that lets everybody through. */
  readonly proxy: string;
  /** Of one that wants to know who asks. */
  readonly lockedProxy: string;
  readonly proxyUser: string;
  readonly proxyPassword: string;
  /** Image in the registries, and its digest. */
  readonly image: string;
  readonly digest: string;
}

const names = ['one', 'two', 'three', 'four', 'five'].map((name) => `${name}.holdfast.test`);
const proxyUser = 'bob';
const proxyPassword = 'staple-battery';

export async function startNetwork(): Promise<Network> {
  await using parts = new AsyncDisposableStack();
  const { path } = parts.use(await temporaryFolder('network'));
  const [known, other] = await Promise.all([
    makePrivateCa(join(path, 'known'), '127.0.0.1', ...names),
    makePrivateCa(join(path, 'other'), '127.0.0.1'),
  ]);
  const [trusted, strange] = await Promise.all(
    [known, other].map(({ server }) => startDockerRegistry({ kind: 'none' }, { tls: server })),
  );
  if (!trusted || !strange) throw new Error('There are two registries.');
  for (const registry of [trusted, strange]) parts.defer(() => registry.stop());
  await trusted.push(buildImage({ name: 'app' }), 'team/app', '1.2.3');
  const users = { [proxyUser]: proxyPassword };
  const [proxy, lockedProxy] = await Promise.all([
    startForwardProxy({ names }),
    startForwardProxy({ names, users }),
  ]);
  for (const one of [proxy, lockedProxy]) parts.defer(() => one.stop());
  const port = trusted.host.slice(trusted.host.lastIndexOf(':'));
  const around: Around = {
    trusted: trusted.host,
    strange: strange.host,
    hidden: names.map((name) => `${name}${port}`),
    proxy: proxy.url,
    lockedProxy: lockedProxy.url,
    proxyUser,
    proxyPassword,
    image: 'team/app:1.2.3',
    digest: await trusted.digestBySkopeo('team/app', '1.2.3'),
  };
  const all = parts.move();
  return { authority: known.authority, around, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
