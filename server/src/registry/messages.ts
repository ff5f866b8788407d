import type { ImageName, RepositoryName } from '../engine/ports.ts';
import { type Advice, inWords } from '../http/faults.ts';
import { isDigest } from './digest.ts';
import type { Endpoint } from './endpoint.ts';

/** `library/nginx:1.27` or `library/nginx@sha256:…`: an image at its registry. */
export function imageAt(image: ImageName): string {
  return `${image.repository}${isDigest(image.version) ? '@' : ':'}${image.version}`;
}

function signIn(endpoint: Endpoint): string {
  return endpoint.credentialHost === 'docker.io'
    ? '`docker login`'
    : `\`docker login ${endpoint.credentialHost}\``;
}

export function noImage(endpoint: Endpoint, image: ImageName): string {
  const advice = isDigest(image.version)
    ? 'It may have been deleted: check the name, and pin a digest that exists.'
    : 'Check the name and the tag.';
  return `${endpoint.label} has no image ${imageAt(image)}. ${advice}`;
}

export function noRepository(endpoint: Endpoint, repository: string): string {
  return `${endpoint.label} has no image ${repository}. Check the name.`;
}

/** `subject`: a repository, with or without tag or digest. */
export function noAccess(endpoint: Endpoint, subject: string, signedIn: boolean): string {
  const what = `${endpoint.label} has no image ${subject}, or`;
  return signedIn
    ? `${what} the account you are signed in with may not read it. Check the name, or ask for access.`
    : `${what} it is private. Check the name, or sign in with ${signIn(endpoint)}.`;
}

export function rejectedSignIn(endpoint: Endpoint): string {
  return `${endpoint.label} does not accept the user name and password stored for it. Sign in again with ${signIn(endpoint)}.`;
}

export function unknownSignIn(endpoint: Endpoint): string {
  return `${endpoint.label} asks for a kind of sign-in that Holdfast does not know. Only user name with password and tokens work.`;
}

export function badRealm(endpoint: Endpoint, why: string): string {
  return `${endpoint.label} asks for a token but ${why}. Nothing was sent there. Report this to whoever runs the registry.`;
}

export function badTokenAnswer(endpoint: Endpoint, server: string, what: string): string {
  return `${endpoint.label} asks for a token, but its token server ${server} ${what}. Try again later, or report this to whoever runs the registry.`;
}

export function rateLimited(endpoint: Endpoint, wait: number, signedIn: boolean): string {
  const more = signedIn ? '' : ` Signing in with ${signIn(endpoint)} may raise the limit.`;
  return `${endpoint.label} takes no more requests for now. Try again in ${inWords(wait)}.${more}`;
}

export function serverFault(endpoint: Endpoint, status: number): string {
  return `${endpoint.label} has a fault of its own (status ${status}). Try again later.`;
}

export function oddStatus(endpoint: Endpoint, status: number): string {
  return `${endpoint.label} answered with status ${status}, which makes no sense for an image. Check that it is a container registry.`;
}

export function hiddenAddress({ label, origins: [origin] }: Endpoint): string {
  const { host } = new URL(origin);
  return `${label} was not asked: ${host} leads to an address inside a private network, which a name in a manifest must not do unnoticed. If it is your own registry, name it in the registries setting, as in \`"${host}": {}\`, or sign in there.`;
}

export function timedOut(endpoint: Endpoint, after: number, { proxy }: Advice): string {
  return `${endpoint.label} gave no full answer within ${inWords(after)}. ${proxy}`;
}

export const cancelled = 'The lookup was cancelled.';

export const unexpected =
  'The lookup failed for a reason Holdfast did not foresee. Try again, and report it if it stays.';

export function badName(registry: string, subject: string): string {
  return `${registry}/${subject} cannot be asked for: repository, tag or digest has a form no registry accepts. Check the reference.`;
}

export function badRegistry({ registry }: RepositoryName, why: string): string {
  return `The registry ${registry} cannot be asked. ${why}`;
}

export function notManifest(endpoint: Endpoint, image: ImageName): string {
  return `${endpoint.label} answered for ${imageAt(image)} with something that is not an image manifest, such as a login page. Check that the host is a container registry, and whether a proxy or a sign-in page stands in between.`;
}

export function noTags(endpoint: Endpoint, repository: string): string {
  return `${endpoint.label} answered for ${repository} with something that is not a list of tags, such as a login page. Check that the host is a container registry, and whether a proxy or a sign-in page stands in between.`;
}

export function oldManifest(endpoint: Endpoint, image: ImageName): string {
  return `${endpoint.label} offers ${imageAt(image)} only in the old schema 1 format, which has no lasting digest. Push the image again with a current Docker.`;
}

export function wrongDigest(endpoint: Endpoint, image: ImageName): string {
  return `${endpoint.label} answered for ${imageAt(image)} with content that does not match this digest. Do not use it, and report this to whoever runs the registry.`;
}

export function digestsDiffer(endpoint: Endpoint, image: ImageName): string {
  return `${endpoint.label} names another digest for ${imageAt(image)} than its content has. The digest of the content is used.`;
}

export const signed = 'It has a signature by a key that the policy names.';

export function unsigned(endpoint: Endpoint): string {
  return `${endpoint.label} has no signature for it that was made with a key; signatures without a key, and Sigstore bundles, are not looked at.`;
}

export const oddSignature =
  'What the registry keeps as its signature is in no form that cosign writes for signatures made with a key.';

export const signedByOthers = 'None of its signatures was made with a key that the policy names.';

export const signedByFewer = 'It is signed, but not by every key that the policy demands.';

export const signedOther =
  'A key that the policy names did sign what is kept as its signature, but that is about another image.';

export const noKey = 'No signature can be looked for without a public key. Name one in the policy.';

export const badKey =
  'A key that the policy names is no public key in PEM form, so no signature was looked for. Write what `cosign public-key` prints.';

export const weakKey =
  'A key that the policy names is of a kind or size that is not accepted, so no signature was looked for. Use ECDSA on P-256 or P-384, Ed25519, or RSA with 2048 bits or more.';
