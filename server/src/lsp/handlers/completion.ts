import {
  type CompletionContext,
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  CompletionTriggerKind,
  type Range,
} from 'vscode-languageserver/node';
import type { Audit } from '../commands/audit.ts';
import { toOffset, toRange } from '../protocol/convert.ts';
import { guarded } from '../protocol/guard.ts';
import { serverCommands } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import { isPolicy } from '../workspace/uri.ts';
import { type Spot, spotAt } from './completion-context.ts';
import { policyCompletion } from './policy-completion.ts';
import { openNames, writtenName } from './repositories.ts';
import { repositoryOf, type Tags } from './tags.ts';

/** Characters after which clients ask by themselves. */
export const completionTriggers = ['/', ':'];

/** Items of one answer. The user finds the others by typing more. */
const most = 1_000;

/**
 * Names and tags of images where a reference is written. Nothing is looked up: clients ask for completions while the user types, and
 * no trigger kind of the protocol says that the user wants to know. Choosing the item that lists tags does.
 */
export function serveCompletion(session: Session, audit: Audit, tags: Tags): void {
  session.connection.onCompletion(({ context, position, textDocument: { uri } }) =>
    guarded(
      session.ports.log,
      'textDocument/completion',
      () => null,
      async (): Promise<CompletionList | null> => {
        const policy = isPolicy(uri) ? session.documents.snapshot(uri) : null;
        if (policy) return policyCompletion(session, policy, position);
        const reading = await session.analyses.current(uri);
        if (!reading) return null;
        const { source } = reading.analysis;
        const offset = toOffset(source, position);
        const spot = spotAt(reading.analysis, offset);
        if (!spot) return null;
        const range = toRange(source, spot.span);
        const items =
          spot.part === 'name'
            ? await nameItems(session, audit, spot, range)
            : await tagItems(
                { session, tags, context, uri, here: { start: position, end: position } },
                spot,
                range,
              );
        return { isIncomplete: items.length > most, items: items.slice(0, most) };
      },
    ),
  );
}

async function nameItems(
  session: Session,
  audit: Audit,
  { typed, use }: Extract<Spot, { part: 'name' }>,
  range: Range,
): Promise<CompletionItem[]> {
  const names = new Set([...(await openNames(session, use)), ...audit.repositories]);
  return [...names]
    .filter((name) => name.includes(typed))
    .sort()
    .map((name) => ({
      label: name,
      kind: CompletionItemKind.Module,
      detail: 'image of this workspace',
      textEdit: { range, newText: name },
    }));
}

interface TagContext {
  readonly session: Session;
  readonly tags: Tags;
  readonly context: CompletionContext | undefined;
  readonly uri: string;
  /** The cursor. */
  readonly here: Range;
}

async function tagItems(
  { context, here, session, tags, uri }: TagContext,
  { name, typed }: Extract<Spot, { part: 'tag' }>,
  range: Range,
): Promise<CompletionItem[]> {
  const repository = repositoryOf(name);
  if (!repository) return [];
  const known = tags.known(repository);
  if (known) {
    return known
      .filter((tag) => tag.includes(typed))
      .map((tag, index) => ({
        label: tag,
        kind: CompletionItemKind.Value,
        sortText: String(index).padStart(6, '0'),
        textEdit: { range, newText: tag },
      }));
  }
  const invoked = context === undefined || context.triggerKind === CompletionTriggerKind.Invoked;
  // Behind the colon alone: who types a tag and presses Enter means the end of the line.
  if (!invoked || typed !== '' || (await session.trust.refusal()) !== null) return [];
  const title = `List the tags of ${writtenName(repository)}`;
  return [
    {
      label: title,
      kind: CompletionItemKind.Event,
      detail: `asks ${repository.registry}`,
      // No tag has a colon, so the item goes away as soon as one is typed.
      filterText: ':',
      textEdit: { range: here, newText: '' },
      command: { title, command: serverCommands.listTags, arguments: [{ uri, name }] },
    },
  ];
}
