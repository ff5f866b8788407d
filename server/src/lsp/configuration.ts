import { type Connection, MessageType } from 'vscode-languageserver/node';
import {
  type ConfigError,
  configFileName,
  defaultSettings,
  type IgnoreTest,
  ignoreTest,
  type KindTest,
  kindTest,
  mergeSettings,
  parseConfig,
  type Settings,
} from '../engine/index.ts';
import type { Client } from './client.ts';
import { property, readEditorSettings } from './editor-settings.ts';
import { described } from './guard.ts';
import { show } from './messages.ts';
import type { Ports } from './ports.ts';
import { settingsSection } from './protocol.ts';
import { childOf, folderOf, parentOf, pathBelow, uriKey, uriPath } from './uri.ts';

export interface FileSettings {
  /** Of the configuration these were read from. */
  readonly epoch: number;
  readonly settings: Settings;
  readonly ignored: boolean;
  /** The kind that the settings say the file is of. */
  readonly kind: string | null;
}

/** What the user set for each file: the nearest `.holdfast.yaml` upward, before the editor's settings. */
export interface Configuration {
  /** Goes up with every change; what was computed in another epoch is out of date. */
  readonly epoch: number;
  /** `scope` is what the editor is asked about, where that is not the file itself: one question for many files. */
  of(uri: string, scope?: string): Promise<FileSettings>;
  isIgnored(uri: string, isFolder: boolean): Promise<boolean>;
  /** As `of` says it; the editor is asked about the workspace folder. */
  kindOf(uri: string): Promise<string | null>;
  /** Something changed: everything is read anew. `pushed` are the settings of a client that sends them along. */
  changed(pushed?: unknown): void;
}

export interface ConfigurationContext {
  readonly connection: Connection;
  readonly ports: Pick<Ports, 'files' | 'log'>;
  readonly client: Pick<Client, 'asksConfiguration'>;
  /** URIs of the workspace folders. */
  readonly folders: readonly string[];
}

/** A `.holdfast.yaml`. One with errors counts as empty. */
interface ConfigFile {
  readonly folder: string;
  readonly settings: Settings;
  readonly ignores: IgnoreTest;
  readonly kindOf: KindTest;
}

export function createConfiguration(context: ConfigurationContext): Configuration {
  const reported = new Map<string, string>();
  let pushed: Settings = defaultSettings;
  let epoch = 0;
  let cache = createCache(context, () => pushed, reported);

  const configuration: Configuration = {
    get epoch() {
      return epoch;
    },
    async of(uri, scope = uri) {
      for (;;) {
        const asked = epoch;
        const { editor, files } = cache;
        const [file, own] = await Promise.all([files(parentOf(uri)), editor(scope)]);
        // Changed meanwhile: what was read may be of yesterday.
        if (asked !== epoch) continue;
        const settings = file ? mergeSettings(own, file.settings) : own;
        const kind = kindIn(file, uri) ?? kindIn(editorPatterns(context.folders, uri, own), uri);
        return { epoch, settings, ignored: isLeftOut(file, uri, false), kind };
      }
    },
    async isIgnored(uri, isFolder) {
      return isLeftOut(await cache.files(parentOf(uri)), uri, isFolder);
    },
    async kindOf(uri) {
      return (await configuration.of(uri, folderOf(context.folders, uri))).kind;
    },
    changed(settings) {
      if (settings !== undefined && settings !== null) {
        pushed = readEditorSettings(property(settings, settingsSection));
      }
      epoch++;
      cache = createCache(context, () => pushed, reported);
    },
  };
  return configuration;
}

/** Patterns of kinds, and the folder that they are relative to. */
type Patterns = Pick<ConfigFile, 'folder' | 'kindOf'>;

function kindIn(patterns: Patterns | null, uri: string): string | null {
  const path = patterns && pathBelow(patterns.folder, uri);
  return patterns && path !== null ? patterns.kindOf(path) : null;
}

/** Those of the editor are relative to the workspace folder, or to the folder of a file that is in none. */
function editorPatterns(folders: readonly string[], uri: string, { files }: Settings): Patterns | null {
  const folder = folderOf(folders, uri) ?? parentOf(uri);
  return folder === null ? null : { folder, kindOf: kindTest(files) };
}

function isLeftOut(file: ConfigFile | null, uri: string, isFolder: boolean): boolean {
  if (!file) return false;
  const path = pathBelow(file.folder, uri);
  return path !== null && file.ignores(isFolder ? `${path}/` : path);
}

/** What was read in one epoch. */
interface Cache {
  /** The nearest configuration upward from a folder. */
  files(folder: string | null): Promise<ConfigFile | null>;
  editor(scope: string): Promise<Settings>;
}

function createCache(
  context: ConfigurationContext,
  pushed: () => Settings,
  reported: Map<string, string>,
): Cache {
  const byFolder = new Map<string, Promise<ConfigFile | null>>();
  const byScope = new Map<string, Promise<Settings>>();
  const { files } = context.ports;
  const nearest = async (folder: string): Promise<ConfigFile | null> => {
    const uri = childOf(folder, configFileName);
    const text = await files.read(uri);
    if (text !== null) return readConfig(context, folder, uri, text, reported);
    // As on the command line: a configuration above the repository is not part of it.
    return (await files.exists(childOf(folder, '.git'))) ? null : cache.files(parentOf(folder));
  };
  const cache: Cache = {
    files(folder) {
      if (folder === null) return Promise.resolve(null);
      const found = byFolder.get(uriKey(folder)) ?? nearest(folder);
      byFolder.set(uriKey(folder), found);
      return found;
    },
    editor(scope) {
      if (!context.client.asksConfiguration) return Promise.resolve(pushed());
      const found = byScope.get(uriKey(scope)) ?? askEditor(context, scope);
      byScope.set(uriKey(scope), found);
      return found;
    },
  };
  return cache;
}

async function askEditor({ connection, ports }: ConfigurationContext, scopeUri: string): Promise<Settings> {
  try {
    return readEditorSettings(
      await connection.workspace.getConfiguration({ scopeUri, section: settingsSection }),
    );
  } catch (error) {
    ports.log.warn(`The editor's settings could not be read, so the defaults count: ${described(error)}`);
    return defaultSettings;
  }
}

function readConfig(
  { connection, ports }: ConfigurationContext,
  folder: string,
  uri: string,
  text: string,
  reported: Map<string, string>,
): ConfigFile {
  const parsed = parseConfig(text);
  if (parsed.ok) {
    reported.delete(uri);
    const { settings } = parsed;
    return { folder, settings, ignores: ignoreTest(settings.ignore), kindOf: kindTest(settings.files) };
  }
  // Once for each state of the file, however many files it speaks for.
  if (reported.get(uri) !== text) {
    reported.set(uri, text);
    const problem = `${uriPath(uri)} has errors and does not count until they are corrected. ${place(parsed.errors)}`;
    ports.log.warn(problem);
    show(connection, MessageType.Warning, problem);
  }
  return { folder, settings: defaultSettings, ignores: () => false, kindOf: () => null };
}

const place = ([first]: readonly ConfigError[]): string =>
  first ? `Line ${first.line}, column ${first.column}: ${first.message}` : '';
