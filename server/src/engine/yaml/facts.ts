import type { Comment, Facts } from '../model/facts.ts';
import { noFacts } from '../model/no-facts.ts';
import type { Span } from '../text/span.ts';
import { readComments, readLongTexts } from './comments.ts';
import type { YamlPiece } from './parse.ts';

/** The facts of a document, with a note of what could not be read. */
export function yamlFacts(
  kind: string,
  piece: YamlPiece,
  found: Partial<Omit<Facts, 'kind' | 'skipped' | 'comments'>>,
): Facts {
  const [problem] = piece.problems;
  let comments: readonly Comment[] | null = null;
  let units: readonly Span[] | null = null;
  return {
    ...noFacts,
    ...found,
    kind,
    skipped: problem
      ? [
          {
            span: problem.span,
            reason: `its YAML has an error, so not all of it may have been checked: ${problem.message}`,
            broken: true,
          },
        ]
      : [],
    comments() {
      comments ??= readComments(piece.text);
      return comments;
    },
    units() {
      units ??= readLongTexts(piece.text);
      return units;
    },
  };
}
