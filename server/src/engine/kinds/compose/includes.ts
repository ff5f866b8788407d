import { folderOf, pathFrom } from '../../text/path.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { seen } from './interpolate.ts';
import type { Project } from './project.ts';

/** Longer lists than people write. */
const most = 1_000;

/**
 * The Compose files that a file builds on: `include` (in its forms) and `extends.file`. What is fetched from elsewhere is left out, and so is what a
 * variable leaves open. Formats: https://github.com/compose-spec/compose-spec/blob/main/14-include.md, 05-services.md#extends
 */
export function readIncludes(root: YamlValue | null, { path, values }: Project): readonly string[] {
  const services = root?.get('services')?.entries() ?? [];
  const written = [
    ...(root?.get('include')?.items() ?? []).flatMap((item) =>
      item.isMap ? pathsOf(item.get('path')) : item,
    ),
    ...services.slice(0, most).flatMap(({ value }) => value.at('extends', 'file') ?? []),
  ];
  const found = written.slice(0, most).flatMap((value) => {
    const name = seen(value.text, values);
    return name === null || name === '' || isElsewhere.test(name) ? [] : pathFrom(folderOf(path), name);
  });
  return [...new Set(found)].filter((one) => one !== path);
}

const isElsewhere = /^(?:[a-z][a-z+]*:\/\/|git@|oci:|github\.com\/|~)/i;

/** One path, or a list of them. */
const pathsOf = (value: YamlValue | undefined): readonly YamlValue[] =>
  value === undefined ? [] : value.type === 'sequence' ? value.items() : [value];
