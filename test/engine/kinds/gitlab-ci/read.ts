import { type Analysis, analyze } from '../../../../server/src/engine/index.ts';

export const pipeline = '/shop/.gitlab-ci.yml';

/** The facts of a text that this kind must take. */
export function read(text: string): Analysis {
  const analysis = analyze({ path: pipeline, text });
  if (analysis.kinds.join() !== 'gitlab-ci') throw new Error(`${analysis.kinds}:\n${text}`);
  return analysis;
}
