import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { ask } from './hop.ts';

/** A program of its own: asks the URL that is its argument by fetch, and prints what comes of it. */
const [, , url = ''] = process.argv;
try {
  console.log((await ask(createFetchTransport(), { url })).status);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
