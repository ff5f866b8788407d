import { isIndex } from '../../engine/image/media-type.ts';
import type { ImageConfig, ImageName, ImagePlatform } from '../../engine/ports.ts';
import { Failure } from '../../http/failure.ts';
import type { Limits } from '../limits.ts';
import { digestOf, isDigest } from '../protocol/digest.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import { platformOf, readConfig, type Sources } from '../protocol/image-config.ts';
import { asObject, decodeObject, type JsonObject, textOf } from '../protocol/json.ts';
import { acceptManifests, fromBody, type Resolved } from '../protocol/manifest.ts';
import { type Asker, strangeAnswer, type Trip, type Way } from './ask.ts';
import { missing } from './lookup.ts';
import * as messages from './messages.ts';

/** What an image is made of. The same for a digest at all times. */
export interface Contents {
  readonly platforms: readonly ImagePlatform[] | null;
  readonly config: ImageConfig | null;
}

/** Below an origin that has answered. */
interface Visit {
  readonly asker: Asker;
  readonly origin: string;
  readonly trip: Trip;
  readonly image: ImageName;
  readonly limits: Pick<Limits, 'maxManifest' | 'maxConfig'>;
}

/**
 * Reads what a tag or digest names, and the configuration of one platform: every content is checked against its digest. Rejects with a
 * Failure, or with the signal's reason.
 */
export async function lookInto(
  asker: Asker,
  image: ImageName,
  way: Way,
  limits: Visit['limits'],
): Promise<Resolved & Contents> {
  const { endpoint } = way;
  const trip: Trip = { ...way, repository: image.repository, subject: messages.imageAt(image) };
  const { origin, response } = await asker.first(
    {
      method: 'GET',
      path: `manifests/${image.version}`,
      accept: acceptManifests,
      maxBody: limits.maxManifest,
    },
    trip,
  );
  if (response.status === 404) throw missing(response, endpoint, image);
  if (response.status !== 200) throw strangeAnswer(response, trip);
  const resolved = fromBody(response, endpoint, image);
  const manifest = readManifest(response.body, resolved, endpoint, image);
  const visit: Visit = { asker, origin, trip, image, limits };
  if (!isIndex(resolved.mediaType)) {
    return { ...resolved, platforms: null, config: await configOf({ manifest }, visit) };
  }
  const found = await imageBelow(manifest, visit, 1);
  const config = found ? await configOf(found, visit) : null;
  return { ...resolved, platforms: platformsIn(manifest), config };
}

/** Indexes one below the other that are read: they could go on without end. */
const maxIndexes = 3;

/** The image for linux/amd64 where there is one, else for the first platform. `depth`: indexes read so far. */
async function imageBelow(
  index: JsonObject,
  visit: Visit,
  depth: number,
): Promise<Omit<Sources, 'config'> | undefined> {
  const platforms = platformsIn(index);
  const one = platforms.find(({ platform }) => platform === 'linux/amd64') ?? platforms[0];
  const child = one && (await childManifest(one.digest, visit));
  if (!child) return undefined;
  if (!child.isIndex) return { manifest: child.manifest, index };
  return depth < maxIndexes ? imageBelow(child.manifest, visit, depth + 1) : undefined;
}

/** One content must not be read as two things: CVE-2021-41190. */
function readManifest(
  body: Uint8Array,
  { mediaType }: Resolved,
  endpoint: Endpoint,
  image: ImageName,
): JsonObject {
  const manifest = decodeObject(body) ?? {};
  const said = textOf(manifest, 'mediaType');
  const other = isIndex(mediaType) ? manifest.layers : manifest.manifests;
  if ((said !== '' && said !== mediaType) || Array.isArray(other)) {
    throw new Failure('bad-answer', messages.notManifest(endpoint, image));
  }
  return manifest;
}

/** Undefined where the registry does not have it: a mirror may keep some platforms alone. */
async function childManifest(
  digest: string,
  visit: Visit,
): Promise<{ readonly manifest: JsonObject; readonly isIndex: boolean } | undefined> {
  const { asker, image, limits, origin, trip } = visit;
  const child = { ...image, version: digest };
  const response = await asker.ask(
    { method: 'GET', path: `manifests/${digest}`, accept: acceptManifests, maxBody: limits.maxManifest },
    origin,
    trip,
  );
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw strangeAnswer(response, trip);
  const resolved = fromBody(response, trip.endpoint, child);
  const manifest = readManifest(response.body, resolved, trip.endpoint, child);
  return { manifest, isIndex: isIndex(resolved.mediaType) };
}

/** Platforms listed of one index. */
const maxPlatforms = 500;

/** BuildKit lists its attestations as manifests for the platform `unknown/unknown`. */
function platformsIn({ manifests }: JsonObject): readonly ImagePlatform[] {
  if (!Array.isArray(manifests)) return [];
  return manifests.slice(0, maxPlatforms).flatMap((one: unknown) => {
    const descriptor = asObject(one) ?? {};
    const digest = textOf(descriptor, 'digest');
    const platform = platformOf(asObject(descriptor.platform) ?? {});
    const isImage = textOf(asObject(descriptor.annotations) ?? {}, 'vnd.docker.reference.type') === '';
    return isImage && isDigest(digest) && platform !== null ? [{ platform, digest }] : [];
  });
}

const configTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** Null for what is no container image, such as a Helm chart, and where the registry lacks the configuration. */
async function configOf(at: Omit<Sources, 'config'>, visit: Visit): Promise<ImageConfig | null> {
  const descriptor = asObject(at.manifest.config) ?? {};
  const digest = textOf(descriptor, 'digest');
  if (!configTypes.has(textOf(descriptor, 'mediaType')) || !isDigest(digest)) return null;
  const body = await readBlob(digest, visit.limits.maxConfig, visit);
  const config = body && decodeObject(body);
  return config ? readConfig({ ...at, config }) : null;
}

/** The bytes of a blob, which are those that the digest names; undefined where the registry does not have it. */
export async function readBlob(
  digest: string,
  maxBody: number,
  { asker, image, origin, trip }: Omit<Visit, 'limits'>,
): Promise<Uint8Array | undefined> {
  const response = await asker.ask(
    { method: 'GET', path: `blobs/${digest}`, accept: 'application/octet-stream, */*', maxBody },
    origin,
    trip,
  );
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw strangeAnswer(response, trip);
  if (digestOf(response.body, digest) === digest) return response.body;
  throw new Failure('bad-answer', messages.wrongDigest(trip.endpoint, { ...image, version: digest }));
}
