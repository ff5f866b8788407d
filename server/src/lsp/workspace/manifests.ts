import { type Analysis, analyze, type Input, mayHoldManifest, type Settings } from '../../engine/index.ts';
import type { Listed } from '../ports.ts';
import type { Session } from '../session.ts';
import { folderOf, isPolicy, pathBelow, uriKey, uriName, uriPath } from './uri.ts';

/** A file of the workspace as it is now: its unsaved text where it is open, else what the disk has. */
export interface Manifest {
  /** As the client spells it where the file is open. */
  readonly uri: string;
  /** Null for a file that is not open. */
  readonly version: number | null;
  readonly analysis: Analysis;
}

/** Everything below the workspace folders that may be a manifest, each once. */
export async function findManifests(session: Session, signal: AbortSignal): Promise<readonly Listed[]> {
  const found = new Map<string, Listed>();
  for (const folder of session.folders) {
    const listing = session.ports.files.list(folder, {
      isCandidate: (uri) => isCandidate(session, uri),
      isLeftOut: (uri, isFolder) => session.configuration.isIgnored(uri, isFolder),
      signal,
    });
    for await (const listed of listing) {
      if (!found.has(uriKey(listed.uri))) found.set(uriKey(listed.uri), listed);
    }
  }
  return [...found.values()];
}

/** Whether a file found in a folder may be a manifest, by its path. */
export async function isCandidate({ configuration }: Session, uri: string): Promise<boolean> {
  if (isPolicy(uri)) return false;
  return mayHoldManifest(uriPath(uri)) || (await configuration.kindOf(uri)) !== null;
}

/** Null for a file that is gone, cannot be read, is given up or ignored. */
export async function readManifest(session: Session, uri: string): Promise<Manifest | null> {
  if (session.documents.snapshot(uri)) return session.analyses.current(uri);
  const read = await readInput(session, uri);
  if (!read) return null;
  const { input, settings } = read;
  const around = session.workspace.around(uri);
  const observed = session.knowledge.observed(settings);
  session.ports.watch.reads(uri, input.text.length);
  const analysis = analyze({ ...input, observed, ...(around && { workspace: around }) }, settings);
  return { uri, version: null, analysis };
}

/** Those of some files that are `wanted`, until the work is given up. */
export async function readManifests(
  session: Session,
  uris: readonly string[],
  signal: AbortSignal,
  wanted: (analysis: Analysis) => boolean,
): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  for (const uri of uris) {
    if (signal.aborted) break;
    const manifest = await readManifest(session, uri);
    if (manifest && wanted(manifest.analysis)) manifests.push(manifest);
  }
  return manifests;
}

/** What to read a file on the disk with; null for one that is gone, cannot be read, is given up or ignored. */
export async function readInput(
  { companions, configuration, folders, ports }: Session,
  uri: string,
): Promise<{ readonly input: Input; readonly settings: Settings } | null> {
  const { ignored, kind, settings } = await configuration.of(uri, folderOf(folders, uri));
  const text = ignored || ports.watch.isGivenUp(uri) ? null : await ports.files.read(uri);
  if (text === null) return null;
  const input = await companions.complete(uri, {
    path: uriPath(uri),
    text,
    ...(kind !== null && { kind }),
  });
  return { input, settings };
}

/** Whether the file still has the text that was analysed. */
export async function isCurrent(
  { documents, ports }: Session,
  { analysis, uri, version }: Manifest,
): Promise<boolean> {
  const open = documents.snapshot(uri);
  if (open || version !== null) return open?.version === version;
  return (await ports.files.read(uri)) === analysis.source.text;
}

/** Whether the file has the text that was analysed, opened or closed in the meantime as it may be: showing a change opens it. */
export async function hasSameText(
  { documents, ports }: Session,
  { analysis, uri }: Manifest,
): Promise<boolean> {
  const text = documents.snapshot(uri)?.text ?? (await ports.files.read(uri));
  return text === analysis.source.text;
}

/** How a file is named to people: relative to its workspace folder, with the folder's name where there are several. */
export function shownName(session: Session, uri: string): string {
  const folder = folderOf(session.folders, uri);
  const below = folder === undefined ? null : pathBelow(folder, uri);
  if (folder === undefined || below === null) return uriPath(uri);
  return session.folders.length > 1 ? `${uriName(folder.replace(/\/+$/, ''))}/${below}` : below;
}
