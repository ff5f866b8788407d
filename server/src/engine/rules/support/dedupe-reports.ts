import {
  type Fix,
  isLookupFix,
  isPinFix,
  type LocalFix,
  leastSafe,
  type Report,
} from '../../model/finding.ts';
import { joinEdits } from '../../text/edit.ts';
import { shortened } from '../../text/visible.ts';

/** Whom a report speaks about. */
export interface Owners {
  /** `service web`, `service web and 19 more`. */
  readonly label: string;
  readonly several: boolean;
}

/** What a rule has to say of one workload, or of one other thing with a name; `message` is told who else has the same text. */
export interface Draft extends Omit<Report, 'message'> {
  message(owners: Owners): string;
}

interface Found {
  readonly draft: Draft;
  readonly label: string;
}

/**
 * Reports on workloads, one for each place: what several have through an alias or a merge key is written once. Where a rule says different
 * things of them, or their images differ, each is a report.
 */
export function perPlace<T extends { readonly label: string }>(
  workloads: readonly T[],
  draftsOf: (workload: T) => readonly Draft[],
): readonly Report[] {
  const places = new Map<string, Found[]>();
  for (const workload of workloads) {
    for (const draft of draftsOf(workload)) {
      const { end, start } = draft.span;
      const said = draft.message({ label: '', several: false });
      // A waiver can name the image.
      const key = [start, end, draft.image?.resolved ?? '', said].join('\n');
      const known = places.get(key) ?? [];
      known.push({ draft, label: workload.label });
      places.set(key, known);
    }
  }
  return Array.from(places.values(), reportOf).flat();
}

function reportOf(found: readonly Found[]): readonly Report[] {
  const [first, ...others] = found;
  if (!first) return [];
  const { draft, label } = first;
  const labels = new Set(found.map((one) => one.label));
  const owners = { label: several(label, labels), several: labels.size > 1 };
  const message = draft.message(owners);
  const { fixes } = draft;
  if (!fixes || others.length === 0) return [{ ...draft, message }];
  return [{ ...draft, message, fixes: () => joinFixes(fixes(), others, reachOf(labels)) }];
}

/** Characters of a label in a message. */
const longestLabel = 30;

function several(first: string, labels: ReadonlySet<string>): string {
  const more = labels.size - 1;
  return shortened(first, longestLabel) + (more === 0 ? '' : ` and ${more} more`);
}

const reachOf = (labels: ReadonlySet<string>): string => {
  const noun = commonNoun(labels) || 'place';
  return labels.size > 1 ? ` (in ${labels.size} ${noun}s)` : '';
};

/** What they all are: `service`; empty where they differ. */
function commonNoun(labels: ReadonlySet<string>): string {
  const nouns = new Set(Array.from(labels, (label) => /^(?:\w+ (?=container ))?\w+/.exec(label)?.[0] ?? ''));
  return nouns.size === 1 ? ([...nouns][0] ?? '') : '';
}

/** The changes that each of them has, made for all: the report would stay where one were left out. */
function joinFixes(fixes: readonly Fix[], others: readonly Found[], reach: string): readonly Fix[] {
  const rest = others.map(({ draft }) => new Map(draft.fixes?.().map((fix) => [fix.id, fix])));
  return fixes.flatMap((fix) => {
    const same = [fix, ...rest.flatMap((known) => known.get(fix.id) ?? [])].filter(isLocal);
    if (same.length <= rest.length) return [];
    return {
      ...fix,
      title: `${fix.title}${reach}`,
      safety: leastSafe(same.map(({ safety }) => safety)) ?? 'behaviour',
      edits: () => joinEdits(...same.map((one) => one.edits())),
    };
  });
}

const isLocal = (fix: Fix): fix is LocalFix => !isPinFix(fix) && !isLookupFix(fix);
