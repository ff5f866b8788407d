/** Where containers stand in the kinds that are known by name. What is not here is found by its shape. */

/** Where the pod stands in the workload kinds: below it, containers are told apart by list and name alone. */
export const podPlaces: Readonly<Record<string, string>> = {
  Pod: 'spec',
  PodTemplate: 'template.spec',
  Deployment: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
  DaemonSet: 'spec.template.spec',
  ReplicaSet: 'spec.template.spec',
  ReplicationController: 'spec.template.spec',
  DeploymentConfig: 'spec.template.spec',
  Rollout: 'spec.template.spec',
  Job: 'spec.template.spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
};

/** The lists of containers in a pod, with the words for one of them. */
export const podLists: Readonly<Record<string, string>> = {
  containers: 'container',
  initContainers: 'init container',
  ephemeralContainers: 'ephemeral container',
};

/** Containers outside pods, by the API group that has them. */
export interface Dialect {
  /** Keys of lists of containers, with the words for one of them. */
  readonly lists?: Readonly<Record<string, string>>;
  /** Keys of single containers. */
  readonly singles?: Readonly<Record<string, string>>;
  /** Kinds that are one container themselves: the key it stands under. */
  readonly selves?: Readonly<Record<string, string>>;
  /** Kinds with a reference of their own: its place. */
  readonly images?: Readonly<Record<string, string>>;
  /** Mappings declare `params`, which `$(params.x)` stands for. */
  readonly hasParams?: boolean;
}

const operand = 'spec.image';

export const dialects: Readonly<Record<string, Dialect>> = {
  'tekton.dev': {
    lists: { steps: 'step', sidecars: 'sidecar' },
    singles: { stepTemplate: 'step template', check: 'check' },
    selves: { StepAction: 'spec' },
    hasParams: true,
  },
  'argoproj.io': {
    lists: { sidecars: 'sidecar' },
    singles: { container: 'container', script: 'script' },
  },
  'monitoring.coreos.com': {
    images: { Prometheus: operand, PrometheusAgent: operand, Alertmanager: operand, ThanosRuler: operand },
  },
};

/** API groups of custom resources whose containers run as they are written. */
const writtenGroups: ReadonlySet<string> = new Set([
  'argoproj.io',
  'batch.volcano.sh',
  'keda.sh',
  'kubeflow.org',
  'serving.knative.dev',
  'tekton.dev',
]);

/** Whether an operator makes the containers of such an object, and fills in an image that is empty: no group of Kubernetes or OpenShift. */
export const isOperators = (apiVersion: string): boolean => {
  const group = groupOf(apiVersion);
  return group.includes('.') && !/\.(?:k8s|openshift)\.io$/.test(group) && !writtenGroups.has(group);
};

/** API groups whose objects never hold a reference that is pulled: schemas, access rules, policies that only match patterns. */
const inertGroups: ReadonlySet<string> = new Set([
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'rbac.authorization.k8s.io',
  'authorization.openshift.io',
  'networking.k8s.io',
  'admissionregistration.k8s.io',
  'policy',
  'storage.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'autoscaling',
  'kyverno.io',
  'templates.gatekeeper.sh',
  'constraints.gatekeeper.sh',
  'apiextensions.crossplane.io/CompositeResourceDefinition',
  'monitoring.coreos.com/PrometheusRule',
  'monitoring.coreos.com/ServiceMonitor',
  'monitoring.coreos.com/PodMonitor',
]);

/** The same of the core group, where kinds differ. */
const inertCoreKinds: ReadonlySet<string> = new Set([
  'Service',
  'ServiceAccount',
  'Namespace',
  'Node',
  'Endpoints',
  'Event',
  'LimitRange',
  'ResourceQuota',
  'PersistentVolume',
  'PersistentVolumeClaim',
]);

/** A table's entry: keys come from files, and one may be called `toString`. */
export const ownValue = <T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  table && Object.hasOwn(table, key) ? table[key] : undefined;

/** The group of an `apiVersion`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** Whether an object of this kind is data that workloads read. */
export const isConfiguration = (apiVersion: string, kind: string): boolean =>
  apiVersion === 'v1' && (kind === 'ConfigMap' || kind === 'Secret');

/** Whether an object of this kind never holds a reference. */
export function isInert(apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  if (group === '') return inertCoreKinds.has(kind);
  return inertGroups.has(group) || inertGroups.has(`${group}/${kind}`);
}
