import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openPage, quietSettings, startServer } from '../../scripts/lib/workbench.ts';
import { temporaryFolder } from '../../scripts/lib/workbench-run.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { buildImage } from '../support/oci.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { ownEnvironment } from './environment.ts';
import type { Hub } from './registry.ts';
import { type Step, takeSteps } from './steps.ts';
import type { Result } from './suite/harness.ts';
import type { WorkbenchPage } from './workbench-page.ts';
import { writeFiles } from './workspace.ts';

export interface SignInOptions {
  readonly browser: Browser;
  /** Where the extension is installed. */
  readonly extensionsDir: string;
  /** Asks nobody to sign in. */
  readonly hub: Hub;
}

/** What the steps are about. */
interface Scene {
  /** `host:port` of registries that want to know who asks: one takes a password as it is, the other trades it for tokens. */
  readonly plain: string;
  readonly tokens: string;
  /** Of one that does not. */
  readonly open: string;
  /** The same image in both. */
  readonly digest: string;
  /** All that was written down so far, by the window and by what runs in it. */
  written(): Promise<readonly string[]>;
}

/** Writes the log files; see there. */
const logFiles = new URL('log-files.ts', import.meta.url).href;

const account = { username: 'alice', password: secret };

/** Sits down in front of a window that writes down everything, signs in to registries and out again. */
export async function runSignIn({ browser, extensionsDir, hub }: SignInOptions): Promise<readonly Result[]> {
  await using parts = new AsyncDisposableStack();
  const [plain, tokens] = await Promise.all([
    startDockerRegistry({ kind: 'htpasswd', ...account }),
    startDockerRegistry({ kind: 'token', ...account }),
  ]);
  for (const registry of [plain, tokens]) {
    parts.defer(() => registry.stop());
    await registry.push(buildImage({ name: 'app' }), 'team/app', '1.2.3');
  }
  const folder = parts.use(await temporaryFolder('sign-in'));
  const own = parts.use(await temporaryFolder('sign-in-home'));
  await writeFiles(folder.path, filesFor(plain, tokens));
  await writeFiles(own.path, { 'home/.docker/config.json': JSON.stringify({ auths: { 'quay.io': {} } }) });
  const settings = { ...quietSettings, 'holdfast.trace.server': 'verbose' };
  const env = { ...ownEnvironment(own.path), NODE_OPTIONS: `--import=${logFiles}` };
  const server = parts.use(await startServer({ trusted: true, driven: false, extensionsDir, settings, env }));
  const page = await openPage(browser, { port: server.port, folder: folder.path, log: 'trace' });
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  const scene: Scene = {
    plain: plain.host,
    tokens: tokens.host,
    open: new URL(hub.url).host,
    digest: await plain.digestBySkopeo('team/app', '1.2.3'),
    written: async () => [
      server.output(),
      ...said,
      ...(await textsBelow(server.logs)),
      ...(await textsBelow(own.path)),
    ],
  };
  return await takeSteps(page, steps, scene);
}

const filesFor = (plain: DockerRegistry, tokens: DockerRegistry) => ({
  'plain.dockerfile': `FROM ${plain.host}/team/app:1.2.3\n`,
  'tokens.dockerfile': `FROM ${tokens.host}/team/app:1.2.3\n`,
});

async function textsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ name, parentPath }) => readFile(join(parentPath, name), 'latin1')));
}

/** Answers whose registry it is, and who asks there. */
async function begin(workbench: WorkbenchPage, registry: string): Promise<void> {
  await workbench.command('Holdfast: Sign In to Registry');
  await workbench.pick(registry);
  await workbench.prompt.getByText('User name.').waitFor();
  await workbench.fill(account.username);
  await workbench.prompt.getByText('Password or token.').waitFor();
}

