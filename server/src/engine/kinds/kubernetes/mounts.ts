import type { Mount } from '../../model/facts.ts';
import { uncovered } from '../../model/scratch.ts';
import { type Edits, joinEdits, refuse } from '../../text/edit.ts';
import { withoutTrailing } from '../../text/trim.ts';
import { appendItems, setIn } from '../../yaml/insert.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import type { Fresh } from '../../yaml/render.ts';
import { settingOf } from '../../yaml/setting.ts';
import { readFlagHere, readTextHere, textHere } from './settings.ts';
import type { ContainerPlace } from './walk.ts';

/** The keys of a pod volume that bring in scratch space or things that are no data of the container. */
const volumeTypes: Readonly<Record<string, Mount['type']>> = {
  hostPath: 'host',
  emptyDir: 'scratch',
  configMap: 'other',
  secret: 'other',
  projected: 'other',
  downwardAPI: 'other',
  image: 'other',
};

/** What a pod calls a volume. */
interface Volume {
  readonly type: Mount['type'];
  readonly hostPath: string | null;
  readonly sizeLimit: Mount['sizeLimit'];
}

/** The `volumeMounts` of a container, joined with the volumes they name. */
export function readMounts({ container, object, path, pod }: ContainerPlace): readonly Mount[] {
  const volumes = pod ? volumesOf(pod, object.root) : new Map<string, Volume>();
  return (container.get('volumeMounts')?.items() ?? []).flatMap((item) => {
    if (item.type !== 'map') return [];
    const volume = volumes.get(item.textAt('name') ?? '');
    const target = textHere(item.get('mountPath'));
    const name = (item.get('mountPath') ?? item).span;
    return {
      type: volume?.type ?? 'other',
      source: volume?.type === 'host' ? joinPath(volume.hostPath, item.textAt('subPath')) : null,
      target,
      readOnly: settingOf<boolean>({
        owner: item,
        keys: ['readOnly'],
        name,
        fallback: false,
        read: readFlagHere,
        after: ['mountPath', 'name'],
      }),
      sizeLimit: volume?.sizeLimit ?? null,
      executable: null,
      span: name,
      path: `${path}/volumeMounts/${target ?? item.textAt('name') ?? ''}`,
    };
  });
}

/** By pod: each of its containers asks. */
const known = new WeakMap<YamlValue, ReadonlyMap<string, Volume>>();

function volumesOf(pod: YamlValue, root: YamlValue): ReadonlyMap<string, Volume> {
  const volumes = known.get(pod) ?? readVolumes(pod, root);
  known.set(pod, volumes);
  return volumes;
}

function readVolumes(pod: YamlValue, root: YamlValue): ReadonlyMap<string, Volume> {
  const volumes = new Map<string, Volume>();
  for (const claim of root.at('spec', 'volumeClaimTemplates')?.items() ?? []) {
    const name = claim.textAt('metadata', 'name');
    if (name !== null) volumes.set(name, { type: 'volume', hostPath: null, sizeLimit: null });
  }
  const bounds = { disk: limitIn(pod, 'ephemeral-storage'), memory: limitIn(pod, 'memory') };
  for (const volume of pod.get('volumes')?.items() ?? []) {
    const name = volume.textAt('name');
    if (name === null) continue;
    const key = Object.keys(volumeTypes).find((one) => volume.get(one));
    // No source at all is an emptyDir (Kubernetes API, Volume v1 core).
    const alone = volume.entries().length === 1 ? 'scratch' : 'volume';
    const type = key ? (volumeTypes[key] ?? 'other') : alone;
    const inMemory = volume.textAt('emptyDir', 'medium') === 'Memory';
    volumes.set(name, {
      type,
      hostPath: textHere(volume.at('hostPath', 'path')),
      sizeLimit: type === 'scratch' ? sizeLimitOf(volume, inMemory ? bounds.memory : bounds.disk) : null,
    });
  }
  return volumes;
}

/**
 * What the containers of a pod may use of the node, which bounds its scratch space too:
 * https://kubernetes.io/docs/concepts/storage/ephemeral-storage/#ephemeral-storage-consumption-management
 */
function limitIn(pod: YamlValue, resource: string): string | undefined {
  for (const container of pod.get('containers')?.items() ?? []) {
    const limit = container.textAt('resources', 'limits', resource);
    if (limit !== null) return limit;
  }
  return undefined;
}

const sizeLimitOf = (volume: YamlValue, fallback: string | undefined): Mount['sizeLimit'] =>
  settingOf<string>({
    owner: volume,
    keys: ['emptyDir', 'sizeLimit'],
    name: (volume.get('name') ?? volume).span,
    fallback,
    read: readTextHere,
  });

function joinPath(path: string | null, subPath: string | null): string | null {
  return path === null || subPath === null || subPath === '' ? path : `${path.replace(/\/$/, '')}/${subPath}`;
}

/** Mounts an `emptyDir` at each path that no writable mount covers yet. */
export function provideScratch(
  place: ContainerPlace,
  mounts: readonly Mount[],
  targets: readonly string[],
): Edits {
  const { container, pod } = place;
  const missing = uncovered(mounts, targets);
  if (missing.length === 0) return [];
  if (!pod) return refuse('This container stands outside of a pod, so there are no volumes to mount.');
  const taken = volumesOf(pod, place.object.root);
  const added = new Set<string>();
  const prefix = isAlone(pod) ? '' : `${place.name}-`;
  const fresh = missing.map((target) => {
    const name = freeName(prefix + target, (one) => taken.has(one) || added.has(one));
    added.add(name);
    return { name, target };
  });
  return joinEdits(
    addTo(
      container,
      'volumeMounts',
      fresh.map(({ name, target }) => ({ name, mountPath: target })),
    ),
    addTo(
      pod,
      'volumes',
      fresh.map(({ name }) => ({ name, emptyDir: { sizeLimit: '64Mi' } })),
    ),
  );
}

function addTo(owner: YamlValue, key: string, items: readonly Fresh[]): Edits {
  const list = owner.get(key);
  return list?.type === 'sequence' ? appendItems(list, items) : setIn(owner, [key], items);
}

const isAlone = (pod: YamlValue): boolean =>
  (pod.get('containers')?.itemCount ?? 0) + (pod.get('initContainers')?.itemCount ?? 0) <= 1;

/** A DNS label (RFC 1123) that says what it is for: `/var/cache` becomes `var-cache`. */
function freeName(text: string, isTaken: (name: string) => boolean): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 56);
  const trimmed = withoutTrailing(label, '-');
  const base = trimmed === '' ? 'scratch' : trimmed;
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!isTaken(name)) return name;
  }
}
