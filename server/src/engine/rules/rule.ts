import type { Facts } from '../model/facts.ts';
import type { Report, Safety, Severity } from '../model/finding.ts';

/** One thing that can change after review. Pure and synchronous: it reads facts and reports. Its page has the same file name. */
export interface Rule {
  /** Names the bad thing, so that "ignore unpinned-image" reads well. */
  readonly id: string;
  /** One line for lists. */
  readonly title: string;
  /** In the profile `recommended`. */
  readonly severity: Severity;
  /** Ids of the kinds that have what it speaks about; `every` for references, which stand in all of them. */
  readonly kinds: readonly string[] | 'every';
  /** The same rule in other tools, such as `hadolint DL3006`. */
  readonly sameAs: readonly string[];
  /** The least safe of its fixes; null where it has none. */
  readonly fixSafety: Safety | null;
  check(facts: Facts): Iterable<Report>;
}
