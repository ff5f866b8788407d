import type { Settings } from '../engine/index.ts';
import { createRoutes } from '../http/proxies.ts';
import { endpointOf } from '../registry/endpoint.ts';
import type { Boundary } from './boundary.ts';

/** Who answers in the place of registries, and the proxies on the way, as sentences: a digest is as good as the word of whoever gave it. */
export function waysTo(
  registries: readonly string[],
  { registries: table }: Pick<Settings, 'registries'>,
  { env }: Pick<Boundary, 'env'>,
): readonly string[] {
  const routeTo = createRoutes(env);
  const mirrors: string[] = [];
  const proxied = new Map<string, string[]>();
  for (const registry of new Set(registries)) {
    const found = endpointOf(registry, table);
    if (!found.ok) continue;
    const {
      label,
      origins: [origin],
    } = found.endpoint;
    const mirror = label.replace(` (mirror of ${registry})`, '');
    if (mirror !== registry) mirrors.push(`${registry}: asked at its mirror ${mirror}.`);
    const route = routeTo(new URL(origin));
    if (route.kind !== 'proxy') continue;
    const { hostname, port } = route.proxy;
    const proxy = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
    proxied.set(proxy, [...(proxied.get(proxy) ?? []), registry]);
  }
  return [
    ...mirrors,
    ...[...proxied].map(([proxy, names]) => `${names.join(', ')}: asked through the proxy ${proxy}.`),
  ];
}
