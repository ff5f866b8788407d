import type { Mount, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';
import type { ContextRule } from './rule.ts';
import { volumesOf } from './support/built-image.ts';
import { tidy } from './support/mounts.ts';
import { brief, listed } from './support/words.ts';

export const undeclaredImageVolume: ContextRule = {
  reads: 'context',
  id: 'undeclared-image-volume',
  title: 'A volume of the image that stays writable though the root filesystem is read-only',
  severity: 'information',
  kinds: ['compose', 'quadlet'],
  sameAs: {
    'Kyverno block-images-with-volumes':
      'It refuses every image that declares a volume; ours reports the volumes that nothing is mounted on, beside a read-only root filesystem.',
  },
  fixSafety: 'behaviour',
  check: (facts, around) => facts.workloads.flatMap((workload) => check(workload, around)),
};

function check(workload: Workload, around: WorkspaceContext): readonly Report[] {
  const { image, mounts, mountsImageVolumes, name, path, readOnlyRoot } = workload;
  if (!mountsImageVolumes || readOnlyRoot.value !== true) return [];
  // A mount whose target cannot be seen may be the one that is missing.
  if (mounts.some(({ target }) => target === null)) return [];
  const open = (volumesOf(workload, around)?.paths ?? []).filter(
    (volume) => !mounts.some((mount) => isSettled(mount, tidy(volume))),
  );
  if (open.length === 0) return [];
  return [
    {
      path: `${path}.image-volumes`,
      span: image?.site.span ?? name,
      message: `${volumes(open)} stays writable; mount something there.`,
      ...(image && { image }),
      fixes: () => [
        {
          id: 'mount-scratch',
          title: `Mount scratch space at ${listed(open, 'and')}`,
          description:
            'What the image has there is hidden, and what is written there is gone with the container. For data that has to stay, mount a named volume instead.',
          safety: 'behaviour',
          edits: () => workload.provideScratch(open),
        },
      ],
    },
  ];
}

const volumes = (paths: readonly string[]): string =>
  `The image's volume at ${brief(paths[0] ?? '')}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''}`;

/** Somebody decided what is there: something is mounted at the very path, or it lies in something writable. */
function isSettled({ readOnly, target }: Mount, volume: string): boolean {
  const mounted = tidy(target ?? '');
  if (mounted === volume) return true;
  return readOnly.value !== true && volume.startsWith(mounted === '/' ? '/' : `${mounted}/`);
}
