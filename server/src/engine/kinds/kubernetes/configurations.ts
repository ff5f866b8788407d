import type { Configuration, Variable } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import { isNamedPatch } from './patches.ts';
import { readFlagHere, textHere } from './settings.ts';
import { variableOf } from './variables.ts';
import type { ObjectPlace } from './walk.ts';

/** A ConfigMap or Secret; `file` is the name of its file. */
export function readConfiguration({ kind, name, path, root }: ObjectPlace, file: string): Configuration {
  const written = root.at('metadata', 'name');
  const span = (written?.text ? written : root.get('kind'))?.span ?? root.span;
  const writer = isNamedPatch(file) ? patched : otherWriter(root);
  let variables: readonly Variable[] | null = null;
  return {
    label: `${kind} ${name}`.trim(),
    type: kind === 'Secret' ? 'secret' : 'config',
    key: `${kind}/${namespaceOf(root)}/${name}`,
    path,
    name: span,
    immutable: settingOf<boolean>({
      owner: root,
      keys: ['immutable'],
      name: span,
      fallback: writer === null ? false : 'unknown',
      locked: writer,
      read: readFlagHere,
      after: ['metadata', 'kind'],
    }),
    get variables() {
      variables ??= readEntries(root, kind, path);
      return variables;
    },
  };
}

/** The namespace an object names; empty where it leaves that to whoever applies it. */
export const namespaceOf = (root: YamlValue): string => textHere(root.at('metadata', 'namespace')) ?? '';

function readEntries(root: YamlValue, kind: string, path: string): readonly Variable[] {
  return ['data', 'stringData'].flatMap((key) =>
    (root.get(key)?.entries() ?? []).flatMap((entry) => {
      const written = entry.value.text;
      const text = written !== null && kind === 'Secret' && key === 'data' ? decoded(written) : written;
      return text === null ? [] : variableOf(entry, text, `${path}/${key}/${entry.key}`);
    }),
  );
}

/** Longer values are certificates and archives rather than something that a person wrote. */
const longestDecoded = 100_000;

/** The text behind Base64; null where that is none. */
function decoded(base64: string): string | null {
  if (base64.length > longestDecoded) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /[^\P{Cc}\s]/u.test(text) ? null : text;
  } catch {
    return null;
  }
}

const patched = 'Its file is a patch by its name, so set this in the object that is patched.';

/** Labels and annotations with which something in the cluster is asked to write into the object. */
const asksForContent =
  /^(?:service(?:\.(?:alpha|beta))?\.openshift\.io\/inject|config\.openshift\.io\/inject|cert-manager\.io\/|reflector\.v1\.k8s\.emberstack\.com\/reflects$|replicator\.v1\.mittwald\.de\/replicate-from$|control-plane\.alpha\.kubernetes\.io\/leader$)/;

/** Secrets that a controller of the cluster fills. */
const filledTypes: ReadonlySet<string> = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
]);

/** Settings of Argo CD itself: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/ */
const argoCd =
  /^argocd-(?:cm|cmd-params-cm|rbac-cm|ssh-known-hosts-cm|tls-certs-cm|gpg-keys-cm|notifications-cm|notifications-secret|secret)$/;

/**
 * Settings of Istio itself, by revision: istiod takes up a change while it runs. Its mesh settings stand under the key `mesh`:
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
const istio = /^istio(-sidecar-injector)?(?:-[a-z\d-]+)?$/;

function isIstioConfig(root: YamlValue): boolean {
  const found =
    root.textAt('kind') === 'ConfigMap' ? istio.exec(root.textAt('metadata', 'name') ?? '') : null;
  return found !== null && (found[1] !== undefined || root.at('data', 'mesh') !== undefined);
}

/** Why the object has to stay open for changes, or may not be what is applied; null where nothing says so. */
function otherWriter(root: YamlValue): string | null {
  const metadata = root.get('metadata');
  if (textHere(metadata?.get('name')) === null)
    return 'Its name is not known before it is applied, so each version has a name of its own already.';
  const keys = ['annotations', 'labels'].flatMap((key) => metadata?.get(key)?.entries() ?? []);
  if (keys.some(({ key }) => asksForContent.test(key)) || filledTypes.has(root.textAt('type') ?? ''))
    return 'Something in the cluster writes into it, which it could then no longer do.';
  if (argoCd.test(metadata?.textAt('name') ?? ''))
    return 'Argo CD looks for it under this name, and its commands write into it.';
  if (isIstioConfig(root))
    return 'Istio looks for it under this name, and takes up each change of it while it runs.';
  const local = keys.some(({ key }) => key.startsWith('config.kubernetes.io/local-config'));
  if (local || keys.some(({ key }) => key === 'kustomize.config.k8s.io/behavior'))
    return 'Kustomize makes something else of it, so set this where that is described.';
  const held = ['data', 'stringData', 'binaryData'].some((key) => root.get(key)?.entries().length);
  return held ? null : 'Nothing stands in it, so something else fills it later.';
}
