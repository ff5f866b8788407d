import { commands, window } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

const showOutput = 'Show Output';
const restart = 'Restart Server';

/** Tells what went wrong, why, and offers what may help. Returns at once. */
export function showFailure(client: LanguageClient, what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  client.outputChannel.error(`${what} ${why}`);
  const text = `${what} ${why.replace(/[.\s]*$/, '.')} Restart the server, or see the output for details.`;
  void window.showErrorMessage(text, restart, showOutput).then((choice) => {
    if (choice === restart) return commands.executeCommand('holdfast.restartServer');
    if (choice === showOutput) client.outputChannel.show();
    return undefined;
  });
}

/** `1 image`, `2 images`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
