import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import { YamlPiece } from '../../yaml/parse.ts';
import type { SourceFile } from '../kind.ts';
import { type Volumes, volumesOf } from './bound-volumes.ts';
import { parseDotenv } from './dotenv.ts';
import type { Values } from './interpolate.ts';
import { Layer } from './layer.ts';

/** The names Compose looks for, and the files it merges into the first it finds; the first one wins in both (compose-go `cli/options.go`). */
const baseNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];
const defaultNames = [...baseNames, ...overrideNames];

/** The files beside a Compose file that its meaning depends on. */
export const companionsOf = ({ name }: SourceFile): readonly string[] => [
  '.env',
  ...(defaultNames.includes(name) ? defaultNames.filter((other) => other !== name) : []),
];

/** What the files say about one service, each null where it says nothing. */
export interface Merged {
  readonly own: Layer | null;
  /** In the file that is merged into this one. */
  readonly later: Layer | null;
  /** In the file that this one is merged into. */
  readonly earlier: Layer | null;
}

/** One service of this file. */
export interface Layers extends Merged {
  readonly own: Layer;
  /** Something that cannot be seen may say more about it. */
  readonly open: boolean;
}

/** What holds for a service when the files are merged; `!reset` counts as a value. */
export const written = ({ earlier, later, own }: Merged, key: string): YamlValue | undefined =>
  later?.find(key) ?? own?.find(key) ?? earlier?.find(key);

/** What stands beside a Compose file. */
interface Beside {
  readonly values: Values;
  readonly overrideName: string | null;
  readonly earlier: Side;
  readonly later: Side;
}

/** A file is asked about once for each of its documents. Forgotten with the file. */
const known = new WeakMap<SourceFile, Beside>();

function besideOf(file: SourceFile): Beside {
  const found = known.get(file) ?? readBeside(file);
  known.set(file, found);
  return found;
}

function readBeside({ companions, name, variables }: SourceFile): Beside {
  const written = parseDotenv(companions.get('.env') ?? '');
  const values = {
    get: (one: string) => written.get(one),
    has: (one: string) => written.has(one),
    ...(variables && { named: variables }),
  };
  const alone = { values, overrideName: null, earlier: nothing, later: nothing };
  // This names other files in the place of the default ones.
  if (values.has('COMPOSE_FILE')) return alone;
  const firstOf = (names: readonly string[]): string | undefined =>
    names.find((one) => one === name || companions.has(one));
  const base = firstOf(baseNames);
  const override = firstOf(overrideNames);
  if (base === undefined || override === undefined) return alone;
  const read = (one: string): Side => sideOf(new YamlPiece(companions.get(one) ?? '').root);
  if (name === base) return { ...alone, overrideName: override, later: read(override) };
  return name === override ? { ...alone, earlier: read(base) } : alone;
}

/** A Compose file with what stands beside it. Of a sibling with several documents the first one counts. */
export class Project {
  /** Of the file, as in `SourceFile.path`. */
  readonly path: string;
  readonly values: Values;
  /** The name of the file that is merged into this one; null where there is none. */
  readonly overrideName: string | null;
  readonly #own: Side;
  readonly #earlier: Side;
  readonly #later: Side;

  constructor(file: SourceFile, root: YamlValue | null) {
    const beside = besideOf(file);
    this.#own = sideOf(root);
    this.path = file.path;
    this.values = beside.values;
    this.overrideName = beside.overrideName;
    this.#earlier = beside.earlier;
    this.#later = beside.later;
  }

  layersOf({ key, value }: Entry): Layers {
    const own = layerIn(this.#own, key) ?? new Layer(value, this.#own.services);
    const replaces = value.tag === '!override' || this.#own.tag === '!override';
    const earlier = replaces ? null : layerIn(this.#earlier, key);
    const later = layerIn(this.#later, key);
    // A service of an included file can be the one that this file overrides.
    const hidden = !replaces && this.#earlier.includes && earlier === null;
    return { own, later, earlier, open: own.open || (later?.open ?? false) || hidden };
  }

  /** The top-level volumes of this file and its siblings; those that win first. */
  get volumes(): readonly Volumes[] {
    return [this.#later.volumes, this.#own.volumes, this.#earlier.volumes];
  }

  /** Whether the file that is merged into this one takes the service away, or puts another in its place. */
  drops({ key }: Entry): boolean {
    const { services, tag } = this.#later;
    return [tag, services.get(key)?.tag].some((one) => one === '!reset' || one === '!override');
  }

  /** Every service of this file and its siblings. */
  get all(): readonly (Merged & { readonly key: string })[] {
    const sides = [this.#earlier, this.#own, this.#later];
    const names = new Set(sides.flatMap(({ services }) => [...services.keys()]));
    return Array.from(names, (key) => ({
      key,
      earlier: layerIn(this.#earlier, key),
      own: layerIn(this.#own, key),
      later: layerIn(this.#later, key),
    }));
  }
}

/** The services and volumes of one file. */
interface Side {
  readonly services: ReadonlyMap<string, YamlValue>;
  readonly volumes: Volumes;
  /** The tag before all of them. */
  readonly tag: string | undefined;
  /** It takes in files that are not looked at. */
  readonly includes: boolean;
  /** Those that were asked for. */
  readonly layers: Map<string, Layer>;
}

const nothing: Side = sideOf(null);

function sideOf(root: YamlValue | null): Side {
  const services = root?.get('services');
  return {
    services: new Map(services?.entries().map(({ key, value }) => [key, value])),
    volumes: volumesOf(root),
    tag: services?.tag,
    includes: root?.get('include') !== undefined,
    layers: new Map(),
  };
}

function layerIn({ layers, services }: Side, key: string): Layer | null {
  const known = layers.get(key);
  const service = services.get(key);
  if (known || service?.type !== 'map') return known ?? null;
  const layer = new Layer(service, services);
  layers.set(key, layer);
  return layer;
}
