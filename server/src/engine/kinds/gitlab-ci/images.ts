import type { ImageUse } from '../../model/facts.ts';
import { type Variables as NamedVariables, noVariables } from '../../model/variables.ts';
import { mayFollow } from '../../yaml/aliased.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { ImageUses } from '../../yaml/uses.ts';
import { Layers } from './layers.ts';
import { type FoundReference, Origins } from './origins.ts';
import { readVariables, unknown, Variables } from './variables.ts';

/** Every image that the jobs of a pipeline run in, and those of the services beside them. */
export function readImages(root: YamlValue, named: NamedVariables = noVariables): readonly ImageUse[] {
  const found = new Pipeline(root).findReferences(named);
  const origins = new Origins(root.tree.text, found);
  const uses = new ImageUses();
  for (const reference of found) {
    const { filled, owner } = reference;
    const value = origins.placeOf(reference);
    const locked = origins.lockOf(reference);
    const ending = locked === null ? origins.endOf(reference) : null;
    uses.add({
      role: 'job',
      value,
      resolved: filled.text,
      holes: filled.holes,
      locked,
      ...(ending && { ending }),
      variable: reference.filled.through.length > 0,
      path: value.path,
      owner,
      platform: reference.platform,
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

/** What hosted runners for macOS take for an image is no container: https://docs.gitlab.com/ci/runners/hosted_runners/macos/ */
const virtualMachine = /^macos-\d+-xcode-\d+$/;

const reference = '!reference';

/** GitLab follows no more. */
const mostReferences = 10;

class Pipeline {
  readonly #root: YamlValue;
  readonly #jobs: ReadonlyMap<string, YamlValue>;
  readonly #found: FoundReference[] = [];

  constructor(root: YamlValue) {
    this.#root = root;
    const jobs = root.entries().filter(({ key }) => !keywords.has(key));
    this.#jobs = new Map(jobs.map(({ key, value }) => [key, value]));
  }

  findReferences(named: NamedVariables): readonly FoundReference[] {
    const declared = readVariables(this.#root.get('variables')?.entries() ?? []);
    const variables = new Variables(declared, null, named);
    const layers = new Layers(this.#jobs);
    const defaults = this.#root.get('default');
    for (const owner of defaults ? [this.#root, defaults] : [this.#root]) {
      this.#read(owner, variables, 'every job');
    }
    for (const [name, job] of this.#jobs) {
      const layer = layers.layerOf(name);
      this.#read(job, layer ? new Variables(layer, variables) : variables, `job ${name}`);
    }
    return this.#found;
  }

  #read(owner: YamlValue, variables: Variables, label: string): void {
    this.#add(owner.get('image'), variables, label);
    for (const [index, service] of this.#servicesOf(owner).entries()) {
      const name = service.textAt('alias') ?? String(index + 1);
      this.#add(service, variables, `service ${name} of ${label}`);
    }
  }

  /** A reference among them can bring in several. */
  #servicesOf(owner: YamlValue): readonly YamlValue[] {
    const list = this.#follow(owner.get('services'));
    if (list?.tag === reference) return [list];
    return (list?.items() ?? []).flatMap((item) => {
      const service = this.#follow(item);
      const isList = service !== item && service?.type === 'sequence' && service.tag !== reference;
      return isList ? service.items() : (service ?? []);
    });
  }

  /** What `!reference [job, key]` stands for: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags */
  #follow(value: YamlValue | undefined, depth = 0): YamlValue | undefined {
    if (value?.tag !== reference || depth > mostReferences) return value;
    const keys = value.items().flatMap(({ text }) => text ?? []);
    const target = keys.length > 0 ? this.#root.at(...keys) : undefined;
    // What another file brings in is not seen here.
    return target ? this.#follow(target.seenThrough(value.span), depth + 1) : value;
  }

  /** The image by itself, or a mapping that has its name. */
  #add(written: YamlValue | undefined, variables: Variables, owner: string): void {
    const image = this.#follow(written);
    if (!image || !mayFollow(image)) return;
    const value = image.isMap ? this.#follow(image.get('name')) : image;
    if (!value || (!image.merged && !mayFollow(value))) return;
    if (value.tag === reference) {
      const text = value.tree.text.slice(value.span.start, value.span.end);
      this.#found.push({ value, filled: unknown(text), owner, platform: null });
    }
    if (value.text === null) return;
    const filled = variables.fill(value.text);
    const platform = image.isMap ? image.textAt('docker', 'platform') : null;
    if (!virtualMachine.test(filled.text)) this.#found.push({ value, filled, owner, platform });
  }
}
