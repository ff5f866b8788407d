import { contextNameOf, taggedName } from '../../image/name.ts';
import { parseReference } from '../../image/reference.ts';
import type { BuildSource } from '../../model/facts.ts';
import type { BuildRequest } from '../../model/workspace-context.ts';
import { folderOf, pathFrom } from '../../text/path.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { seen } from './interpolate.ts';
import { isSet } from './layer.ts';
import { type Merged, type Project, written } from './project.ts';
import { replacesAll } from './settings.ts';

/** What services of these files build: the image's name with its tag → from what; null where that cannot be seen. */
export type BuiltHere = ReadonlyMap<string, BuildSource | null>;

/** Another service that names one of these runs what was built, and pulls nothing. */
export const builtHere = (project: Project): BuiltHere =>
  new Map(
    project.all.flatMap((layers) => {
      const name = resolvedName(written(layers, 'image'), project);
      return isSet(written(layers, 'build')) && name !== ''
        ? [[name, readBuildSource(layers, project)] as const]
        : [];
    }),
  );

/** With the tag that counts when none is written; empty where a variable leaves it open. */
export function resolvedName(image: YamlValue | undefined, { values }: Project): string {
  const text = isSet(image) ? (seen(image?.text, values) ?? '') : '';
  return text === '' || /[:@][^/]*$/.test(text) ? text : `${text}:latest`;
}

/** The values of one key of `build` in the merged files, the one that counts first. Its short form is the context. */
function buildParts(layers: Merged, key: string): readonly YamlValue[] {
  const parts: YamlValue[] = [];
  for (const layer of [layers.later, layers.own, layers.earlier]) {
    const build = layer?.find('build');
    const part = build?.type === 'scalar' ? (key === 'context' ? build : undefined) : build?.get(key);
    if (part && isSet(part)) parts.push(part);
    if (replacesAll(build)) break;
  }
  return parts;
}

/** Addresses that BuildKit clones or downloads, and paths that are no path here. */
const isElsewhere = (context: string): boolean =>
  /^(?:[a-z][a-z+]*:\/\/|git@|github\.com\/|~|[A-Za-z]:[\\/])/i.test(context);

/** From what a service is built; null where nothing is built, or where it cannot be seen. */
export function readBuildSource(layers: Merged, project: Project): BuildSource | null {
  const { path, values } = project;
  if (!isSet(written(layers, 'build'))) return null;
  const [wanted] = buildParts(layers, 'target');
  const target = seen(wanted?.text, values);
  if (wanted && target === null) return null;
  const [inline] = buildParts(layers, 'dockerfile_inline');
  if (inline) {
    const isHere = layers.own?.find('build')?.get('dockerfile_inline')?.node === inline.node;
    return isHere ? { dockerfile: inlinePath(path, inline), target } : null;
  }
  const [context] = buildParts(layers, 'context');
  const [dockerfile] = buildParts(layers, 'dockerfile');
  const folder = context ? seen(context.text, values) : '.';
  const name = dockerfile ? seen(dockerfile.text, values) : 'Dockerfile';
  if (!folder || !name || isElsewhere(folder) || isElsewhere(name)) return null;
  return { dockerfile: pathFrom(pathFrom(folderOf(path), folder), name), target };
}

/** What a Dockerfile is known by that stands in a Compose file. */
export const inlinePath = (path: string, value: YamlValue): string => `${path}#${value.path}`;

/** The build that a service asks for; null where it is not built from this workspace. */
export function readBuildRequest(
  layers: Merged,
  project: Project,
  source: BuildSource | null,
): BuildRequest | null {
  if (!source) return null;
  const named = [written(layers, 'image'), ...buildParts(layers, 'tags').flatMap((tags) => tags.items())];
  const images = named.flatMap((value) => {
    const text = isSet(value) ? seen(value?.text, project.values) : null;
    const parsed = text === null ? null : parseReference(text);
    return parsed?.ok ? taggedName(parsed.reference) : [];
  });
  const contexts = buildParts(layers, 'additional_contexts').flatMap(namesIn);
  return {
    images: [...new Set(images)],
    ...source,
    ...(contexts.length > 0 && { contexts: [...new Set(contexts)] }),
  };
}

/** The names of build contexts, in both forms. */
const namesIn = (contexts: YamlValue): readonly string[] =>
  (contexts.type === 'map'
    ? contexts.entries().map(({ key }) => key)
    : contexts.items().map(({ text }) => (text ?? '').split('=', 1)[0] ?? '')
  ).flatMap((name) => (name === '' ? [] : contextNameOf(name)));
