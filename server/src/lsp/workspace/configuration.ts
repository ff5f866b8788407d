import { type Connection, MessageType } from 'vscode-languageserver/node';
import {
  configFileName,
  dayOf,
  emptyPolicy,
  type IgnoreTest,
  ignoreTest,
  isRootPolicy,
  type KindTest,
  kindTest,
  type LoadedPolicy,
  loadPolicy,
  mayHoldManifest,
  mayLoosen,
  misnamedConfig,
  type Policy,
  policyFor,
  type Settings,
  withEditor,
  withinRoot,
} from '../../engine/index.ts';
import type { Ports } from '../ports.ts';
import type { Client } from '../protocol/client-capabilities.ts';
import { described } from '../protocol/guard.ts';
import { show } from '../protocol/messages.ts';
import { settingsSection } from '../protocol/protocol.ts';
import { property, readEditorSettings, readWindowSettings, type WindowSettings } from './editor-settings.ts';
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
  /** What the editor's settings say of the whole window. */
  window(): Promise<WindowSettings>;
  isIgnored(uri: string, isFolder: boolean): Promise<boolean>;
  /** As `of` says it; the editor is asked about the workspace folder. */
  kindOf(uri: string): Promise<string | null>;
  /** Whether a file is part of a configuration that has been read: one that another extends, or a key. */
  isPart(uri: string): boolean;
  /** Something changed: everything is read anew. `pushed` are the settings of a client that sends them along. */
  changed(pushed?: unknown): void;
}

export interface ConfigurationContext {
  readonly connection: Connection;
  readonly ports: Pick<Ports, 'files' | 'log' | 'clock'>;
  readonly client: Pick<Client, 'asksConfiguration'>;
  /** URIs of the workspace folders. */
  readonly folders: readonly string[];
  /** Whether the file is open in the editor. */
  isOpen(uri: string): boolean;
}

/** A `.holdfast.yaml`. One with errors counts as empty. */
interface ConfigFile {
  readonly uri: string;
  readonly folder: string;
  readonly policy: Policy;
  readonly ignores: IgnoreTest;
  readonly kindOf: KindTest;
  /** The one of a folder above that it must not loosen. */
  readonly root: ConfigFile | null;
}

/** What the user has been told: each thing once. */
interface Told {
  /** URI → what was wrong with the configuration. */
  readonly errors: Map<string, string>;
  readonly others: Set<string>;
}

export function createConfiguration(context: ConfigurationContext): Configuration {
  const told: Told = { errors: new Map(), others: new Set() };
  const { clock, log } = context.ports;
  let pushed: unknown = null;
  let epoch = 0;
  let today = dayOf(clock.now());
  let parts = new Set<string>();
  let cache = createCache(context, () => pushed, told, parts);

  /** Waivers end with the day. */
  const followDay = (): void => {
    const day = dayOf(clock.now());
    if (day === today) return;
    today = day;
    epoch++;
  };
  const tellOnce = (message: string): void => {
    if (told.others.has(message)) return;
    told.others.add(message);
    log.info(message);
  };

  const configuration: Configuration = {
    get epoch() {
      followDay();
      return epoch;
    },
    async of(uri, scope = uri) {
      for (;;) {
        const asked = configuration.epoch;
        const { editor, files } = cache;
        const [file, own] = await Promise.all([files(parentOf(uri)), editor(scope)]);
        // Changed meanwhile: what was read may be of yesterday.
        if (asked !== configuration.epoch) continue;
        const { refused, settings } = settingsOf(file, uri, own, today);
        for (const reason of refused) tellOnce(reason);
        const kind = policyKind(file, uri) ?? editorKind(context.folders, file, uri, own, tellOnce);
        return { epoch: asked, settings, ignored: isLeftOut(file, uri, false), kind };
      }
    },
    async window() {
      for (;;) {
        const asked = configuration.epoch;
        const settings = await cache.window();
        if (asked === configuration.epoch) return settings;
      }
    },
    async isIgnored(uri, isFolder) {
      return isLeftOut(await cache.files(parentOf(uri)), uri, isFolder);
    },
    async kindOf(uri) {
      return (await configuration.of(uri, folderOf(context.folders, uri))).kind;
    },
    isPart: (uri) => parts.has(uriKey(uri)),
    changed(settings) {
      if (settings !== undefined && settings !== null) {
        pushed = property(settings, settingsSection);
      }
      epoch++;
      parts = new Set();
      cache = createCache(context, () => pushed, told, parts);
    },
  };
  return configuration;
}

function settingsOf(
  file: ConfigFile | null,
  uri: string,
  editor: Settings,
  today: string,
): { readonly settings: Settings; readonly refused: readonly string[] } {
  if (!file) return { settings: editor, refused: [] };
  const policy = policyOf(file, uri, today);
  const { refused, settings } = withEditor(policy, editor, mayLoosen((file.root ?? file).policy));
  return { settings, refused: refused.map((reason) => `${reason} ${allowed(file)}`) };
}

/** With the policies above that it must not loosen. */
function policyOf({ folder, policy, root }: ConfigFile, uri: string, today: string): Settings {
  const own = policyFor(policy, pathBelow(folder, uri) ?? '', today);
  return root ? withinRoot(policyOf(root, uri, today), own).settings : own;
}

/** How a wish could be granted that was not. */
const allowed = ({ uri }: ConfigFile): string =>
  `Settings of an editor only make what ${uriPath(uri)} says stricter, unless it has editor: {may-loosen: true}.`;

