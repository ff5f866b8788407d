import type { ImageConfig, ImageName, ImagePlatform } from '../engine/ports.ts';
import { Failure } from '../http/failure.ts';
import { type Asker, strangeAnswer, type Trip, type Way } from './ask.ts';
import { digestOf, isDigest } from './digest.ts';
import type { Endpoint } from './endpoint.ts';
import { asObject, decodeObject, type JsonObject, textOf } from './json.ts';
import type { Limits } from './limits.ts';
import { missing } from './lookup.ts';
import { acceptManifests, fromBody, isIndex, type Resolved } from './manifest.ts';
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
    return { ...resolved, platforms: null, config: await configOf(manifest, visit) };
  }
  const platforms = platformsIn(manifest);
  const one = platforms.find(({ platform }) => platform === 'linux/amd64') ?? platforms[0];
  const child = one && (await childManifest(one.digest, visit));
  return { ...resolved, platforms, config: child ? await configOf(child, visit) : null };
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
async function childManifest(digest: string, visit: Visit): Promise<JsonObject | undefined> {
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
  // An index within an index is allowed, and could go on without end.
  return isIndex(resolved.mediaType) ? undefined : manifest;
}

/** Platforms listed of one index, and volumes of one image. */
const most = 500;

/** BuildKit lists its attestations as manifests for the platform `unknown/unknown`. */
function platformsIn({ manifests }: JsonObject): readonly ImagePlatform[] {
  if (!Array.isArray(manifests)) return [];
  return manifests.slice(0, most).flatMap((one: unknown) => {
    const descriptor = asObject(one) ?? {};
    const digest = textOf(descriptor, 'digest');
    const platform = platformOf(asObject(descriptor.platform) ?? {});
    const isImage = textOf(asObject(descriptor.annotations) ?? {}, 'vnd.docker.reference.type') === '';
    return isImage && isDigest(digest) && platform !== null ? [{ platform, digest }] : [];
  });
}

function platformOf(platform: JsonObject): string | null {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((name) => textOf(platform, name));
  if (!os || !architecture || (os === 'unknown' && architecture === 'unknown')) return null;
  const name = [os, architecture, ...(variant ? [variant] : [])].join('/');
  return /^[\w./-]{1,100}$/.test(name) ? name : null;
}

const configTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** Null for what is no container image, such as a Helm chart, and where the registry lacks the configuration. */
async function configOf(manifest: JsonObject, visit: Visit): Promise<ImageConfig | null> {
  const descriptor = asObject(manifest.config) ?? {};
  const digest = textOf(descriptor, 'digest');
  if (!configTypes.has(textOf(descriptor, 'mediaType')) || !isDigest(digest)) return null;
  const body = await readBlob(digest, visit.limits.maxConfig, visit);
  const config = body && decodeObject(body);
  return config ? readConfig(config) : null;
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

function readConfig(image: JsonObject): ImageConfig {
  const config = asObject(image.config) ?? {};
  return {
    platform: null,
    created: null,
    size: null,
    base: null,
    volumes: Object.keys(asObject(config.Volumes) ?? {})
      .filter((path) => /^\/[^\p{Cc}]{0,1000}$/u.test(path))
      .slice(0, most)
      .sort(),
    labels: Object.fromEntries(
      Object.entries(asObject(config.Labels) ?? {})
        .filter((label): label is [string, string] => typeof label[1] === 'string')
        .filter(([name, text]) => name.length + text.length <= 1000)
        .slice(0, 100),
    ),
  };
}
