import { type ImageName, pulledName } from '../image/name.ts';
import type { Workload } from '../model/facts.ts';
import type { Fix, LocalFix, LookupFix } from '../model/finding.ts';
import { isPulled } from '../model/pulled.ts';
import { uncovered } from '../model/scratch.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';
import { joinEdits } from '../text/edit.ts';
import type { ContextRule } from './rule.ts';
import { volumesOf } from './support/built-image.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { mountAt, tidy } from './support/mounts.ts';
import { code, listed } from './support/words.ts';

export const writableRootFilesystem: ContextRule = {
  reads: 'context',
  isDecidedByText: true,
  id: 'writable-root-filesystem',
  title: 'A container whose root filesystem can be written to',
  severity: 'warning',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Checkov CKV_K8S_22': '',
    'Trivy KSV-0014': '',
    'kube-linter no-read-only-root-fs': '',
    'Polaris notReadOnlyRootFilesystem':
      'It also accepts the field on the pod, where Kubernetes has none and ignores it.',
    'KICS Root Container Not Mounted Read-only': '',
    'kube-score container-security-context-readonlyrootfilesystem': '',
    'compose-lint CL-0007': '',
    'Kyverno require-ro-rootfs': 'It leaves out init and ephemeral containers.',
  },
  fixSafety: 'behaviour',
  check: (facts, around) =>
    perPlace(
      facts.workloads.filter(
        ({ readOnlyRoot, windows }) =>
          !windows && readOnlyRoot.value !== true && readOnlyRoot.origin !== 'unknown',
      ),
      (workload) => [report(workload, around)],
    ),
};

function report(workload: Workload, around: WorkspaceContext): Draft {
  const { misplacedReadOnlyRoot: misplaced } = workload;
  return {
    path: `${workload.path}.read-only-root`,
    span: workload.readOnlyRoot.underline,
    message: ({ label }) =>
      misplaced
        ? `A pod has no ${code('readOnlyRootFilesystem')}; set it on the container instead.`
        : `The root filesystem of ${label} is writable; make it read-only.`,
    related: misplaced
      ? [{ span: misplaced, message: 'This has no effect: the field exists on containers only.' }]
      : [],
    ...(workload.image && { image: workload.image }),
    fixes: () => fixes(workload, around),
  };
}

const beside = 'A program that writes anywhere beside its mounts stops working.';

const withVolumes = 'read-only-with-volumes';

/** Most programs write to `/tmp`, so the fix that also provides it comes first where nothing is mounted there. */
function fixes(workload: Workload, around: WorkspaceContext): readonly Fix[] {
  const needs = needsOf(workload, around);
  const readOnly: LocalFix = {
    id: 'read-only',
    title: 'Make the root filesystem read-only',
    description: [...needs.kept, beside].join(' '),
    safety: 'behaviour',
    edits: () => workload.readOnlyRoot.set(true),
  };
  const { one, several } = workload.scratchWords;
  const asking = needs.ask ? [withAnswer(workload, needs, needs.ask, several)] : [];
  if (needs.scratch.length === 0) return [readOnly, ...asking];
  const paths = needs.scratch.map(({ path }) => path);
  const withScratch: LocalFix = {
    // Once the registry has been asked, this is the fix that asked it.
    id: needs.areVolumesKnown ? withVolumes : 'read-only-with-scratch',
    title: `Make the root filesystem read-only and mount ${paths.length > 1 ? several : one} at ${listed(paths, 'and')}`,
    description: [
      ...needs.scratch.map(({ path, why }) => `${code(path)} stays writable: ${why}.`),
      ...needs.kept,
      beside,
    ].join(' '),
    safety: 'behaviour',
    edits: () => joinEdits(workload.readOnlyRoot.set(true), workload.provideScratch(paths)),
  };
  return [withScratch, ...asking, readOnly];
}

/** What a container needs once its root filesystem is read-only. */
interface Needs {
  /** Where scratch space is missing, and why it is wanted, to finish a sentence. */
  readonly scratch: readonly { readonly path: string; readonly why: string }[];
  /** What stays as it is, in whole sentences. */
  readonly kept: readonly string[];
  /** The volumes of the image are among them. */
  readonly areVolumesKnown: boolean;
  /** The image whose volumes only its registry knows. */
  readonly ask: ImageName | null;
}

/**
 * `/tmp`, and the volumes that the image declares. An engine that mounts those by itself keeps state in them: scratch space in their place
 * would lose it whenever the container is made anew. Elsewhere they are part of the root filesystem or live no longer than the container
 * (`VOLUME` is left to the runtime in Kubernetes: containerd mounts an empty folder, CRI-O makes one), so scratch space takes nothing away.
 */
function needsOf(workload: Workload, around: WorkspaceContext): Needs {
  const declared = volumesOf(workload, around);
  const volumes = uncovered(workload.mounts, (declared?.paths ?? []).map(tidy).filter(isOwn)).filter(
    (path) => mountAt(workload, path) === undefined,
  );
  const { mountsImageVolumes } = workload;
  const coversTmp = mountsImageVolumes && volumes.some((path) => path === '/tmp');
  const tmp =
    coversTmp || mountAt(workload, '/tmp') ? [] : [{ path: '/tmp', why: 'most programs write there' }];
  if (mountsImageVolumes)
    return { scratch: tmp, kept: keptVolumes(volumes, declared?.by), areVolumesKnown: false, ask: null };
  const more = volumes
    .filter((path) => path !== '/tmp')
    .map((path) => ({
      path,
      why: `${declared?.by} declares it as a volume; what is written to an emptyDir is lost with the pod`,
    }));
  return {
    scratch: [...tmp, ...more],
    kept: [],
    areVolumesKnown: declared !== null,
    ask: declared ? null : askable(workload),
  };
}

/** A path of its own, which can be mounted without hiding everything. */
const isOwn = (path: string): boolean => path.startsWith('/') && path !== '/';

function keptVolumes(paths: readonly string[], by: string | undefined): readonly string[] {
  if (by === undefined) return ['What the image declares as volumes stays writable.'];
  if (paths.length === 0) return [];
  return [
    `${listed(paths.map(code), 'and')} ${paths.length > 1 ? 'stay' : 'stays'} writable, for ${by} declares ${paths.length > 1 ? 'volumes' : 'a volume'} there, which the engine mounts.${paths.some((path) => path !== '/tmp') ? ' Scratch space in its place would lose what it holds.' : ''}`,
  ];
}

/** What to ask a registry for; null for an image that is built, or that is not known. */
function askable({ build, image }: Workload): ImageName | null {
  if (build || !image || !isPulled(image) || image.reading.state !== 'parsed') return null;
  return pulledName(image.reading.reference);
}

function withAnswer(workload: Workload, needs: Needs, image: ImageName, several: string): LookupFix {
  const known = needs.scratch.map(({ path }) => path);
  const where = known.length > 0 ? `${listed(known, 'and')} and at the volumes` : 'the volumes';
  return {
    id: withVolumes,
    title: `Make the root filesystem read-only and mount ${several} at ${where} of ${workload.image?.resolved} (asks its registry)`,
    description: `What is written to an emptyDir is lost with the pod. ${beside}`,
    safety: 'behaviour',
    question: { ask: 'volumes', image },
    sample: ['/data'],
    edits: (answer) =>
      joinEdits(
        workload.readOnlyRoot.set(true),
        workload.provideScratch([
          ...new Set([
            ...known,
            ...answer.map(tidy).filter((path) => isOwn(path) && !mountAt(workload, path)),
          ]),
        ]),
      ),
  };
}