const steps: readonly Step<Scene>[] = [
  {
    name: 'an image of a registry that wants a sign-in is not pinned, and the message says how to sign in',
    async body(workbench) {
      await workbench.open('plain.dockerfile');
      await workbench.command('Holdfast: Pin All Images in File');
      await workbench.notification('Holdfast: Sign In to Registry').waitFor();
      await clear(workbench);
    },
  },
  {
    name: 'a password that is not right can be written again',
    async body(workbench, { plain }) {
      await begin(workbench, plain);
      await workbench.fill(`${secret}-not`);
      await workbench.prompt.getByText('does not accept this user name and password').waitFor();
      await workbench.prompt.getByRole('button', { name: 'Back' }).click();
      await workbench.prompt.getByText('User name.').waitFor();
      assert.equal(await workbench.prompt.locator('input').first().inputValue(), account.username);
      await workbench.page.keyboard.press('Enter');
      await workbench.prompt.getByText('Password or token.').waitFor();
      assert.equal(await workbench.prompt.locator('input').first().getAttribute('type'), 'password');
      await workbench.answer(secret);
      await workbench.notification(`Signed in to ${plain} as alice.`).waitFor();
      await clear(workbench);
    },
  },
  {
    name: 'who is signed in can pin the image',
    async body(workbench, { digest }) {
      await workbench.command('Holdfast: Pin All Images in File');
      await workbench.textBecomes(`/team/app:1.2.3@${digest}`);
      await clear(workbench);
    },
  },
  {
    name: 'a registry that is not in the list is written by hand, as references spell it',
    async body(workbench, { digest, tokens }) {
      await workbench.command('Holdfast: Sign In to Registry');
      await workbench.pick('Other…');
      await workbench.prompt.getByText('as it stands in image references').waitFor();
      await workbench.prompt.locator('input').first().fill(`https://${tokens}`);
      await workbench.prompt.getByText('no https://').waitFor();
      await workbench.fill(tokens);
      await workbench.prompt.getByText('User name.').waitFor();
      await workbench.fill(account.username);
      await workbench.prompt.getByText('Password or token.').waitFor();
      await workbench.answer(secret);
      await workbench.notification(`Signed in to ${tokens} as alice.`).waitFor();
      await clear(workbench);
      await workbench.open('tokens.dockerfile');
      await workbench.command('Holdfast: Pin All Images in File');
      await workbench.textBecomes(`/team/app:1.2.3@${digest}`);
      await clear(workbench);
    },
  },
  {
    name: 'what a registry cannot check is stored where the user wants it all the same',
    async body(workbench, { open }) {
      await workbench.command('Holdfast: Sign In to Registry');
      await workbench.pick('Other…');
      await workbench.prompt.getByText('as it stands in image references').waitFor();
      await workbench.fill(open);
      await workbench.prompt.getByText('User name.').waitFor();
      await workbench.fill(account.username);
      await workbench.prompt.getByText('Password or token.').waitFor();
      await workbench.fill(secret);
      await workbench.dialog.getByText('lets anybody in without signing in').waitFor();
      await workbench.decide('Store Anyway');
      await workbench.notification(`Signed in to ${open} as alice.`).waitFor();
      await clear(workbench);
    },
  },
  {
    name: 'who signs out is asked again',
    async body(workbench, { plain }) {
      await workbench.command('Holdfast: Sign Out of Registry');
      await workbench.prompt.getByRole('option', { name: /^quay\.io, Stored in .*config\.json/ }).waitFor();
      await workbench.prompt.getByRole('option', { name: new RegExp(`^${plain},.*alice`) }).click();
      await workbench.notification(`Signed out of ${plain}.`).waitFor();
      await clear(workbench);
      await workbench.open('plain.dockerfile');
      await workbench.goTo(1, 1);
      await workbench.page.keyboard.press('Control+Z');
      await workbench.statusBarBecomes('Holdfast: 1 information in this file.');
      await workbench.command('Holdfast: Pin All Images in File');
      await workbench.notification('Holdfast: Sign In to Registry').waitFor();
      await clear(workbench);
    },
  },
  {
    name: 'what registries told is forgotten on demand',
    async body(workbench) {
      await workbench.command('Holdfast: Clear Registry Cache');
      await workbench.notification(/Holdfast has forgotten \d+ answers? of registries/).waitFor();
    },
  },
  {
    name: 'nothing that was written down holds the password, though every message was',
    async body(_, { written }) {
      const texts = await written();
      assert.ok(texts.some((text) => text.includes('holdfast/http') && text.includes('"sealed"')));
      assert.ok(texts.some((text) => text.includes('holdfast/credential')));
      assertNoSecret(texts);
    },
  },
];

/** Takes away the messages that are shown. */
async function clear(workbench: WorkbenchPage): Promise<void> {
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.notification('').first().waitFor({ state: 'hidden' });
}
