import { yamlFacts } from '../../yaml/facts.ts';
import { mayMatch } from '../../yaml/hidden-words.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import type { SourceFile, YamlKind } from '../kind.ts';
import { readValues } from './walk.ts';

/** Values of Helm charts, by name: https://helm.sh/docs/chart_template_guide/values_files/ */
export const helmValues: YamlKind = {
  id: 'helm-values',
  syntax: 'yaml',
  names: /^(?:values[-._].*|.*values)\.ya?ml$/i,
  claims: ({ name, text }: SourceFile) => helmValues.names.test(name) && mayMatch(text, /image/i),
  claimsPiece: ({ root, text }) =>
    mayMatch(text, /image/i) && root?.type === 'map' && !isObject(root) && !isCompose(root),
  extract: (piece) => yamlFacts('helm-values', piece, { images: readValues(piece.root), workloads: [] }),
};

const isObject = (root: YamlValue): boolean =>
  root.textAt('apiVersion') !== null && root.textAt('kind') !== null;

/** Compose files have these keys at the root and no others. */
const composeKey = /^(?:version|name|services|volumes|networks|configs|secrets|include|models|x-.*)$/;

const isCompose = (root: YamlValue): boolean =>
  root.get('services')?.type === 'map' && root.entries().every(({ key }) => composeKey.test(key));
