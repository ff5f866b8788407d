import { setImmediate as turn } from 'node:timers/promises';
import {
  type AuditResult,
  auditFile,
  auditSkip,
  formats,
  joinAudits,
  type Severity,
} from '../../engine/index.ts';
import { pageText } from '../../pages.ts';
import { version } from '../../version.ts';
import { auditedNames } from '../handlers/repositories.ts';
import type { Listed } from '../ports.ts';
import { toDiagnostic } from '../protocol/convert.ts';
import { described, inBackground } from '../protocol/guard.ts';
import type { AuditSummary } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import { findManifests, type Manifest, readManifest, shownName } from '../workspace/manifests.ts';
import { uriKey } from '../workspace/uri.ts';
import type { Report } from './progress.ts';

/** The audit of the workspace. It shows the findings of files that are not open; open documents show their own. */
export interface Audit {
  run(signal: AbortSignal, report: Report): Promise<AuditSummary>;
  /** The repositories that the last one came upon, as people write them. */
  readonly repositories: ReadonlySet<string>;
  opened(uri: string): void;
  closed(uri: string): void;
  /** The configuration changed. */
  refresh(): void;
}

export function createAudit(session: Session): Audit {
  const { ports } = session;
  const shown = new Shown(session);
  let run = new AbortController();
  let repositories: ReadonlySet<string> = new Set();
  return {
    get repositories() {
      return repositories;
    },
    async run(signal, report) {
      run.abort();
      run = new AbortController();
      await shown.clear();
      const within = AbortSignal.any([signal, run.signal]);
      const { result, summary } = await auditWorkspace(session, shown, within, report);
      repositories = auditedNames(result.images);
      return summary;
    },
    opened: (uri) => inBackground(ports.log, 'audit', () => shown.hide(uri)),
    closed: (uri) => inBackground(ports.log, 'audit', () => shown.update(uri)),
    refresh: () => inBackground(ports.log, 'audit', () => shown.updateAll()),
  };
}

async function auditWorkspace(
  session: Session,
  shown: Shown,
  signal: AbortSignal,
  report: Report,
): Promise<{ readonly result: AuditResult; readonly summary: AuditSummary }> {
  const found = await findManifests(session, signal);
  // Only then is known what the files say of each other.
  await session.workspace.ready(signal);
  const parts: AuditResult[] = [];
  const uris = new Map<string, string>();
  for (const listed of found) {
    // Between two files everybody else gets a turn.
    await turn();
    if (signal.aborted) break;
    const name = shownName(session, listed.uri);
    uris.set(name, listed.uri);
    parts.push(await auditOne(session, shown, listed, name));
    report(parts.length, found.length);
  }
  const result = joinAudits(parts);
  return { result, summary: summarizeAudit(result, signal.aborted, (name) => uris.get(name) ?? name) };
}

async function auditOne(session: Session, shown: Shown, listed: Listed, name: string): Promise<AuditResult> {
  if (listed.kind === 'skip') return auditSkip(name, listed.reason);
  if (session.ports.watch.isGivenUp(listed.uri)) return auditSkip(name, 'it takes too long to read', true);
  try {
    const manifest = await readManifest(session, listed.uri);
    if (!manifest) return auditSkip(name, 'it cannot be read as text');
    await shown.show(manifest);
    return auditFile(name, manifest.analysis);
  } catch (error) {
    session.ports.log.warn(`The audit of ${listed.uri} failed: ${described(error)}`);
    return auditSkip(name, 'its analysis failed, see the Holdfast output', true);
  }
}

function summarizeAudit(
  result: AuditResult,
  cancelled: boolean,
  uriOf: (name: string) => string,
): AuditSummary {
  const count = (severity: Severity): number =>
    result.findings.filter((finding) => finding.severity === severity).length;
  return {
    cancelled,
    files: result.files,
    images: result.images.length,
    findings: {
      error: count('error'),
      warning: count('warning'),
      information: count('information'),
      hint: count('hint'),
    },
    skipped: result.skipped.map(({ file, line, reason }) => ({
      uri: uriOf(file),
      line: (line ?? 1) - 1,
      reason,
    })),
    report: formats.markdown(result, { color: false, width: null, version, pageText }),
  };
}

/** What the last audit read, and what of it the client shows. */
class Shown {
  readonly #session: Session;
  /** Key → URI of the files that were audited. */
  readonly #audited = new Map<string, string>();
  /** Keys of the files whose findings the client was sent. */
  readonly #published = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  async clear(): Promise<void> {
    const uris = [...this.#audited.values()];
    this.#audited.clear();
    for (const uri of uris) await this.hide(uri);
    this.#published.clear();
  }

  /** Publishes a file that is not open; an open one is remembered for when it is closed. */
  async show({ analysis, uri }: Manifest): Promise<void> {
    const { client, connection, documents } = this.#session;
    const key = uriKey(uri);
    if (analysis.kinds.length > 0) this.#audited.set(key, uri);
    if (documents.snapshot(uri)) return;
    if (analysis.findings.length === 0) return this.hide(uri);
    this.#published.add(key);
    await connection.sendDiagnostics({
      uri,
      diagnostics: analysis.findings.map((finding) => toDiagnostic(uri, analysis.source, finding, client)),
    });
  }

  /** Takes back what was published of a file. */
  async hide(uri: string): Promise<void> {
    const key = uriKey(uri);
    if (!this.#published.delete(key)) return;
    await this.#session.connection.sendDiagnostics({ uri: this.#audited.get(key) ?? uri, diagnostics: [] });
  }

  /** Shows an audited file as it is on the disk now. */
  async update(uri: string): Promise<void> {
    const audited = this.#audited.get(uriKey(uri));
    if (audited === undefined || this.#session.documents.snapshot(uri)) return;
    const manifest = await readManifest(this.#session, audited);
    await (manifest ? this.show(manifest) : this.hide(audited));
  }

  async updateAll(): Promise<void> {
    for (const uri of [...this.#audited.values()]) {
      await turn();
      await this.update(uri);
    }
  }
}
