import { mayFollow } from '../../yaml/aliased.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { type NamedImage, openshiftImages } from './openshift.ts';
import { noParameters, type Parameters, templateParameters, withTaskParameters } from './parameters.ts';
import {
  type Dialect,
  dialects,
  groupOf,
  isConfiguration,
  isInert,
  ownValue,
  podLists,
  podPlaces,
} from './places.ts';
import { triggeredContainers } from './triggers.ts';

/** One API object. */
export interface ObjectPlace {
  readonly root: YamlValue;
  readonly kind: string;
  readonly name: string;
  /** `Deployment/shop/web`. */
  readonly path: string;
  /** The containers whose image the cluster writes. */
  readonly triggered: ReadonlySet<string>;
  /** It stands within another object, as what that one makes. */
  readonly isNested: boolean;
}

interface Place {
  readonly object: ObjectPlace;
  readonly path: string;
  /** What parameters stand for here. */
  readonly parameters: Parameters;
}

/** One container of an object, with what stands around it. */
export interface ContainerPlace extends Place {
  readonly container: YamlValue;
  /** The mapping that holds the container's volumes; null for containers outside of pods. */
  readonly pod: YamlValue | null;
  /** `container`, `init container`, `step` … */
  readonly word: string;
  readonly name: string;
  /** A step of a pipeline rather than a part of a pod: its defaults may come from elsewhere. */
  readonly isStep: boolean;
}

/** `init container setup`. */
export const containerLabel = ({ name, word }: ContainerPlace): string => `${word} ${name}`.trim();

export interface PodPlace extends Place {
  readonly pod: YamlValue;
}

/** A reference that stands outside of containers. */
export interface ImagePlace extends Place, Pick<NamedImage, 'role' | 'unseen' | 'value'> {}

export interface Found {
  /** All but those that hold neither containers nor configuration. */
  readonly objects: readonly ObjectPlace[];
  /** The ConfigMaps and Secrets. */
  readonly configurations: readonly ObjectPlace[];
  readonly containers: readonly ContainerPlace[];
  readonly pods: readonly PodPlace[];
  readonly images: readonly ImagePlace[];
}

/** Finds every container of a document: in objects, in lists and templates of objects, and in objects within objects. */
export function findContainers(root: YamlValue): Found {
  const walk = new Walk();
  walk.visitObject(root, noParameters, 0, false);
  return walk;
}

/** Values nested deeper hold no containers that people wrote. */
const deepest = 48;

/** Keys under which references are data: labels, schemas. */
const dataKeys: ReadonlySet<string> = new Set(['metadata', 'openAPIV3Schema']);

/** Where in an object the walk is. */
interface Scope {
  readonly object: ObjectPlace;
  readonly dialect: Dialect;
  readonly parameters: Parameters;
}

class Walk implements Found {
  readonly objects: ObjectPlace[] = [];
  readonly configurations: ObjectPlace[] = [];
  readonly containers: ContainerPlace[] = [];
  readonly pods: PodPlace[] = [];
  readonly images: ImagePlace[] = [];
  /** The values around the one that is looked at: an alias may lead back to one of them. */
  readonly #open = new Set<YamlValue['node']>();

