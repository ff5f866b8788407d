import type { Connection } from 'vscode-languageserver/node';
import type { Analyses } from './analyses.ts';
import type { Client } from './client.ts';
import type { Companions } from './companions.ts';
import type { Configuration } from './configuration.ts';
import type { Documents } from './documents.ts';
import type { Knowledge } from './knowledge.ts';
import type { Ports } from './ports.ts';
import type { Trust } from './trust.ts';
import type { Workspace } from './workspace-outline.ts';

/** What the handlers of one connection share. */
export interface Session {
  readonly connection: Connection;
  readonly ports: Ports;
  readonly documents: Documents;
  readonly configuration: Configuration;
  readonly analyses: Analyses;
  readonly companions: Companions;
  readonly workspace: Workspace;
  readonly knowledge: Knowledge;
  readonly trust: Trust;
  /** What can be assumed of the client: next to nothing before `initialize`. */
  readonly client: Client;
  /** URIs of the workspace folders. */
  readonly folders: readonly string[];
}
