import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerBinary } from './peers.ts';
import { type Server, startServer } from './server.ts';
import { median, ms, table } from './stats.ts';

/** Lines of the file, and what share of the peer's time is allowed. */
const targets = [
  { lines: 156, share: 1 / 3 },
  { lines: 600, share: 1 / 3 },
  { lines: 2371, share: 1 / 4 },
] as const;

/** Keystrokes, and turns of them. */
const atOnce = 20;
const turns = 8;

/** Keystrokes until both servers are as fast as they get: the first ones measure the compiler of the engine that runs them. */
const warmUp = 600;
const uri = 'file:///work/Dockerfile';

/** What a keystroke in the middle of a Dockerfile costs without the time that a server waits, beside dockerfile-language-server. */
export async function dockerfile(corpus: string, peers: string | null): Promise<string> {
  const rows = [['Dockerfile', 'server', 'median', 'least', 'ours / peer', 'target']];
  for (const { lines, share } of targets) {
    const text = dockerfileOf(corpus, lines);
    const ours = await open(process.execPath, [
      fileURLToPath(new URL('undelayed-server.ts', import.meta.url)),
    ]);
    const peer = peers === null ? null : await open(peerBinary(peers, 'docker-langserver'), []);
    const [own = [], others = []] = await measure(text, peer ? [ours, peer] : [ours]);
    const ratio = median(own) / median(others);
    const verdict = peer ? `≤ ${share.toFixed(2)}${ratio > share ? ' MISSED' : ''}` : '';
    rows.push([`${lines} lines, ${text.length} bytes`, 'holdfast', ms(median(own)), ms(Math.min(...own))]);
    if (peer) {
      const times = [ms(median(others)), ms(Math.min(...others))];
      rows.push(['', 'dockerfile-language-server', ...times, ratio.toFixed(2), verdict]);
    }
    ours.stop();
    peer?.stop();
  }
  return table(rows);
}

const open = async (command: string, args: readonly string[]): Promise<Server> =>
  (await startServer(command, [...args, '--stdio'])).server;

/** Some keystrokes to each server in turn, so that all have the same neighbours on the machine. */
async function measure(text: string, servers: readonly Server[]): Promise<readonly (readonly number[])[]> {
  const at = text.indexOf('RUN ', text.length >> 1) + 'RUN '.length;
  const line = text.slice(0, at).split('\n').length - 1;
  const column = at - (text.lastIndexOf('\n', at - 1) + 1);
  const type = async (server: Server, count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let number = 0; number < count; number++) {
      const isTaken = number % 2 !== 0;
      times.push(
        await server.edit({ uri, line, column, removed: isTaken ? 1 : 0, text: isTaken ? '' : 'x' }),
      );
    }
    return times;
  };
  for (const server of servers) {
    await server.open(uri, 'dockerfile', text);
    await type(server, warmUp);
  }
  const times = servers.map((): number[] => []);
  for (let turn = 0; turn < turns; turn++) {
    for (const [number, server] of servers.entries()) times[number]?.push(...(await type(server, atOnce)));
  }
  return times;
}

/** Dockerfiles of the corpus, one behind another, up to so many lines. */
function dockerfileOf(corpus: string, lines: number): string {
  const all: string[] = [];
  for (const path of globSync('docker-*/**/Dockerfile', { cwd: corpus }).sort()) {
    if (all.length >= lines) break;
    all.push(...readFileSync(join(corpus, path), 'utf8').trimEnd().split('\n'));
  }
  return `${all.slice(0, lines).join('\n')}\n`;
}
