import { type Hover, MarkupKind } from 'vscode-languageserver/node';
import { digestOf, type Finding, pageUrl, type Rule, rules } from '../../engine/index.ts';
import { pageText } from '../../pages.ts';
import { fixTitle, toOffset, toRange } from '../protocol/convert.ts';
import { guarded } from '../protocol/guard.ts';
import type { Session } from '../session.ts';
import { isPolicy } from '../workspace/uri.ts';
import { describeImage, imageAt } from './image-hover.ts';
import { inMarkdown, inPlainText, type Markup } from './markup.ts';
import { policyHover } from './policy-hover.ts';

/**
 * On hover: what an image reference means and what is known of the image, and the pages of the rules that find something there, in short.
 * Never looks up anything itself.
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
        const { findings, settings, source } = reading.analysis;
        const offset = toOffset(source, position);
        const image = imageAt(reading.analysis, offset);
        const found = findings.filter(({ span: { end, start } }) => start <= offset && offset <= end);
        const span = image?.span ?? found[0]?.span;
        if (!span) return null;
        const isMarkdown = session.client.markdownHover;
        const markup = isMarkdown ? inMarkdown : inPlainText;
        const parts = [
          ...(image ? [await describeImage(session, image.use, settings, markup, { uri, position })] : []),
          ...rules.flatMap((rule) => {
            const own = found.filter((finding) => finding.rule === rule.id);
            return own.length > 0 ? describeRule(rule, own, image !== null, markup) : [];
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
