import type { ServerResponse } from 'node:http';
import { answer } from './hostile.ts';
import { app, behave, type Part, places, type Served, type Stage, served, taunt } from './hostile-stage.ts';
import { type Blob, descriptor, json } from './oci.ts';

// How servers misbehave.

export const say =
  (status: number, headers: Served['headers'] = {}, body: Served['body'] = taunt): Part =>
  (_, response) =>
    answer(response, status, headers, body);

/** As it should, but for this. */
export const but =
  (change: (right: Served) => Partial<Served>): Part =>
  ({ path }, response) => {
    const right = served(path);
    const { body, headers, status } = { ...right, ...change(right) };
    answer(response, status, headers, body);
  };

export const withHeaders = (more: Served['headers']): Part =>
  but(({ headers }) => ({ headers: { ...headers, ...more } }));

/** HEAD is not known, so that the body counts. */
export const bodyCounts =
  (part: Part): Part =>
  (request, response, stage) =>
    request.method === 'HEAD' ? answer(response, 405) : part(request, response, stage);

/** The first request of all that are let in. */
export const once = (part: Part, then: Part = behave): Part => {
  const begun = new WeakSet<Stage>();
  return (request, response, stage) => {
    const next = begun.has(stage) ? then : part;
    begun.add(stage);
    next(request, response, stage);
  };
};

/** Any bytes in place of an answer, and the end of the connection. */
export const raw =
  (...lines: readonly string[]): Part =>
  (_, response) =>
    response.socket?.end(lines.join('\r\n'));

export const sendOn = (location: string): Part => say(307, { location });

/** To the same path at another place. */
export const sendTo =
  (origin: string): Part =>
  ({ path }, response) =>
    answer(response, 307, { location: `${origin}${path}` });

export const hang: Part = (_request, _response, { getStuck }) => getStuck();

/** A little again and again, from now on. */
const drip = (response: ServerResponse, text: string, write: (text: string) => void): void => {
  const timer = setInterval(() => write(text), 5);
  response.on('close', () => clearInterval(timer));
};

export const dripBody: Part = ({ path }, response, { getStuck }) => {
  response.writeHead(200, served(path).headers);
  drip(response, ' ', (text) => response.write(text, getStuck));
};

export const dripHeaders: Part = (_, response, { getStuck }) => {
  response.socket?.write('HTTP/1.1 200 OK\r\n');
  drip(response, 'x: y\r\n', (text) => response.socket?.write(text, () => getStuck()));
};

/** A body without end. */
export const pour =
  (status = 200, more: Served['headers'] = {}): Part =>
  ({ path }, response) => {
    response.writeHead(status, { ...served(path).headers, ...more });
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const pourOn = () => {
      while (!response.destroyed && response.write(chunk)) {
        // Until the socket is full.
      }
    };
    response.on('drain', pourOn);
    pourOn();
  };

/** Another image in the place of the registry's. */
export const serving =
  (root: Blob, ...children: readonly Blob[]): Part =>
  (request, response, stage) => {
    const { pathname } = new URL(request.path, places.registry);
    const blob = pathname.endsWith('/1.0') ? root : children.find(({ digest }) => pathname.endsWith(digest));
    if (!blob) return behave(request, response, stage);
    const headers = { 'content-type': blob.mediaType, 'docker-content-digest': blob.digest };
    return answer(response, 200, headers, blob.bytes);
  };

/** An index that holds one image, or another index, for linux/amd64. */
export const indexOf = (child: Blob): Blob =>
  json(app.root.mediaType, {
    schemaVersion: 2,
    manifests: [{ ...descriptor(child), platform: { os: 'linux', architecture: 'amd64' } }],
  });
