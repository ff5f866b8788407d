import type { LocalFix, Related, Report } from '../model/finding.ts';
import { pinnedTag } from '../model/pulled.ts';
import type { PinnedDigest } from '../model/workspace-context.ts';
import { folderOf, pathSeenFrom } from '../text/path.ts';
import type { ContextRule } from './rule.ts';
import { digestOf, type PinnedUse, reachOf, withDigest } from './support/pin.ts';
import { brief, briefImage, code, shortDigest } from './support/words.ts';

export const mismatchedDigests: ContextRule = {
  reads: 'context',
  id: 'mismatched-digests',
  title: 'A tag that is pinned to different digests in one workspace',
  severity: 'warning',
  kinds: 'every',
  sameAs: {
    'Kyverno ensure-production-matches-staging':
      'It compares the images of two namespaces of a cluster by name; here digests of one tag are compared across the files of a workspace.',
  },
  fixSafety: 'behaviour',
  check: (facts, { workspaceView, path }) =>
    facts.images.flatMap((use) => {
      const tag = pinnedTag(use, path);
      const pinned = digestOf(use);
      if (!tag || !pinned) return [];
      const found = workspaceView.pinsOf(tag.name, tag.platform);
      if (found.length < 2 || isUsual(tag.digest, found)) return [];
      const others = found.filter(({ digest }) => digest !== tag.digest);
      return [report(pinned, others, path)];
    }),
};

/** Where most places agree, those that do not are the ones to look at: a finding on every place would bury them. */
function isUsual(digest: string, found: readonly PinnedDigest[]): boolean {
  const all = found.reduce((sum, { count }) => sum + count, 0);
  const same = found.find((one) => one.digest === digest)?.count ?? 0;
  return same * 2 > all;
}

function report(pinned: PinnedUse, others: readonly PinnedDigest[], path: string): Report {
  const { use } = pinned;
  return {
    path: use.path,
    span: use.site.span,
    message: `${briefImage(tagged(pinned), 24)} has another digest in ${where(others[0], path)}; use one of them.`,
    related: others.flatMap((other) => placesOf(other, pinned)).slice(0, relatedMax),
    image: use,
    fixes: () => others.slice(0, choicesMax).map((other) => align(pinned, other)),
  };
}

/** Places that a finding names beside its message. */
const relatedMax = 10;

const tagged = ({ name, reference: { tag } }: PinnedUse): string => `${name}:${tag}`;

/** `../prod/web.yaml, line 12`, and how many places more. */
function where(other: PinnedDigest | undefined, path: string): string {
  const [place] = other?.places ?? [];
  if (!other || !place) return 'another file';
  const more = other.count > 1 ? ` and ${other.count - 1} more` : '';
  return place.path === path
    ? `line ${place.line}${more}`
    : `${brief(fileIn(pathSeenFrom(folderOf(path), place.path)), 20)}${more}`;
}

/** `../prod/web.yaml` is `…/web.yaml` where a message has no room for it. */
const fileIn = (path: string): string =>
  path.length > 20 ? `…/${path.slice(path.lastIndexOf('/') + 1)}` : path;

const placesOf = ({ digest, places }: PinnedDigest, pinned: PinnedUse): readonly Related[] =>
  places.map((place) => ({
    place,
    message: `${code(tagged(pinned))} has ${code(shortDigest(digest))} here.`,
  }));

/** The text does not tell which digest is right, so each is offered; a menu has room for a few. */
const choicesMax = 3;

const align = (pinned: PinnedUse, { count, digest }: PinnedDigest): LocalFix => ({
  id: `use-${shortDigest(digest)}`,
  title: `Use ${shortDigest(digest)}, as ${count === 1 ? '1 other place does' : `${count} other places do`}${reachOf(pinned.use)}`,
  description: `Another build of ${code(tagged(pinned))} is used afterwards: the one with the digest ${code(shortDigest(digest))}. Test it like any other update.`,
  safety: 'behaviour',
  edits: () => withDigest(pinned, digest),
});
