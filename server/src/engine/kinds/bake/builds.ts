import { contextNameOf, taggedName } from '../../image/name.ts';
import { parseReference } from '../../image/reference.ts';
import type { BuildRequest } from '../../model/workspace-context.ts';
import { folderOf, pathFrom } from '../../text/path.ts';
import { type Entry, entriesOf, type Value } from './hcl.ts';
import { Variables } from './variables.ts';

/** What counts for a build: written in the target, or in one that it inherits from. */
const keys: ReadonlySet<string> = new Set([
  ...['context', 'contexts', 'dockerfile', 'dockerfile-inline', 'matrix', 'tags', 'target'],
]);

type Attributes = ReadonlyMap<string, Value>;

/**
 * The builds whose Dockerfile is a file of the workspace. A target that only others inherit from, and that has no name, is none. `path` is that of the file of these entries; contexts are
 * seen from its folder, where Bake is nearly always run.
 */
export function readBuilds(file: readonly Entry[], path: string): readonly BuildRequest[] {
  const variables = new Variables(file);
  const targets = new Map(
    file.filter(({ key }) => key === 'target').flatMap(({ value }) => entriesOf(value).map(pair)),
  );
  const merged = new Map<string, Attributes>();
  const bases = new Set([...targets.values()].flatMap((target) => textsIn(target, 'inherits')));
  const grouped = new Set(
    file
      .filter(({ key }) => key === 'group')
      .flatMap(({ value }) => entriesOf(value).flatMap((group) => textsIn(group.value, 'targets'))),
  );
  return [...targets.keys()].flatMap((name) => {
    const request = requestOf(inherited(name, targets, merged), variables, folderOf(path));
    const isBase = bases.has(name) && !grouped.has(name) && request?.images.length === 0;
    return request && !isBase ? request : [];
  });
}

const textsIn = (target: Value, key: string): readonly string[] =>
  entriesOf(target)
    .filter((entry) => entry.key === key)
    .flatMap(({ value }) => itemsOf(value))
    .flatMap((item) => (item.type === 'text' ? item.written : []));

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
  // Contexts add up.
  const contexts = [...parents, ...own]
    .filter(([key]) => key === 'contexts')
    .flatMap(([, value]) => entriesOf(value));
  if (contexts.length > 0) all.set('contexts', { type: 'object', entries: contexts });
  merged.set(name, all);
  return all;
}

function requestOf(attributes: Attributes, variables: Variables, folder: string): BuildRequest | null {
  // A matrix makes several targets of one, each with its own values.
  const unknown = new Set(entriesOf(attributes.get('matrix') ?? none).map(({ key }) => key));
  /** Null where it is not known, or empty. */
  const textOf = (value: Value | undefined): string | null => {
    if (value?.type !== 'text') return null;
    const { holes, text } = variables.resolve(value, unknown, false);
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
  const tags = attributes.has('matrix') ? [] : itemsOf(attributes.get('tags'));
  const images = tags.flatMap((tag) => {
    const parsed = parseReference(textOf(tag) ?? '');
    return parsed.ok ? taggedName(parsed.reference) : [];
  });
  const contexts = entriesOf(attributes.get('contexts') ?? none).map(({ key }) => contextNameOf(key));
  return {
    images: [...new Set(images)],
    ...(contexts.length > 0 && { contexts: [...new Set(contexts)] }),
    dockerfile: pathFrom(pathFrom(folder, context), dockerfile),
    target: target || null,
  };
}

/** Addresses, other targets, and paths of the machine that runs the build. */
const isElsewhere = (path: string): boolean => /^(?:[a-z][a-z+-]*:|git@|github\.com\/|~|-$)/i.test(path);
