import { commands } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { serverCommands } from '../../server/src/lsp/protocol/protocol.ts';

type Execute = NonNullable<Middleware['executeCommand']>;

/** Opens the list of suggestions once the tags that were asked for are there. */
export const executeCommand: Execute = async (command, args, next) => {
  const answer: { readonly listed?: number | null } | null = await next(command, args);
  if (command === serverCommands.listTags && answer?.listed) {
    await commands.executeCommand('editor.action.triggerSuggest');
  }
  return answer;
};
