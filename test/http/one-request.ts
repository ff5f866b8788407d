import { createNodeTransport } from '../../server/src/http/node-transport.ts';

/** A program of its own: asks the URL that is its argument, and prints what it gets. */
const [, , url = ''] = process.argv;
const hop = createNodeTransport({
  env: process.env,
  log: { info: () => {}, warn: (message) => console.log(message) },
});
try {
  const { body, status } = await hop.send({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    reach: new Set(['public', 'private', 'loopback']),
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  console.log(status, Buffer.concat(pieces).toString('utf8'));
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
