import { withoutTrailing } from '../text/trim.ts';
import type { YamlValue } from './lookup.ts';
import { YamlPiece } from './parse.ts';

/**
 * An entry of `images`: manifests that name the image `name` get another one. A field that is not given is empty, as kustomize has it.
 * Source: kustomize `api/types/image.go`.
 */
export interface ImageOverride {
  /** The image without tag and digest, as the manifests have it; kustomize takes it for a pattern. */
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
  /** Goes behind the tag of the manifest, unless there is a `newTag` or a `digest`. */
  readonly tagSuffix: string;
  readonly digest: string;
  readonly entry: YamlValue;
}

/** What a kustomization says that bears on images. */
export interface Kustomization {
  readonly images: readonly ImageOverride[];
  /** The files and folders whose manifests it changes, as written: resources, components and patch files. */
  readonly takesIn: readonly string[];
}

/** File names that kustomize looks for in a folder (`api/konfig/general.go`). */
const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** A file is looked for in the kustomizations beside it and this many folders up. */
const levels = 2;

/** Where kustomizations can stand that reach a file, as paths relative to its folder: for `DocumentKind.companions`. */
export const kustomizationPaths: readonly string[] = Array.from({ length: levels + 1 }, (_, up) =>
  fileNames.map((name) => '../'.repeat(up) + name),
).flat();

/** Reads a kustomization's first document. Never throws: what is not there or not of its type is left out. */
export const parseKustomization = (text: string): Kustomization =>
  readKustomization(new YamlPiece(text).root);

/** `bases` and `imageTags` are older names, which kustomize still takes. */
export function readKustomization(root: YamlValue | null): Kustomization {
  const items = (...keys: readonly string[]): readonly YamlValue[] =>
    keys.flatMap((key) => root?.get(key)?.items() ?? []);
  return {
    images: items('images', 'imageTags').flatMap((entry) => readOverride(entry) ?? []),
    takesIn: [
      ...items('resources', 'bases', 'components', 'patchesStrategicMerge').flatMap(({ text }) => text ?? []),
      ...items('patches').flatMap((patch) => patch.textAt('path') ?? []),
    ],
  };
}

function readOverride(entry: YamlValue): ImageOverride | null {
  const text = (key: string): string => entry.textAt(key) ?? '';
  const name = text('name');
  if (name === '') return null;
  return {
    name,
    newName: text('newName'),
    newTag: text('newTag'),
    tagSuffix: text('tagSuffix'),
    digest: text('digest'),
    entry,
  };
}

/**
 * The overrides that reach a file through the kustomizations beside and above it, in the order they are made. `path` is the file's path,
 * `texts` what was found of `kustomizationPaths`. A kustomization further up counts if it takes in the file itself, or a folder
 * whose kustomization does.
 */
export function overridesReaching(
  path: string,
  texts: ReadonlyMap<string, string>,
): readonly ImageOverride[] {
  const [name = '', ...folders] = path.split('/').reverse();
  const found: ImageOverride[] = [];
  let wanted: readonly string[] = [name];
  for (let up = 0; up <= levels; up++) {
    const text = fileNames.flatMap((file) => texts.get('../'.repeat(up) + file) ?? [])[0];
    const { images, takesIn } = parseKustomization(text ?? '');
    const reached = takesIn.some((entry) => wanted.includes(tidy(entry)));
    if (reached) found.push(...images);
    const folder = folders[up];
    if (!folder) break;
    wanted = [...wanted.map((below) => `${folder}/${below}`), ...(reached ? [folder] : [])];
  }
  return found;
}

const tidy = (path: string): string => withoutTrailing(path.replace(/^(?:\.\/+)+/, ''), '/');

/**
 * The image a manifest gets in the end: each override in turn, as kustomize makes them (`api/filters/imagetag/updater.go`). Equal to
 * `image` where none is for it. A name with the signs of a pattern is compared as plain text.
 */
export const overrideImage = (image: string, overrides: readonly ImageOverride[]): string =>
  overrides.reduce(overrideOnce, image);

function overrideOnce(image: string, { digest, name, newName, newTag, tagSuffix }: ImageOverride): string {
  const rest = image.startsWith(name)
    ? /^(?::([\w.{}-]*))?(@[\w.+-]+:[\w.{}-]*)?$/.exec(image.slice(name.length))
    : null;
  if (!rest) return image;
  const [own, ownTag] = splitName(name);
  const [, tag = ownTag, ownDigest = ''] = rest;
  const renamed = newName || own;
  if (newTag !== '' || digest !== '') return renamed + withMark(':', newTag) + withMark('@', digest);
  if (tagSuffix !== '') return `${renamed}:${tag}${tagSuffix}`;
  return renamed + withMark(':', tag) + ownDigest;
}

/** A name that has a tag is for images with that tag alone, and kustomize takes it apart like theirs. */
export function splitName(name: string): readonly [name: string, tag: string] {
  const [, own = name, tag = ''] = /^(.*[^:]):([\w.{}-]*)$/s.exec(name) ?? [];
  return [own, tag];
}

const withMark = (mark: string, text: string): string => (text === '' ? '' : mark + text);
