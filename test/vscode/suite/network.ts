import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Around } from '../network.ts';
import { given, type Test, test } from './harness.ts';

const around = (): Around => JSON.parse(given('NETWORK'));

interface Outcome {
  readonly pinned: number;
  readonly failures: readonly { readonly message: string }[];
}

/** Pins the image at a registry, in a file of its own. Answers the digest, or why there is none. */
async function pin(registry: string | undefined): Promise<string> {
  const reference = `${registry}/${around().image}`;
  const document = await vscode.workspace.openTextDocument({
    language: 'dockerfile',
    content: `FROM ${reference}\n`,
  });
  await vscode.window.showTextDocument(document);
  const { failures } = await vscode.commands.executeCommand<Outcome>('holdfast.pinFile');
  const text = document.getText();
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  return failures[0]?.message ?? text.trim().replace(`FROM ${reference}@`, '');
}

/** Sets `http.proxy` as a user does, until the work is done. */
async function through(proxy: string, work: () => Promise<void>): Promise<void> {
  const http = vscode.workspace.getConfiguration('http');
  await http.update('proxy', proxy, vscode.ConfigurationTarget.Global);
  try {
    await work();
  } finally {
    await http.update('proxy', undefined, vscode.ConfigurationTarget.Global);
  }
}

/** How requests find their way from a window: its certificates, and its proxy. */
export const network: readonly Test[] = [
  test('a registry with a certificate of an authority that this computer trusts is asked', async () => {
    assert.equal(await pin(around().trusted), around().digest);
  }),

  test('one with a certificate of another is not, and the message names the setting', async () => {
    assert.match(await pin(around().strange), /certificate .* not trusted.*http\.systemCertificates/);
  }),

  test('a name that only a proxy knows cannot be found, and the message names the settings', async () => {
    assert.match(await pin(around().hidden[0]), /one\.holdfast\.test.* cannot be found.*http\.proxy/);
  }),

  test('with http.proxy, it is', async () => {
    const { digest, hidden, proxy } = around();
    await through(proxy, async () => assert.equal(await pin(hidden[1]), digest));
  }),

  test('a proxy that wants to know who asks is told by http.proxy', async () => {
    const { digest, hidden, lockedProxy, proxyPassword, proxyUser } = around();
    await through(lockedProxy, async () => {
      assert.match(await pin(hidden[2]), /proxy .* wants a user name and password.*http\.proxy/);
    });
    const signedIn = lockedProxy.replace('://', `://${proxyUser}:${proxyPassword}@`);
    await through(signedIn, async () => assert.equal(await pin(hidden[3]), digest));
  }),

  test('a proxy that is not there is called that', async () => {
    await through('http://127.0.0.1:9', async () => {
      assert.match(
        await pin(around().hidden[4]),
        /^The proxy on the way to five\.holdfast\.test.* cannot be reached/,
      );
    });
  }),
];
