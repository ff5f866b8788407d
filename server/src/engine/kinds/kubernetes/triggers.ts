import type { YamlValue } from '../../yaml/lookup.ts';

/** Asks OpenShift to put images into any workload: https://docs.okd.io/latest/openshift_images/triggering-updates-on-imagestream-changes.html */
const annotation = 'image.openshift.io/triggers';

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
  const written = object.textAt('metadata', 'annotations', annotation) ?? '';
  // JSON in which a field path names the container: `containers[?(@.name=="web")].image`.
  for (const match of written.matchAll(/@\.name==\\*["']([^"'\\]+)/g)) names.add(match[1] ?? '');
  return names;
}
