import { sampleDigest } from '../image/name.ts';
import type { Report } from '../model/finding.ts';
import type { Surroundings } from '../model/surroundings.ts';
import type { SurroundingsRule } from './rule.ts';
import { byDigest, byTag, digestOf, type PinnedUse, repinFixes, usedHere } from './support/pin.ts';
import { code, day, shortDigest } from './support/words.ts';

export const missingDigest: SurroundingsRule = {
  reads: 'surroundings',
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

function report(pinned: PinnedUse, at: number, { observed }: Surroundings): Report {
  const { digest, name, reference, use } = pinned;
  const tag = byTag(pinned);
  const now = tag && observed(tag)?.digest;
  return {
    path: use.path,
    span: use.site.span,
    message: `${code(reference.registry)} had no ${code(name)} with digest ${code(shortDigest(digest))} on ${day(at)}: whoever has no copy of it cannot pull it. ${tag ? 'Pin the digest that the tag has now' : 'Write a tag that exists and pin it'}, or restore the image.`,
    related: usedHere(use),
    image: use,
    fixes: () => repinFixes(pinned, now ?? sampleDigest),
  };
}
