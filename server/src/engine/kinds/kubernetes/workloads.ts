import type { ImageRole, ImageUse, Workload } from '../../model/facts.ts';
import { type Span, span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import type { ImageUses } from '../../yaml/uses.ts';
import { fill } from './holes.ts';
import { provideScratch, readMounts } from './mounts.ts';
import type { Parameters } from './parameters.ts';
import { readFlagHere, readTextHere } from './settings.ts';
import type { ContainerPlace, Found } from './walk.ts';

/** Turns what was found in a document into workloads; their images go to `uses`. */
export function readWorkloads(found: Found, uses: ImageUses): readonly Workload[] {
  for (const { parameters, path, pod } of found.pods) {
    for (const volume of pod.get('volumes')?.items() ?? []) {
      const name = volume.textAt('name') ?? '';
      const value = volume.at('image', 'reference');
      const place = `${path}/volumes/${name}/image/reference`;
      addImage(uses, {
        role: 'image-volume',
        value,
        path: place,
        owner: `volume ${name}`.trim(),
        parameters,
      });
    }
  }
  for (const { object, parameters, path, value } of found.images) {
    addImage(uses, {
      role: 'workload',
      value,
      path,
      owner: `${object.kind} ${object.name}`.trim(),
      parameters,
    });
  }
  return found.containers.map((place) => readContainer(place, uses));
}

function readContainer(place: ContainerPlace, uses: ImageUses): Workload {
  const { container, isStep, object, parameters, path, pod, word } = place;
  const label = `${word} ${place.name}`.trim();
  const image = addImage(uses, {
    role: 'workload',
    value: container.get('image'),
    path: `${path}/image`,
    owner: label,
    parameters,
    isTriggered: object.triggered.has(place.name),
  });
  const name = nameSpan(container);
  const mounts = readMounts(place);
  // A container without an image is a patch on one that stands elsewhere; a step takes defaults from its template.
  const fallback = image && !isStep ? false : 'unknown';
  const flag = (key: string) =>
    settingOf<boolean>({
      owner: container,
      keys: ['securityContext', key],
      name,
      fallback,
      read: readFlagHere,
      after: ['imagePullPolicy', 'image', 'name'],
    });
  const capabilities = container.at('securityContext', 'capabilities', 'add')?.items() ?? [];
  return {
    label,
    path,
    name,
    image,
    windows: isWindows(pod),
    readOnlyRoot: flag('readOnlyRootFilesystem'),
    misplacedReadOnlyRoot: misplaced(pod),
    privileged: flag('privileged'),
    addedCapabilities: capabilities.flatMap((item) =>
      item.text === null
        ? []
        : { value: item.text, span: item.span, path: `${path}/capabilities/${item.text}` },
    ),
    pullPolicy: settingOf<string>({
      owner: container,
      keys: ['imagePullPolicy'],
      name,
      fallback: undefined,
      read: readTextHere,
      after: ['image'],
    }),
    mounts,
    provideScratch: (targets) => provideScratch(place, mounts, targets),
  };
}

interface Reference {
  readonly role: ImageRole;
  readonly value: YamlValue | undefined;
  readonly path: string;
  readonly owner: string;
  readonly parameters: Parameters;
  /** The cluster writes another image here. */
  readonly isTriggered?: boolean;
}

function addImage(uses: ImageUses, reference: Reference): ImageUse | null {
  const { isTriggered, owner, parameters, path, role, value } = reference;
  // Blank where the cluster fills it in (an OpenShift image change trigger).
  if (!value || value.text === null || (value.text !== '' && value.text.trim() === '')) return null;
  if (isTriggered) {
    const locked = 'OpenShift writes this image when its image stream changes; pin it in the image stream.';
    return uses.add({ role, value, resolved: value.text, holes: [value.text], locked, path, owner });
  }
  const { holes, locked, source, text } = fill(value.text, parameters);
  if (!source) return uses.add({ role, value, resolved: text, holes, locked, path, owner });
  const origin = source.value.seenThrough(value.span);
  return uses.add({ role, value: origin, resolved: text, holes, locked, path: source.path, owner });
}

/** The container's name, or its first key. */
function nameSpan(container: YamlValue): Span {
  const name = container.get('name');
  if (name?.text) return name.span;
  return container.entries()[0]?.keySpan ?? container.span;
}

function isWindows(pod: YamlValue | null): boolean {
  const selector = pod?.get('nodeSelector');
  const names = [
    pod?.textAt('os', 'name'),
    selector?.textAt('kubernetes.io/os'),
    selector?.textAt('beta.kubernetes.io/os'),
  ];
  return names.includes('windows');
}

function misplaced(pod: YamlValue | null): Span | null {
  const entry = pod
    ?.get('securityContext')
    ?.entries()
    .find(({ key }) => key === 'readOnlyRootFilesystem');
  if (!entry) return null;
  const { end } = entry.value.span;
  return end > entry.keySpan.end ? span(entry.keySpan.start, end) : entry.keySpan;
}
