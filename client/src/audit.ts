import { commands, Disposable, EventEmitter, Uri, window, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type AuditSummary, serverCommands } from '../../server/src/lsp/protocol/protocol.ts';
import { count } from './messages.ts';
import { runOnServer } from './server-command.ts';

export function registerAudit(client: LanguageClient): Disposable {
  const report = new Report();
  return Disposable.from(
    report,
    workspace.registerTextDocumentContentProvider(Report.scheme, report),
    commands.registerCommand('holdfast.auditWorkspace', () => audit(client, report)),
  );
}

/** The server fills the Problems panel; what is left to do here is to tell the sum. */
async function audit(client: LanguageClient, report: Report): Promise<AuditSummary | undefined> {
  if (!workspace.workspaceFolders?.length) {
    void window.showInformationMessage('There is nothing to audit. Open a folder, then run the audit again.');
    return undefined;
  }
  const summary = await runOnServer<AuditSummary | null>(client, serverCommands.audit);
  if (!summary) return undefined;
  report.update(summary.report);
  void offer(summary, report);
  return summary;
}

const openReport = 'Open Report';
const showProblems = 'Show Problems';

async function offer(summary: AuditSummary, report: Report): Promise<void> {
  const choice = await window.showInformationMessage(sentence(summary), openReport, showProblems);
  if (choice === openReport) await report.open();
  if (choice === showProblems) await commands.executeCommand('workbench.actions.view.problems');
}

function sentence({ cancelled, files, findings, images, skipped }: AuditSummary): string {
  const found = findings.error + findings.warning + findings.information + findings.hint;
  const counts = `${count(found, 'finding')} in ${count(files, 'manifest')} with ${count(images, 'image')}`;
  const rest =
    skipped.length > 0
      ? ` ${count(skipped.length, 'part')} ${skipped.length === 1 ? 'was' : 'were'} not read.`
      : '';
  return cancelled ? `Audit stopped after ${counts}.${rest}` : `Audit finished: ${counts}.${rest}`;
}

/** The report of the last audit, as a document that is nowhere on disk. */
class Report implements Disposable {
  static readonly scheme = 'holdfast-report';
  readonly #uri = Uri.from({ scheme: Report.scheme, path: '/Holdfast audit.md' });
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;
  #text = '';

  update(text: string): void {
    this.#text = text;
    this.#changed.fire(this.#uri);
  }

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async open(): Promise<void> {
    try {
      await commands.executeCommand('markdown.showPreview', this.#uri);
    } catch {
      // The preview is an extension of its own, and can be switched off: the source reads well too.
      await window.showTextDocument(this.#uri);
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
