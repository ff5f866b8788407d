import type { Comment, Facts, Skip } from '../model/facts.ts';
import { noFacts } from '../model/no-facts.ts';
import { type Span, span } from '../text/span.ts';
import { type Readers, readAmbiguities } from './ambiguities.ts';
import { readComments, readLongTexts } from './comments.ts';
import type { YamlPiece } from './parse.ts';

const skip = (at: Span, reason: string): Skip => ({ span: at, reason, broken: true });

/** The facts of a document, with a note of what could not be read. */
export function yamlFacts(
  kind: string,
  piece: YamlPiece,
  found: Partial<Omit<Facts, 'kind' | 'skipped' | 'comments'>>,
  readers: Readers = {},
): Facts {
  const [problem] = piece.problems;
  const isCut = piece.root?.tree.budget.isCut;
  let comments: readonly Comment[] | null = null;
  let units: readonly Span[] | null = null;
  return {
    ...noFacts,
    ...found,
    kind,
    skipped: [
      ...(problem
        ? [
            skip(
              problem.span,
              `its YAML has an error, so not all of it may have been checked: ${problem.message}`,
            ),
          ]
        : []),
      ...(isCut
        ? [
            skip(
              span(0, 0),
              'it is nested too deeply or its aliases stand for too much, so not all of it was checked',
            ),
          ]
        : []),
    ],
    ambiguities: () => readAmbiguities(piece, readers),
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
