import type { ExtensionContext } from 'vscode';
import { registerAudit } from './audit.ts';
import { createClient, startClient } from './client.ts';
import { registerCommands } from './commands.ts';
import { registerPreview } from './preview.ts';
import { createStatusBar } from './status-bar.ts';
import { registerSuppress } from './suppress.ts';
import { followTrust } from './trust.ts';

export async function activate(context: ExtensionContext): Promise<void> {
  const client = createClient(context);
  context.subscriptions.push(
    client,
    registerAudit(client),
    registerCommands(client),
    registerPreview(client),
    registerSuppress(client),
    followTrust(client),
    createStatusBar(),
  );
  await startClient(client);
}
