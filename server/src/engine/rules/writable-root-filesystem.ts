import type { Facts, Workload } from '../model/facts.ts';
import type { Fix, Report } from '../model/finding.ts';
import { joinEdits } from '../text/edit.ts';
import type { FactsRule } from './rule.ts';
import { mountAt } from './support/mounts.ts';

export const writableRootFilesystem: FactsRule = {
  reads: 'facts',
  id: 'writable-root-filesystem',
  title: 'A container whose root filesystem can be written to',
  severity: 'warning',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Trivy KSV-0014': '',
    'Checkov CKV_K8S_22': '',
    'kube-linter no-read-only-root-fs': '',
    'Polaris notReadOnlyRootFilesystem': '',
    'kube-score container-security-context-readonlyrootfilesystem': '',
    'Kyverno require-ro-rootfs': '',
    'compose-lint CL-0007': '',
  },
  fixSafety: 'behaviour',
  check: (facts) =>
    facts.workloads
      .filter(
        ({ readOnlyRoot, windows }) =>
          !windows && readOnlyRoot.value !== true && readOnlyRoot.origin !== 'unknown',
      )
      .map((workload) => report(workload, facts)),
};

function report(workload: Workload, facts: Facts): Report {
  const { misplacedReadOnlyRoot: misplaced } = workload;
  return {
    path: `${workload.path}.read-only-root`,
    span: workload.readOnlyRoot.underline,
    message: misplaced
      ? `The root filesystem of ${workload.label} is writable: \`readOnlyRootFilesystem\` at pod level does nothing, because the field exists on containers only. Set it in the container's own \`securityContext\`.`
      : `The root filesystem of ${workload.label} is writable, so what runs can be changed after the image was reviewed. Make it read-only, and mount scratch space where the program has to write.`,
    related: misplaced
      ? [{ span: misplaced, message: 'This has no effect: the field exists on containers only.' }]
      : [],
    fixes: () => fixes(workload, facts),
  };
}

/** Most programs write to `/tmp`, so the fix that also provides it comes first where nothing is mounted there. */
function fixes(workload: Workload, facts: Facts): readonly Fix[] {
  const covering = mountAt(workload, '/tmp');
  const readOnly: Fix = {
    id: 'read-only',
    title: 'Make the root filesystem read-only',
    safety: covering?.type === 'scratch' && covering.readOnly.value !== true ? 'safe' : 'behaviour',
    edits: () => workload.readOnlyRoot.set(true),
  };
  if (covering) return [readOnly];
  const scratch = facts.kind === 'kubernetes' ? 'an emptyDir' : 'a tmpfs';
  const withTmp: Fix = {
    id: 'read-only-with-tmp',
    title: `Make the root filesystem read-only and mount ${scratch} at /tmp`,
    safety: 'behaviour',
    edits: () => joinEdits(workload.readOnlyRoot.set(true), workload.provideScratch(['/tmp'])),
  };
  return [withTmp, readOnly];
}
