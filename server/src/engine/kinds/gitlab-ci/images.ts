import type { ImageUse } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { ImageUses } from '../../yaml/uses.ts';
import { type FoundReference, Origins } from './origins.ts';
import { type Layer, readLayer, type Variable, Variables } from './variables.ts';

/** Every image that the jobs of a pipeline run in, and those of the services beside them. */
export function readImages(root: YamlValue): readonly ImageUse[] {
  const found = new Pipeline(root).findReferences();
  const origins = new Origins(root.tree.text, found);
  const uses = new ImageUses();
  for (const reference of found) {
    const { filled, owner } = reference;
    const value = origins.placeOf(reference);
    const locked = origins.lockOf(reference);
    uses.add({
      role: 'job',
      value,
      resolved: filled.text,
      holes: filled.holes,
      locked,
      path: value.path,
      owner,
    });
  }
  return uses.all;
}

/** Keys of the root that are no jobs; `pages` is one. */
const keywords: ReadonlySet<string> = new Set([
  ...['default', 'include', 'spec', 'stages', 'types', 'variables', 'workflow'],
  // What `default` has may stand in the root too.
  ...['after_script', 'before_script', 'cache', 'image', 'services'],
]);

/** Values that are looked at through aliases: a small file can stand for a huge one. */
const mostAliased = 5_000;

/** GitLab follows no more: https://docs.gitlab.com/ci/yaml/#extends */
const mostExtended = 11;

class Pipeline {
  readonly #root: YamlValue;
  readonly #jobs: ReadonlyMap<string, YamlValue>;
  readonly #layers = new Map<string, Layer>();
  readonly #found: FoundReference[] = [];
  #aliased = 0;

  constructor(root: YamlValue) {
    this.#root = root;
    const jobs = root.entries().filter(({ key }) => !keywords.has(key));
    this.#jobs = new Map(jobs.map(({ key, value }) => [key, value]));
  }

  findReferences(): readonly FoundReference[] {
    const variables = new Variables(readLayer(this.#root));
    const defaults = this.#root.get('default');
    for (const owner of defaults ? [this.#root, defaults] : [this.#root]) {
      this.#read(owner, variables, 'every job');
    }
    for (const [name, job] of this.#jobs) {
      this.#read(job, new Variables(this.#layerOf(name, 0), variables), `job ${name}`);
    }
    return this.#found;
  }

  #read(owner: YamlValue, variables: Variables, label: string): void {
    this.#add(owner.get('image'), variables, label);
    if (this.#aliased > mostAliased) return;
    for (const [index, service] of (owner.get('services')?.items() ?? []).entries()) {
      const name = service.textAt('alias') ?? String(index + 1);
      this.#add(service, variables, `service ${name} of ${label}`);
    }
  }

  /** The image by itself, or a mapping that has its name. */
  #add(image: YamlValue | undefined, variables: Variables, owner: string): void {
    const value = image?.isMap ? image.get('name') : image;
    if (value?.text == null || (value.merged && ++this.#aliased > mostAliased)) return;
    this.#found.push({ value, filled: variables.fill(value.text), owner });
  }

  /** The variables that a job has of its own, or from the jobs of this file that it extends. */
  #layerOf(name: string, depth: number): Layer {
    const known = this.#layers.get(name);
    const job = this.#jobs.get(name);
    if (known || !job || depth > mostExtended) return known ?? new Map();
    const layer = new Map<string, Variable | null>();
    // While it is being read it adds nothing to itself.
    this.#layers.set(name, layer);
    for (const parent of textsOf(job.get('extends'))) {
      for (const [key, value] of this.#layerOf(parent, depth + 1)) layer.set(key, value);
    }
    for (const [key, value] of readLayer(job)) layer.set(key, value);
    // Each run of a matrix has another value.
    for (const run of job.at('parallel', 'matrix')?.items() ?? []) {
      for (const { key } of run.entries()) layer.set(key, null);
    }
    return layer;
  }
}

/** One text, or a list of them. */
const textsOf = (value: YamlValue | undefined): readonly string[] =>
  value?.text != null ? [value.text] : (value?.items() ?? []).flatMap((item) => item.text ?? []);
