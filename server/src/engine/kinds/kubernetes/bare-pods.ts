import type { Located } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { textHere } from './settings.ts';
import type { ObjectPlace } from './walk.ts';

/** Where the kubelet looks for pods of its own, which it starts again itself. */
const staticPodFolder = /\/(?:kubernetes\/manifests|static-?pods?)\//i;

/**
 * Labels and annotations of pods that something else starts and takes away: static pods, hooks of Helm and Argo CD, and what controllers
 * write on the pods they create.
 */
const managed =
  /^(?:(?:pod-template-hash|pod-template-generation|controller-revision-hash|controller-uid|job-name)$|kubernetes\.io\/created-by$|statefulset\.kubernetes\.io\/pod-name$|batch\.kubernetes\.io\/|openshift\.io\/(?:build|deployment(?:-config)?)\.name$|kubernetes\.io\/config\.|helm\.sh\/hook$|argocd\.argoproj\.io\/hook$|kubeadm\.kubernetes\.io\/)/;

/** The Pod objects that are applied as they are and meant to keep running. */
export function readBarePod(
  { kind, name, path, root, isNested }: ObjectPlace,
  file: string,
): readonly Located<string>[] {
  if (kind !== 'Pod' || isNested || root.textAt('apiVersion') !== 'v1') return [];
  if (staticPodFolder.test(file) || isOneOff(root) || isManaged(root) || isDump(root)) return [];
  const named = root.at('metadata', 'name');
  if (!named || textHere(named) === null || !hasImage(root)) return [];
  return [{ value: `Pod ${name}`, span: named.span, path }];
}

/** It is not to be started again when it has ended. */
function isOneOff(root: YamlValue): boolean {
  const policy = root.textAt('spec', 'restartPolicy') ?? 'Always';
  return policy !== 'Always' || root.at('spec', 'activeDeadlineSeconds') !== undefined;
}

function isManaged(root: YamlValue): boolean {
  const metadata = root.get('metadata');
  const keys = ['annotations', 'labels'].flatMap((key) => metadata?.get(key)?.entries() ?? []);
  return (
    keys.some(({ key }) => managed.test(key)) ||
    metadata?.get('ownerReferences') !== undefined ||
    metadata?.textAt('labels', 'tier') === 'control-plane' ||
    root.textAt('spec', 'priorityClassName') === 'system-node-critical'
  );
}

/** What a cluster printed of a pod that runs, which nobody applies: only the cluster writes these. */
const isDump = (root: YamlValue): boolean =>
  root.get('status')?.get('phase') !== undefined ||
  root.at('status', 'containerStatuses') !== undefined ||
  root.at('metadata', 'uid') !== undefined;

/** A pod without any is a patch on one that stands elsewhere. */
const hasImage = (root: YamlValue): boolean =>
  root
    .at('spec', 'containers')
    ?.items()
    .some((container) => container.get('image')) ?? false;
