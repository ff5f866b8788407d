import type { ImageName, RepositoryName } from '../../engine/ports.ts';
import { momentInWords } from '../../http/format-date.ts';
import { type Advice, inWords } from '../../http/network-errors.ts';
import { isDigest } from '../protocol/digest.ts';
import type { Endpoint } from '../protocol/endpoint.ts';

/** `library/nginx:1.27` or `library/nginx@sha256:…`: an image at its registry. */
export function imageAt(image: ImageName): string {
  return `${image.repository}${isDigest(image.version) ? '@' : ':'}${image.version}`;
}

/** With its registry, as in references. */
export function fullName(image: ImageName): string {
  return `${image.registry}/${imageAt(image)}`;
}

/** Behind `sign in with`. */
function signIn({ credentialHost }: Endpoint, advice: SignInAdvice): string {
  return advice.signIn(
    credentialHost === 'docker.io' ? '`docker login`' : `\`docker login ${credentialHost}\``,
  );
}

type SignInAdvice = Pick<Advice, 'signIn'>;

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
export function noAccess(
  endpoint: Endpoint,
  subject: string,
  signedIn: boolean,
  advice: SignInAdvice,
): string {
  const what = `${endpoint.label} has no image ${subject}, or`;
  return signedIn
    ? `${what} the account you are signed in with may not read it. Check the name, or ask for access.`
    : `${what} it is private. Check the name, or sign in with ${signIn(endpoint, advice)}.`;
}

/** `isOwn`: the credential was given to Holdfast itself, where another sign-in with Docker would not replace it. */
export function rejectedSignIn(
  endpoint: Endpoint,
  { isOwn }: { readonly isOwn?: true },
  advice: SignInAdvice,
): string {
  const how = isOwn ? 'the command "Holdfast: Sign In to Registry"' : signIn(endpoint, advice);
  return `${endpoint.label} does not accept the user name and password stored for it. Sign in again with ${how}.`;
}

export function notAccepted({ label }: Endpoint): string {
  return `${label} does not accept this user name and password. Check both; with two-factor or single sign-on, an access token takes the place of the password.`;
}

export function plainSignIn({ credentialHost }: Endpoint): string {
  return `Nobody was signed in: ${credentialHost} answers over plain http alone, and passwords are only sent over TLS or within this machine.`;
}

export function signInElsewhere({ label }: Endpoint): string {
  return `${label} sends the request on to another host, which asks for the sign-in. Nothing was sent there. Sign in at that host if you trust it.`;
}

export function noRegistry({ label }: Endpoint): string {
  return `${label} does not answer as a container registry does. Check the name, and whether a proxy or a sign-in page stands in between.`;
}

/** `why`: what is wrong with the registry's name. */
export function noSignIn(why: string): string {
  return `Nobody can be signed in there. ${why}`;
}

export function needsPassword({ label }: Endpoint): string {
  return `${label} takes a user name and password alone, and this is a token. Sign in with the token as the password.`;
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

export function rateLimited(
  endpoint: Endpoint,
  wait: number,
  signedIn: boolean,
  advice: SignInAdvice,
): string {
  const more = signedIn
    ? 'Another plan of your account, or a mirror named in the registries setting, may have a higher limit.'
    : `Signing in with ${signIn(endpoint, advice)} may raise the limit.`;
  return `${endpoint.label} takes no more requests for now. Try again in ${inWords(wait)}. ${more}`;
}

export function overloaded({ label }: Endpoint, wait: number): string {
  return `${label} is overloaded or under repair (status 503). Try again in ${inWords(wait)}.`;
}

export function offline({ online }: Pick<Advice, 'online'>): string {
  return `Nothing was asked: offline mode is on. ${online}`;
}

/** `name`: an image with its registry. */
export function unknownOffline(name: string, { online }: Pick<Advice, 'online'>): string {
  return `Offline mode is on, and nothing is known about ${name} from before. ${online}`;
}

/** One more sentence for a lookup that failed. `at`: milliseconds since the epoch. */
export function knownFromBefore(image: ImageName, digest: string, at: number): string {
  const what = isDigest(image.version) ? 'there' : shortDigest(digest);
  return `On ${momentInWords(at)}, it was ${what}; offline mode uses that.`;
}

const shortDigest = (digest: string): string => digest.replace(/^([^:]*:.{12}).*$/s, '$1…');

export function serverFault(endpoint: Endpoint, status: number): string {
  return `${endpoint.label} has a fault of its own (status ${status}). Try again later.`;
}

export function oddStatus(endpoint: Endpoint, status: number): string {
  return `${endpoint.label} answered with status ${status}, which makes no sense for an image. Check that it is a container registry.`;
}

export function hiddenAddress(
  { credentialHost, label, origins: [origin] }: Endpoint,
  { registries }: Advice,
): string {
  const { host } = new URL(origin);
  return `${label} was not asked: ${host} leads into a private network or to this machine, which a name in a manifest must not do unnoticed. If it is your own registry, name it ${registries}, as in \`"${credentialHost}": {}\`, or sign in there.`;
}

export function specialAddress({ label, origins: [origin] }: Endpoint): string {
  const { host } = new URL(origin);
  return `${label} was not asked: ${host} is an address that only machines of a data centre use among themselves, or leads to one. No registry is there; check the name.`;
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

/** Does not quote the name. */
export const tokenInName =
  'A part of this name has the form of an access token, so it is sent nowhere. Take it out of the reference.';

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
