import type { BuildSource, Readiness } from '../../model/facts.ts';
import { readFlag } from '../../yaml/setting.ts';
import { seen } from './interpolate.ts';
import type { Layer } from './layer.ts';
import type { Merged, Project } from './project.ts';
import { replacesAll, type ServicePlace } from './settings.ts';

/** A service that is started only after another one. */
interface Dependent {
  readonly name: string;
  /** It waits for the other one's health check, not just for its start. */
  readonly needsHealth: boolean;
}

export type Dependents = ReadonlyMap<string, readonly Dependent[]>;

/** Who waits for each service. One that waits for another's end is left out: a job is never ready. */
export function readDependents(project: Project): Dependents {
  const found = new Map<string, Dependent[]>();
  for (const { key, ...layers } of project.all) {
    for (const [name, condition] of conditionsOf(layers)) {
      if (condition === 'service_completed_successfully') continue;
      const known = found.get(name) ?? [];
      known.push({ name: key, needsHealth: condition === 'service_healthy' });
      found.set(name, known);
    }
  }
  return found;
}

/** `depends_on` in both forms: service → condition. */
function conditionsOf({ earlier, later, own }: Merged): ReadonlyMap<string, string | null> {
  const conditions = new Map<string, string | null>();
  for (const layer of [earlier, own, later]) {
    if (replacesAll(layer?.find('depends_on'))) conditions.clear();
    for (const list of layer?.all('depends_on').toReversed() ?? []) {
      for (const { key, value } of list.entries()) conditions.set(key, value.textAt('condition'));
      for (const item of list.items()) if (item.text !== null) conditions.set(item.text, null);
    }
  }
  return conditions;
}

/** What is built here and what is pulled, as far as it matters to a health check of the image. */
export interface ImageOrigin {
  readonly isBuilt: boolean;
  readonly build: BuildSource | null;
}

const remedy = '`healthcheck`';

/**
 * Whether a service that others wait for says when it is ready. An image can bring a health check of its own, which only its
 * Dockerfile shows: where somebody waits for the health of a pulled image, it must have one.
 */
export function readReadiness(
  { key, layers, project, whole }: ServicePlace,
  dependents: Dependents,
  { build, isBuilt }: ImageOrigin,
): Readiness | null {
  const waiting = dependents.get(key) ?? [];
  const [first] = waiting;
  if (!first) return null;
  const because =
    waiting.length === 1
      ? `service ${first.name} waits for it`
      : `service ${first.name} and ${waiting.length - 1} more wait for it`;
  const check = readCheck(layers, project);
  if (check !== 'unknown') return { present: check === 'here', because, remedy };
  const isHidden = isBuilt ? build === null : waiting.some(({ needsHealth }) => needsHealth);
  return isHidden || !whole ? null : { present: false, because, remedy };
}

/** `off` where it is written that there is none, or that of the image is not run; `unknown` where nothing is written. */
function readCheck({ earlier, later, own }: Merged, { values }: Project): 'here' | 'off' | 'unknown' {
  const written = [later, own, earlier].flatMap((layer: Layer | null) => layer?.find('healthcheck') ?? []);
  for (const check of written) {
    if (check.tag === '!reset') return 'unknown';
    const disable = check.get('disable');
    if (disable && readFlag(seen(disable.text, values)) === true) return 'off';
    const test = check.get('test');
    const first = test?.type === 'sequence' ? test.items()[0]?.text : test?.text;
    if (first != null) return first === 'NONE' ? 'off' : 'here';
  }
  // Without a test it changes how often that of the image is run.
  return written.length > 0 ? 'here' : 'unknown';
}
