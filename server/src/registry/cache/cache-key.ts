import type { ImageName, RegistryTable } from '../../engine/ports.ts';
import { hasTokenForm } from '../../engine/text/token.ts';
import * as messages from '../client/messages.ts';
import { digestOf, isDigest } from '../protocol/digest.ts';
import { type Endpoint, endpointOf, isRepository, isTag } from '../protocol/endpoint.ts';

/** Where to ask for an image, and what its answers are kept under. */
export interface Place {
  readonly ok: true;
  readonly endpoint: Endpoint;
  readonly key: string;
  keyOfDigest(digest: string): string;
}

/** `message`: why it is not asked for anywhere. */
export function placeOf(
  image: ImageName,
  registries: RegistryTable,
): Place | { readonly ok: false; readonly message: string } {
  if (hasTokenForm(messages.fullName(image))) return { ok: false, message: messages.tokenInName };
  if (!isAskable(image))
    return { ok: false, message: messages.badName(image.registry, messages.imageAt(image)) };
  const where = endpointOf(image.registry, registries);
  if (!where.ok) return { ok: false, message: messages.badRegistry(image, where.message) };
  const { endpoint } = where;
  return {
    ok: true,
    endpoint,
    key: keyOf(image, endpoint),
    keyOfDigest: (digest) => keyOf({ ...image, version: digest }, endpoint),
  };
}

function isAskable({ repository, version }: ImageName): boolean {
  return isRepository(repository) && (isDigest(version) || isTag(version));
}

function keyOf(image: ImageName, endpoint: Endpoint): string {
  return JSON.stringify([image.registry, image.repository, image.version, ...basesOf(endpoint)]);
}

/** Where repositories begin. */
export function basesOf({ origins, prefix }: Endpoint): readonly string[] {
  return prefix === '' ? origins : origins.map((origin) => `${origin}/${prefix}`);
}

/** What a verdict on an image is kept under, in whatever order the keys are named. `image`: the key of its digest. */
export const verdictKey = (image: string, keys: readonly string[]): string =>
  `${image} ${digestOf(Buffer.from(JSON.stringify([...keys].sort())))}`;
