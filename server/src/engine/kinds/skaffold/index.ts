import { repositoryName } from '../../image/name.ts';
import { parseReference } from '../../image/reference.ts';
import { noFacts } from '../../model/no-facts.ts';
import { yamlFacts } from '../../yaml/facts.ts';
import type { YamlKind } from '../kind.ts';

/**
 * Configurations of Skaffold, for the images they build: deploying puts those in the place of the names in manifests, whatever their tag.
 * Format: https://skaffold.dev/docs/references/yaml/
 */
export const skaffold: YamlKind = {
  id: 'skaffold',
  syntax: 'yaml',
  onlyTells: true,
  names: /^skaffold(?:[._-].*)?\.ya?ml$/i,
  claims: ({ name, text }) => /\.ya?ml$/i.test(name) && text.includes('skaffold/'),
  claimsPiece: ({ root, text }) =>
    text.includes('skaffold/') && (root?.textAt('apiVersion')?.startsWith('skaffold/') ?? false),
  extract(piece) {
    const artifacts = piece.root?.get('build')?.get('artifacts')?.items() ?? [];
    const replaced = artifacts.flatMap((artifact) => {
      const parsed = parseReference(artifact.textAt('image') ?? '');
      return parsed.ok ? repositoryName(parsed.reference) : [];
    });
    return yamlFacts('skaffold', piece, { outline: { ...noFacts.outline, replaced } });
  },
};
