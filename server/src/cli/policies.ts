import { dirname } from 'node:path';
import { type AuditPolicy, count } from '../engine/index.ts';
import type { Boundary } from './environment.ts';
import { shownPath } from './files.ts';
import type { SettingsSource } from './settings.ts';

/** The policies that counted for some manifests (absolute paths), by path; first how many no policy counts for. */
export async function policiesFor(
  paths: readonly string[],
  settings: SettingsSource,
  cwd: string,
): Promise<readonly AuditPolicy[]> {
  const policies = new Map<string, AuditPolicy>();
  for (const path of paths) {
    const found = await settings.of(dirname(path));
    if (!found.ok) continue;
    const file = found.own && shownPath(cwd, found.own.path);
    const above = found.root?.ok && found.root !== found ? found.root.own : null;
    const files = (policies.get(file ?? '')?.files ?? 0) + 1;
    policies.set(file ?? '', { file, root: above && shownPath(cwd, above.path), files });
  }
  return [...policies.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, policy]) => policy);
}

/** CI systems set this variable, and there nobody sees which policy was found. */
export const isInCi = ({ env }: Pick<Boundary, 'env'>): boolean => !['', 'false', '0'].includes(env.CI ?? '');

/** One policy, in a sentence. */
export function policyNote({ file, files, root }: AuditPolicy): string {
  const what = count(files, 'file');
  if (file === null) return `no policy counts for ${what}.`;
  return `the policy ${file} counts for ${what}${root === null ? '' : `, within ${root}`}.`;
}
