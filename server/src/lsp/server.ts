import {
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { configFileName } from '../engine/index.ts';
import { version } from '../version.ts';
import { createAudit } from './commands/audit.ts';
import { serveCommands } from './commands/execute-command.ts';
import { serveSignIn } from './commands/sign-in.ts';
import { serveSuppress } from './commands/suppress.ts';
import { serveCodeActions } from './handlers/code-action.ts';
import { serveCodeActionResolve } from './handlers/code-action-resolve.ts';
import { completionTriggers, serveCompletion } from './handlers/completion.ts';
import { serveDiagnostics } from './handlers/diagnostics.ts';
import { serveDocumentLinks } from './handlers/document-link.ts';
import { serveHover } from './handlers/hover.ts';
import { createTags } from './handlers/tags.ts';
import { delays, type Ports } from './ports.ts';
import { readClient } from './protocol/client-capabilities.ts';
import { fixAllKind, pinAllKind } from './protocol/convert.ts';
import { inBackground } from './protocol/guard.ts';
import { serverCommands, settingsSection, trustNotification } from './protocol/protocol.ts';
import { createAutomaticChecks } from './registry/automatic-checks.ts';
import { createRegistryObserver } from './registry/registry-observer.ts';
import { createTrust } from './registry/trust.ts';
import type { Session } from './session.ts';
import { createAnalyses } from './workspace/analyses.ts';
import { createCompanions } from './workspace/companions.ts';
import { createConfiguration } from './workspace/configuration.ts';
import { type DocumentHandlers, followDocuments } from './workspace/documents.ts';
import { property } from './workspace/editor-settings.ts';
import { isPolicy } from './workspace/uri.ts';
import { createWorkspace } from './workspace/workspace-index.ts';

/** Serves one client. The caller then listens on the connection. */
export function createServer(connection: Connection, ports: Ports): void {
  let client = readClient({ capabilities: {} });
  let folders: readonly string[] = [];
  let isRefreshing = false;
  const knowledge = createRegistryObserver(ports.registry, () => {
    // A check brings many answers: they show together.
    if (isRefreshing) return;
    isRefreshing = true;
    inBackground(ports.log, 'the refresh', async () => {
      await ports.timer.wait(delays.learned);
      isRefreshing = false;
      diagnostics.refresh();
    });
  });
  const settle = async (): Promise<void> => {
    ports.switches.offline = (await configuration.window()).offline;
  };
  const trust = createTrust(knowledge.registry, ports.downloads, ports.switches, settle);
  const handlers: DocumentHandlers = {
    opened(uri) {
      audit.opened(uri);
      diagnostics.opened(uri);
      automaticChecks.check(uri);
    },
    changed: (uri) => diagnostics.changed(uri),
    saved(uri) {
      // Clients that watch no files say at least this.
      if (isPolicy(uri) || configuration.isPart(uri)) return reconfigure();
      diagnostics.saved(uri);
      automaticChecks.check(uri);
    },
    closed(uri) {
      automaticChecks.closed(uri);
      analyses.forget(uri);
      diagnostics.closed(uri);
      audit.closed(uri);
      workspace.changed([uri]);
    },
  };
  const documents = followDocuments(connection, ports.log, handlers);
  const configuration = createConfiguration({
    connection,
    ports,
    get client() {
      return client;
    },
    get folders() {
      return folders;
    },
    isOpen: (uri) => documents.snapshot(uri) !== null,
  });
  const companions = createCompanions(documents, ports.files);
  const analyses = createAnalyses(
    documents,
    configuration,
    companions,
    knowledge,
    {
      around: (uri) => workspace.around(uri),
      took: (uri, outline) => workspace.took(uri, outline),
    },
    ports.watch,
  );
  const session: Session = {
    connection,
    ports,
    documents,
    configuration,
    analyses,
    companions,
    knowledge,
    trust,
    get workspace() {
      return workspace;
    },
    get client() {
      return client;
    },
    get folders() {
      return folders;
    },
  };
  const diagnostics = serveDiagnostics(session);
  const workspace = createWorkspace(session, (uris) => diagnostics.refresh(uris));
  const audit = createAudit(session);
  const tags = createTags(session);
  const automaticChecks = createAutomaticChecks(session);
  const reconfigure = (pushed?: unknown): void => {
    configuration.changed(pushed);
    diagnostics.refresh();
    audit.refresh();
    workspace.restart();
    inBackground(ports.log, 'the settings', settle);
    automaticChecks.refresh();
  };

  serveCodeActions(session);
  serveCodeActionResolve(session);
  serveHover(session);
  serveDocumentLinks(session);
  serveCompletion(session, audit, tags);
  serveCommands(session, audit, tags);
  serveSuppress(session);
  serveSignIn(session);

  connection.onInitialize((params) => {
    client = readClient(params);
    ports.switches.trusted = client.trusted ?? true;
    folders = foldersOf(params);
    return describeServer();
  });
  connection.onInitialized(() => {
    inBackground(ports.log, 'client/registerCapability', () => register(session));
    inBackground(ports.log, 'the settings', settle);
    workspace.restart();
    if (ports.watch.isAnyGivenUp) diagnostics.refresh();
    if (client.watchesFolders) {
      connection.workspace.onDidChangeWorkspaceFolders((event) => {
        const gone = new Set(event?.removed?.map(({ uri }) => uri));
        folders = [
          ...folders.filter((uri) => !gone.has(uri)),
          ...(event?.added?.map(({ uri }) => uri) ?? []),
        ];
        workspace.restart();
      });
    }
  });
  connection.onDidChangeConfiguration((params) => reconfigure(params?.settings));
  connection.onDidChangeWatchedFiles((params) => {
    const changed = params?.changes?.map(({ uri }) => uri) ?? [];
    if (changed.some((uri) => isPolicy(uri) || configuration.isPart(uri))) return reconfigure();
    const beside = changed.filter((uri) => companions.has(uri));
    for (const uri of beside) companions.changed(uri);
    if (beside.length > 0) diagnostics.refresh();
    workspace.changed(changed);
  });
  ports.watch.onRelease((uri) => {
    if (documents.snapshot(uri)) diagnostics.refresh([uri]);
    workspace.changed([uri]);
  });
  connection.onShutdown(() => workspace.stop());
  connection.onNotification(trustNotification, (params: unknown) => {
    ports.switches.trusted = property(params, 'trusted') === true;
    // Editors hold back some settings of a workspace until it is trusted.
    reconfigure();
  });
}

function describeServer(): InitializeResult {
  return {
    serverInfo: { name: 'holdfast-language-server', version },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      diagnosticProvider: {
        identifier: 'holdfast',
        interFileDependencies: true,
        workspaceDiagnostics: false,
      },
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, fixAllKind, pinAllKind],
        resolveProvider: true,
      },
      hoverProvider: true,
      documentLinkProvider: {},
      completionProvider: { triggerCharacters: completionTriggers },
      executeCommandProvider: { commands: Object.values(serverCommands) },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

function foldersOf({ rootUri, workspaceFolders }: InitializeParams): readonly string[] {
  if (workspaceFolders) return workspaceFolders.map(({ uri }) => uri);
  return rootUri ? [rootUri] : [];
}

/** Configurations and their keys, manifests, and what these are read with. */
const watched = [
  configFileName,
  ...['*.pem', '*.pub', '.env', 'Kustomization', '*.yaml', '*.yml', '*.json', '*.hcl'],
  ...['*Dockerfile*', '*dockerfile*', '*Containerfile*', '*containerfile*'],
  ...['*.container', '*.image', '*.volume', '*.build', '*.kube', '*.conf'],
];

async function register({ client, connection }: Session): Promise<void> {
  if (client.registersConfiguration) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: settingsSection });
  }
  if (client.registersWatchers) {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [{ globPattern: `**/{${watched.join(',')}}` }],
    });
  }
}
