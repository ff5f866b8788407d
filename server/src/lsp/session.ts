import type { Connection } from 'vscode-languageserver/node';
import type { Ports } from './ports.ts';
import type { Client } from './protocol/client-capabilities.ts';
import type { RegistryObserver } from './registry/registry-observer.ts';
import type { Trust } from './registry/trust.ts';
import type { Analyses } from './workspace/analyses.ts';
import type { Companions } from './workspace/companions.ts';
import type { Configuration } from './workspace/configuration.ts';
import type { Documents } from './workspace/documents.ts';
import type { Workspace } from './workspace/workspace.ts';

/** What the handlers of one connection share. */
export interface Session {
  readonly connection: Connection;
  readonly ports: Ports;
  readonly documents: Documents;
  readonly configuration: Configuration;
  readonly analyses: Analyses;
  readonly companions: Companions;
  readonly workspace: Workspace;
  readonly knowledge: RegistryObserver;
  readonly trust: Trust;
  /** What can be assumed of the client: next to nothing before `initialize`. */
  readonly client: Client;
  /** URIs of the workspace folders. */
  readonly folders: readonly string[];
}
