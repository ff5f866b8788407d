/** Registries that many people sign in to, and what these people call them. */
export const wellKnown: ReadonlyMap<string, string> = new Map([
  ['docker.io', 'Docker Hub'],
  ['ghcr.io', 'GitHub Container Registry'],
  ['quay.io', 'Red Hat Quay'],
]);

/** What Docker Hub is called elsewhere. */
const hubNames = new Set([
  'index.docker.io',
  'registry-1.docker.io',
  'hub.docker.com',
  'registry.hub.docker.com',
]);

/** A registry as references spell it. */
export function spelled(text: string): string {
  const host = text.trim().toLowerCase();
  return hubNames.has(host) ? 'docker.io' : host;
}

const host = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Why a text is no registry; undefined for one that is. */
export function registryFault(text: string): string | undefined {
  const name = text.trim();
  if (name.includes('/'))
    return 'Write the host alone, as it stands in image references: no https://, no path.';
  if (!host.test(name)) return 'This is not the name of a host. Write it as in registry.example.com:5000.';
  if (!/[.:]/.test(name) && name.toLowerCase() !== 'localhost') {
    return 'The name of a registry has a dot or a port in it, as in registry.example.com:5000.';
  }
  return undefined;
}

export interface Hint {
  /** What to write as user name. */
  readonly username: string;
  /** The user name that everybody has there. */
  readonly everybody?: string;
  /** What to write as password. */
  readonly password: string;
}

const hints: readonly (Hint & { readonly registries: RegExp })[] = [
  {
    registries: /^docker\.io$/,
    username: 'Your Docker ID, or the name of your organization where you use its access token.',
    password:
      'An access token, from Account settings › Personal access tokens at Docker. One that may only read will do.',
  },
  {
    registries: /^ghcr\.io$/,
    username: 'Your user name at GitHub.',
    password:
      'A personal access token (classic) of GitHub with the scope read:packages. Your password does not work here.',
  },
  {
    registries: /^quay\.io$/,
    username: 'The name of a robot account, such as team+reader, or your user name.',
    password: 'The token of the robot account, or the encrypted password from your account settings at Quay.',
  },
  {
    registries: /^registry\.gitlab\.com$/,
    username: 'Your user name at GitLab, or that of a deploy token.',
    password: 'A personal access token or deploy token with the scope read_registry.',
  },
  {
    registries: /\.dkr\.ecr\..+\.amazonaws\.com(?:\.cn)?$/,
    username: 'At Amazon ECR everybody is called AWS.',
    everybody: 'AWS',
    password:
      'What `aws ecr get-login-password` prints. It is good for 12 hours; a credential helper of Docker lasts.',
  },
  {
    registries: /(?:^|\.)gcr\.io$|-docker\.pkg\.dev$/,
    username: 'oauth2accesstoken, or _json_key with the key of a service account.',
    everybody: 'oauth2accesstoken',
    password:
      'What `gcloud auth print-access-token` prints, good for an hour, or the key of a service account in one line.',
  },
  {
    registries: /\.azurecr\.io$/,
    username: 'The name of a token or of a service principal of the registry.',
    password: 'Its password.',
  },
];

export const hintFor = (registry: string): Hint =>
  hints.find(({ registries }) => registries.test(registry)) ?? {
    username: `Your user name at ${registry}.`,
    password: 'Password or access token. A token that may only read will do.',
  };
