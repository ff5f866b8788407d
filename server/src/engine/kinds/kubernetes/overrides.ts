import { parseReference } from '../../image/reference.ts';
import {
  type ImageOverride,
  kustomizationPaths,
  overrideImage,
  overridesReaching,
} from '../../yaml/kustomization.ts';
import { placeholdersIn } from '../../yaml/placeholders.ts';
import type { FoundImage } from '../../yaml/uses.ts';
import type { SourceFile } from '../kind.ts';

/** What kustomizations make of an image that a manifest names. */
export type Overridden = Pick<FoundImage, 'resolved' | 'holes' | 'locked' | 'replaced' | 'write'>;

/** The kustomizations that may list a file: asked for where the file is YAML with containers, whose images are what kustomize changes. */
export const kustomizationsFor = ({ languageId, name, text }: SourceFile): readonly string[] =>
  (/\.ya?ml$/i.test(name) || languageId === 'yaml') &&
  !/^kustomization\./i.test(name) &&
  /["']?(?:c|initC)ontainers["']?\s*:/.test(text)
    ? kustomizationPaths
    : [];

/** More entries than people write: each image is compared with each. */
const mostEntries = 1000;

/** A file is asked about once for each of its documents, and has thousands of them at times. Forgotten with the file. */
const known = new WeakMap<SourceFile, readonly ImageOverride[]>();

/** The `images` entries of the kustomizations that take the file in. */
export function overridesFor(file: SourceFile): readonly ImageOverride[] {
  const found = known.get(file) ?? readOverrides(file);
  known.set(file, found);
  return found;
}

function readOverrides({ companions, path }: SourceFile): readonly ImageOverride[] {
  const may = [...companions.values()].some((text) => /\bimage(?:s|Tags)["']?\s*:/.test(text));
  return may ? overridesReaching(path, companions).slice(0, mostEntries) : [];
}

/**
 * Null where the manifest's image is the one that runs. An entry that decides the version is checked, and pinned, where it is written: the
 * manifest then pulls nothing by its own text, and says nothing about it a second time. An entry that only gives another name
 * keeps the manifest's tag and digest: the version is that of the manifest, looked up under the other name.
 */
export function overridden(image: string, overrides: readonly ImageOverride[]): Overridden | null {
  if (overrides.length === 0) return null;
  const name = nameIn(image);
  const entry = decidingEntry(name, overrides);
  if (entry) {
    return {
      resolved: image,
      // Often a word that only stands for the image, and is none.
      holes: parseReference(image).ok ? [] : [image],
      locked: `The entry ${entry.name} under \`images\` in a kustomization decides what runs here; pin it there.`,
      replaced: true,
    };
  }
  const resolved = overrideImage(image, overrides);
  if (resolved === image) return null;
  const renamed = overrideImage(name, overrides);
  const holes = placeholdersIn(resolved);
  return {
    resolved,
    holes: holes.length > 0 || parseReference(resolved).ok ? holes : [resolved],
    locked: null,
    write: (wanted) => (wanted.startsWith(renamed) ? name + wanted.slice(renamed.length) : wanted),
  };
}

/** Kustomize takes it for a digest, and nobody writes it. */
const probe = '@sha256:{}';

/** The first entry that a digest in the manifest would not outlast: it gives a version of its own. */
function decidingEntry(name: string, overrides: readonly ImageOverride[]): ImageOverride | null {
  let image = `${name}:tag${probe}`;
  for (const override of overrides) {
    image = overrideImage(image, [override]);
    if (!image.endsWith(probe)) return override;
  }
  return null;
}

/** The text without tag and digest, whether or not it is a reference. */
const nameIn = (image: string): string => image.replace(/@.*$/s, '').replace(/:[^:/]*$/, '');
