/** Tags with the newest version first; then pre-releases, then builds and dates, then `latest` and other names. */
export const newestFirst = (tags: readonly string[]): readonly string[] =>
  tags
    .map(readTag)
    .sort(compare)
    .map(({ tag }) => tag);

type Group = 'release' | 'pre-release' | 'build' | 'latest' | 'name';
const groups: readonly Group[] = ['release', 'pre-release', 'build', 'latest', 'name'];

interface Ranked {
  readonly tag: string;
  readonly group: Group;
  /** `1.27.3` of `v1.27.3-alpine3.20`. */
  readonly version: readonly number[];
  /** What follows: texts and, at odd places, numbers. */
  readonly rest: readonly string[];
}

const versioned = /^v?(\d+(?:\.\d+)*)(?![\da-z]|\.\d)(.*)$/i;
const attached = /^v?(\d+(?:\.\d+)+)((?:a|b|c|rc|alpha|beta|pre|dev)\d*(?![\da-z]).*)$/i;
const preRelease =
  /(?:^|[-._+])(?:a|b|c|m|rc|alpha|beta|pre|preview|dev|snapshot|nightly|canary|next|ea|cr|milestone|experimental|unstable)\.?\d*(?:[-._+]|$)/i;

function readTag(tag: string): Ranked {
  const match = versioned.exec(tag) ?? attached.exec(tag);
  const [, number = '', suffix = tag] = match ?? [];
  const version = number === '' ? [] : number.split('.').map(Number);
  return { tag, group: groupOf(tag, version, suffix), version, rest: suffix.split(/(\d+)/) };
}

function groupOf(tag: string, [major]: readonly number[], suffix: string): Group {
  if (major === undefined) return tag === 'latest' ? 'latest' : 'name';
  // As with classes of mutability: five digits count builds, or are a date.
  if (major >= 10_000) return 'build';
  return preRelease.test(suffix) ? 'pre-release' : 'release';
}

function compare(a: Ranked, b: Ranked): number {
  return (
    groups.indexOf(a.group) - groups.indexOf(b.group) ||
    compareVersions(b.version, a.version) ||
    compareRests(a.rest, b.rest, a.group === 'pre-release') ||
    byText(a.tag, b.tag)
  );
}

/** Older before newer; `1.27` before `1.27.0`. */
function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Words in the order of the alphabet, the shorter first; numbers downwards. Pre-releases are named so that the alphabet is their order: the
 * last is the newest.
 */
function compareRests(a: readonly string[], b: readonly string[], wordsDown: boolean): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [one = '', other = ''] = [a[index], b[index]];
    const difference = index % 2 === 1 ? Number(other) - Number(one) : compareWords(one, other, wordsDown);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareWords(one: string, other: string, down: boolean): number {
  const isPart = one.startsWith(other) || other.startsWith(one);
  return down && !isPart ? byText(other, one) : byText(one, other);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
