import type { Mount } from './facts.ts';

/** Those of the absolute paths `targets` that no writable mount covers. */
export const uncovered = (mounts: readonly Mount[], targets: readonly string[]): readonly string[] =>
  targets.filter((target) => !mounts.some((mount) => covers(mount, target)));

const covers = ({ readOnly, target }: Mount, path: string): boolean =>
  target !== null &&
  readOnly.value === false &&
  (path === target || path.startsWith(target.endsWith('/') ? target : `${target}/`));
