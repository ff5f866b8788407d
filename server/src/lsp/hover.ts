import { type Hover, MarkupKind } from 'vscode-languageserver/node';
import {
  digestOf,
  type Finding,
  type ImageUse,
  lookupName,
  pageUrl,
  type Rule,
  referenceUrl,
  rules,
  type Settings,
  type Span,
  withAbsoluteLinks,
  withoutMarks,
} from '../engine/index.ts';
import { pageText } from '../pages.ts';
import { fixTitle, toOffset, toRange } from './convert.ts';
import { guarded } from './guard.ts';
import { policyHover } from './policy-hover.ts';
import type { Session } from './session.ts';
import { isPolicy } from './uri.ts';

/**
 * On hover: what an image reference means, and the pages of the rules that find something there, in short. Tells digests that an earlier
 * lookup found, and never looks up anything itself.
 */
export function serveHover(session: Session): void {
  session.connection.onHover(({ position, textDocument: { uri } }) =>
    guarded(
      session.ports.log,
      'textDocument/hover',
      () => null,
      async (): Promise<Hover | null> => {
        const policy = isPolicy(uri) ? session.documents.snapshot(uri) : null;
        if (policy) return policyHover(session, policy, position);
        const reading = await session.analyses.current(uri);
        if (!reading) return null;
        const { findings, images, settings, source } = reading.analysis;
        const offset = toOffset(source, position);
        const isHere = ({ end, start }: Span): boolean => start <= offset && offset <= end;
        const spanOf = ({ site }: ImageUse) => [site.span, ...site.seenFrom].find(isHere);
        const use = images.find(spanOf);
        const found = findings.filter(({ span }) => isHere(span));
        const span = (use && spanOf(use)) ?? found[0]?.span;
        if (!span) return null;
        const isMarkdown = session.client.markdownHover;
        const markup = isMarkdown ? inMarkdown : inPlainText;
        const parts = [
          ...(use ? [describe(session, use, settings, markup)] : []),
          ...rules.flatMap((rule) => {
            const own = found.filter((finding) => finding.rule === rule.id);
            return own.length > 0 ? describeRule(rule, own, use !== undefined, markup) : [];
          }),
        ];
        return {
          range: toRange(source, span),
          contents: {
            kind: isMarkdown ? MarkupKind.Markdown : MarkupKind.PlainText,
            value: parts.join(markup.rule),
          },
        };
      },
    ),
  );
}

/** Fixes that are named before the others are only counted. */
const mostFixes = 3;

/** The page of a rule in short, with the fixes of what it found. Where an image is described already, that says why. */
function describeRule(
  { id, title }: Rule,
  found: readonly Finding[],
  isBrief: boolean,
  markup: Markup,
): string {
  const { fix, why } = digestOf(pageText(id));
  const offered = [...new Set(found.flatMap((finding) => finding.fixes()).map(fixTitle))];
  const more = offered.length > mostFixes ? [`${offered.length - mostFixes} more`] : [];
  const fixes = [...offered.slice(0, mostFixes), ...more].map(markup.prose).join('; ');
  const told = (name: string, text: string | null): string | null =>
    text === null || text === '' ? null : `${markup.strong(name)} ${markup.own(text)}`;
  const paragraphs = [
    `${markup.heading(id, pageUrl(id))}: ${markup.own(title)}.`,
    isBrief || why === '' ? null : markup.own(why),
    offered.length > 0 ? `${markup.strong('Fix:')} ${fixes}.` : told('Fix:', fix),
    markup.footing(pageUrl(id)),
  ];
  return paragraphs.filter((paragraph) => paragraph !== null).join('\n\n');
}

/** How text is marked up for one client. */
interface Markup {
  /** A sentence that may quote a file: nothing in it is taken for markup. */
  prose(text: string): string;
  code(text: string): string;
  link(text: string, url: string): string;
  /** Markdown of our own pages. */
  own(markdown: string): string;
  strong(text: string): string;
  /** The name of a rule, and what leads to its page: in the name where that can be, else below. */
  heading(name: string, url: string): string;
  footing(url: string): string | null;
  /** Stands between parts that have nothing to do with each other. */
  readonly rule: string;
}

const inMarkdown: Markup = {
  prose: (text) => text.replace(/[\\`*_{}[\]()<>#!|~&]/g, '\\$&'),
  code(text) {
    const runs = text.match(/`+/g) ?? [];
    const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
    const room = runs.length > 0 ? ' ' : '';
    return `${fence}${room}${text.replace(/\s+/g, ' ')}${room}${fence}`;
  },
  link: (text, url) => `[${text}](${url})`,
  own: withAbsoluteLinks,
  strong: (text) => `**${text}**`,
  heading: (name, url) => `[**${name}**](${url})`,
  footing: () => null,
  rule: '\n\n---\n\n',
};

const inPlainText: Markup = {
  prose: (text) => text,
  code: (text) => text,
  link: (text, url) => `${text}: ${url}`,
  own: withoutMarks,
  strong: (text) => text,
  heading: (name) => name,
  footing: (url) => `More: ${url}`,
  rule: '\n\n',
};

function describe(session: Session, use: ImageUse, settings: Settings, markup: Markup): string {
  const paragraphs = [
    `${markup.code(use.resolved)}: ${meaning(use, markup)}`,
    parts(use, markup),
    digestNow(session, use, settings, markup),
    `Used by ${use.owners.map(markup.code).join(', ')}.`,
    page(use, markup),
  ];
  return paragraphs.filter((paragraph) => paragraph !== null).join('\n\n');
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

function parts({ reading }: ImageUse, { code }: Markup): string | null {
  if (reading.state !== 'parsed') return null;
  const { digest, registry, repository, tag } = reading.reference;
  return [
    `Registry ${code(registry)}`,
    `repository ${code(repository)}`,
    ...(tag === undefined ? [] : [`tag ${code(tag)}`]),
    ...(digest === undefined ? [] : [`digest ${code(digest)}`]),
  ].join(', ');
}

function digestNow(session: Session, use: ImageUse, settings: Settings, { code }: Markup): string | null {
  const name = lookupName(use);
  if (!name || use.mutability === 'digest' || use.mutability === 'none') return null;
  const known = session.trust.registry.observed(name, { registries: settings.registries });
  if (!known || known.digest === null) return null;
  return `Points to ${code(known.digest)}, as the registry said on ${moment(known.at)}.`;
}

/** `2026-03-31, 09:05 UTC` */
const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ', ')} UTC`;

function page({ reading }: ImageUse, { link }: Markup): string | null {
  const url = reading.state === 'parsed' ? referenceUrl(reading.reference) : null;
  return url && link('Page of the image', url);
}
