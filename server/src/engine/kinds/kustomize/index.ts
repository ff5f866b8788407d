import { yamlFacts } from '../../yaml/facts.ts';
import { mayHold, mayMatch } from '../../yaml/hidden-words.ts';
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
  claims: (file) => isNamed(file) || (isYaml(file) && mayHold(file.text, group)),
  claimsPiece(piece, file) {
    if (!mayMatch(piece.text, /\bimage(?:s|Tags)\b/)) return false;
    const { problems, root } = piece;
    // A mistake can hide what it is.
    if (problems.length > 0 && isNamed(file)) return true;
    return isOurs(root, isNamed(file)) && (root?.get('images') ?? root?.get('imageTags')) !== undefined;
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
