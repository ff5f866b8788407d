import type { Readiness } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { ownValue, podLists, podPlaces } from './places.ts';
import type { ContainerPlace } from './walk.ts';

const remedy = '`readinessProbe`';

const nextPod = 'a rollout goes on to the next pod as soon as it has started';
const requests = 'requests reach it as soon as it has started';

/** Why it matters that their pods tell when they are ready. Others end, or are given a probe by their controller. */
const reasons: Readonly<Record<string, string>> = {
  Deployment: nextPod,
  StatefulSet: nextPod,
  DaemonSet: nextPod,
  DeploymentConfig: nextPod,
  Rollout: nextPod,
  ReplicaSet: requests,
  ReplicationController: requests,
};

/** Ways to replace pods that wait for none. */
const atOnce: ReadonlySet<string> = new Set(['Recreate', 'OnDelete']);

/**
 * Whether a container tells when it is ready. A pod is ready when all of its containers are, so one that tells is enough for it; where
 * none does, the first that serves something is asked.
 */
export function readReadiness({ container, object, pod, word }: ContainerPlace): Readiness | null {
  const { kind, root } = object;
  const reason = ownValue(reasons, kind);
  if (!reason || word !== podLists.containers || !pod || !isOwnPod(pod, root, kind)) return null;
  const ways = [root.textAt('spec', 'strategy', 'type'), root.textAt('spec', 'updateStrategy', 'type')];
  const because = ways.some((way) => way !== null && atOnce.has(way)) ? requests : reason;
  if (container.get('readinessProbe')) return { present: true, because, remedy };
  return askedIn(pod)?.node === container.node ? { present: false, because, remedy } : null;
}

const isOwnPod = (pod: YamlValue, root: YamlValue, kind: string): boolean =>
  root.at(...(ownValue(podPlaces, kind) ?? '').split('.'))?.node === pod.node;

/** By pod: each of its containers wants to know. */
const asked = new WeakMap<YamlValue, { readonly container: YamlValue | undefined }>();

/** The container of a pod that should tell when the pod is ready; undefined where one does, or none serves anything. */
function askedIn(pod: YamlValue): YamlValue | undefined {
  const known = asked.get(pod);
  if (known) return known.container;
  const containers = pod.get('containers')?.items() ?? [];
  const tells =
    (pod.get('readinessGates')?.items().length ?? 0) > 0 ||
    containers.some((container) => container.get('readinessProbe') || !container.get('image'));
  const container = tells ? undefined : containers.find(serves);
  asked.set(pod, { container });
  return container;
}

/** It names a port for more than being measured. */
const serves = (container: YamlValue): boolean =>
  container
    .get('ports')
    ?.items()
    .some((port) => !/metrics|prom/.test(port.textAt('name') ?? '')) ?? false;
