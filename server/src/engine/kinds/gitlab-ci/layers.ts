import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import { type Layer, readVariables, type Variable } from './variables.ts';

/** GitLab follows no more: https://docs.gitlab.com/ci/yaml/#extends */
const mostExtended = 11;

/** What is read through aliases, and jobs that are asked for variables: beyond these a value counts as unknown. */
const limits = { aliased: 50_000, asked: 1_000_000 };

/** What a job declares itself, and the jobs that it extends. */
interface Declared {
  readonly layer: Layer;
  readonly parents: readonly string[];
}

const unknown: Declared = { layer: { get: () => null }, parents: [] };

/** The variables that jobs have of their own, or from the jobs of this file that they extend: looked up, never copied. */
export class Layers {
  readonly #jobs: ReadonlyMap<string, YamlValue>;
  readonly #declared = new Map<string, Declared | null>();
  #aliased = 0;
  #asked = 0;

  constructor(jobs: ReadonlyMap<string, YamlValue>) {
    this.#jobs = jobs;
  }

  /** Null for a job that neither declares variables nor extends other jobs. */
  layerOf(job: string): Layer | null {
    if (!this.#declaredBy(job)) return null;
    return { get: (name) => this.#find(name, job, 0, new Set()) };
  }

  #find(name: string, job: string, depth: number, seen: Set<string>): Variable | null | undefined {
    if (seen.has(job) || depth > mostExtended) return undefined;
    seen.add(job);
    if (++this.#asked > limits.asked) return null;
    const declared = this.#declaredBy(job);
    const own = declared?.layer.get(name);
    if (!declared || own !== undefined) return own;
    // The last of several wins.
    for (let index = declared.parents.length - 1; index >= 0; index--) {
      const found = this.#find(name, declared.parents[index] ?? '', depth + 1, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #declaredBy(name: string): Declared | null {
    const known = this.#declared.get(name);
    if (known !== undefined) return known;
    const job = this.#jobs.get(name);
    if (!job) return null;
    const declared = this.#read(job);
    this.#declared.set(name, declared);
    return declared;
  }

  /** Null where there is nothing. */
  #read(job: YamlValue): Declared | null {
    const extended = job.get('extends');
    const parents = extended?.text != null ? [extended.text] : this.#textsIn(extended);
    const layer = new Map(readVariables(this.#entriesOf(job.get('variables'))));
    // Each run of a matrix has another value.
    for (const run of this.#itemsOf(job.at('parallel', 'matrix'))) {
      for (const { key } of this.#entriesOf(run)) layer.set(key, null);
    }
    if (this.#aliased > limits.aliased) return unknown;
    return layer.size > 0 || parents.length > 0 ? { layer, parents } : null;
  }

  #textsIn(list: YamlValue | undefined): readonly string[] {
    return this.#itemsOf(list).flatMap((item) => item.text ?? []);
  }

  #itemsOf(list: YamlValue | undefined): readonly YamlValue[] {
    if (!list || this.#aliased > limits.aliased) return [];
    const items = list.items();
    this.#aliased += items.filter((item) => item.merged).length;
    return items;
  }

  #entriesOf(map: YamlValue | undefined): readonly Entry[] {
    if (!map || this.#aliased > limits.aliased) return [];
    const entries = map.entries();
    this.#aliased += entries.filter(({ value }) => value.merged).length;
    return entries;
  }
}
