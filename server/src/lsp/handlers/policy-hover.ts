import { type Hover, MarkupKind, type Position } from 'vscode-languageserver/node';
import { explainPolicyWord, SourceText } from '../../engine/index.ts';
import { toOffset, toRange } from '../protocol/convert.ts';
import type { Session } from '../session.ts';
import type { Snapshot } from '../workspace/documents.ts';

/** What a key, rule or level of a configuration means; nothing where a YAML extension answers. */
export function policyHover(
  { client }: Pick<Session, 'client'>,
  { text }: Snapshot,
  position: Position,
): Hover | null {
  if (client.yamlSchemaSupport) return null;
  const source = new SourceText(text);
  const found = explainPolicyWord(text, toOffset(source, position));
  if (!found) return null;
  const { description, example, page, span, word } = found;
  const markdown = client.markdownHover;
  const code = (written: string): string => (markdown ? `\`${written}\`` : written);
  const parts = [
    `${code(word)}: ${markdown ? description : description.replaceAll('`', '')}`,
    example === null ? null : `Example: ${code(example)}`,
    page === null ? null : markdown ? `[Page of the rule](${page})` : page,
  ];
  return {
    range: toRange(source, span),
    contents: {
      kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText,
      value: parts.filter((part) => part !== null).join('\n\n'),
    },
  };
}
