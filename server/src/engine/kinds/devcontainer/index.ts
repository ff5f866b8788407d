import { noFacts } from '../../model/no-facts.ts';
import type { WholeFileKind } from '../kind.ts';
import { readImages } from './images.ts';
import { readJsonc } from './jsonc.ts';

/** Development containers, in JSON with comments. Format: https://containers.dev/implementors/json_reference/ */
export const devcontainer: WholeFileKind = {
  id: 'devcontainer',
  syntax: 'whole',
  commentMark: '//',
  names: /^\.?devcontainer\.json$/i,
  claims: ({ name }) => /^\.?devcontainer\.json$/i.test(name),
  extract({ text }) {
    const { comments, problem, strings } = readJsonc(text);
    return {
      ...noFacts,
      kind: 'devcontainer',
      images: readImages(strings),
      skipped: problem
        ? [{ span: problem.span, reason: `This JSON cannot be read without doubt: ${problem.message}` }]
        : [],
      comments: () => comments,
    };
  },
};
