import { createPublicKey, type KeyObject, verify as verifyBytes } from 'node:crypto';
import { isIndex } from '../../engine/image/media-type.ts';
import type { ImageName } from '../../engine/ports.ts';
import { Failure } from '../../http/failure.ts';
import { type Asker, strangeAnswer, type Trip, type Way } from '../client/ask.ts';
import { readBlob } from '../client/inspect.ts';
import { missing } from '../client/lookup.ts';
import * as messages from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import { isDigest } from './digest.ts';
import { asObject, decodeObject, type JsonObject, textOf } from './json.ts';
import { acceptManifests, fromBody } from './manifest.ts';

/** What was found out about the signatures of an image. */
export interface Verdict {
  readonly verified: boolean;
  /** A sentence. */
  readonly why: string;
}

/** cosign's `SIGNATURE_SPEC.md`. */
const layerType = 'application/vnd.dev.cosign.simplesigning.v1+json';
const signatureAnnotation = 'dev.cosignproject.cosign/signature';
const payloadType = 'cosign container image signature';

/** Of RSA keys, in bits: NIST SP 800-131A. */
const minModulus = 2048;

/** Signatures looked at of one image. */
const most = 50;

/** Keys of which any will do. */
type AnyOf = readonly KeyObject[];

/**
 * Reads texts that each hold a public key in PEM, or several. Throws a Failure for what is none, so that no image passes by a key that was
 * never looked at.
 */
export function readKeys(texts: readonly string[]): readonly AnyOf[] {
  if (texts.length === 0) throw new Failure('refused', messages.noKey);
  return texts.map((text) => {
    const blocks = text.trim().split(/(?<=-----END [A-Z ]+-----)\s+/);
    return blocks.map((block) => {
      const key = readKey(block);
      if (key && isStrong(key)) return key;
      throw new Failure('refused', key ? messages.weakKey : messages.badKey);
    });
  });
}

/** A private key would be read as the public one that belongs to it: it has no business here. */
function readKey(text: string): KeyObject | undefined {
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) return undefined;
  try {
    return createPublicKey(text);
  } catch {
    return undefined;
  }
}

function isStrong({ asymmetricKeyDetails, asymmetricKeyType }: KeyObject): boolean {
  if (asymmetricKeyType === 'ed25519') return true;
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= minModulus;
  return asymmetricKeyType === 'ec' && curves.has(asymmetricKeyDetails?.namedCurve ?? '');
}

/** OpenSSL's names of P-256 and P-384, and the hashes that cosign has signed with: at first SHA-256 for every curve. */
const curves: ReadonlyMap<string, readonly string[]> = new Map([
  ['prime256v1', ['sha256']],
  ['secp384r1', ['sha256', 'sha384']],
]);

/**
 * Looks for signatures where cosign keeps them: below the tag made of the digest. Each of `demands` has to have one. `image.version` is a
 * digest. Rejects with a Failure, or with the signal's reason.
 */
export async function findSignature(
  asker: Asker,
  image: ImageName,
  demands: readonly AnyOf[],
  way: Way,
  { maxManifest, maxPayload }: Pick<Limits, 'maxManifest' | 'maxPayload'>,
): Promise<Verdict> {
  const signatures = { ...image, version: `${image.version.replace(':', '-')}.sig` };
  const { endpoint } = way;
  const trip: Trip = { ...way, repository: image.repository, subject: messages.imageAt(signatures) };
  const { origin, response } = await asker.first(
    { method: 'GET', path: `manifests/${signatures.version}`, accept: acceptManifests, maxBody: maxManifest },
    trip,
  );
  if (response.status === 404) {
    // Throws for what is no answer of a registry.
    missing(response, endpoint, signatures);
    return { verified: false, why: messages.unsigned(endpoint) };
  }
  if (response.status !== 200) throw strangeAnswer(response, trip);
  const { mediaType } = fromBody(response, endpoint, signatures);
  const layers = isIndex(mediaType) ? [] : layersIn(decodeObject(response.body) ?? {});
  const open = new Set(demands);
  let read = 0;
  let isAboutOther = false;
  for (const { digest, signature } of layers) {
    const payload = await readBlob(digest, maxPayload, { asker, image: signatures, origin, trip });
    if (!payload) continue;
    read++;
    for (const keys of [...open]) {
      if (!keys.some((key) => holds(key, payload, signature))) continue;
      if (isAbout(payload, image.version)) open.delete(keys);
      else isAboutOther = true;
    }
    if (open.size === 0) return { verified: true, why: messages.signed };
  }
  return { verified: false, why: whyNot(read, isAboutOther, open.size < demands.length) };
}

function whyNot(read: number, isAboutOther: boolean, hasSome: boolean): string {
  if (read === 0) return messages.oddSignature;
  if (isAboutOther) return messages.signedOther;
  return hasSome ? messages.signedByFewer : messages.signedByOthers;
}

function layersIn({
  layers,
}: JsonObject): readonly { readonly digest: string; readonly signature: Buffer }[] {
  if (!Array.isArray(layers)) return [];
  return layers.slice(0, most).flatMap((one: unknown) => {
    const layer = asObject(one) ?? {};
    const digest = textOf(layer, 'digest');
    const signature = textOf(asObject(layer.annotations) ?? {}, signatureAnnotation);
    const fits = textOf(layer, 'mediaType') === layerType && isDigest(digest) && isBase64(signature);
    return fits ? [{ digest, signature: Buffer.from(signature, 'base64') }] : [];
  });
}

const isBase64 = (text: string): boolean => text.length <= 4096 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

function holds(key: KeyObject, payload: Uint8Array, signature: Uint8Array): boolean {
  const { asymmetricKeyDetails, asymmetricKeyType } = key;
  const hashes =
    asymmetricKeyType === 'ed25519'
      ? [null]
      : asymmetricKeyType === 'ec'
        ? (curves.get(asymmetricKeyDetails?.namedCurve ?? '') ?? [])
        : ['sha256'];
  return hashes.some((hash) => {
    try {
      return verifyBytes(hash, payload, key, signature);
    } catch {
      return false;
    }
  });
}

/** The signature says nothing of the image unless what was signed names it. */
function isAbout(payload: Uint8Array, digest: string): boolean {
  const critical = asObject(decodeObject(payload)?.critical) ?? {};
  const image = asObject(critical.image) ?? {};
  return textOf(critical, 'type') === payloadType && textOf(image, 'docker-manifest-digest') === digest;
}
