import type { Connection } from 'vscode-languageserver/node';
import type { Log } from '../../engine/index.ts';
import type { Credential, Keychain } from '../../registry/index.ts';
import type { Switches, Timer } from '../ports.ts';
import { type CredentialParams, credentialRequest } from '../protocol/protocol.ts';
import type { Seal } from '../protocol/seal.ts';
import { property } from '../workspace/editor-settings.ts';

export interface KeychainOptions {
  readonly connection: Pick<Connection, 'sendRequest'>;
  readonly seal: Seal;
  readonly switches: Pick<Switches, 'trusted'>;
  readonly timer: Timer;
  readonly log: Log;
}

/** Milliseconds: the system may ask the user to unlock what the client keeps secrets in. */
export const patience = 20_000;

/** What the user signed in with through a command of the client. Asked only while the workspace is trusted. */
export function createKeychain({ connection, log, seal, switches, timer }: KeychainOptions): Keychain {
  return {
    async get(registry) {
      if (!switches.trusted) return null;
      const params: CredentialParams = { registry };
      const asked = connection.sendRequest<unknown>(credentialRequest, params).then(
        (sealed) => seal.open(sealed),
        () => undefined,
      );
      const given = new AbortController();
      const late = timer.wait(patience, given.signal).then(() => undefined);
      const answer = await Promise.race([asked, late]);
      given.abort();
      const credential = credentialOf(answer);
      if (credential === undefined) {
        log.warn(`The editor did not tell who is signed in at ${registry}, so it is asked without that.`);
      }
      return credential ?? null;
    },
  };
}

/** Null where nobody is signed in; undefined for what makes no sense. */
export function credentialOf(answer: unknown): Credential | null | undefined {
  if (answer === null) return null;
  const username = property(answer, 'username');
  const password = property(answer, 'password');
  if (typeof username !== 'string' || typeof password !== 'string') return undefined;
  // RFC 7617 allows the name no colon.
  if (username === '' || password === '' || username.includes(':')) return undefined;
  return { kind: 'password', username, password };
}
