import { indexTypes } from '../../engine/image/media-type.ts';
import type { ImageName } from '../../engine/ports.ts';
import { Failure } from '../../http/failure.ts';
import { notManifest, oldManifest, wrongDigest } from '../client/messages.ts';
import { digestOf, isDigest } from './digest.ts';
import type { Endpoint } from './endpoint.ts';
import type { Reply } from './http.ts';
import { decodeObject } from './json.ts';

/** All of them have to be accepted: a registry that is offered fewer answers with one platform's manifest instead of the index. */
const mediaTypes: readonly string[] = [
  ...indexTypes,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export const acceptManifests = mediaTypes.join(', ');

export interface Resolved {
  readonly digest: string;
  readonly mediaType: string;
  /** The server named another digest than its content has. */
  readonly contradicted?: boolean;
}

/** The digest of an answer without a body. Undefined where it says too little to be trusted. */
export function fromHead(response: Reply, endpoint: Endpoint, image: ImageName): Resolved | undefined {
  const mediaType = mediaTypeOf(response);
  if (isSchema1(mediaType)) throw new Failure('bad-answer', oldManifest(endpoint, image));
  const digest = namedDigest(response);
  if (digest === undefined || !mediaTypes.includes(mediaType)) return undefined;
  if (isDigest(image.version) && digest !== image.version) return undefined;
  return { digest, mediaType };
}

/** The digest of the content itself. Throws a Failure for what is no manifest. */
export function fromBody(response: Reply, endpoint: Endpoint, image: ImageName): Resolved {
  const mediaType = mediaTypeOf(response);
  if (isSchema1(mediaType)) throw new Failure('bad-answer', oldManifest(endpoint, image));
  if (!mediaTypes.includes(mediaType) || !decodeObject(response.body)) {
    throw new Failure('bad-answer', notManifest(endpoint, image));
  }
  if (isDigest(image.version)) {
    if (digestOf(response.body, image.version) === image.version) return { digest: image.version, mediaType };
    throw new Failure('bad-answer', wrongDigest(endpoint, image));
  }
  const named = namedDigest(response);
  const digest = digestOf(response.body, named);
  return { digest, mediaType, contradicted: named !== undefined && named !== digest };
}

/** Without parameters such as `charset`. */
function mediaTypeOf(response: Reply): string {
  const [type = ''] = (response.headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

function isSchema1(mediaType: string): boolean {
  return mediaType.startsWith('application/vnd.docker.distribution.manifest.v1+');
}

/** A server that hashes the empty body of a HEAD answer names this digest for everything. */
const digestOfNothing = digestOf(new Uint8Array());

function namedDigest(response: Reply): string | undefined {
  const digest = response.headers['docker-content-digest'];
  return digest !== undefined && isDigest(digest) && digest !== digestOfNothing ? digest : undefined;
}
