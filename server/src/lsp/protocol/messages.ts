import {
  type Connection,
  LogMessageNotification,
  MessageType,
  ShowMessageNotification,
  type ShowMessageParams,
} from 'vscode-languageserver/node';
import { count, type Heard, type Log, type PinFailure, visible } from '../../engine/index.ts';
import { momentInWords } from '../../http/format-date.ts';

/** Characters of a message that are shown: it may quote a file, which may be of any length. */
const messageMax = 1_000;

/**
 * Shows a message. A notification, so that nothing waits for the user to close it. VS Code makes links of `[text](target)`, commands
 * among them, and what a message quotes may come from a stranger's file: so no link survives.
 */
export function show(connection: Connection, type: MessageType, message: string): void {
  const plain = visible(message).replaceAll('](', '] (');
  const cut = plain.length > messageMax ? `${plain.slice(0, messageMax)}…` : plain;
  notify(connection, ShowMessageNotification.method, { type, message: cut });
}

/** The client's log. */
export const createLog = (connection: Connection): Log => ({
  info: (message) => notify(connection, LogMessageNotification.method, { type: MessageType.Info, message }),
  warn: (message) =>
    notify(connection, LogMessageNotification.method, { type: MessageType.Warning, message }),
});

function notify(connection: Connection, method: string, params: ShowMessageParams): void {
  const send = async (): Promise<void> => connection.sendNotification(method, params);
  // A connection that is gone has nobody left to tell.
  send().catch(() => {});
}

/** Failures that a message tells in full before it only counts the others. */
const told = 3;

/** A sentence with the images that could not be pinned behind it, short enough for a message. */
export function withFailures(
  sentence: string,
  failures: readonly Pick<PinFailure, 'image' | 'message'>[],
): string {
  const lines = failures.slice(0, told).map(({ image, message }) => `${image}: ${message}`);
  const left = failures.length - lines.length;
  if (left > 0) lines.push(`And ${left} more, see the Holdfast output.`);
  return [sentence, ...lines].join(' ');
}

/** What the user should know of the answers that something was made from: whole sentences. */
export function remarksOn({ notices, old }: Pick<Heard, 'notices' | 'old'>): readonly string[] {
  const oldest = Math.min(...old.values());
  const [who, more] = old.size === 1 ? ['the registry', ''] : ['the registries', ' or later'];
  return [
    ...(old.size > 0 ? [`Offline: this is what ${who} said on ${momentInWords(oldest)}${more}.`] : []),
    ...notices(),
  ];
}

/** What a plan came to, before its edit is made. Success that needs no words gets none. */
export function tellOutcome(
  connection: Connection,
  log: Log,
  outcome: { readonly failures: readonly PinFailure[] } & (
    | { readonly ok: true; readonly pinned: number; readonly remarks: readonly string[] }
    | { readonly ok: false; readonly message: string }
  ),
): void {
  const { failures } = outcome;
  for (const { image, message } of failures) log.warn(`${image} was not pinned. ${message}`);
  if (!outcome.ok) {
    show(connection, MessageType.Error, withFailures(outcome.message, failures));
  } else if (failures.length > 0) {
    const all = count(outcome.pinned + failures.length, 'image');
    const done = [`${outcome.pinned} of ${all} pinned.`, ...outcome.remarks].join(' ');
    show(connection, MessageType.Warning, withFailures(done, failures));
  } else if (outcome.remarks.length > 0) {
    show(connection, MessageType.Info, outcome.remarks.join(' '));
  }
}
