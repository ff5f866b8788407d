// Takes the pictures of the documentation in the real workbench: npm run screenshots. Look at them before you commit them.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { openPage, startBrowser } from '../../scripts/lib/workbench.ts';
import { startDemo } from '../../scripts/lib/workbench-demo.ts';
import { prepareProcess } from '../../scripts/lib/workbench-run.ts';
import { root } from './window.ts';
import { WorkbenchPage } from './workbench-page.ts';

const folder = join(root, 'docs', 'images');

const policy = `profile: recommended

rules:
  unpinned-image: error

waivers:
  - rules: floating-tag
    files: web/
    reason: The base image gets its security fixes this way
    approved-by: platform@shop.example
    expires: 2099-12-31
`;

async function main(): Promise<void> {
  await build();
  await mkdir(folder, { recursive: true });
  await using demo = await startDemo();
  await using browser = await startBrowser();
  const page = await openPage(browser, demo);
  const workbench = new WorkbenchPage(page);
  const picture = async (name: string): Promise<void> => {
    const path = join(folder, `${name}.png`);
    // Menus and hovers fade in.
    await page.waitForTimeout(700);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    console.log(`${path}: ${Math.round((await stat(path)).size / 1000)} kB`);
  };

  /** Opens a file and puts the cursor into a text of it. */
  const openAt = async (path: string, text: string): Promise<void> => {
    const lines = (await readFile(join(demo.folder, path), 'utf8')).split('\n');
    const line = lines.findIndex((one) => one.includes(text));
    await workbench.open(path);
    await workbench.goTo(line + 1, (lines[line]?.indexOf(text) ?? 0) + 2);
  };

  await workbench.open('web/Dockerfile');
  await workbench.editor.locator('.squiggly-warning').first().waitFor();
  await workbench.hover('FROM gcr.io', 'gcr');
  await picture('squiggle');

  await openAt('web/Dockerfile', 'node:22');
  await workbench.quickFixes();
  await picture('light-bulb');
  await page.keyboard.press('Escape');

  // What one file has looked up, the hover in another one knows.
  await openAt('compose.yaml', 'postgres:16.8');
  const menu = await workbench.quickFixes();
  await menu.getByText(/^Pin postgres/).click();
  await workbench.textBecomes('postgres:16.8@sha256:');
  await page.keyboard.press('Control+S');
  await openAt('k8s/database.yaml', 'postgres:16.8');
  await workbench.hover('image: postgres:16.8', 'postgres');
  await page.locator('.monaco-hover:visible').getByText('Look into the image').click();
  await page.locator('.monaco-hover:visible').getByText('linux/amd64').first().waitFor();
  await picture('hover');
  await page.keyboard.press('Escape');

  await openAt('k8s/database.yaml', 'true');
  await workbench.hover('privileged: true', 'true');
  await picture('hover-rule');

  await openAt('compose.yaml', '/var/run/docker.sock');
  await (await workbench.quickFixes()).getByText('Suppress container-socket-mount…').click();
  await workbench.prompt.getByRole('option', { name: /^In this file,/ }).waitFor();
  await picture('suppress');
  await page.keyboard.press('Escape');

  await openAt('k8s/database.yaml', 'name: postgres');
  const fixes = await workbench.quickFixes();
  await fixes.getByText(/^Make the root filesystem read-only and mount an emptyDir at/).click();
  await workbench.dialog.waitFor();
  await picture('preview');
  await workbench.decide('Cancel');

  await workbench.command('Holdfast: Audit Workspace');
  const toast = workbench.notification('findings in');
  await toast.getByText('Open Report').click();
  await workbench.preview.locator('table').first().waitFor();
  await workbench.command('Problems: Focus on Problems View');
  await page.locator('.markers-panel').getByText('container-socket-mount').first().waitFor();
  await page.mouse.move(25, 450);
  await picture('audit');

  await writeFile(join(demo.folder, '.holdfast.yaml'), policy);
  // What the explorer does not show yet, the list of files does not have either.
  await page.locator('.explorer-folders-view').getByText('.holdfast.yaml').waitFor();
  await workbench.command('View: Close All Editors');
  await workbench.command('View: Hide Panel');
  await openAt('.holdfast.yaml', '  unpinned-image');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('pr');
  await page.locator('.suggest-widget.visible').waitFor();
  await picture('policy');
}

prepareProcess();
await main();
process.exit();
