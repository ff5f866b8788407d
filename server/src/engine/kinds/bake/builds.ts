import { taggedName } from '../../image/name.ts';
import { parseReference } from '../../image/reference.ts';
import type { BuildRequest } from '../../model/surroundings.ts';
import { folderOf, pathFrom } from '../../text/path.ts';
import { type Entry, entriesOf, type Value } from './hcl.ts';
import { Variables } from './variables.ts';

/** What counts for a build: written in the target, or in one that it inherits from. */
const keys: ReadonlySet<string> = new Set(['context', 'dockerfile', 'dockerfile-inline', 'tags', 'target']);

type Attributes = ReadonlyMap<string, Value>;

/**
 * The builds that name their image and whose Dockerfile is a file of the workspace. `path` is that of the file of these entries; contexts are
 * seen from its folder, where Bake is nearly always run.
 */
export function readBuilds(file: readonly Entry[], path: string): readonly BuildRequest[] {
  const variables = new Variables(file);
  const targets = new Map(
    file.filter(({ key }) => key === 'target').flatMap(({ value }) => entriesOf(value).map(pair)),
  );
  const merged = new Map<string, Attributes>();
  return [...targets.keys()].flatMap((name) => {
    const own = new Map(entriesOf(targets.get(name) ?? none).map(pair));
    // A matrix makes several targets of one, each with its own values.
    if (own.has('matrix')) return [];
    return requestOf(inherited(name, targets, merged), variables, folderOf(path)) ?? [];
  });
}

/** Longer chains of targets than any file has. */
const deepest = 50;

const none: Value = { type: 'list', items: [] };

const pair = ({ key, value }: Entry): readonly [string, Value] => [key, value];

const itemsOf = (value: Value | undefined): readonly Value[] => (value?.type === 'list' ? value.items : []);

/** Of several targets that are inherited from the last one counts, and the target's own attributes count before all. */
function inherited(
  name: string,
  targets: Attributes,
  merged: Map<string, Attributes>,
  depth = 0,
): Attributes {
  const known = merged.get(name);
  if (known || depth === deepest) return known ?? new Map();
  // What inherits from itself gets nothing new by it.
  merged.set(name, new Map());
  const own = entriesOf(targets.get(name) ?? none).map(pair);
  const parents = itemsOf(new Map(own).get('inherits')).flatMap((parent) =>
    parent.type === 'text' ? [...inherited(parent.written, targets, merged, depth + 1)] : [],
  );
  const all = new Map([...parents, ...own.filter(([key]) => keys.has(key))]);
  merged.set(name, all);
  return all;
}

function requestOf(attributes: Attributes, variables: Variables, folder: string): BuildRequest | null {
  /** Null where it is not known, or empty. */
  const textOf = (value: Value | undefined): string | null => {
    if (value?.type !== 'text') return null;
    const { holes, text } = variables.resolve(value, new Set(), false);
    return holes.length === 0 && text !== '' ? text : null;
  };
  const find = (key: string, otherwise: string): string | null =>
    attributes.has(key) ? textOf(attributes.get(key)) : otherwise;
  const context = find('context', '.');
  const dockerfile = find('dockerfile', 'Dockerfile');
  const target = find('target', '');
  if (context === null || dockerfile === null || target === null || attributes.has('dockerfile-inline'))
    return null;
  if (isElsewhere(context) || isElsewhere(dockerfile)) return null;
  const images = itemsOf(attributes.get('tags')).flatMap((tag) => {
    const parsed = parseReference(textOf(tag) ?? '');
    return parsed.ok ? taggedName(parsed.reference) : [];
  });
  if (images.length === 0) return null;
  return {
    images: [...new Set(images)],
    dockerfile: pathFrom(pathFrom(folder, context), dockerfile),
    target: target || null,
  };
}

/** Addresses, other targets, and paths of the machine that runs the build. */
const isElsewhere = (path: string): boolean => /^(?:[a-z][a-z+-]*:|git@|github\.com\/|~|-$)/i.test(path);
