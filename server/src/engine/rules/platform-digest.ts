import type { LocalFix, Report } from '../model/finding.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';
import type { ContextRule } from './rule.ts';
import { byTag, digestOf, type PinnedUse, reachOf, usedHere, withDigest } from './support/pin.ts';
import { brief, code } from './support/words.ts';

export const platformDigest: ContextRule = {
  reads: 'context',
  isDecidedByRegistry: true,
  id: 'platform-digest',
  title: "A pin to one platform's part of an image for several platforms",
  severity: 'warning',
  kinds: 'every',
  sameAs: {},
  fixSafety: 'behaviour',
  check: (facts, around) => facts.images.flatMap((use) => part(digestOf(use), around)),
};

function part(pinned: PinnedUse | null, { observed }: WorkspaceContext): readonly Report[] {
  const tag = pinned && byTag(pinned);
  const seen = tag && observed(tag);
  if (!pinned || !seen?.digest || seen.digest === pinned.digest) return [];
  const found = seen.platforms?.find(({ digest }) => digest === pinned.digest);
  return found ? [report(pinned, found.platform, seen.digest)] : [];
}

function report(pinned: PinnedUse, platform: string, whole: string): Report {
  const { use } = pinned;
  return {
    path: use.path,
    span: use.site.span,
    message: `This digest is the image for ${brief(platform)} alone; pin the digest of its index.`,
    related: usedHere(use),
    image: use,
    fixes: () => [wholeImage(pinned, platform, whole)],
  };
}

/** On another platform another part is taken from then on, so what runs there changes. */
const wholeImage = (pinned: PinnedUse, platform: string, digest: string): LocalFix => ({
  id: 'pin-index',
  title: `Pin ${pinned.name}:${pinned.reference.tag} for all platforms${reachOf(pinned.use)}`,
  description: `On ${code(platform)} the same image runs as before. On any other platform its own part is taken, where this one was emulated or did not start.`,
  safety: 'behaviour',
  edits: () => withDigest(pinned, digest),
});
