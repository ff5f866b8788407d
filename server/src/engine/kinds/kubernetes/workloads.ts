import type { ImageRole, ImageUse, Workload } from '../../model/facts.ts';
import { noTraits } from '../../model/no-facts.ts';
import type { Variables } from '../../model/variables.ts';
import { type Span, span } from '../../text/span.ts';
import type { ImageOverride } from '../../yaml/kustomization.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import type { ImageUses } from '../../yaml/uses.ts';
import { fill } from './holes.ts';
import { provideScratch, readMounts } from './mounts.ts';
import type { Unseen } from './openshift.ts';
import { overridden } from './overrides.ts';
import type { Parameters } from './parameters.ts';
import { isOperators, podLists } from './places.ts';
import { readPorts } from './ports.ts';
import { readReadiness } from './readiness.ts';
import { readFlagHere, readTextHere } from './settings.ts';
import { readVariables } from './variables.ts';
import { type ContainerPlace, containerLabel, type Found, type ObjectPlace } from './walk.ts';

/** What lies around a document. */
interface Around {
  /** Those of kustomizations. */
  readonly overrides: readonly ImageOverride[];
  /** Its file only changes objects that stand elsewhere. */
  readonly isPatch: boolean;
  readonly variables: Variables;
}

/** Turns what was found in a document into workloads; their images go to `uses`. */
export function readWorkloads(found: Found, around: Around, uses: ImageUses): readonly Workload[] {
  const { variables } = around;
  for (const { parameters, path, pod } of found.pods) {
    for (const volume of pod.get('volumes')?.items() ?? []) {
      const name = volume.textAt('name') ?? '';
      const value = volume.at('image', 'reference');
      const place = `${path}/volumes/${name}/image/reference`;
      addImage(uses, {
        variables,
        role: 'image-volume',
        value,
        path: place,
        owner: `volume ${name}`.trim(),
        parameters,
      });
    }
  }
  for (const { object, parameters, path, role, unseen, value } of found.images) {
    const owner = `${object.kind} ${object.name}`.trim();
    const isFilledIn = around.isPatch || hasOperator(object);
    addImage(uses, { variables, role, value, path, owner, parameters, unseen, isFilledIn });
  }
  return found.containers.map((place) => readContainer(place, around, uses));
}

/** What the manifest says is not what runs, and may not have the form of a reference. */
const triggered = (text: string): Unseen => ({
  holes: [text],
  locked: 'OpenShift writes this image when its image stream changes; pin it in the image stream.',
});

function readContainer(place: ContainerPlace, around: Around, uses: ImageUses): Workload {
  const { isPatch, overrides, variables } = around;
  const { container, isStep, object, parameters, path, pod, word } = place;
  const isLasting = !isStep && word !== podLists.ephemeralContainers;
  const windows = isWindows(pod);
  const label = containerLabel(place);
  const value = container.get('image');
  const image = addImage(uses, {
    variables,
    role: 'workload',
    value,
    path: `${path}/image`,
    owner: label,
    parameters,
    unseen: object.triggered.has(place.name) ? triggered(value?.text ?? '') : null,
    overrides: isKustomized(place) ? overrides : [],
    isFilledIn: isPatch || hasOperator(object),
    platform: platformOf(pod),
  });
  const name = nameSpan(container);
  const mounts = readMounts(place);
  // A patch may say little of a container that stands elsewhere, and without an image it does; a step takes defaults from its template.
  const isWhole = image !== null && !isStep && !isPatch;
  const usual = (value: boolean) => (isWhole ? value : 'unknown');
  const setting = (fallback: boolean | 'unknown', ...keys: readonly [string, ...string[]]) =>
    settingOf<boolean>({
      owner: container,
      keys,
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
    ...noTraits,
    windows,
    readOnlyRoot: setting(usual(false), 'securityContext', 'readOnlyRootFilesystem'),
    misplacedReadOnlyRoot: misplaced(pod),
    privileged: setting(usual(false), 'securityContext', 'privileged'),
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
    // Windows has no such field, and the API server refuses it there.
    privilegeEscalation: windows ? null : setting(usual(true), 'securityContext', 'allowPrivilegeEscalation'),
    interactive: isLasting
      ? { stdin: setting(usual(false), 'stdin'), tty: setting(usual(false), 'tty') }
      : null,
    variables: readVariables(place),
    ports: readPorts(place),
    readiness: image && !isPatch ? readReadiness(place) : null,
    mounts,
    scratchWords: { one: 'an emptyDir', several: 'emptyDirs' },
    provideScratch: (targets) => provideScratch(place, mounts, targets),
  };
}

interface Reference {
  readonly role: ImageRole;
  readonly value: YamlValue | undefined;
  readonly path: string;
  readonly owner: string;
  readonly parameters: Parameters;
  readonly variables: Variables;
  readonly unseen?: Unseen | null;
  readonly overrides?: readonly ImageOverride[];
  readonly platform?: string | null;
  /** An image that is empty here comes from elsewhere. */
  readonly isFilledIn?: boolean;
}

/** Whether something else makes containers of what the object says. */
const hasOperator = ({ isNested, root }: ObjectPlace): boolean =>
  isNested || isOperators(root.textAt('apiVersion') ?? '');

/** What Istio replaces in a pod of a gateway: https://istio.io/latest/docs/setup/additional-setup/gateway/. */
const injected = 'auto';

function addImage(uses: ImageUses, reference: Reference): ImageUse | null {
  const { isFilledIn = false, overrides = [], owner, parameters, path, platform = null } = reference;
  const { role, unseen, value, variables } = reference;
  if (!value || value.text === null) return null;
  // Blank where the cluster fills it in (an OpenShift image change trigger), empty where an operator does.
  if (value.text.trim() === '' && (value.text !== '' || isFilledIn)) return null;
  if (unseen) return uses.add({ role, value, resolved: value.text, ...unseen, path, owner });
  if (value.text === injected) {
    const locked = 'Istio puts the image of its proxy in here when the pod starts.';
    return uses.add({ role, value, resolved: injected, holes: [injected], locked, path, owner });
  }
  const { holes, locked, source, tail, text } = fill(value.text, parameters, variables);
  if (source) {
    const origin = source.value.seenThrough(value.span);
    return uses.add({
      ...{ role, value: origin, resolved: text, holes, locked, path: source.path, owner },
      variable: true,
    });
  }
  // Kustomize takes an expression for no part of a reference, so no entry is for such a text.
  const override = locked === null ? overridden(text, overrides) : null;
  return uses.add({ role, value, resolved: text, holes, locked, tail, path, owner, platform, ...override });
}

/** Kustomize changes the images of these lists wherever they stand (`api/filters/imagetag/legacy.go`), and of no others. */
const isKustomized = ({ isStep, word }: ContainerPlace): boolean =>
  !isStep && (word === podLists.containers || word === podLists.initContainers);

/** The container's name, or its first key. */
function nameSpan(container: YamlValue): Span {
  const name = container.get('name');
  if (name?.text) return name.span;
  return container.entries()[0]?.keySpan ?? container.span;
}

/** The platform of the nodes that the pod is for; null where it does not say an architecture. */
function platformOf(pod: YamlValue | null): string | null {
  const architecture = pod?.textAt('nodeSelector', 'kubernetes.io/arch') ?? null;
  return architecture && `${isWindows(pod) ? 'windows' : 'linux'}/${architecture}`;
}

export function isWindows(pod: YamlValue | null): boolean {
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
