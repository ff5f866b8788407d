import { rules } from '../rules/index.ts';

/** Rules of ours that take the place of one of another tool, by the name it has there: `DL3007`, `CKV_K8S_22`. */
export function rulesLike(peerRule: string): readonly string[] {
  const wanted = peerRule.toLowerCase();
  return rules
    .filter(({ sameAs }) =>
      Object.keys(sameAs).some(
        (name) => name.toLowerCase() === wanted || name.toLowerCase().endsWith(` ${wanted}`),
      ),
    )
    .map(({ id }) => id);
}