  visitObject(root: YamlValue, parameters: Parameters, depth: number, isNested: boolean): void {
    const kind = root.textAt('kind') ?? '';
    const apiVersion = root.textAt('apiVersion') ?? '';
    if (this.#isTooMuch(root, depth)) return;
    const { name, path } = identify(root, kind);
    if (isConfiguration(apiVersion, kind)) {
      this.configurations.push({ root, kind, name, path, triggered: new Set(), isNested });
      return;
    }
    if (isInert(apiVersion, kind)) return;
    const members = membersOf(root, kind);
    if (members) {
      const known = kind === 'Template' ? templateParameters(root, path) : parameters;
      for (const member of members) this.visitObject(member, known, depth + 1, isNested);
      return;
    }
    const object = { root, kind, name, path, triggered: triggeredContainers(root), isNested };
    this.objects.push(object);
    const scope = { object, dialect: ownValue(dialects, groupOf(apiVersion)) ?? {}, parameters };
    this.#visitNamed(scope);
    for (const { place, role, unseen, value } of openshiftImages(root, kind, apiVersion)) {
      this.images.push({ value, path: `${path}/${place}`, object, parameters, role, unseen });
    }
    for (const { key, value } of root.entries()) {
      if (key !== 'metadata' && key !== 'status') this.#visit(value, [key], scope, depth + 1);
    }
  }

  /** What a kind is known to have at a place of its own. */
  #visitNamed({ dialect, object, parameters }: Scope): void {
    const { kind, name, path, root } = object;
    const self = ownValue(dialect.selves, kind);
    const container = self === undefined ? undefined : root.get(self);
    if (container) {
      const known = withTaskParameters(parameters, container, path);
      this.#add({
        container,
        pod: null,
        word: 'step action',
        name,
        path,
        isStep: true,
        object,
        parameters: known,
      });
    }
    const place = ownValue(dialect.images, kind);
    const value = place === undefined ? undefined : root.at(...place.split('.'));
    if (!value) return;
    this.images.push({
      value,
      path: `${path}/${place}`,
      object,
      parameters,
      role: 'workload',
      unseen: null,
    });
  }

  #visit(value: YamlValue, keys: readonly string[], outer: Scope, depth: number): void {
    if (value.type === 'scalar' || this.#open.has(value.node) || this.#isTooMuch(value, depth)) return;
    this.#open.add(value.node);
    this.#look(value, keys, outer, depth);
    this.#open.delete(value.node);
  }

  #look(value: YamlValue, keys: readonly string[], outer: Scope, depth: number): void {
    if (value.type === 'sequence') {
      for (const [index, item] of value.items().entries()) {
        if (item.type !== 'scalar') this.#visit(item, [...keys, itemKey(item, index)], outer, depth + 1);
      }
      return;
    }
    if (value.type !== 'map') return;
    if (isObject(value)) {
      this.visitObject(value, outer.parameters, depth + 1, true);
      return;
    }
    const { object } = outer;
    const path = placePath(object, keys);
    const scope = outer.dialect.hasParams
      ? { ...outer, parameters: withTaskParameters(outer.parameters, value, path) }
      : outer;
    if (isPod(value)) this.pods.push({ pod: value, path, object, parameters: scope.parameters });
    for (const { key, value: child } of value.entries()) {
      if (dataKeys.has(key) || this.#takeContainers(value, key, child, path, scope)) continue;
      this.#visit(child, [...keys, key], scope, depth + 1);
    }
  }

  /** Whether the entry holds containers, which are then taken. */
  #takeContainers(pod: YamlValue, key: string, value: YamlValue, path: string, scope: Scope): boolean {
    const { dialect, object, parameters } = scope;
    const inPod = ownValue(podLists, key);
    const word = inPod ?? ownValue(dialect.lists, key);
    if (word !== undefined && isContainerList(value)) {
      for (const [index, container] of value.items().entries()) {
        const name = container.textAt('name') ?? '';
        const place = `${path}/${key}/${name === '' ? index : name}`;
        this.#add({
          container,
          pod,
          word,
          name,
          path: place,
          isStep: inPod === undefined,
          object,
          parameters,
        });
      }
      return true;
    }
    const single = ownValue(dialect.singles, key);
    if (single === undefined || !value.get('image')) return false;
    this.#add({
      container: value,
      pod,
      word: single,
      name: '',
      path: `${path}/${key}`,
      isStep: true,
      object,
      parameters,
    });
    return true;
  }

  #add(place: ContainerPlace): void {
    if (place.container.type === 'map' && !this.#isTooMuch(place.container, 0)) this.containers.push(place);
  }

  #isTooMuch(value: YamlValue, depth: number): boolean {
    if (depth > deepest) value.tree.budget.giveUp();
    return depth > deepest || !mayFollow(value);
  }
}

function identify(root: YamlValue, kind: string): { readonly name: string; readonly path: string } {
  const metadata = root.get('metadata');
  const name = metadata?.textAt('name') ?? metadata?.textAt('generateName') ?? '';
  const path = [kind, metadata?.textAt('namespace') ?? '', name].filter((part) => part !== '').join('/');
  return { name, path };
}

/** The objects of a List or of an OpenShift Template; null for an object that is none. */
function membersOf(root: YamlValue, kind: string): readonly YamlValue[] | null {
  if (kind === 'Template') return root.get('objects')?.items() ?? null;
  return isListKind(kind) ? (root.get('items')?.items() ?? null) : null;
}

export const isListKind = (kind: string): boolean => kind.endsWith('List');

/** A whole object within another one, as compositions and resource templates have it. */
const isObject = (value: YamlValue): boolean =>
  value.textAt('kind') !== null && value.textAt('apiVersion') !== null && value.get('metadata') !== undefined;

const itemKey = (item: YamlValue, index: number): string => item.textAt('name') ?? String(index);

/** The object's path, and where in it the pod stands unless the kind says so. */
function placePath({ kind, path }: ObjectPlace, keys: readonly string[]): string {
  const place = keys.join('.');
  return place === ownValue(podPlaces, kind) ? path : `${path}/${place}`;
}

const isPod = (value: YamlValue): boolean =>
  Object.keys(podLists).some((key) => isContainerList(value.get(key)));

/** A list of mappings that have a name or an image. */
const isContainerList = (list: YamlValue | undefined): boolean =>
  list?.items().some((item) => item.get('image') || item.get('name')) ?? false;
