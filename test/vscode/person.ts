import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { openPage, quietSettings, startServer } from '../../scripts/lib/workbench.ts';
import { temporaryFolder } from '../../scripts/lib/workbench-run.ts';
import { ownEnvironment } from './environment.ts';
import type { Recorder } from './recorder.ts';
import type { RealHub } from './registry.ts';
import { type Step, takeSteps } from './steps.ts';
import type { Result } from './suite/harness.ts';
import type { WorkbenchPage } from './workbench-page.ts';
import { mirrorSettings, writeFiles, writeWorkspace } from './workspace.ts';

export interface PersonOptions {
  readonly browser: Browser;
  /** Where the extension is installed. */
  readonly extensionsDir: string;
  readonly recorder: Recorder;
  readonly hub: RealHub;
  readonly trusted: boolean;
}

/** Sits down in front of the installed extension and uses it by keyboard and mouse. */
export async function runPerson(options: PersonOptions): Promise<readonly Result[]> {
  await using folder = await temporaryFolder('by-hand');
  await using own = await temporaryFolder('by-hand-home');
  await writeWorkspace(folder.path, 'images', mirrorSettings(`http://${options.recorder.host}`));
  await writeFiles(folder.path, { '.holdfast.yaml': 'profile: recommended\n' });
  await using server = await startServer({
    trusted: options.trusted,
    driven: false,
    extensionsDir: options.extensionsDir,
    settings: quietSettings,
    env: ownEnvironment(own.path),
  });
  const page = await openPage(options.browser, { port: server.port, folder: folder.path });
  return await takeSteps(page, options.trusted ? trustedSteps : untrustedSteps, options);
}

