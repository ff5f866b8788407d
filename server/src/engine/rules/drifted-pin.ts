import type { Report } from '../model/finding.ts';
import type { Observation, WorkspaceContext } from '../model/workspace-context.ts';
import type { ContextRule } from './rule.ts';
import { byDigest, byTag, digestOf, type PinnedUse, repinFixes, usedHere } from './support/pin.ts';
import { briefImage, code, day, shortDigest } from './support/words.ts';

export const driftedPin: ContextRule = {
  reads: 'context',
  isDecidedByRegistry: true,
  id: 'drifted-pin',
  title: 'A pin whose tag names another image by now',
  severity: 'information',
  kinds: 'every',
  sameAs: {},
  fixSafety: 'behaviour',
  check: (facts, around) => facts.images.flatMap((use) => drift(digestOf(use), around)),
};

/** A digest that is gone, or is one platform's part of what the tag names, has a rule of its own. */
function drift(pinned: PinnedUse | null, { observed }: WorkspaceContext): readonly Report[] {
  const tag = pinned && byTag(pinned);
  const seen = tag && observed(tag);
  if (!pinned || !seen?.digest || seen.digest === pinned.digest) return [];
  if (seen.platforms?.some(({ digest }) => digest === pinned.digest)) return [];
  const own = observed(byDigest(pinned));
  if (own?.digest === null || mayBePart(own, seen)) return [];
  return [report(pinned, seen, seen.digest)];
}

/** What is pinned may be one platform's part of what the tag names, which nobody has looked into. */
const mayBePart = (own: Observation | undefined, tagged: Observation): boolean =>
  tagged.isIndex === true && tagged.platforms === null && own?.isIndex !== true;

function report(pinned: PinnedUse, { at }: Observation, now: string): Report {
  const { name, reference, use } = pinned;
  const tagged = `${name}:${reference.tag}`;
  return {
    path: use.path,
    span: use.site.span,
    message: `${briefImage(tagged, 24)} has moved since (seen ${day(at)}); review the new build, then pin it.`,
    related: [
      { span: use.site.span, message: `On ${day(at)} the tag named ${code(shortDigest(now))}.` },
      ...usedHere(use),
    ],
    image: use,
    fixes: () => repinFixes(pinned, now),
  };
}