/** As another kind, a file that is read anyway could hide what is in it: that is for the policy to say. */
function editorKind(
  folders: readonly string[],
  file: ConfigFile | null,
  uri: string,
  editor: Settings,
  tell: (message: string) => void,
): string | null {
  const kind = kindIn(editorPatterns(folders, uri, editor), uri);
  if (kind === null || !file || mayLoosen((file.root ?? file).policy) || !mayHoldManifest(uriPath(uri)))
    return kind;
  tell(
    `holdfast.files: ${uriPath(uri)} is not read as ${kind}, as the policy does not say so. ${allowed(file)}`,
  );
  return null;
}

/** As on the command line: what is below a root names kinds for files that nobody would read otherwise. */
function policyKind(file: ConfigFile | null, uri: string): string | null {
  if (!file?.root) return kindIn(file, uri);
  return policyKind(file.root, uri) ?? (mayHoldManifest(uriPath(uri)) ? null : kindIn(file, uri));
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
  if (file.root) return isLeftOut(file.root, uri, isFolder);
  const path = pathBelow(file.folder, uri);
  return path !== null && file.ignores(isFolder ? `${path}/` : path);
}

/** What was read in one epoch. */
interface Cache {
  /** The nearest configuration upward from a folder. */
  files(folder: string | null): Promise<ConfigFile | null>;
  editor(scope: string): Promise<Settings>;
  window(): Promise<WindowSettings>;
}

function createCache(
  context: ConfigurationContext,
  pushed: () => unknown,
  told: Told,
  parts: Set<string>,
): Cache {
  const byFolder = new Map<string, Promise<ConfigFile | null>>();
  const byScope = new Map<string, Promise<Settings>>();
  let ofWindow: Promise<WindowSettings> | null = null;
  const { files } = context.ports;
  const nearest = async (folder: string): Promise<ConfigFile | null> => {
    const misnamed = childOf(folder, misnamedConfig);
    if (await files.exists(misnamed)) tellMisnamed(context, misnamed, told);
    const uri = childOf(folder, configFileName);
    const text = await files.read(uri);
    const above = async (): Promise<ConfigFile | null> =>
      (await files.exists(childOf(folder, '.git'))) ? null : cache.files(parentOf(folder));
    if (text !== null) {
      const own = await readConfig(context, { folder, uri, text }, told, parts);
      const outer = await above();
      return { ...own, root: outer && (isRootPolicy(outer.policy) ? outer : outer.root) };
    }
    // As on the command line: a configuration above the repository is not part of it.
    return above();
  };
  const cache: Cache = {
    files(folder) {
      if (folder === null) return Promise.resolve(null);
      const found = byFolder.get(uriKey(folder)) ?? nearest(folder);
      byFolder.set(uriKey(folder), found);
      return found;
    },
    editor(scope) {
      const found = byScope.get(uriKey(scope)) ?? sectionOf(context, pushed, scope).then(readEditorSettings);
      byScope.set(uriKey(scope), found);
      return found;
    },
    window() {
      ofWindow ??= sectionOf(context, pushed).then(readWindowSettings);
      return ofWindow;
    },
  };
  return cache;
}

/** The section of the editor's settings for a resource, or for the window; null where there is none. */
async function sectionOf(
  { client, connection, ports }: ConfigurationContext,
  pushed: () => unknown,
  scopeUri?: string,
): Promise<unknown> {
  if (!client.asksConfiguration) return pushed();
  try {
    const section = settingsSection;
    return await connection.workspace.getConfiguration(
      scopeUri === undefined ? { section } : { scopeUri, section },
    );
  } catch (error) {
    ports.log.warn(`The editor's settings could not be read, so the defaults count: ${described(error)}`);
    return null;
  }
}

function tellMisnamed({ connection, ports }: ConfigurationContext, uri: string, { others }: Told): void {
  if (others.has(uri)) return;
  others.add(uri);
  const message = `${uriPath(uri)} is not read: its name has to end in .yaml. Rename it to ${configFileName}.`;
  ports.log.warn(message);
  show(connection, MessageType.Warning, message);
}

async function readConfig(
  { connection, isOpen, ports }: ConfigurationContext,
  { folder, text, uri }: { readonly folder: string; readonly text: string; readonly uri: string },
  told: Told,
  parts: Set<string>,
): Promise<ConfigFile> {
  const loaded = await loadPolicy(uri, text, ports.files);
  for (const part of loaded.files) parts.add(uriKey(part));
  if (loaded.errors.length === 0) {
    told.errors.delete(uri);
    const all = policyFor(loaded.policy, '', '');
    return {
      uri,
      folder,
      policy: loaded.policy,
      ignores: ignoreTest(all.ignore),
      kindOf: kindTest(all.files),
      root: null,
    };
  }
  const problem = `${uriPath(uri)} has errors and does not count until they are corrected. ${firstOf(uri, loaded)}`;
  // Once for each state of the files, however many files they speak for.
  if (told.errors.get(uri) !== text + problem) {
    told.errors.set(uri, text + problem);
    ports.log.warn(problem);
    // Where it is open its mistakes are underlined, and each pause while somebody writes it would bring another message.
    if (!isOpen(uri)) show(connection, MessageType.Warning, problem);
  }
  return { uri, folder, policy: emptyPolicy, ignores: () => false, kindOf: () => null, root: null };
}

function firstOf(uri: string, { errors: [first] }: LoadedPolicy): string {
  if (!first) return '';
  const where = first.file === uri ? '' : `${uriPath(first.file)}, which it extends: `;
  return `${where}Line ${first.line}, column ${first.column}: ${first.message}`;
}
