import { yamlFacts } from '../../yaml/facts.ts';
import type { SourceFile, YamlKind } from '../kind.ts';
import { readImages } from './images.ts';

/** Pipelines of GitLab CI/CD and what they include. Format: https://docs.gitlab.com/ci/yaml/ */
export const gitlabCi: YamlKind = {
  id: 'gitlab-ci',
  syntax: 'yaml',
  names: /\.ya?ml$/i,
  claims: (file) =>
    /\.ya?ml$/i.test(file.name) && (isNamed(file) || (file.text.includes('$[[') && inputs.test(file.text))),
  claimsPiece({ problems, root }) {
    // A mistake can hide what it is.
    if (problems.length > 0) return true;
    // Manifests and Compose files that lie beside a pipeline; a pipeline's services are a list.
    const isObject = root?.textAt('apiVersion') != null && root.textAt('kind') !== null;
    return !isObject && root?.get('services')?.type !== 'map';
  },
  extract: (piece, { variables }) =>
    yamlFacts(
      'gitlab-ci',
      piece,
      { images: piece.root ? readImages(piece.root, variables) : [], workloads: [] },
      { tags: ['!reference'] },
    ),
};

/** What only pipelines that take inputs have, wherever they lie. */
const inputs = /\$\[\[\s*inputs\./;

const isNamed = ({ name, path }: SourceFile): boolean =>
  /(?:^|\.)gitlab-ci\.ya?ml$|^\.gitlab-ci[._-]/i.test(name) ||
  (/(?:^|\/)\.gitlab(?:-ci[^/]*|\/ci)\//.test(path) && !foreignNames.test(name));

/** Kustomizations, values of Helm charts and Compose files that lie beside a pipeline. */
const foreignNames = /^(?:kustomization|values[-._].*|.*values|(?:docker-)?compose(?:[-._].*)?)\.ya?ml$/i;
