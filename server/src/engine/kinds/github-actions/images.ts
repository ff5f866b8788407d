import type { ImageUse } from '../../model/facts.ts';
import { noVariables, type Variables } from '../../model/variables.ts';
import { span } from '../../text/span.ts';
import { mayFollow } from '../../yaml/aliased.ts';
import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import { ImageUses } from '../../yaml/uses.ts';

/** Every image that the jobs of a workflow or the steps of an action run in. */
export function readImages(root: YamlValue, variables: Variables = noVariables): readonly ImageUse[] {
  const images = new Images(variables);
  for (const job of root.get('jobs')?.entries() ?? []) images.readJob(job);
  const runs = root.get('runs');
  if (runs) images.readRuns(runs);
  return images.uses.all;
}

/** The runner takes `docker://` off whatever its case; what names an action has no such prefix. */
const prefix = /^docker:\/\//i;

/**
 * `${{ … }}` is known only when the workflow runs. Templates of workflows have `{{ … }}`. Neither can be part of a reference.
 */
const expressions = /\$?\{\{[\s\S]*?(?:\}\}|$)/g;

/** The variable that the settings of a repository or the environment give; empty where something else is asked for. */
const nameIn = (expression: string): string =>
  /^\$\{\{\s*(?:vars|env)\.([A-Za-z_]\w*)\s*\}\}$/.exec(expression)?.[1] ?? '';

class Images {
  readonly uses = new ImageUses();
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  readJob({ key, value: job }: Entry): void {
    const label = `job ${key}`;
    this.#addContainer(job.get('container'), label);
    for (const service of job.get('services')?.entries() ?? []) {
      this.#addContainer(service.value, `service ${service.key} of ${label}`);
    }
    this.#readSteps(job.get('steps'), label);
  }

  /** How an action runs: by an image or a Dockerfile of its own, or by steps. */
  readRuns(runs: YamlValue): void {
    this.#addPrefixed(runs.get('image'), 'action');
    this.#readSteps(runs.get('steps'), 'action');
  }

  #readSteps(steps: YamlValue | undefined, parent: string): void {
    if (!steps) return;
    for (const [index, step] of steps.items().entries()) {
      if (!mayFollow(step)) return;
      const name = step.textAt('name') ?? step.textAt('id') ?? String(index + 1);
      this.#addPrefixed(step.get('uses'), `step ${name} of ${parent}`, step.merged);
    }
  }

  /** The image by itself, or a mapping that has it; an empty one means that no container is wanted. */
  #addContainer(container: YamlValue | undefined, owner: string): void {
    if (!container || !mayFollow(container)) return;
    const value = container.isMap ? container.get('image') : container;
    if (!value || (!container.merged && !mayFollow(value))) return;
    if (value.text) this.#add(value, owner);
  }

  /** Text that is an image only with its prefix: without it, it is an action or a file. */
  #addPrefixed(value: YamlValue | undefined, owner: string, counted = false): void {
    if (!value || (!counted && !mayFollow(value))) return;
    if (value.text !== null && prefix.test(value.text)) this.#add(value, owner);
  }

  #add(value: YamlValue, owner: string): void {
    const text = value.text ?? '';
    const part = span(prefix.exec(text)?.[0].length ?? 0, text.length);
    const written = text.slice(part.start);
    const found = [...written.matchAll(expressions)];
    const last = found.at(-1);
    const resolved = written.replace(expressions, (one) => this.#variables.get(nameIn(one)) ?? one);
    const holes = [...new Set(resolved.match(expressions) ?? [])];
    const locked = last ? `${found[0]?.[0]} decides this value; change it where that gets its value.` : null;
    const tail = written.length - (last ? last.index + last[0].length : 0);
    this.uses.add({ role: 'job', value, part, resolved, holes, locked, tail, path: value.path, owner });
  }
}
