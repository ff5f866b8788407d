import type { BuildRequest, BuiltImage, Neighbours, Outline, OutlinePin } from './model/surroundings.ts';

type PlacedPin = OutlinePin & { readonly path: string };

/**
 * What the files of a workspace tell each other, by file. Whoever calls the engine keeps it: puts in what each file's analysis
 * says of itself, and hands it to later analyses.
 */
export class WorkspaceOutline {
  readonly #files = new Map<string, Outline>();
  #index: Index | null = null;

  put(outline: Outline): void {
    if (isEmpty(outline)) this.#files.delete(outline.path);
    else this.#files.set(outline.path, outline);
    this.#index = null;
  }

  remove(path: string): void {
    if (this.#files.delete(path)) this.#index = null;
  }

  /** All files, with `own` in the place of what was known of its path. */
  around(own: Outline): Neighbours {
    this.#index ??= new Index([...this.#files.values()]);
    return new Joined(this.#index, new Index([own]), own.path);
  }
}

/** What a file sees that is read alone. */
export const alone = (own: Outline): Neighbours => new Joined(new Index([]), new Index([own]), own.path);

const isEmpty = ({ builds, built, consumes, pins }: Outline): boolean =>
  builds.length + built.length + consumes.length + pins.length === 0;

class Index {
  readonly pins = new Map<string, PlacedPin[]>();
  readonly built = new Map<string, BuiltImage>();
  /** By the image's name. */
  readonly requests = new Map<string, (BuildRequest & { readonly path: string })[]>();
  /** Kind and name → the namespaces they are read in → the files that do. */
  readonly consumed = new Map<string, Map<string, Set<string>>>();

  constructor(outlines: readonly Outline[]) {
    for (const { builds, built, consumes, path, pins } of outlines) {
      for (const pin of pins) listIn(this.pins, pin.name).push({ ...pin, path });
      for (const image of built) this.built.set(builtKey(image.dockerfile, image.target), image);
      for (const request of builds) {
        for (const image of request.images) listIn(this.requests, image).push({ ...request, path });
      }
      for (const one of consumes) {
        const { name, namespace } = configurationParts(one);
        const namespaces = this.consumed.get(name) ?? new Map<string, Set<string>>();
        this.consumed.set(
          name,
          namespaces.set(namespace, (namespaces.get(namespace) ?? new Set()).add(path)),
        );
      }
    }
  }
}

const builtKey = (dockerfile: string, target: string | null): string =>
  `${dockerfile}\n${target?.toLowerCase() ?? ''}`;

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

function configurationParts(key: string): { readonly name: string; readonly namespace: string } {
  const [type = '', namespace = '', ...name] = key.split('/');
  return { name: `${type}/${name.join('/')}`, namespace };
}

class Joined implements Neighbours {
  readonly #others: Index;
  readonly #own: Index;
  readonly #path: string;

  constructor(others: Index, own: Index, path: string) {
    this.#others = others;
    this.#own = own;
    this.#path = path;
  }

  pinsOf(name: string): readonly PlacedPin[] {
    return [...(this.#own.pins.get(name) ?? []), ...this.#notOwn(this.#others.pins.get(name))];
  }

  builtFrom(dockerfile: string, target: string | null): BuiltImage | undefined {
    const key = builtKey(dockerfile, target);
    return this.#own.built.get(key) ?? this.#others.built.get(key);
  }

  builtAs(image: string): BuiltImage | undefined {
    const request = this.#own.requests.get(image)?.[0] ?? this.#notOwn(this.#others.requests.get(image))[0];
    return request && this.builtFrom(request.dockerfile, request.target);
  }

  isConsumed(configuration: string): boolean {
    const { name, namespace } = configurationParts(configuration);
    return [this.#own, this.#others].some((index) =>
      [...(index.consumed.get(name) ?? [])].some(
        ([where, paths]) =>
          (where === '' || namespace === '' || where === namespace) &&
          (index === this.#own || [...paths].some((path) => path !== this.#path)),
      ),
    );
  }

  /** What is known of the own file may be of an earlier text. */
  #notOwn<T extends { readonly path: string }>(all: readonly T[] | undefined): readonly T[] {
    return all?.filter(({ path }) => path !== this.#path) ?? [];
  }
}
