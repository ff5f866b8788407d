import type { ImageReference } from './reference.ts';

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
  return isFloating(reference.tag) ? 'floating' : 'tag';
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Tags that follow a branch, a release channel or an environment. */
const channels = words(
  'latest stable oldstable oldoldstable unstable testing test experimental edge nightly daily weekly dev develop ' +
    'development main master trunk head tip mainline lts current next canary rolling snapshot release rc beta alpha ' +
    'preview insiders prod production staging default',
);

/** Operating systems, their code names and runtimes. A number after one of them is its version, not that of the image. */
const platforms = words(
  'alpine wolfi distroless debian wheezy jessie stretch buster bullseye bookworm trixie forky sid ubuntu trusty ' +
    'xenial bionic focal jammy kinetic lunar mantic noble oracular plucky questing centos stream fedora rawhide ' +
    'rocky rockylinux almalinux oraclelinux oracle ol rhel el ubi amazonlinux al photon mariner azurelinux opensuse ' +
    'leap tumbleweed arch archlinux busybox windows windowsservercore servercore nanoserver ltsc jdk jre java ' +
    'openjdk temurin corretto php python py pypy node nodejs ruby go golang rust dotnet perl erlang otp elixir scala ' +
    'pg postgres postgresql mysql mariadb cuda cudnn rocm openshift',
);

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
 * tag ends by saying that it moves. `16.3` may be complete for one product; nothing in the text tells it from `1.25`, so it floats.
 */
function isFloating(tag: string): boolean {
  const parts = tag.toLowerCase().replaceAll('x86_64', 'amd64').split(/[-_]/);
  const last = parts.at(-1);
  if (last === 'latest' || last === 'snapshot') return true;
  const said = parts.map((word, index) => readWord(word, parts[index - 1]));
  if (said.includes('fixed')) return false;
  return said.includes('moves') || !said.includes('other');
}

function readWord(word: string, before: string | undefined): Word {
  if (channels.has(word)) return 'moves';
  if (platforms.has(word) || variants.has(word)) return 'known';
  if (/^v?\d+(?:\.\d+)*\.x$/.test(word)) return 'moves';
  if (isShortVersion(word)) return readShortVersion(before);
  const platform = /^([a-z]+)(\d.*)$/.exec(word);
  if (platform && platforms.has(platform[1] ?? '') && isShortVersion(platform[2] ?? '')) return 'known';
  if (/^[0-9a-f]{7,}$/.test(word)) return 'fixed';
  return /^[a-z]*$/.test(word) ? 'other' : 'fixed';
}

/** A short number is a version in front and after a name that has versions; anywhere else it counts builds (`1.2-3`, `main-45`, `2024-01-02`). */
function readShortVersion(before: string | undefined): Word {
  if (before === undefined || versionedChannels.has(before)) return 'moves';
  return platforms.has(before) ? 'known' : 'fixed';
}
