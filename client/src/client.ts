import { type ExtensionContext, extensions, window, workspace } from 'vscode';
import { type DocumentSelector, LanguageClient, TransportKind } from 'vscode-languageclient/node';
import {
  hoverCommands,
  type InitializationOptions,
  settingsSection,
} from '../../server/src/lsp/protocol/protocol.ts';
import { provideCodeActions } from './code-actions.ts';
import { showFailure } from './messages.ts';
import { NotifiedProgress } from './progress.ts';
import { executeCommand } from './tags-middleware.ts';

/** Checks YAML by JSON Schemas, those of `yamlValidation` in package.json among them. Found only where it is installed and not disabled. */
const yamlExtension = 'redhat.vscode-yaml';

/** Languages whose documents can be manifests, whatever their file is called. */
const languages = ['dockerfile', 'dockercompose', 'dockerbake', 'yaml', 'json', 'jsonc', 'helm'];

/** Files that can be manifests, whatever language other extensions make of them. */
const files = [
  '**/{,*.}{Dockerfile,Containerfile,dockerfile,containerfile}{,.*,-*,_*}',
  '**/*.{yaml,yml,json,hcl}',
  '**/kustomization',
  '**/*.{container,image,volume,build,kube}{,.d/*.conf}',
];

/** `holdfast.files` are patterns as in `.gitignore`: without a slash inside they hold at any depth, and a folder stands for what is in it. */
function assignedFiles(): readonly string[] {
  const assigned = workspace
    .getConfiguration(settingsSection)
    .get<Readonly<Record<string, unknown>>>('files', {});
  return Object.keys(assigned).map((pattern) => {
    const below = pattern.replace(/^\//, '');
    const whole = below.endsWith('/') ? `${below}**` : below;
    return /\/./.test(pattern) ? whole : `**/${whole}`;
  });
}

function documentSelector(): DocumentSelector {
  return [
    ...languages.flatMap((language) => [
      { scheme: 'file', language },
      { scheme: 'untitled', language },
    ]),
    ...[...files, ...assignedFiles()].map((pattern) => ({ scheme: 'file', pattern })),
  ];
}

/** Where a debugger finds the server of an extension that is debugged: "Attach to server" in `.vscode/launch.json`. */
const debugPort = 6009;

/** The connection to the language server, which runs in a process of its own. Not started yet. `env`: what that finds in its environment. */
export function createClient(
  context: ExtensionContext,
  env: Readonly<Record<string, string>>,
): LanguageClient {
  const progress = new NotifiedProgress((token) => {
    void client.sendNotification('window/workDoneProgress/cancel', { token });
  });
  const outputChannel = window.createOutputChannel('Holdfast', { log: true });
  const module = context.asAbsolutePath('dist/server.cjs');
  const transport = TransportKind.ipc;
  const server = {
    run: { module, transport, options: { env } },
    debug: { module, transport, options: { env, execArgv: ['--nolazy', `--inspect=${debugPort}`] } },
  };
  const client = new LanguageClient('holdfast', 'Holdfast', server, {
    documentSelector: documentSelector(),
    outputChannel,
    // Asked for at each start: the workspace may have been trusted since the last one.
    initializationOptions: (): InitializationOptions => ({
      trusted: workspace.isTrusted,
      promptForReason: true,
      previewsFixes: true,
      confirmsPins: true,
      yamlSchemaSupport: extensions.getExtension(yamlExtension) !== undefined,
      hoverCommands: true,
    }),
    markdown: { isTrusted: { enabledCommands: [...hoverCommands] } },
    diagnosticPullOptions: { onChange: true },
    middleware: { executeCommand, handleWorkDoneProgress: progress.handle, provideCodeActions },
  });
  context.subscriptions.push(
    outputChannel,
    client.onDidChangeState(() => progress.endAll()),
  );
  return client;
}

/** Never rejects: the commands stay available, so that the user can try again. */
export async function startClient(client: LanguageClient): Promise<void> {
  try {
    await client.start();
  } catch (error) {
    showFailure(client, 'The language server could not be started.', error);
  }
}
