import { type Hover, MarkupKind } from 'vscode-languageserver/node';
import { type ImageUse, lookupName, referenceUrl, type Settings } from '../engine/index.ts';
import { toOffset, toRange } from './convert.ts';
import { guarded } from './guard.ts';
import type { Session } from './session.ts';

/** What an image reference means, on hover. Tells digests that an earlier lookup found, and never looks up anything itself. */
export function serveHover(session: Session): void {
  session.connection.onHover(({ position, textDocument: { uri } }) =>
    guarded(
      session.ports.log,
      'textDocument/hover',
      () => null,
      async (): Promise<Hover | null> => {
        const reading = await session.analyses.current(uri);
        if (!reading) return null;
        const { images, settings, source } = reading.analysis;
        const offset = toOffset(source, position);
        const spanOf = ({ site }: ImageUse) =>
          [site.span, ...site.seenFrom].find(({ end, start }) => start <= offset && offset <= end);
        const use = images.find(spanOf);
        const span = use && spanOf(use);
        if (!span) return null;
        const markdown = session.client.markdownHover;
        return {
          range: toRange(source, span),
          contents: {
            kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText,
            value: describe(session, use, settings, markdown ? inMarkdown : inPlainText),
          },
        };
      },
    ),
  );
}

/** How text is marked up for one client. */
interface Markup {
  /** A sentence that may quote a file: nothing in it is taken for markup. */
  prose(text: string): string;
  code(text: string): string;
  link(text: string, url: string): string;
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
};

const inPlainText: Markup = {
  prose: (text) => text,
  code: (text) => text,
  link: (text, url) => `${text}: ${url}`,
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

function meaning({ mutability, reading, role }: ImageUse, { code, prose }: Markup): string {
  if (reading.state === 'invalid') return `no image reference. ${prose(reading.error.message)}`;
  if (role === 'build-output') return 'the name that a build gives its result. Nothing is pulled by it.';
  switch (mutability) {
    case 'digest':
      return 'pinned to a digest. What is pulled can never change.';
    case 'tag':
      return 'the tag of a version. Its owner can still push other content under it.';
    case 'floating':
      return 'a tag that is made to move. What is pulled changes with every release.';
    case 'implicit':
      return `no tag, so ${code('latest')} is pulled: whatever was pushed last.`;
    case 'none':
      return 'nothing is pulled.';
    case 'unknown':
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
  const known = session.trust.registry.known(name, { registries: settings.registries });
  if (!known?.ok) return null;
  return `Points to ${code(known.digest)}, as the registry said at ${new Date(known.at).toISOString()}.`;
}

function page({ reading }: ImageUse, { link }: Markup): string | null {
  const url = reading.state === 'parsed' ? referenceUrl(reading.reference) : null;
  return url && link('Page of the image', url);
}
