import { yamlFacts } from '../../yaml/facts.ts';
import { mayHold } from '../../yaml/hidden-words.ts';
import type { SourceFile, YamlKind } from '../kind.ts';
import { readImages } from './images.ts';

/**
 * Workflows and actions of GitHub Actions; Gitea and Forgejo read the same format from folders of their own.
 * Format: https://docs.github.com/en/actions/reference/workflows-and-actions
 */
export const githubActions: YamlKind = {
  id: 'github-actions',
  syntax: 'yaml',
  names: /\.ya?ml$/i,
  claims: (file) => isWorkflow(file) || mayBeAction(file),
  claimsPiece: (piece, file) => isWorkflow(file) || piece.root?.at('runs', 'using') !== undefined,
  extract: (piece, { variables }) =>
    yamlFacts('github-actions', piece, {
      images: piece.root ? readImages(piece.root, variables) : [],
      workloads: [],
    }),
};

const isWorkflow = ({ languageId, path }: SourceFile): boolean =>
  languageId === 'github-actions-workflow' ||
  /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/i.test(path);

const mayBeAction = ({ name, text }: SourceFile): boolean =>
  /^action\.ya?ml$/i.test(name) && mayHold(text, 'runs') && mayHold(text, 'using');
