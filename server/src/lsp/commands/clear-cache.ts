import { MessageType } from 'vscode-languageserver/node';
import { count } from '../../engine/index.ts';
import type { Cleared } from '../../registry/index.ts';
import { show } from '../protocol/messages.ts';
import type { Told } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';

/** Forgets what registries have told, and tells the user. */
export async function clearCache({ connection, trust }: Session): Promise<Told> {
  const cleared = await trust.registry.clear();
  const message = messageOf(cleared);
  show(connection, cleared.problem === undefined ? MessageType.Info : MessageType.Warning, message);
  return { message };
}

function messageOf({ entries, problem }: Cleared): string {
  const forgotten =
    entries === 0
      ? 'There was nothing to forget: no registry has told Holdfast anything yet.'
      : `Holdfast has forgotten ${count(entries, 'answer')} of registries. What is needed is asked for anew.`;
  return problem === undefined ? forgotten : `${forgotten} ${problem}`;
}
