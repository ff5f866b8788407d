import type { Mount } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { brief, code } from './support/words.ts';

/** What the fix writes: enough for what most programs put into `/tmp`. */
const usual = '64Mi';

export const unboundedEmptyDir: FactsRule = {
  reads: 'facts',
  id: 'unbounded-empty-dir',
  title: 'Scratch space without a limit beside a read-only root filesystem',
  severity: 'hint',
  kinds: ['kubernetes'],
  sameAs: {
    'kube-score container-ephemeral-storage-request-and-limit':
      'It asks for requests and limits of disk space on every container; ours for a bound on what a container with a read-only root filesystem can still write.',
    'Kyverno require-emptydir-requests-and-limits':
      'It asks every container that mounts such a volume for requests and limits of disk space; ours looks beside a read-only root filesystem alone.',
  },
  fixSafety: 'behaviour',
  check(facts) {
    // A volume that several containers mount is reported once.
    const found = new Map<number, Report>();
    for (const workload of facts.workloads) {
      for (const mount of workload.readOnlyRoot.value === true ? workload.mounts : []) {
        const { sizeLimit } = mount;
        if (!sizeLimit || !isUnbounded(mount) || found.has(sizeLimit.underline.start)) continue;
        found.set(sizeLimit.underline.start, report(mount, sizeLimit));
      }
    }
    return found.values();
  },
};

const isUnbounded = ({ readOnly, sizeLimit, type }: Mount): boolean =>
  type === 'scratch' &&
  readOnly.value === false &&
  sizeLimit?.value === undefined &&
  sizeLimit?.origin !== 'unknown';

function report({ path, target }: Mount, sizeLimit: NonNullable<Mount['sizeLimit']>): Report {
  const where = target === null ? '' : ` at ${brief(target)}`;
  return {
    path: `${path}.size-limit`,
    span: sizeLimit.underline,
    message: `The scratch space${where} can fill the node; give it a ${code('sizeLimit')}.`,
    fixes: () => [
      {
        id: 'limit-size',
        title: `Limit it to ${usual}`,
        description: `A pod that writes more than ${usual} there is stopped and started anew. That is enough for the temporary files of most programs.`,
        safety: 'behaviour',
        edits: () => sizeLimit.set(usual),
      },
    ],
  };
}
