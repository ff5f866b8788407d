import { noFacts } from '../../model/no-facts.ts';
import { makesManifest } from '../../text/makes-manifest.ts';
import { type Span, span } from '../../text/span.ts';
import type { YamlPiece } from '../../yaml/parse.ts';
import type { SourceFile, YamlKind } from '../kind.ts';
import { firstAction } from './actions.ts';

/**
 * Helm and other Go templates of manifests: what they render to is not in the file, so they are reported as not read. The documents of
 * the file in which nothing is filled in are read as what they are.
 */
export const helm: YamlKind = {
  id: 'helm',
  syntax: 'yaml',
  names: /\.ya?ml$/i,
  claims: (file) => isCandidate(file) && actionIn(file.text, file) !== null,
  claimsPiece(piece, file) {
    const action = piece.text.includes('{{') ? actionIn(piece.text, file) : null;
    return action !== null && !isBehind(action, piece);
  },
  extract(piece, file) {
    const action = actionIn(piece.text, file) ?? span(0, 0);
    const reason = 'it is a template, so what it renders to cannot be seen; render it and check the result';
    return {
      ...noFacts,
      kind: 'helm',
      skipped: [{ span: action, reason, once: true }],
      comments: () => [],
    };
  },
};

const actionIn = (text: string, file: SourceFile): Span | null => firstAction(text, isTemplatePath(file));

/** Whether all that a YAML reader takes stands before an action: kubectl reads a document and does not look behind it. */
function isBehind({ start }: Span, piece: YamlPiece): boolean {
  const first = /^(?:(?:---)?[ \t]*(?:#.*)?\r?\n)*(?:---)?/.exec(piece.text)?.[0].length ?? 0;
  // In a mapping or list without indentation an action is a part of it, whatever its column.
  if (first === start || !/[ \t[{]/.test(piece.text[first] ?? '')) return false;
  const end = piece.root?.node.range?.[1];
  return end !== undefined && end <= start;
}

const isCandidate = (file: SourceFile): boolean =>
  (file.languageId === 'helm' || /\.(?:ya?ml|json)$/i.test(file.name)) &&
  file.text.includes('{{') &&
  (isTemplatePath(file) || makesManifest(file.text));

const isTemplatePath = ({ languageId, path }: SourceFile): boolean =>
  languageId === 'helm' || path.includes('/templates/') || path.startsWith('templates/');
