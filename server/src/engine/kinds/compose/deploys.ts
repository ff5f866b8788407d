import type { YamlValue } from '../../yaml/lookup.ts';
import { isSet } from './layer.ts';

/** What people call the places they deploy to, and the ways to. */
const deploying = /^(?:prod|production|prd|preprod|staging|deploy|deployment|swarm|release|live)$/;

/** What people call the places they work at. */
const developing =
  /^(?:dev|devel|develop|development|local|localhost|test|tests|testing|debug|example|sample)$/;

/** Keys of `deploy` that `docker compose` passes over, and `docker stack deploy` reads. */
const swarmKeys = ['update_config', 'rollback_config', 'placement'];

/** The usual names of a file for `docker stack deploy`. */
const isStackFile = (path: string): boolean => /(?:^|\/)(?:docker-)?stack\.(?:ya?ml|json)$/i.test(path);

/** Names of files that a swarm may be given, which passes over some keys, such as `security_opt`. */
export const mayBeStackFile = (path: string): boolean =>
  /(?:^|[/._-])(?:stack|swarm)\.(?:ya?ml|json)$/i.test(path);

/** Why a Compose file counts as one that deploys, by its path and by what is in it; null for any other. */
export function whyDeploys(path: string, services: readonly YamlValue[]): string | null {
  const [name = '', folder = ''] = path.split('/').reverse();
  const words = name.toLowerCase().split(/[._-]+/);
  if (words.some((word) => developing.test(word))) return null;
  const word = words.find((one) => deploying.test(one));
  if (word) return `its name says "${word}"`;
  if (isStackFile(path)) return 'its name is that of a stack of a swarm';
  if (/^(?:prod|production|staging)$/i.test(folder)) return `it stands in a folder called "${folder}"`;
  const key = swarmKeys.find((one) => services.some((service) => isSet(service.at('deploy', one))));
  return key ? `only a swarm reads its \`${key}\`` : null;
}