const trustedSteps: readonly Step<PersonOptions>[] = [
  {
    name: 'a finding is underlined, and the status bar counts it',
    async body(workbench) {
      await workbench.open('web/Dockerfile');
      await workbench.editor.locator('.squiggly-warning').first().waitFor();
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 information in this file.');
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
    async body(workbench, { hub: { digests } }) {
      await workbench.goTo(1, 8);
      const menu = await workbench.quickFixes();
      await menu.getByText(/^Pin node:22/).click();
      await workbench.textBecomes(`FROM node:22@${digests['library/node:22']} AS build`);
      await workbench.statusBarBecomes('Holdfast: 1 information in this file.');
    },
  },
  {
    name: 'a hover looks into an image once it is told to, and shows what was found',
    async body(workbench, { hub: { digests } }) {
      await workbench.hover('FROM nginx', 'nginx');
      const hover = workbench.page.locator('.monaco-hover:visible');
      await hover.getByText('Look into the image').click();
      await hover.getByText(digests['library/nginx:1.27.4'] ?? '').waitFor();
      await hover.getByText('Look again').waitFor();
      await workbench.page.keyboard.press('Escape');
    },
  },
  {
    name: 'a suppression asks for its reason and does not take none for an answer',
    async body(workbench) {
      await workbench.goTo(4, 8);
      const menu = await workbench.quickFixes();
      await menu.getByText('Suppress unpinned-image…').click();
      await workbench.pick('Here');
      await workbench.prompt.getByText('Why is this acceptable here?').waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.page.getByText('Give a reason').first().waitFor();
      await workbench.answer('the mirror keeps this tag');
      await workbench.textBecomes('# holdfast-ignore unpinned-image -- the mirror keeps this tag');
      await workbench.statusBarBecomes('Holdfast has nothing to say about this file.');
    },
  },
  {
    name: 'a suppression can be for the whole file',
    async body(workbench) {
      await workbench.open('k8s/gone.yaml');
      await workbench.statusBarBecomes('Holdfast: 1 information in this file.');
      await workbench.goTo(11, 20);
      const menu = await workbench.quickFixes();
      await menu.getByText('Suppress unpinned-image…').click();
      await workbench.pick('In this file');
      await workbench.prompt.getByText('Why is this acceptable in this file?').waitFor();
      await workbench.answer('pinned by the cluster');
      await workbench.textBecomes('# holdfast-ignore-file unpinned-image -- pinned by the cluster');
      await workbench.statusBarEntry.waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'a suppression without its reason does nothing, until the reason is written',
    async body(workbench) {
      const comment = '# holdfast-ignore-file unpinned-image';
      await workbench.goTo(1, comment.length + 1);
      await workbench.page.keyboard.press('Shift+End');
      await workbench.page.keyboard.press('Delete');
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 information in this file.');
      const menu = await workbench.quickFixes();
      await menu.getByText('Write the reason…').click();
      await workbench.answer('the cluster pins it when it starts');
      await workbench.textBecomes(`${comment} -- the cluster pins it when it starts`);
      await workbench.statusBarEntry.waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'a fix that changes behaviour says what it does, and nothing is changed until somebody agrees',
    async body(workbench) {
      await workbench.open('k8s/database.yaml');
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 information in this file.');
      await chooseReadOnly(workbench);
      await workbench.dialog
        .getByText('Make the root filesystem read-only and mount an emptyDir at /tmp', { exact: true })
        .waitFor();
      await workbench.dialog.getByText(/\/tmp stays writable: most programs write there/).waitFor();
      await workbench.decide('Cancel');
      await chooseReadOnly(workbench);
      await workbench.decide('Show Changes');
      await workbench.diff.locator('.modified .view-line', { hasText: 'mountPath: /tmp' }).waitFor();
      await workbench.notification(shown).getByText('Discard').click();
      await workbench.diff.waitFor({ state: 'hidden' });
      await nothingChanged(workbench);
    },
  },
  {
    name: 'changes that are shown are discarded when their tab is closed',
    async body(workbench) {
      await chooseReadOnly(workbench);
      await workbench.decide('Show Changes');
      await workbench.diff.locator('.modified .view-line', { hasText: 'mountPath: /tmp' }).waitFor();
      await workbench.notification(shown).waitFor();
      await workbench.page.locator('.tab.active').click({ button: 'middle' });
      await workbench.diff.waitFor({ state: 'hidden' });
      await workbench.notification(shown).waitFor({ state: 'hidden' });
      await nothingChanged(workbench);
    },
  },
  {
    name: 'a fix that was shown is not made once the file has changed, and can be tried again',
    async body(workbench) {
      await chooseReadOnly(workbench);
      await workbench.decide('Show Changes');
      await workbench.diff.locator('.modified .view-line', { hasText: 'mountPath: /tmp' }).waitFor();
      await workbench.page.locator('.tab', { hasText: /^database\.yaml$/ }).click();
      await workbench.goTo(18, 1);
      await workbench.page.keyboard.type('# of the shop');
      await workbench.textBecomes('# of the shop');
      await workbench.page.locator('.tab', { hasText: 'what the fix changes' }).click();
      await workbench.page.getByRole('button', { name: 'Apply Fix' }).click();
      const refusal = workbench.notification('The file has changed since the fix was prepared');
      await refusal.waitFor();
      await workbench.diff.waitFor({ state: 'hidden' });
      assert.equal(await workbench.editor.getByText('readOnlyRootFilesystem').count(), 0);
      await refusal.getByRole('button', { name: 'Try Again' }).click();
      await workbench.decide('Show Changes');
      await workbench.diff.locator('.modified .view-line', { hasText: '# of the shop' }).waitFor();
      await workbench.notification(shown).getByRole('button', { name: 'Apply', exact: true }).click();
      await workbench.diff.waitFor({ state: 'hidden' });
      await workbench.textBecomes('# of the shop', 'readOnlyRootFilesystem: true', 'mountPath: /tmp');
      await workbench.statusBarBecomes('Holdfast: 1 information in this file.');
      await workbench.page.keyboard.press('Control+Z');
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 information in this file.');
      await nothingChanged(workbench);
    },
  },
  {
    name: 'a lookup that takes long shows its progress, and can be cancelled',
    async body(workbench, { hub: { digests }, recorder }) {
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
    name: 'a fix that asks a registry can be cancelled while it asks, and is shown with the answer',
    async body(workbench, { recorder }) {
      recorder.silent = true;
      const asking = /^Make .* \(asks its registry, changes behaviour\)/;
      await chooseReadOnly(workbench, asking);
      const toast = workbench.notification('Preparing the fix');
      await toast.getByText('Cancel').click();
      await toast.waitFor({ state: 'hidden' });
      await nothingChanged(workbench);
      recorder.silent = false;
      await chooseReadOnly(workbench, asking);
      await workbench.decide('Apply');
      await workbench.textBecomes('readOnlyRootFilesystem: true', 'mountPath: /tmp');
      await workbench.statusBarEntry.waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'pinning the workspace names the images first, and nothing is changed until somebody agrees',
    async body(workbench) {
      await workbench.command('Holdfast: Pin All Images in Workspace');
      await workbench.dialog.getByText('Pin 2 images in 2 files?').waitFor();
      await workbench.dialog.getByText(/compose\.yaml:4 +redis/).waitFor();
      await workbench.dialog.getByText(/k8s\/web\.yaml:10 +nginx:1\.27\.4/).waitFor();
      await workbench.decide('Cancel');
      // A file that is changed is opened.
      for (const [path] of twoUnpinned) assert.equal(await workbench.tab(path).count(), 0);
    },
  },
  {
    name: 'images in files that were not open are pinned together, and taken back together',
    async body(workbench, { hub }) {
      await workbench.command('Holdfast: Pin All Images in Workspace');
      await workbench.decide('Pin');
      await pinnedAndUndone(workbench, hub);
      for (const [path] of twoUnpinned) {
        await workbench.open(path);
        await workbench.page.locator('.tab.active').click({ button: 'middle' });
        await workbench.tab(path).waitFor({ state: 'hidden' });
      }
    },
  },
  {
    name: 'whoever presses Enter sees the changes of the workspace first',
    async body(workbench, { hub }) {
      await workbench.command('Holdfast: Pin All Images in Workspace');
      await workbench.dialog.waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.dialog.waitFor({ state: 'hidden' });
      const changes = workbench.page.locator('.multiDiffEditor .modified .view-line');
      for (const [, , name] of twoUnpinned) {
        await changes.filter({ hasText: `${name}@${hub.digests[`library/${name}`]}` }).waitFor();
      }
      await workbench
        .notification('Nothing is changed until you apply the changes')
        .getByRole('button', { name: 'Apply', exact: true })
        .click();
      await pinnedAndUndone(workbench, hub);
    },
  },
  {
    name: 'a check of the pins finds a tag that has moved, and its fix writes the new digest',
    async body(workbench, { hub }) {
      const before = hub.digests['library/mariadb:11.4.5'];
      await hub.move('library/mariadb', '11.4.5');
      // What was looked up minutes ago is not asked for again, except by a new server.
      await workbench.command('Holdfast: Restart Server');
      await workbench.open('compose.yaml');
      await workbench.statusBarBecomes('Holdfast: 1 warning in this file.');
      await workbench.open('k8s/database.yaml');
      await workbench.command('Holdfast: Check Pinned Images in File');
      await workbench.notification('1 image checked in 1 file: 1 new finding').waitFor();
      await workbench.textBecomes(`mariadb:11.4.5@${before}`);
      await workbench.statusBarBecomes('Holdfast: 1 information in this file.');
      await workbench.goTo(15, 22);
      const menu = await workbench.quickFixes();
      await menu.getByText(/^Pin mariadb:11.4.5 to the digest its tag has now/).click();
      await workbench.dialog.getByText('Another build of mariadb:11.4.5 is used afterwards').waitFor();
      await workbench.decide('Apply');
      await workbench.textBecomes(`mariadb:11.4.5@${hub.digests['library/mariadb:11.4.5']}`);
      await workbench.statusBarEntry.waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'a policy is completed and checked while it is typed, and holds once it is saved',
    async body(workbench) {
      const { keyboard } = workbench.page;
      await workbench.open('.holdfast.yaml');
      await workbench.goTo(2, 1);
      await keyboard.type('rules:\n  privleged: off');
      await workbench.editor.locator('.squiggly-error').first().waitFor();
      for (let back = 0; back < 'leged: off'.length; back++) await keyboard.press('Backspace');
      await workbench.complete('privileged-container');
      await keyboard.type(' o');
      await workbench.complete('off');
      await workbench.textBecomes('  privileged-container: off');
      await workbench.editor.locator('.squiggly-error').waitFor({ state: 'hidden' });
      await keyboard.press('Control+S');
      await workbench.open('k8s/web.yaml');
      await workbench.statusBarBecomes('Holdfast: 1 information in this file.');
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
      await panel.getByText('compose.yaml').first().waitFor();
      await panel.getByText('implicit-latest').first().waitFor();
    },
  },
];

/** Stands beside changes that are shown. */
const shown = 'Nothing is changed until you apply the fix';

/** Chooses a fix of the database's root filesystem. */
async function chooseReadOnly(
  workbench: WorkbenchPage,
  offer: string | RegExp = /^Make .* mount an emptyDir at \/tmp \(changes behaviour\)/,
): Promise<void> {
  await workbench.goTo(14, 18);
  await (await workbench.quickFixes()).getByText(offer).click();
}

async function nothingChanged(workbench: WorkbenchPage): Promise<void> {
  await workbench.textBecomes('allowPrivilegeEscalation: false');
  assert.equal(await workbench.editor.getByText('readOnlyRootFilesystem').count(), 0);
}

/** The files whose images nobody has pinned by then, with what stays in them. */
const twoUnpinned = [
  ['compose.yaml', 'image: redis   # sessions only', 'redis:latest'],
  ['k8s/web.yaml', /image:\snginx:1\.27\.4$/, 'nginx:1.27.4'],
] as const;

/** Both files are pinned, and Undo in one of them takes it back in both, as the message says. */
async function pinnedAndUndone(workbench: WorkbenchPage, { digests }: RealHub): Promise<void> {
  const told = '2 images pinned in 2 files. Undo in one of the files takes back all of them.';
  await workbench.notification(told).waitFor();
  for (const [path, , name] of twoUnpinned) {
    await workbench.open(path);
    await workbench.textBecomes(`${name}@${digests[`library/${name}`]}`);
  }
  await workbench.page.keyboard.press('Control+Z');
  for (const [path, text] of twoUnpinned) {
    await workbench.open(path);
    await workbench.editor.locator('.view-line', { hasText: text }).waitFor();
  }
  await workbench.command('Notifications: Clear All Notifications');
}

const untrustedSteps: readonly Step<PersonOptions>[] = [
  {
    name: 'an untrusted folder is checked',
    async body(workbench) {
      await workbench.page.getByText('Restricted Mode').first().waitFor();
      await workbench.open('web/Dockerfile');
      await workbench.statusBarBecomes('Holdfast: 1 warning, 1 information in this file.');
    },
  },
  {
    name: 'pins are not checked without trust',
    async body(workbench, { recorder }) {
      await workbench.command('Holdfast: Check Pinned Images in File');
      const toast = workbench.notification('the workspace is not trusted');
      await toast.waitFor();
      assert.deepEqual(recorder.recorded, []);
      await workbench.page.keyboard.press('Escape');
      await workbench.command('Notifications: Clear All Notifications');
      await toast.waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'signing in says why it waits',
    async body(workbench, { recorder }) {
      await workbench.command('Holdfast: Sign In to Registry');
      const toast = workbench.notification('Signing in asks a registry, and the workspace is not trusted');
      await toast.waitFor();
      assert.deepEqual(recorder.recorded, []);
      await workbench.command('Notifications: Clear All Notifications');
      await toast.waitFor({ state: 'hidden' });
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
    async body(workbench, { hub: { digests }, recorder }) {
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
