import type { YamlValue } from '../../yaml/lookup.ts';
import type { Parameters } from './holes.ts';
import { dialects, groupOf, isInert, podLists, podPlaces } from './places.ts';

/** One container of an object, with what stands around it. */
export interface ContainerPlace {
  readonly container: YamlValue;
  /** The mapping that holds the container's volumes; null for containers outside of pods. */
  readonly pod: YamlValue | null;
  /** `container`, `init container`, `step` … */
  readonly word: string;
  readonly name: string;
  readonly path: string;
  /** A step of a pipeline rather than a part of a pod: its defaults may come from elsewhere. */
  readonly isStep: boolean;
  readonly object: ObjectPlace;
}

/** One API object. */
export interface ObjectPlace {
  readonly root: YamlValue;
  readonly kind: string;
  /** `Deployment/shop/web`. */
  readonly path: string;
  readonly parameters: Parameters;
}

export interface Found {
  readonly containers: readonly ContainerPlace[];
  /** Pods with the path of their object. */
  readonly pods: readonly { readonly pod: YamlValue; readonly path: string; readonly object: ObjectPlace }[];
  /** References that stand outside of containers. */
  readonly images: readonly {
    readonly value: YamlValue;
    readonly path: string;
    readonly object: ObjectPlace;
  }[];
}

interface Growing {
  containers: ContainerPlace[];
  pods: { pod: YamlValue; path: string; object: ObjectPlace }[];
  images: { value: YamlValue; path: string; object: ObjectPlace }[];
  /** How many values may still be looked at: aliases can make a small file stand for a huge one. */
  budget: number;
}

const deepest = 48;

/** Finds every container of a document: in objects, in lists and templates of objects, and in objects within objects. */
export function findContainers(root: YamlValue): Found {
  const found: Growing = { containers: [], pods: [], images: [], budget: 200_000 };
  visitObject(root, new Map(), found, 0);
  return found;
}

function visitObject(root: YamlValue, parameters: Parameters, found: Growing, depth: number): void {
  const kind = root.textAt('kind') ?? '';
  const apiVersion = root.textAt('apiVersion') ?? '';
  if (depth > deepest || isInert(apiVersion, kind)) return;
  const objects = membersOf(root, kind);
  if (objects) {
    const known = kind === 'Template' ? readParameters(root) : parameters;
    for (const object of objects) if (spend(found)) visitObject(object, known, found, depth + 1);
    return;
  }
  const object = { root, kind, path: objectPath(root, kind), parameters };
  const dialect = dialects[groupOf(apiVersion)] ?? {};
  const self = dialect.selves?.[kind];
  if (self !== undefined) {
    const container = root.at(...self.split('.'));
    if (container) addContainer(container, null, 'step action', '', object.path, object, found);
  }
  const image = dialect.images?.[kind];
  const value = image === undefined ? undefined : root.at(...image.split('.'));
  if (value) found.images.push({ value, path: `${object.path}/${image}`, object });
  const walk = { object, found, lists: dialect.lists ?? {}, singles: dialect.singles ?? {} };
  for (const { key, value: child } of root.entries()) {
    if (key !== 'metadata' && key !== 'status') visit(child, [key], walk, depth + 1);
  }
}

/** The objects of a List or of an OpenShift Template; null for an object that is none. */
function membersOf(root: YamlValue, kind: string): readonly YamlValue[] | null {
  if (kind === 'Template') return root.get('objects')?.items() ?? null;
  return kind.endsWith('List') ? (root.get('items')?.items() ?? null) : null;
}

/** The parameters of an OpenShift Template that have a value. */
function readParameters(template: YamlValue): Parameters {
  const items = template.get('parameters')?.items() ?? [];
  return new Map(
    items.flatMap((item) => {
      const name = item.textAt('name');
      const value = item.textAt('value');
      return name === null || value === null ? [] : [[name, value] as const];
    }),
  );
}

function objectPath(root: YamlValue, kind: string): string {
  const metadata = root.get('metadata');
  const name = metadata?.textAt('name') ?? metadata?.textAt('generateName');
  return [kind, metadata?.textAt('namespace'), name].filter((part) => part != null && part !== '').join('/');
}

interface Walk {
  readonly object: ObjectPlace;
  readonly found: Growing;
  readonly lists: Readonly<Record<string, string>>;
  readonly singles: Readonly<Record<string, string>>;
}

const spend = (found: Growing): boolean => found.budget-- > 0;

/** Keys under which references are data: labels, schemas, what the cluster reports. */
const dataKeys: ReadonlySet<string> = new Set(['metadata', 'openAPIV3Schema']);

function visit(value: YamlValue, keys: readonly string[], walk: Walk, depth: number): void {
  if (depth > deepest || !spend(walk.found)) return;
  if (value.type === 'sequence') {
    for (const [index, item] of value.items().entries()) {
      if (item.type === 'map' || item.type === 'sequence')
        visit(item, [...keys, itemKey(item, index)], walk, depth + 1);
    }
    return;
  }
  if (value.type !== 'map') return;
  const entries = value.entries();
  const kind = value.textAt('kind');
  const apiVersion = value.textAt('apiVersion');
  if (kind !== null && apiVersion !== null && value.get('metadata')) {
    visitObject(value, walk.object.parameters, walk.found, depth + 1);
    return;
  }
  const pod = isPod(value) ? value : null;
  const path = placePath(walk.object, keys);
  if (pod) walk.found.pods.push({ pod, path, object: walk.object });
  for (const { key, value: child } of entries) {
    if (dataKeys.has(key)) continue;
    const podWord = podLists[key];
    const listWord = podWord ?? walk.lists[key];
    const word = walk.singles[key];
    if (listWord !== undefined && isContainerList(child)) {
      addContainers(
        child,
        { pod: pod ?? value, word: listWord, path: `${path}/${key}`, isStep: podWord === undefined },
        walk,
      );
    } else if (word !== undefined && child.get('image')) {
      addContainer(child, value, word, '', `${path}/${key}`, walk.object, walk.found);
    } else visit(child, [...keys, key], walk, depth + 1);
  }
}

const itemKey = (item: YamlValue, index: number): string => item.textAt('name') ?? String(index);

/** The object's path, and where in it the pod stands unless the kind says so. */
function placePath({ kind, path }: ObjectPlace, keys: readonly string[]): string {
  const place = keys.join('.');
  return place === podPlaces[kind] ? path : `${path}/${place}`;
}

const isPod = (value: YamlValue): boolean =>
  Object.keys(podLists).some((key) => {
    const list = value.get(key);
    return list !== undefined && isContainerList(list);
  });

/** A list of mappings that have a name or an image. */
function isContainerList(list: YamlValue): boolean {
  const items = list.items();
  return items.length > 0 && items.some((item) => item.get('image') || item.get('name'));
}

interface ListPlace {
  readonly pod: YamlValue;
  readonly word: string;
  readonly path: string;
  readonly isStep: boolean;
}

function addContainers(list: YamlValue, { isStep, path, pod, word }: ListPlace, walk: Walk): void {
  for (const [index, container] of list.items().entries()) {
    if (container.type !== 'map' || !spend(walk.found)) continue;
    const name = container.textAt('name') ?? '';
    const place = `${path}/${name === '' ? index : name}`;
    walk.found.containers.push({ container, pod, word, name, path: place, isStep, object: walk.object });
  }
}

function addContainer(
  container: YamlValue,
  pod: YamlValue | null,
  word: string,
  name: string,
  path: string,
  object: ObjectPlace,
  found: Growing,
): void {
  if (container.type === 'map')
    found.containers.push({ container, pod, word, name, path, isStep: true, object });
}
