import type { Comment, Facts, ImageUse } from '../model/facts.ts';
import type { LookupFix, Report } from '../model/finding.ts';
import { partition } from '../text/partition.ts';
import type { ContextRule } from './rule.ts';
import { byDigest, digestOf, type PinnedUse, usedHere } from './support/pin.ts';
import { briefImage } from './support/words.ts';

export const digestWithoutTag: ContextRule = {
  reads: 'context',
  id: 'digest-without-tag',
  title: 'An image by its digest alone, so that nobody can read its version',
  severity: 'hint',
  kinds: 'every',
  sameAs: {},
  fixSafety: 'safe',
  check(facts, { keepsTags }) {
    if (!keepsTags) return [];
    const bare = facts.images
      .filter(holdsBoth)
      .flatMap((use) => digestOf(use) ?? [])
      .filter(({ reference }) => !reference.tag);
    if (bare.length === 0) return [];
    const isExplained = versionsNear(facts);
    return bare.filter(({ use }) => !isExplained(use)).map(report);
  },
};

/** An entry of a kustomization has room for a tag or a digest. */
const holdsBoth = ({ role }: ImageUse): boolean => role !== 'override';

const report = (pinned: PinnedUse): Report => ({
  path: pinned.use.path,
  span: pinned.use.site.span,
  message: `${briefImage(pinned.name)} has a digest and no tag; write the tag in front of it.`,
  related: usedHere(pinned.use),
  image: pinned.use,
  fixes: () => [addTag(pinned)],
});

const addTag = (pinned: PinnedUse): LookupFix => ({
  id: 'add-tag',
  title: `Write the tag of ${pinned.name} in front of its digest`,
  safety: 'safe',
  question: { ask: 'tags', image: byDigest(pinned) },
  sample: ['1.0.0'],
  edits: ([tag = '']) => pinned.use.site.replace(`${pinned.name}:${tag}@${pinned.digest}`),
});

/** `1.27`, `v3`, `tag: stable`: what people write of a version beside a digest. */
const version = /(?:^|[^\w.])(?:v\d+|\d+\.\d+|tag\s*[:=])/i;

/** Characters between an image and a comment that speaks about it: the rest of its line, or the key in front of it. */
const nearest = 60;

/** Whether a comment right before or behind an image tells its version. */
function versionsNear(facts: Facts): (use: ImageUse) => boolean {
  const comments = facts.comments().filter(({ text }) => version.test(text));
  comments.sort((a, b) => a.span.start - b.span.start);
  return ({ site: { span } }) => {
    const next = firstFrom(comments, span.start);
    const before = comments[next - 1];
    const behind = comments[next];
    return (
      (before !== undefined && span.start - before.span.end <= nearest) ||
      (behind !== undefined && behind.span.start - span.end <= nearest)
    );
  };
}

/** Index of the first comment that begins at `offset` or later. */
const firstFrom = (comments: readonly Comment[], offset: number): number =>
  partition(comments, ({ span: { start } }) => start < offset);
