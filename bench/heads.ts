import { Agent, type IncomingMessage, request } from 'node:http';
import { acceptManifests } from '../server/src/registry/protocol/manifest.ts';
import type { Stored } from './registries.ts';

/** The least that a lookup takes, as a floor: a HEAD each over connections that are kept, and a token where one is wanted. */
export interface Heads {
  /** Empty where the answer has none. */
  digest(host: string, image: Stored): Promise<string>;
  close(): void;
}

/** `account`: the `authorization` header for the token server. */
export function createHeads(sockets: number, account: string): Heads {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const tokens = new Map<string, Promise<string>>();

  const send = (method: string, url: string, headers: Record<string, string>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString('utf8');
        });
        response.on('end', () => resolve({ response, body }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end();
    });

  async function fetchToken(challenge: string): Promise<string> {
    const url = new URL(/realm="([^"]+)"/.exec(challenge)?.[1] ?? '');
    for (const name of ['service', 'scope']) {
      url.searchParams.set(name, new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1] ?? '');
    }
    const { body } = await send('GET', url.href, { authorization: account });
    return /"token":"([^"]+)"/.exec(body)?.[1] ?? '';
  }

  return {
    async digest(host, { repository, tag }) {
      const url = `http://${host}/v2/${repository}/manifests/${tag}`;
      const headers = { accept: acceptManifests };
      const { response } = await send('HEAD', url, headers);
      const challenge = response.headers['www-authenticate'];
      if (challenge === undefined) return digestOf(response);
      const token = tokens.get(repository) ?? fetchToken(challenge);
      tokens.set(repository, token);
      const again = await send('HEAD', url, { ...headers, authorization: `Bearer ${await token}` });
      return digestOf(again.response);
    },
    close: () => agent.destroy(),
  };
}

interface Answer {
  readonly response: IncomingMessage;
  readonly body: string;
}

const digestOf = ({ headers }: IncomingMessage): string => {
  const digest = headers['docker-content-digest'];
  return typeof digest === 'string' ? digest : '';
};
