import { type ExtensionContext, workspace } from 'vscode';
import { State } from 'vscode-languageclient/node';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { registerAudit } from './audit.ts';
import { Bridge } from './bridge.ts';
import { createClient, startClient } from './client.ts';
import { registerCommands } from './commands.ts';
import { registerPinConfirmation } from './confirm-pins.ts';
import { registerPreview } from './preview.ts';
import { registerSignIns } from './sign-in/index.ts';
import { Sealing } from './sign-in/session-key.ts';
import { createStatusBar } from './status-bar.ts';
import { registerSuppress } from './suppress.ts';
import { followTrust } from './trust.ts';

export async function activate(context: ExtensionContext): Promise<void> {
  const sealing = new Sealing();
  const client = createClient(context, sealing.env);
  const bridge = new Bridge({
    http: createFetchTransport(),
    seal: sealing.seal,
    isTrusted: () => workspace.isTrusted,
    warn: (message) => client.outputChannel.warn(message),
  });
  context.subscriptions.push(
    client,
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) sealing.renew();
      if (newState !== State.Running) bridge.hangUp();
    }),
    ...bridge.serve(client),
    registerAudit(client),
    registerCommands(client),
    registerPinConfirmation(client),
    registerPreview(client),
    registerSignIns(client, context, sealing.seal),
    registerSuppress(client),
    followTrust(client),
    createStatusBar(),
  );
  await startClient(client);
}
