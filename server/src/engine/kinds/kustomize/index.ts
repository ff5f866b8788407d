import { yamlFacts } from '../../yaml/facts.ts';
import { readKustomization } from '../../yaml/kustomization.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import type { SourceFile, YamlKind } from '../kind.ts';
import { readOverrides } from './overrides.ts';

/** Kustomizations and components, by name or by shape: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
export const kustomize: YamlKind = {
  id: 'kustomize',
  syntax: 'yaml',
  takesReplacements: true,
  names: /^kustomization(?:\.ya?ml)?$/i,
  claims: (file) => isNamed(file) || (isYaml(file) && file.text.includes(group)),
  claimsPiece(piece, file) {
    if (!/\bimage(?:s|Tags)["']?\s*:/.test(piece.text)) return false;
    return isOurs(piece.root, isNamed(file));
  },
  extract: (piece) =>
    yamlFacts('kustomize', piece, {
      images: readOverrides(readKustomization(piece.root).images),
      workloads: [],
    }),
};

const group = 'kustomize.config.k8s.io/';

const isNamed = ({ name }: SourceFile): boolean => kustomize.names.test(name);

const isYaml = ({ languageId, name }: SourceFile): boolean => languageId === 'yaml' || /\.ya?ml$/i.test(name);

/** Other tools have kinds of these names, and files of this name. In a named file kustomize fills in `kind` and `apiVersion`. */
function isOurs(root: YamlValue | null, named: boolean): boolean {
  const kind = root?.textAt('kind') ?? (named ? 'Kustomization' : '');
  const apiVersion = root?.textAt('apiVersion') ?? (named ? group : '');
  return (kind === 'Kustomization' || kind === 'Component') && apiVersion.startsWith(group);
}
