import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  MarkupKind,
  type Position,
} from 'vscode-languageserver/node';
import { dayOf, type Proposal, policyProposals, SourceText } from '../../engine/index.ts';
import { toOffset, toRange } from '../protocol/convert.ts';
import type { Session } from '../session.ts';
import type { Snapshot } from '../workspace/documents.ts';

/** What can be written at a place of a configuration; nothing where a YAML extension answers. */
export function policyCompletion(
  { client, ports }: Pick<Session, 'client' | 'ports'>,
  { text }: Snapshot,
  position: Position,
): CompletionList | null {
  if (client.yamlSchemaSupport) return null;
  const source = new SourceText(text);
  const found = policyProposals(text, toOffset(source, position), dayOf(ports.clock.now()));
  if (!found) return null;
  const range = toRange(source, found.span);
  return {
    isIncomplete: false,
    items: found.items.map(
      (item, index): CompletionItem => ({
        label: item.label,
        kind: item.kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.Value,
        documentation: { kind: MarkupKind.Markdown, value: documentation(item) },
        // In the order of the documentation: from the outline to the details.
        sortText: String(index).padStart(3, '0'),
        // With a hyphen in front the text is still found by its name.
        filterText: item.label,
        textEdit: { range, newText: item.newText },
      }),
    ),
  };
}

const documentation = ({ description, page }: Proposal): string =>
  page === null ? description : `${description}\n\n[Page of the rule](${page})`;
