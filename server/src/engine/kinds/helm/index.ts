import { noFacts } from '../../model/no-facts.ts';
import { makesManifest } from '../../text/makes-manifest.ts';
import { span } from '../../text/span.ts';
import type { SourceFile, WholeFileKind } from '../kind.ts';
import { firstAction } from './actions.ts';

/** Helm and other Go templates of manifests: what they render to is not in the file, so they are reported as not read. */
export const helm: WholeFileKind = {
  id: 'helm',
  syntax: 'whole',
  names: /\.ya?ml$/i,
  claims: (file) => isCandidate(file) && firstAction(file.text, isTemplatePath(file)) !== null,
  extract(file) {
    const action = firstAction(file.text, isTemplatePath(file)) ?? span(0, 0);
    const reason = 'it is a template, so what it renders to cannot be seen; render it and check the result';
    return {
      ...noFacts,
      kind: 'helm',
      skipped: [{ span: action, reason }],
      comments: () => [],
    };
  },
};

const isCandidate = (file: SourceFile): boolean =>
  (file.languageId === 'helm' || /\.(?:ya?ml|json)$/i.test(file.name)) &&
  file.text.includes('{{') &&
  (isTemplatePath(file) || makesManifest(file.text));

const isTemplatePath = ({ languageId, path }: SourceFile): boolean =>
  languageId === 'helm' || path.includes('/templates/') || path.startsWith('templates/');
