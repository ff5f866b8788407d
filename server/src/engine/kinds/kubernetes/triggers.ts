import type { YamlValue } from '../../yaml/lookup.ts';

/** Asks OpenShift to put images into any workload: https://docs.okd.io/latest/openshift_images/triggering-updates-on-imagestream-changes.html */
export const triggerAnnotation = 'image.openshift.io/triggers';

/**
 * The containers whose image the cluster writes when an image stream changes: what the manifest says there is not what runs.
 * From the triggers of a DeploymentConfig and from the annotation on other workloads.
 */
export function triggeredContainers(object: YamlValue): ReadonlySet<string> {
  const names = new Set<string>();
  for (const trigger of object.at('spec', 'triggers')?.items() ?? []) {
    const containers = trigger.at('imageChangeParams', 'containerNames')?.items() ?? [];
    for (const { text } of containers) if (text !== null) names.add(text);
  }
  const written = object.textAt('metadata', 'annotations', triggerAnnotation) ?? '';
  // JSON in which a field path names the container: `containers[?(@.name=="web")].image`.
  for (const match of written.matchAll(/@\.name==\\*["']([^"'\\]+)/g)) names.add(match[1] ?? '');
  return names;
}

/** One trigger of the annotation. */
export interface Trigger {
  readonly paused: unknown;
  /** The image stream tag that it waits for, `namespace/name:tag`; null for anything else. */
  readonly tag: string | null;
}

/** The triggers of the annotation's JSON; none where it cannot be read. */
export function readTriggers(value: YamlValue | undefined): readonly Trigger[] {
  try {
    const triggers: unknown = JSON.parse(value?.text ?? '[]');
    return Array.isArray(triggers) ? triggers.filter(isRecord).map(triggerOf) : [];
  } catch {
    return [];
  }
}

function triggerOf({ from, paused }: Readonly<Record<string, unknown>>): Trigger {
  const { kind, name, namespace = '' } = isRecord(from) ? from : {};
  return { paused, tag: kind === 'ImageStreamTag' ? `${namespace}/${name}` : null };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The annotation's JSON with every trigger paused, all else as it was; null where some trigger already says whether it is. */
export function pausedTriggers(json: string): string | null {
  if (json.includes('"paused"')) return null;
  let depth = 0;
  return json.replace(/"(?:[^"\\]|\\.)*"|[[\]{}]/g, (token) => {
    if (token === ']' || token === '}') depth--;
    if (token === '[' || token === '{') depth++;
    return token === '{' && depth === 2 ? '{"paused":true,' : token;
  });
}
