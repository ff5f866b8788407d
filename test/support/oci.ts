import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export type ImageShape = 'index' | 'single';
export type ImageFormat = 'oci' | 'docker';

/** What an image is to be made of. The same recipe always gives the same bytes. */
export interface Recipe {
  /** Goes into the contents, so that images of different names have different digests. */
  readonly name: string;
  /** An index (Docker: manifest list) with one manifest per platform, or one manifest alone. Index where absent. */
  readonly shape?: ImageShape;
  /** OCI's media types where absent. */
  readonly format?: ImageFormat;
  /** `os/architecture`; an image alone has the first. amd64 and arm64 of Linux where absent. */
  readonly platforms?: readonly string[];
  /** Goes into the configurations as it is: `Volumes`, `User`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** When the configurations say it was made. */
  readonly created?: string;
  /** Each becomes a layer of its own above the one that all images have. */
  readonly layers?: readonly string[];
  /** Of every image's manifest: OCI alone. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the index: OCI alone. */
  readonly indexAnnotations?: Readonly<Record<string, string>>;
  /** An index has BuildKit's statement about each platform, too. */
  readonly attested?: boolean;
}

export interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image in full. */
export interface BuiltImage {
  /** What a tag of this image names. */
  readonly root: Blob;
  /** The root and, below an index, one for each platform. */
  readonly manifests: readonly Blob[];
  /** Configurations and layers. */
  readonly blobs: readonly Blob[];
}

interface MediaTypes {
  readonly index: string;
  readonly manifest: string;
  readonly config: string;
  readonly layer: string;
}

const mediaTypes: Readonly<Record<ImageFormat, MediaTypes>> = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
};

/** An empty tar archive: 1024 zero bytes. Packed once, since gzip's output differs between systems. */
const emptyTar = Buffer.alloc(1024);
const emptyLayer = Buffer.from('H4sIAAAAAAACA2NgGAWjYBSMVAAALq+17wAEAAA=', 'base64');

const usualTime = '2024-01-01T00:00:00Z';

export function buildImage(recipe: Recipe): BuiltImage {
  const types = mediaTypes[recipe.format ?? 'oci'];
  const platforms = recipe.platforms ?? ['linux/amd64', 'linux/arm64'];
  if (recipe.shape === 'single') {
    const one = buildPlatform(recipe, platforms[0] ?? 'linux/amd64', types);
    return { root: one.manifest, manifests: [one.manifest], blobs: [one.config, ...one.layers] };
  }
  const parts = platforms.map((platform) => ({ platform, ...buildPlatform(recipe, platform, types) }));
  const statements = recipe.attested ? parts.map(({ manifest }) => buildAttestation(manifest, types)) : [];
  const root = json(types.index, {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: [
      ...parts.map(({ manifest, platform }) => {
        const [os, architecture, variant] = platform.split('/');
        return { ...descriptor(manifest), platform: { architecture, os, variant } };
      }),
      ...statements.map(({ about, manifest }) => ({
        ...descriptor(manifest),
        platform: { architecture: 'unknown', os: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': about,
        },
      })),
    ],
    ...(recipe.indexAnnotations && { annotations: recipe.indexAnnotations }),
  });
  return {
    root,
    manifests: [root, ...[...parts, ...statements].map((part) => part.manifest)],
    blobs: [...parts, ...statements].flatMap((part) => [part.config, ...part.layers]),
  };
}

/** The manifest of a statement about an image, as BuildKit writes it. */
function buildAttestation(image: Blob, types: MediaTypes) {
  const layer = json('application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ digest: { sha256: hexOf(image.digest) } }],
  });
  const config = json(types.config, { architecture: 'unknown', os: 'unknown', config: {} });
  const manifest = json(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptor(config),
    layers: [descriptor(layer)],
  });
  return { about: image.digest, manifest, config, layers: [layer] };
}

function buildPlatform(recipe: Recipe, platform: string, types: MediaTypes) {
  const { annotations, config: more = {}, created = usualTime, name, layers: texts = [] } = recipe;
  const [os, architecture, variant] = platform.split('/');
  const tars = texts.map((text) => tarOf('note', text));
  const layers = [blob(types.layer, emptyLayer), ...tars.map((tar) => blob(types.layer, gzipSync(tar)))];
  const config = json(types.config, {
    created,
    architecture,
    os,
    variant,
    config: { Labels: { 'org.opencontainers.image.title': name }, ...more },
    rootfs: { type: 'layers', diff_ids: [emptyTar, ...tars].map(sha256) },
    history: ['an empty layer', ...texts.map(() => 'a note')].map((created_by) => ({ created, created_by })),
  });
  const manifest = json(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptor(config),
    layers: layers.map(descriptor),
    ...(annotations && { annotations }),
  });
  return { manifest, config, layers };
}

/** A tar archive of one file: POSIX.1, `ustar`. */
function tarOf(file: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const write = (at: number, value: string) => header.write(value, at, 'latin1');
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  write(0, file);
  write(100, '0000644\0' + '0000000\0' + '0000000\0');
  write(124, `${octal(content.length, 11)}\0${octal(0, 11)}\0`);
  write(148, ' '.repeat(8));
  write(156, '0ustar\0' + '00');
  // The last of the fields of the header is the sum of all its bytes.
  write(
    148,
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, emptyTar]);
}

export function json(mediaType: string, value: unknown): Blob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

function blob(mediaType: string, bytes: Buffer): Blob {
  return { digest: sha256(bytes), mediaType, bytes };
}

export function descriptor({ mediaType, digest, bytes }: Blob) {
  return { mediaType, digest, size: bytes.length };
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Writes an OCI image layout (image-spec `image-layout.md`) that skopeo reads as `oci:FOLDER:TAG`. */
export async function writeLayout(folder: string, image: BuiltImage, tag: string): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const reference = { 'org.opencontainers.image.ref.name': tag };
  const index = { schemaVersion: 2, manifests: [{ ...descriptor(image.root), annotations: reference }] };
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  for (const part of [...image.manifests, ...image.blobs]) {
    await writeFile(join(blobs, hexOf(part.digest)), part.bytes);
  }
}

/** Writes the folder that skopeo reads as `dir:FOLDER`: it keeps Docker's manifests as they are. */
export async function writeDirectory(folder: string, image: BuiltImage): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'version'), 'Directory Transport Version: 1.1\n');
  await writeFile(join(folder, 'manifest.json'), image.root.bytes);
  for (const manifest of image.manifests) {
    await writeFile(join(folder, `${hexOf(manifest.digest)}.manifest.json`), manifest.bytes);
  }
  for (const part of image.blobs) await writeFile(join(folder, hexOf(part.digest)), part.bytes);
}

export function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
