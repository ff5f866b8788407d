import { taggedName } from '../../image/name.ts';
import { parseReference } from '../../image/reference.ts';
import type { BuildRequest } from '../../model/workspace-context.ts';
import { folderOf, pathFrom } from '../../text/path.ts';
import { seen } from './specifiers.ts';
import type { Section } from './unit.ts';

/**
 * The build that a `.build` unit at `path` asks for, where it names its Dockerfile: without `File=` Podman takes the one of two names that
 * it finds. `SetWorkingDirectory=` is the folder that `File=` is seen from.
 */
export function readBuildRequests(section: Section, path: string): readonly BuildRequest[] {
  const text = (key: string): string | null => seen(section.last(key)?.text ?? '');
  const file = text('File');
  const folder = text('SetWorkingDirectory');
  const target = text('Target');
  if (!file || folder === null || target === null || [file, folder].some((one) => one.includes('://')))
    return [];
  const unitFolder = folderOf(path);
  const from = folder === 'unit' || folder === 'file' ? unitFolder : pathFrom(unitFolder, folder);
  const images = section.all('ImageTag').flatMap((tag) => namesOf(tag.text));
  if (images.length === 0) return [];
  return [{ images, dockerfile: pathFrom(from, file), target: target === '' ? null : target }];
}

/** Podman stores what it builds under a short name as an image of `localhost`. */
function namesOf(text: string): readonly string[] {
  const parsed = seen(text) === null ? null : parseReference(text);
  if (!parsed?.ok) return [];
  const { reference } = parsed;
  const name = taggedName(reference);
  if (reference.domain !== undefined) return [name];
  return [name, taggedName({ ...reference, registry: 'localhost', repository: reference.path })];
}
