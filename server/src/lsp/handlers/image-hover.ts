import {
  type Analysis,
  type ImageName,
  type ImageUse,
  lookupName,
  type ObserveOptions,
  referenceUrl,
  type Settings,
  type Span,
} from '../../engine/index.ts';
import { momentInWords } from '../../http/format-date.ts';
import { inspectCommand } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import { allowanceWords, imageFacts, shortDigest } from './image-facts.ts';
import type { Markup } from './markup.ts';

/** A place in a document, as clients name it. */
export interface DocumentPlace {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

/** The image whose reference covers an offset, and where that stands. */
export function imageAt(
  { images }: Analysis,
  offset: number,
): { readonly use: ImageUse; readonly span: Span } | null {
  for (const use of images) {
    const span = [use.site.span, ...use.site.seenFrom].find(
      ({ end, start }) => start <= offset && offset <= end,
    );
    if (span) return { use, span };
  }
  return null;
}

/** What to ask a registry about; null where nothing is pulled, or the text does not tell which image. */
export const pulledImage = (use: ImageUse): ImageName | null =>
  use.role === 'build-output' || use.mutability === 'none' ? null : lookupName(use);

/** What a reference stands for, and what is known of the image without asking anybody. */
export async function describeImage(
  session: Session,
  use: ImageUse,
  settings: Settings,
  markup: Markup,
  place: DocumentPlace,
): Promise<string> {
  const image = pulledImage(use);
  const facts = image === null ? [] : knownFacts({ session, use, image, settings, markup });
  const paragraphs = [
    `${markup.code(use.resolved)}: ${meaning(use, markup)}`,
    `${parts(use, markup)}Used by ${use.owners.map(markup.code).join(', ')}.`,
    facts.length > 0 ? markup.list(facts) : null,
    joined([image && (await offer(session, image, settings, markup, place)), page(use, markup)], ' · '),
  ];
  return joined(paragraphs, '\n\n') ?? '';
}

/** Without those that are not there; null where none is. */
function joined(parts: readonly (string | null)[], between: string): string | null {
  const there = parts.filter((part) => part !== null);
  return there.length > 0 ? there.join(between) : null;
}

function meaning({ mutability, reading, resolved, role }: ImageUse, { code, prose }: Markup): string {
  if (reading.state === 'invalid') return `no image reference. ${prose(reading.error.message)}`;
  if (role === 'build-output') return 'the name that a build gives its result. Nothing is pulled by it.';
  switch (mutability) {
    case 'digest':
      return 'pinned to a digest. What is pulled can never change.';
    case 'tag':
      return 'a specific tag. Its owner can still push other content under it.';
    case 'floating':
      return 'a tag that is made to move, or that can stand for the newest of several releases.';
    case 'implicit':
      return `no tag, so ${code('latest')} is pulled: whatever was pushed last.`;
    case 'none':
      return 'nothing is pulled.';
    case 'unknown':
      if (reading.state === 'unknown' && reading.holes[0] === resolved && /^[\w-]+$/.test(resolved))
        return `${code(resolved)} stands for something that is given elsewhere${role.endsWith('-source') ? `, such as with ${code('--build-context')}` : ''}, so the image is not known.`;
      return reading.state === 'unknown' && reading.holes.length > 0
        ? `this file does not tell the value of ${reading.holes.map(code).join(', ')}, so the image is not known.`
        : 'the image cannot be told from this file.';
  }
}

function parts({ reading }: ImageUse, { code }: Markup): string {
  if (reading.state !== 'parsed') return '';
  const { digest, registry, repository, tag } = reading.reference;
  const named = [
    `Registry ${code(registry)}`,
    `repository ${code(repository)}`,
    ...(tag === undefined ? [] : [`tag ${code(tag)}`]),
    ...(digest === undefined ? [] : [`digest ${code(shortDigest(digest))}`]),
  ];
  return `${named.join(', ')}. `;
}

interface Known {
  readonly session: Session;
  readonly use: ImageUse;
  /** What the use pulls. */
  readonly image: ImageName;
  readonly settings: Settings;
  readonly markup: Markup;
}

function knownFacts(known: Known): readonly string[] {
  const { image, markup, session, settings } = known;
  const { clock } = session.ports;
  const { registry } = session.trust;
  const options: ObserveOptions = { registries: settings.registries };
  const inside = registry.inspected(image, options);
  const allowance = registry.allowance(image.registry, options);
  const left = allowance && allowanceWords(allowance, image.registry, clock.now());
  return [
    tagLine(known, options) ?? digestLine(known, options) ?? [],
    inside ? imageFacts(inside, clock.now(), markup) : [],
    left ? markup.prose(left) : [],
  ].flat();
}

/** What a tag names; of a digest, whether it is there. */
function digestLine({ image, markup, session, use }: Known, options: ObserveOptions): string | null {
  const seen = session.trust.registry.observed(image, options);
  if (!seen) return null;
  const said = saidBy(image, seen.at, markup);
  if (seen.digest === null) return `There is no such image, ${said}`;
  return use.mutability === 'digest'
    ? `The digest is there, ${said}`
    : `Points to ${markup.code(seen.digest)}, ${said}`;
}

const saidBy = ({ registry }: ImageName, at: number, { prose }: Markup): string =>
  `as ${prose(registry)} said on ${momentInWords(at)}.`;

/** Of a pin that is not gone: what the tag beside it names. */
function tagLine({ image, markup, session, use }: Known, options: ObserveOptions): string | null {
  if (use.mutability !== 'digest' || use.reading.state !== 'parsed') return null;
  const { digest, tag } = use.reading.reference;
  const seen =
    tag === undefined ? undefined : session.trust.registry.observed({ ...image, version: tag }, options);
  if (tag === undefined || !seen || session.trust.registry.observed(image, options)?.digest === null)
    return null;
  const said = saidBy(image, seen.at, markup);
  const named = markup.code(tag);
  if (seen.digest === null) return `The tag ${named} is gone, ${said}`;
  if (seen.digest === digest) return `The tag ${named} names this digest, ${said}`;
  const part = seen.platforms?.find((one) => one.digest === digest);
  return part
    ? `This digest is the part for ${markup.prose(part.platform)} of the index that the tag ${named} names, ${said}`
    : `The tag ${named} names another digest, ${markup.code(seen.digest)}, ${said}`;
}

/** The link that has an image looked into, for clients that can show it; else why not. */
async function offer(
  { client, trust }: Session,
  image: ImageName,
  { registries }: Settings,
  { code, link, prose }: Markup,
  place: DocumentPlace,
): Promise<string | null> {
  if (!client.hoverCommands) return null;
  if (!trust.trusted) return 'Its registry is not asked about it while this workspace is not trusted.';
  if (await trust.isOffline())
    return `Its registry is not asked about it while ${code('holdfast.offline')} is on.`;
  const isKnown = trust.registry.inspected(image, { registries }) !== undefined;
  const mirror = registries[image.registry]?.mirror;
  const registry = prose(image.registry);
  const whom = mirror === undefined ? registry : `${code(mirror)} in the place of ${registry}`;
  const isLimited = mirror === undefined && image.registry === 'docker.io';
  const price = isLimited ? `, and ${isKnown ? 'may count' : 'counts'} against its pull limit` : '';
  const title = isKnown ? 'Look again' : 'Look into the image';
  return `${link(title, commandUrl(place))} (asks ${whom}${price})`;
}

/** VS Code decodes the arguments of a command's address twice, so no `%` may be in them. */
function commandUrl(place: DocumentPlace): string {
  const written = JSON.stringify([place]).replaceAll('%', '\\u0025');
  return `command:${inspectCommand}?${encodeURIComponent(written)}`;
}

function page({ reading }: ImageUse, { link }: Markup): string | null {
  const url = reading.state === 'parsed' ? referenceUrl(reading.reference) : null;
  return url && link('Page of the image', url);
}
