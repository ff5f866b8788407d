import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Blob, descriptor, json } from './oci.ts';

export interface SigningKey {
  readonly pem: string;
  readonly secret: KeyObject;
  /** Of the payload; null where the kind of key has its own. */
  readonly hash: string | null;
}

const made = (pair: { publicKey: KeyObject; privateKey: KeyObject }, hash: string | null): SigningKey => ({
  pem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  secret: pair.privateKey,
  hash,
});

export const ecdsaKey = (namedCurve = 'P-256', hash = 'sha256'): SigningKey =>
  made(generateKeyPairSync('ec', { namedCurve }), hash);

export const rsaKey = (modulusLength = 2048): SigningKey =>
  made(generateKeyPairSync('rsa', { modulusLength }), 'sha256');

export const ed25519Key = (): SigningKey => made(generateKeyPairSync('ed25519'), null);

/** What cosign signs about an image: its `SIGNATURE_SPEC.md`. */
export const payloadFor = (digest: string): unknown => ({
  critical: {
    identity: { 'docker-reference': '' },
    image: { 'docker-manifest-digest': digest },
    type: 'cosign container image signature',
  },
  optional: null,
});

const layerType = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** A layer as cosign writes it, with a signature by the key. */
export function signedLayer(payload: unknown, { hash, secret }: SigningKey) {
  const blob = json(layerType, payload);
  const signature = sign(hash, blob.bytes, secret).toString('base64');
  return { blob, annotations: { 'dev.cosignproject.cosign/signature': signature } };
}

export interface SignatureManifest {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
}

export function signatureManifest(
  layers: readonly { readonly blob: Blob; readonly annotations: unknown }[],
): SignatureManifest {
  const config = json('application/vnd.oci.image.config.v1+json', { layers: layers.length });
  const manifest = json('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config),
    layers: layers.map(({ annotations, blob }) => ({ ...descriptor(blob), annotations })),
  });
  return { manifest, blobs: [config, ...layers.map(({ blob }) => blob)] };
}

/** The tag under which cosign keeps the signatures of a digest. */
export const signatureTag = (digest: string): string => `${digest.replace(':', '-')}.sig`;
