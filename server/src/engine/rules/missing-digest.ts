import { sampleDigest } from '../image/name.ts';
import type { Report } from '../model/finding.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';
import type { ContextRule } from './rule.ts';
import { byDigest, byTag, digestOf, type PinnedUse, repinFixes, usedHere } from './support/pin.ts';
import { day } from './support/words.ts';

export const missingDigest: ContextRule = {
  reads: 'context',
  isDecidedByRegistry: true,
  id: 'missing-digest',
  title: 'A pin to a digest that its registry no longer has',
  severity: 'error',
  kinds: 'every',
  sameAs: {},
  fixSafety: 'behaviour',
  check: (facts, around) =>
    facts.images.flatMap((use) => {
      const pinned = digestOf(use);
      const seen = pinned && around.observed(byDigest(pinned));
      return pinned && seen?.digest === null ? [report(pinned, seen.at, around)] : [];
    }),
};

function report(pinned: PinnedUse, at: number, { observed }: WorkspaceContext): Report {
  const { use } = pinned;
  const tag = byTag(pinned);
  const now = tag && observed(tag)?.digest;
  return {
    path: use.path,
    span: use.site.span,
    message: `The registry had no such digest on ${day(at)}; ${tag ? 'pin what the tag names now' : 'pin one that exists'}.`,
    related: usedHere(use),
    image: use,
    fixes: () => repinFixes(pinned, now ?? sampleDigest),
  };
}
