import { CodeAction, WorkspaceEdit } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

type Provide = NonNullable<Middleware['provideCodeActions']>;

/**
 * VS Code resolves an action that has no edit, and when it was chosen with the mouse may have dropped the arguments of its command by
 * then. An action whose command does everything gets an empty edit, so there is nothing to resolve.
 */
export const provideCodeActions: Provide = async (document, range, context, token, next) => {
  const actions = await next(document, range, context, token);
  for (const action of actions ?? []) {
    if (action instanceof CodeAction && action.command) action.edit ??= new WorkspaceEdit();
  }
  return actions;
};
