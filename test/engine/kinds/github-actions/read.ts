import { type Analysis, analyze } from '../../../../server/src/engine/index.ts';

export const workflow = '/shop/.github/workflows/ci.yml';
export const action = '/shop/action.yml';

/** The facts of a text that this kind must take. */
export function read(path: string, text: string): Analysis {
  const analysis = analyze({ path, text });
  if (analysis.kinds.join() !== 'github-actions') throw new Error(`${path} is ${analysis.kinds}:\n${text}`);
  return analysis;
}

/** A job with these lines in it, indented as they are. */
export const job = (lines: string): string =>
  `on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n${lines}`;
