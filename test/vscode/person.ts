import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openPage, quietSettings, startServer } from '../../scripts/lib/workbench.ts';
import { temporaryFolder } from '../../scripts/lib/workbench-run.ts';
import type { Digests } from './fixtures.ts';
import type { Recorder } from './recorder.ts';
import type { Result } from './suite/harness.ts';
import { root } from './window.ts';
import { WorkbenchPage } from './workbench-page.ts';
import { mirrorSettings, writeWorkspace } from './workspace.ts';

export interface PersonOptions {
  readonly browser: Browser;
  /** Where the extension is installed. */
  readonly extensionsDir: string;
  readonly recorder: Recorder;
  readonly digests: Digests;
  readonly trusted: boolean;
}

/** One step of a session; the steps share a window, so that after a failure the others are left out. */
interface Step {
  readonly name: string;
  readonly body: (workbench: WorkbenchPage, options: PersonOptions) => Promise<void>;
}

/** Sits down in front of the installed extension and uses it by keyboard and mouse. */
export async function runPerson(options: PersonOptions): Promise<readonly Result[]> {
  await using folder = await temporaryFolder('by-hand');
  await writeWorkspace(folder.path, mirrorSettings(`http://${options.recorder.host}`));
  await using server = await startServer({
    trusted: options.trusted,
    driven: false,
    extensionsDir: options.extensionsDir,
    settings: quietSettings,
  });
  const page = await openPage(options.browser, { port: server.port, folder: folder.path });
  const workbench = new WorkbenchPage(page);
  const results: Result[] = [];
  for (const { body, name } of options.trusted ? trustedSteps : untrustedSteps) {
    const error = await body(workbench, options).then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)),
    );
    results.push({ name, ...(error !== undefined && { error }) });
    if (error === undefined) continue;
    await page.screenshot({ path: join(root, 'test-results', `${name.replace(/\W+/g, '-')}.png`) });
    break;
  }
  return results;
}

const trustedSteps: readonly Step[] = [
  {
    name: 'a finding is underlined, and the status bar counts it',
    async body(workbench) {
      await workbench.open('web/Dockerfile');
      await workbench.editor.locator('.squiggly-warning').first().waitFor();
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 note in this file.');
    },
  },
  {
    name: 'the status bar says nothing about files that are none of its business',
    async body(workbench) {
      await workbench.open('notes.txt');
      await workbench.statusBarEntry.waitFor({ state: 'hidden' });
      await workbench.open('web/Dockerfile');
      await workbench.statusBarEntry.waitFor();
    },
  },
  {
    name: 'the light bulb pins the image under the cursor',
    async body(workbench, { digests }) {
      await workbench.goTo(1, 8);
      const menu = await workbench.quickFixes();
      await menu.getByText(/^Pin node:22/).click();
      await workbench.textBecomes(`FROM node:22@${digests['library/node:22']} AS build`);
      await workbench.statusBarBecomes('Holdfast: 1 note in this file.');
    },
  },
  {
    name: 'a suppression asks for its reason and does not take none for an answer',
    async body(workbench) {
      await workbench.goTo(4, 8);
      const menu = await workbench.quickFixes();
      await menu.getByText(/^Suppress unpinned-image/).click();
      const input = workbench.page.locator('.quick-input-widget input').first();
      await input.waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.page.getByText('Give a reason').first().waitFor();
      await input.fill('the mirror keeps this tag');
      await workbench.page.keyboard.press('Enter');
      await workbench.textBecomes('# holdfast-ignore unpinned-image -- the mirror keeps this tag');
      await workbench.statusBarBecomes('Holdfast has nothing to say about this file.');
    },
  },
  {
    name: 'a lookup that takes long shows its progress, and can be cancelled',
    async body(workbench, { digests, recorder }) {
      await workbench.open('k8s/database.yaml');
      recorder.silent = true;
      await workbench.command('Holdfast: Pin All Images in File');
      const toast = workbench.notification('Pinning images');
      await toast.getByText('Cancel').click();
      await toast.waitFor({ state: 'hidden' });
      recorder.silent = false;
      await workbench.command('Holdfast: Pin All Images in File');
      await workbench.textBecomes(`image: 'mariadb:11.4.5@${digests['library/mariadb:11.4.5']}'`);
    },
  },
  {
    name: 'the audit tells its sum, and its report opens',
    async body(workbench) {
      await workbench.command('Holdfast: Audit Workspace');
      const toast = workbench.notification(/\d+ findings in 5 manifests with 6 images/);
      await toast.waitFor();
      await toast.getByText('Open Report').click();
      await workbench.preview.getByText('k8s/web.yaml').first().waitFor();
    },
  },
  {
    name: 'the Problems panel lists files that were never opened',
    async body(workbench) {
      await workbench.command('Problems: Focus on Problems View');
      const panel = workbench.page.locator('.markers-panel');
      await panel.getByText('web.yaml').first().waitFor();
      await panel.getByText('privileged-container').first().waitFor();
    },
  },
];

const untrustedSteps: readonly Step[] = [
  {
    name: 'an untrusted folder is checked',
    async body(workbench) {
      await workbench.page.getByText('Restricted Mode').first().waitFor();
      await workbench.open('web/Dockerfile');
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 note in this file.');
    },
  },
  {
    name: 'pinning says what to do instead of asking the registry',
    async body(workbench, { recorder }) {
      await workbench.command('Holdfast: Pin All Images in File');
      const toast = workbench.notification('the workspace is not trusted');
      await toast.waitFor();
      await workbench.textBecomes('FROM node:22 AS build');
      assert.deepEqual(recorder.recorded, []);
      await toast.getByText('Manage Workspace Trust').click();
    },
  },
  {
    name: 'once the folder is trusted, pinning works without a restart',
    async body(workbench, { digests, recorder }) {
      await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
      await workbench.open('web/Dockerfile');
      await workbench.command('Holdfast: Pin All Images in File');
      await workbench.textBecomes(
        `FROM node:22@${digests['library/node:22']} AS build`,
        `FROM nginx:1.27.4@${digests['library/nginx:1.27.4']}`,
      );
      await workbench.notification('2 images pinned').waitFor();
      assert.notDeepEqual(recorder.recorded, []);
    },
  },
];
