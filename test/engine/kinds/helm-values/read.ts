import { type Analysis, analyze } from '../../../../server/src/engine/index.ts';

export const path = '/shop/values.yaml';

/** The analysis of a text that this kind must take. */
export function read(text: string, file = path): Analysis {
  const analysis = analyze({ path: file, text });
  if (analysis.kinds.join() !== 'helm-values') throw new Error(`${file} is ${analysis.kinds}:\n${text}`);
  return analysis;
}
