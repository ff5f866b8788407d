import { parseReference } from '../../engine/image/reference.ts';
import type { ImageConfig } from '../../engine/ports.ts';
import { isDigest } from './digest.ts';
import { asObject, type JsonObject, textOf } from './json.ts';

/** Where an image tells what it is. Whoever pushed it wrote them: nothing in them has to be true, short or of the right kind. */
export interface Sources {
  /** image-spec `config.md`. */
  readonly config: JsonObject;
  /** image-spec `manifest.md`: the one that names the configuration. */
  readonly manifest: JsonObject;
  /** image-spec `image-index.md`: the one that names the manifest. */
  readonly index?: JsonObject;
}

/** Volumes told of one image. */
export const maxVolumes = 500;

export function readConfig(sources: Sources): ImageConfig {
  const { config, manifest } = sources;
  const settings = asObject(config.config) ?? {};
  const labels = labelsIn(settings);
  return {
    platform: platformOf(config),
    created: timeOf(textOf(config, 'created')),
    size: sizeOf(manifest.layers),
    volumes: Object.keys(asObject(settings.Volumes) ?? {})
      .filter((path) => /^\/[^\p{Cc}]{0,1000}$/u.test(path))
      .slice(0, maxVolumes)
      .sort(),
    labels,
    base: baseOf(sources, labels),
  };
}

/** `linux/arm/v7`; null for what is incomplete, and for the `unknown/unknown` that BuildKit gives its attestations. */
export function platformOf(platform: JsonObject): string | null {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((name) => textOf(platform, name));
  if (!os || !architecture || (os === 'unknown' && architecture === 'unknown')) return null;
  const name = [os, architecture, ...(variant ? [variant] : [])].join('/');
  return /^[\w./-]{1,100}$/.test(name) ? name : null;
}

function labelsIn({ Labels }: JsonObject): ImageConfig['labels'] {
  return Object.fromEntries(
    Object.entries(asObject(Labels) ?? {})
      .filter((label): label is [string, string] => typeof label[1] === 'string')
      .filter(([name, text]) => name.length + text.length <= 1000)
      .slice(0, 100),
  );
}

/** RFC 3339, section 5.6. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/** Builds that always give the same bytes say 1970 (Nix: a second later) or 1980 (Buildpacks), and Go's zero is the year 1: none of it was measured. */
const firstTime = Date.UTC(2000, 0, 1);

function timeOf(text: string): number | null {
  const time = timestamp.test(text) ? Date.parse(text) : Number.NaN;
  return time >= firstTime ? time : null;
}

function sizeOf(layers: unknown): number | null {
  if (!Array.isArray(layers)) return null;
  let sum = 0;
  for (const layer of layers) {
    const size = asObject(layer)?.size;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return null;
    sum += size;
  }
  return Number.isSafeInteger(sum) ? sum : null;
}

const annotation = {
  name: 'org.opencontainers.image.base.name',
  digest: 'org.opencontainers.image.base.digest',
};

/** Name and digest are of one source, so that they belong together. Labels come last: an image has those of what it was built on, too. */
function baseOf({ index, manifest }: Sources, labels: JsonObject): ImageConfig['base'] {
  for (const told of [manifest.annotations, index?.annotations, labels]) {
    const source = asObject(told) ?? {};
    const name = textOf(source, annotation.name);
    const digest = textOf(source, annotation.digest);
    const base = { name: isReference(name) ? name : null, digest: isDigest(digest) ? digest : null };
    if (base.name !== null || base.digest !== null) return base;
  }
  return null;
}

const isReference = (text: string): boolean => text.length <= 500 && parseReference(text).ok;
