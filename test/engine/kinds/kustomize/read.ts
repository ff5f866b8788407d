import { type Analysis, analyze } from '../../../../server/src/engine/index.ts';

export const path = '/shop/kustomization.yaml';

/** The analysis of a text that this kind must take. */
export function read(text: string, file = path): Analysis {
  const analysis = analyze({ path: file, text });
  if (analysis.kinds.join() !== 'kustomize') throw new Error(`${file} is ${analysis.kinds}:\n${text}`);
  return analysis;
}

const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

/** A kustomization with these lines under `images`. */
export const images = (lines: string): string => `${head}images:\n${lines}`;
