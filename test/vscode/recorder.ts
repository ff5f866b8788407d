import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listen, stopServer } from '../support/registry-server.ts';

/** A registry's front door on loopback, which passes requests on and remembers them. */
export interface Recorder extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `GET /v2/…` lines of the requests so far. */
  readonly recorded: readonly string[];
  /** While true, requests are recorded and get no answer. */
  silent: boolean;
}

/** What the tests ask the recorder itself; no registry has such a path. */
export const recordedPath = '/recorded';

/** `target`: base URL of the registry behind it. */
export async function startRecorder(target: string): Promise<Recorder> {
  const recorded: string[] = [];
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === recordedPath) {
      outgoing.end(JSON.stringify(recorded));
      return;
    }
    recorded.push(`${incoming.method} ${incoming.url}`);
    if (!recorder.silent) passOn(target, incoming, outgoing);
  });
  const { host } = await listen(server);
  const recorder: Recorder = {
    host,
    recorded,
    silent: false,
    [Symbol.asyncDispose]: () => stopServer(server),
  };
  return recorder;
}

function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { headers, method, url = '/' } = incoming;
  const onward = request(new URL(url, target), { method, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  onward.on('error', () => outgoing.writeHead(502).end());
  incoming.pipe(onward);
}
