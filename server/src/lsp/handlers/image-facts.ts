import { count, type ImageConfig } from '../../engine/index.ts';
import { clockTime, dayInWords, momentInWords } from '../../http/format-date.ts';
import { inWords } from '../../http/network-errors.ts';
import type { Allowance, Inspected } from '../../registry/index.ts';
import type { Markup } from './markup.ts';

/**
 * What an image says of itself, a line for each part. All of it comes from whoever pushed the image: it is shown as text, in bounded
 * length, and leads nowhere but to an https address.
 */
export function imageFacts(
  { config, platforms }: Pick<Inspected, 'config' | 'platforms'>,
  now: number,
  markup: Markup,
): readonly string[] {
  const lines = [
    platformLine(platforms, config, markup),
    config && ageAndSize(config, now, markup),
    config?.base && baseLine(config.base, markup),
    config && labelLine(config.labels, markup),
  ];
  return lines.flatMap((line) => line ?? []);
}

/** Platforms that are named; an index may have hundreds. */
const mostPlatforms = 6;

function platformLine(
  platforms: Inspected['platforms'],
  config: ImageConfig | null,
  { prose }: Markup,
): string {
  if (platforms) {
    const names = [...new Set(platforms.map(({ platform }) => platform))];
    const more = names.length - mostPlatforms;
    const named = prose((more > 1 ? names.slice(0, mostPlatforms) : names).join(', '));
    const rest = more > 1 ? ` and ${more} more` : '';
    return `An index of ${count(names.length, 'platform')}${names.length > 0 ? `: ${named}${rest}` : ''}.`;
  }
  if (!config) return 'Its configuration could not be read, so nothing more is known of it.';
  return config.platform ? `For one platform, ${prose(config.platform)}.` : 'For one platform.';
}

function ageAndSize({ created, platform, size }: ImageConfig, now: number, { prose }: Markup): string | null {
  const age = created === null || created > now ? '' : `, ${ageInWords(now - created)}`;
  const born = created === null ? null : `Created on ${dayInWords(created)}${age}.`;
  const pull =
    size === null ? null : `${sizeInWords(size)} to pull${platform ? ` for ${prose(platform)}` : ''}.`;
  return [born, pull].filter((part) => part !== null).join(' ') || null;
}

function baseLine({ digest, name }: NonNullable<ImageConfig['base']>, { code }: Markup): string {
  const short = digest === null ? null : code(shortDigest(digest));
  if (name === null) return `Built on the image ${short}.`;
  return `Built on ${code(cut(name, 120))}${short ? ` (${short})` : ''}.`;
}

export const shortDigest = (digest: string): string => digest.replace(/^(sha\d+:.{12}).*$/s, '$1…');

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const prefix = 'org.opencontainers.image.';

/** image-spec `annotations.md`, "Pre-Defined Annotation Keys": those that tell which image this is. */
const told = ['title', 'version', 'revision', 'licenses'];

function labelLine(labels: ImageConfig['labels'], markup: Markup): string | null {
  const parts = told.flatMap((name) => {
    const value = labels[`${prefix}${name}`]?.trim() ?? '';
    return value === '' ? [] : `${name} ${markup.code(cut(shortCommit(value), 60))}`;
  });
  const source = sourceLink(labels[`${prefix}source`] ?? '', markup);
  const all = source === null ? parts : [...parts, source];
  return all.length === 0 ? null : `Its labels say: ${all.join(', ')}.`;
}

const shortCommit = (text: string): string => (/^[0-9a-f]{40,64}$/.test(text) ? text.slice(0, 12) : text);

function sourceLink(text: string, { link, prose }: Markup): string | null {
  if (!URL.canParse(text)) return null;
  const { host, href, password, protocol, username } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '' || href.length > 300) return null;
  return link(`source at ${prose(host)}`, href);
}

const day = 86_400_000;

/** `3 weeks ago`, rounded down. */
export function ageInWords(milliseconds: number): string {
  const days = Math.floor(milliseconds / day);
  if (days < 1) return 'less than a day ago';
  if (days < 14) return `${count(days, 'day')} ago`;
  if (days < 60) return `${Math.floor(days / 7)} weeks ago`;
  if (days < 730) return `${Math.floor(days / 30.44)} months ago`;
  return `${Math.floor(days / 365.25)} years ago`;
}

/** `78 MB`: in powers of ten, as registries and tools show it. */
export function sizeInWords(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  if (bytes < 1000) return count(bytes, 'byte');
  let size = bytes;
  let unit = '';
  for (const next of units) {
    if (unit !== '' && size < 999.5) break;
    size /= 1000;
    unit = next;
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** How many pulls are left; null once that says nothing any more. */
export function allowanceWords(
  { at, limit, remaining, window }: Allowance,
  registry: string,
  now: number,
): string | null {
  if (now - at >= window) return null;
  const when = now - at < day ? `at ${clockTime(at)}` : `on ${momentInWords(at)}`;
  return `${remaining} of ${count(limit, 'pull')} in ${inWords(window)} are left, as ${registry} said ${when}.`;
}
