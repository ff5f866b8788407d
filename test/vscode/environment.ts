import { join } from 'node:path';

/** For a run that neither finds nor leaves anything in the user's own folders: credentials, trusted certificates, answers of registries. */
export const ownEnvironment = (folder: string): Readonly<Record<string, string>> => ({
  HOME: join(folder, 'home'),
  XDG_CONFIG_HOME: join(folder, 'home', '.config'),
  DOCKER_CONFIG: join(folder, 'home', '.docker'),
  HOLDFAST_CACHE_DIR: join(folder, 'cache'),
  ...Object.fromEntries(
    [
      'DOCKER_AUTH_CONFIG',
      'REGISTRY_AUTH_FILE',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'NO_PROXY',
    ].flatMap((name) => [
      [name, ''],
      [name.toLowerCase(), ''],
    ]),
  ),
});
