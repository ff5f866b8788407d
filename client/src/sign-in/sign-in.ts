import { type QuickPickItem, window } from 'vscode';
import { type CancellationToken, ExecuteCommandRequest } from 'vscode-languageclient/node';
import {
  type SignInAnswer,
  type SignInRequest,
  type StoredSignIn,
  serverCommands,
} from '../../../server/src/lsp/protocol/protocol.ts';
import { isTrusted } from '../trust.ts';
import { askKnown, type Desk, notify } from './context.ts';
import { ask, back } from './prompt.ts';
import { hintFor, registryFault, spelled, wellKnown } from './registry-names.ts';

/** Asks where, who and with what, and stores that once the registry accepts it. */
export async function signIn(desk: Desk): Promise<void> {
  if (!isTrusted('Signing in asks a registry')) return;
  const registry = await chooseRegistry(desk);
  if (registry === undefined) return;
  const signIn = await askSignIn(desk, registry);
  if (!signIn) return;
  await desk.keychain.store(registry, signIn);
  await notify(desk, registry);
  void window.showInformationMessage(
    `Signed in to ${registry} as ${signIn.username}. VS Code keeps it in its secret storage, until you choose Holdfast: Sign Out of Registry.`,
  );
}

/** Undefined when the user thought better of it. */
async function chooseRegistry(desk: Desk): Promise<string | undefined> {
  const other: QuickPickItem = { label: 'Other…', description: 'A registry that is not in this list' };
  const choice = await window.showQuickPick<QuickPickItem>(
    itemsFor(desk).then((items): readonly QuickPickItem[] => [...items, other]),
    { title: 'Sign In to Registry', placeHolder: 'Which registry?', ignoreFocusOut: true },
  );
  if (choice?.label !== other.label) return choice?.label;
  const named = await window.showInputBox({
    title: 'Sign In to Registry',
    prompt: 'The registry as it stands in image references.',
    placeHolder: 'registry.example.com:5000',
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' ? undefined : registryFault(text)),
  });
  return named ? spelled(named) : undefined;
}

/** The most likely first, each with why it is there. */
async function itemsFor(desk: Desk): Promise<readonly QuickPickItem[]> {
  const [known, own] = await Promise.all([askKnown(desk), desk.keychain.all()]);
  const stored = new Map(known.stored.map(({ place, registry }) => [registry, place]));
  const names = new Set([
    ...[...known.inFile, ...known.inSettings, ...wellKnown.keys()],
    ...[...own.keys(), ...stored.keys()],
  ]);
  return [...names].map((label) => {
    const signIn = own.get(label);
    const why = [
      wellKnown.get(label) ?? '',
      known.inFile.includes(label) ? 'In this file' : '',
      known.inSettings.includes(label) ? 'In the settings' : '',
      signIn ? `Signed in as ${signIn.username}` : '',
      signIn || !stored.has(label) ? '' : `Stored in ${stored.get(label)}`,
    ];
    return { label, description: why.filter((words) => words !== '').join(', ') };
  });
}

const storeAnyway = 'Store Anyway';
const tryAgain = 'Try Again';

/** Asks until the registry accepts what was answered, or cannot tell. Undefined when the user thought better of it. */
async function askSignIn(desk: Desk, registry: string): Promise<StoredSignIn | undefined> {
  const before = await desk.keychain.get(registry);
  let username = before?.username ?? hintFor(registry).everybody ?? '';
  for (;;) {
    const named = await askUsername(registry, username);
    if (typeof named !== 'string') return undefined;
    username = named;
    const password = await askPassword(desk, registry, username);
    if (password === undefined) return undefined;
    if (password !== back) return { username, password };
  }
}

async function askUsername(registry: string, value: string) {
  const username = await ask({
    title: `Sign In to ${registry}`,
    step: 1,
    totalSteps: 2,
    prompt: `User name. ${hintFor(registry).username}`,
    value,
    validate(answer) {
      if (answer.trim() === '') return 'Write the user name.';
      return answer.includes(':') ? 'A user name has no colon in it.' : undefined;
    },
  });
  return typeof username === 'string' ? username.trim() : username;
}

async function askPassword(
  desk: Desk,
  registry: string,
  username: string,
): Promise<string | typeof back | undefined> {
  let value = '';
  for (;;) {
    let doubt: string | undefined;
    const password = await ask({
      title: `Sign In to ${registry} as ${username}`,
      value,
      step: 2,
      totalSteps: 2,
      prompt: `Password or token. ${hintFor(registry).password}`,
      password: true,
      validate: (answer) => (answer === '' ? 'Write the password or token.' : undefined),
      async accept(answer, token) {
        const { message, verdict } = await check(desk, { registry, username, password: answer }, token);
        if (verdict === 'rejected') return message;
        if (verdict === 'unknown') doubt = message;
        return undefined;
      },
    });
    if (typeof password !== 'string' || doubt === undefined) return password;
    value = password;
    const choice = await window.showWarningMessage(
      `The sign-in could not be checked. ${doubt}`,
      {
        modal: true,
        detail: `It can be stored all the same, and is then used for ${registry} alone.`,
      },
      tryAgain,
      storeAnyway,
    );
    if (choice === storeAnyway) return password;
    if (choice !== tryAgain) return undefined;
  }
}

/** What the registry says, as the server hears it. */
async function check({ client, seal }: Desk, request: SignInRequest, token: CancellationToken) {
  const sealed = seal().close(request);
  const unknown: SignInAnswer = { verdict: 'unknown', message: 'The language server did not answer.' };
  try {
    const params = { command: serverCommands.checkSignIn, arguments: [sealed] };
    return (
      (await client.sendRequest<SignInAnswer | null>(ExecuteCommandRequest.method, params, token)) ?? unknown
    );
  } catch {
    return unknown;
  }
}
