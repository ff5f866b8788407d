import type { Facts } from '../model/facts.ts';
import type { Report, Safety, Severity } from '../model/finding.ts';
import type { SuppressionComment } from '../model/suppression.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';

interface RuleBase {
  /** Names the bad thing, so that "ignore unpinned-image" reads well. */
  readonly id: string;
  /** One line for lists. */
  readonly title: string;
  /** In the profile `recommended`. */
  readonly severity: Severity;
  /** Ids of the kinds that have what it speaks about; `every` for references, which stand in all of them. */
  readonly kinds: readonly string[] | 'every';
  /** It speaks about what a pull brings, though not about a reference: nothing is found where an image is replaced by one of the workspace. */
  readonly isAboutPull?: true;
  /** The same rule in other tools, such as `hadolint DL3006`, and in what ours differs: a whole sentence, or empty where it does not. */
  readonly sameAs: Readonly<Record<string, string>>;
  /** The least safe of its fixes; null where it has none. */
  readonly fixSafety: Safety | null;
}

/** Looks at one piece of text, so what it says holds until that text changes. */
export interface FactsRule extends RuleBase {
  readonly reads: 'facts';
  check(facts: Facts): Iterable<Report>;
}

/** Looks at what lies around the text too: other files, the policy, what a registry once said. Asks for nothing. */
export interface ContextRule extends RuleBase {
  readonly reads: 'context';
  /** What lies around changes its words and its fixes, and never whether it finds something. */
  readonly isDecidedByText?: true;
  /** Without an answer of a registry it finds nothing. */
  readonly isDecidedByRegistry?: true;
  check(facts: Facts, around: WorkspaceContext): Iterable<Report>;
}

/** Looks at the comments that silence other rules. Nothing silences it. */
export interface SuppressionRule extends RuleBase {
  readonly reads: 'suppressions';
  check(comments: readonly SuppressionComment[]): Iterable<Report>;
}

/** One thing that can change after review. Pure and synchronous: it reads facts and reports. Its page has the same file name. */
export type Rule = FactsRule | ContextRule | SuppressionRule;
