import { YamlPiece } from '../../yaml/parse.ts';
import type { SourceFile } from '../kind.ts';

/** What people call a file that only changes objects which stand elsewhere. */
export const isNamedPatch = (file: string): boolean => /patch/i.test(file);

/** A file is asked about once for each of its documents. Forgotten with the file. */
const known = new WeakMap<SourceFile, boolean>();

/** Whether a file only changes objects that stand elsewhere: it is named a patch, or a kustomization lists it as one. */
export function isPatch(file: SourceFile): boolean {
  const found = known.get(file) ?? (isNamedPatch(file.name) || isListed(file));
  known.set(file, found);
  return found;
}

const isListed = ({ companions, path }: SourceFile): boolean =>
  [...companions].some(([name, text]) => {
    // `../../kustomization.yaml` names the file by its last two folders and its name.
    const up = name.split('../').length - 1;
    const wanted = path
      .split('/')
      .slice(-1 - up)
      .join('/');
    return (
      text.includes('patches') && listedPatches(text).some((one) => one.replace(/^(?:\.\/+)+/, '') === wanted)
    );
  });

function listedPatches(text: string): readonly string[] {
  const { root } = new YamlPiece(text);
  const items = (key: string) => root?.get(key)?.items() ?? [];
  return [
    ...items('patchesStrategicMerge').flatMap((item) => item.text ?? []),
    ...items('patches').flatMap((item) => item.textAt('path') ?? []),
  ];
}
