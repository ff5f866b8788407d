import { type Confirmation, type DocumentEdits, toWorkspaceEdit } from '../protocol/convert.ts';
import { described } from '../protocol/guard.ts';
import type { Session } from '../session.ts';

/** Why an edit was not made that the user looked at and did not want. */
export const notConfirmed = 'The change was not confirmed, so nothing was changed.';

/** Has the client make an edit. Null when it was made, else why not. */
export async function applyEdit(
  { client, connection, ports }: Session,
  label: string,
  documents: readonly DocumentEdits[],
  confirmation: Confirmation | null = null,
): Promise<string | null> {
  if (!client.appliesEdits) return 'This editor does not let a language server change files.';
  try {
    const edit = toWorkspaceEdit(documents, client, confirmation);
    const { applied, failureReason } = await connection.workspace.applyEdit({ label, edit });
    if (applied) return null;
    if (confirmation && client.changeAnnotations && failureReason === undefined) return notConfirmed;
    return `The editor did not make the change. ${failureReason ?? 'Perhaps the file was edited meanwhile.'} Try again.`;
  } catch (error) {
    ports.log.warn(`workspace/applyEdit failed: ${described(error)}`);
    return 'The editor did not make the change, see the Holdfast output.';
  }
}
