import codenames from './data/codenames.json' with { type: 'json' };
import type { ImageReference } from './reference.ts';
import { type Versioning, versioningOf } from './versions.ts';

/**
 * How much an image reference can change after review. The classes are disjoint:
 * `digest` cannot move · `tag` a specific tag · `floating` a tag made to move · `implicit` no tag, so `latest` ·
 * `unknown` holes (variables, templates) that cannot be resolved, or text that is no reference ·
 * `none` nothing is pulled (an image that is built here, or that another file replaces).
 */
export type Mutability = 'digest' | 'tag' | 'floating' | 'implicit' | 'unknown' | 'none';

/** The class of a reference by its text alone: what a registry would say is not asked. Never `unknown` or `none`. */
export function classify(reference: ImageReference): Mutability {
  if (reference.digest !== undefined) return 'digest';
  if (reference.tag === undefined) return 'implicit';
  return isFloating(reference.tag, versioningOf(reference)) ? 'floating' : 'tag';
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Tags that follow a branch, a release channel or an environment. */
const channels = words(
  'latest stable oldstable oldoldstable unstable testing test experimental edge nightly daily weekly dev develop ' +
    'development main master trunk head tip mainline lts current next canary rolling snapshot release rc beta alpha ' +
    'preview insiders prod production staging default',
);

/** Operating systems, their code names and runtimes. A number after one of them is its version, not that of the image. */
const platforms = new Set([
  ...codenames.releases.map(({ name }) => name),
  ...words(
    'alpine wolfi distroless debian ubuntu centos stream fedora rawhide ' +
      'rocky rockylinux almalinux oraclelinux oracle ol rhel el ubi amazonlinux al photon mariner azurelinux opensuse ' +
      'leap tumbleweed arch archlinux busybox windows windowsservercore servercore nanoserver ltsc jdk jre java ' +
      'openjdk temurin corretto php python py pypy node nodejs ruby go golang rust dotnet perl erlang otp elixir scala ' +
      'pg postgres postgresql mysql mariadb cuda cudnn rocm openshift',
  ),
]);

/** What else an image is offered in, beside its version. */
const variants = words(
  'slim minimal mini full base runtime devel fpm apache cli zts headless management debug nonroot root static ' +
    'musl glibc uclibc onbuild chiseled extra backports browsers git scm curl dind rootless lite light amd64 arm64 arm arm64v8 arm32v5 arm32v6 arm32v7 ' +
    'armv6 armv7 armhf aarch64 i386 x86 s390x ppc64le riscv64 multiarch',
);

/** Channels with one line a version: `lts-20`, `release-1.2`. After the others a number counts builds: `main-123`. */
const versionedChannels = words('latest stable lts release mainline');

/**
 * What one word of a tag says: `moves` it names a channel or a version that is not complete · `known` nothing by itself (a platform, a
 * variant) · `other` letters that mean nothing here · `fixed` a complete version, date, commit or build.
 */
type Word = 'moves' | 'known' | 'other' | 'fixed';

/** A major or a major.minor version. Five digits and more count builds, or are a date. */
const isShortVersion = (word: string): boolean => /^v?\d{1,4}(?:\.\d{1,4})?$/.test(word);

/**
 * Whether a tag is made to move, by the conventions of the official images: a channel, a version that is not complete, a platform without a
 * version. One word that fixes a build (`1.2.3`, a date, a commit, a revision) makes the tag a specific one, unless the
 * tag ends by saying that it moves. How many numbers a complete version has (`postgres:17.2`, but `nginx:1.27.3`) is known of
 * many repositories; of another one `16.3` may be complete or not, so it floats.
 */
function isFloating(tag: string, versioning: Versioning): boolean {
  const text = tag.toLowerCase();
  if (countsBuilds(text, versioning)) return false;
  const parts = text.replaceAll('x86_64', 'amd64').split(/[-_]/);
  const last = parts.at(-1);
  if (last === 'latest' || last === 'snapshot') return true;
  const said = parts.map((word, index) => readWord(word, parts[index - 1], versioning));
  if (said.includes('fixed')) return false;
  return said.includes('moves') || !said.includes('other');
}

/**
 * Whether a tag that is one whole number names one build, where nothing is known of the repository. Majors seldom have three digits, builds mostly
 * have; a year is neither. The `7` of a private registry is mostly counted up by a pipeline, and `v1` by hand: nobody keeps a tag for each
 * major there. Without a registry `7` may be the major of an official image; those have no `v`.
 */
function countsBuilds(tag: string, { origin, parts }: Versioning): boolean {
  const [, v, number] = (parts ? null : /^(v?)(\d+)$/.exec(tag)) ?? [];
  if (number === undefined) return false;
  if (origin === 'private' || (origin === 'local' && v)) return true;
  return number.length >= 3 && !/^(?:19|20)\d\d$/.test(number);
}

function readWord(word: string, before: string | undefined, versioning: Versioning): Word {
  if (channels.has(word)) return 'moves';
  if (platforms.has(word) || variants.has(word)) return 'known';
  if (/^v?\d+(?:\.\d+)*\.x$/.test(word)) return 'moves';
  if (isShortVersion(word)) return readShortVersion(word, before, versioning);
  const platform = /^([a-z]+)(\d.*)$/.exec(word);
  if (platform && platforms.has(platform[1] ?? '') && isShortVersion(platform[2] ?? '')) return 'known';
  if (/^[0-9a-f]{7,}$/.test(word)) return 'fixed';
  return /^[a-z]*$/.test(word) ? 'other' : 'fixed';
}

/** A short number is a version in front and after a name that has versions; anywhere else it counts builds (`1.2-3`, `main-45`, `2024-01-02`). */
function readShortVersion(word: string, before: string | undefined, versioning: Versioning): Word {
  if (before === undefined) return isComplete(word, versioning) ? 'fixed' : 'moves';
  if (versionedChannels.has(before)) return 'moves';
  return platforms.has(before) ? 'known' : 'fixed';
}

function isComplete(version: string, { parts }: Versioning): boolean {
  const numbers = version.replace('v', '').split('.');
  return parts !== undefined && numbers.length >= parts(Number(numbers[0]));
}
