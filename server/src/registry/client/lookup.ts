import type { ImageName } from '../../engine/ports.ts';
import { Failure } from '../../http/failure.ts';
import type { Limits } from '../limits.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { Reply } from '../protocol/http.ts';
import { asObject, decodeObject, textOf } from '../protocol/json.ts';
import { acceptManifests, fromBody, fromHead, type Resolved } from '../protocol/manifest.ts';
import { type Asker, type Question, strangeAnswer, type Trip, type Way } from './ask.ts';
import * as messages from './messages.ts';

/**
 * Asks what a tag or digest names: HEAD first, GET where that says too little. Rejects with a Failure, or with the signal's reason.
 */
export async function lookUp(
  asker: Asker,
  image: ImageName,
  way: Way,
  { maxManifest }: Pick<Limits, 'maxManifest'>,
): Promise<Resolved> {
  const { endpoint } = way;
  const trip: Trip = { ...way, repository: image.repository, subject: messages.imageAt(image) };
  const question = (method: Question['method']): Question => ({
    method,
    path: `manifests/${image.version}`,
    accept: acceptManifests,
    maxBody: maxManifest,
  });
  const { origin, response: head } = await asker.first(question('HEAD'), trip);
  if (head.status >= 500 && head.status !== 501) throw strangeAnswer(head, trip);
  const resolved = head.status === 200 ? fromHead(head, endpoint, image) : undefined;
  if (resolved) return resolved;
  // Where HEAD is not known, says too little, or found nothing: the body has the digest, or says what is missing.
  const got = await asker.ask(question('GET'), origin, trip);
  if (got.status === 200) return fromBody(got, endpoint, image);
  throw got.status === 404 ? missing(got, endpoint, image) : strangeAnswer(got, trip);
}

/**
 * What a 404 says, by the error codes of the distribution specification. `MANIFEST_UNKNOWN` does not mean that the repository exists.
 * Throws a Failure for a page that no registry would send: it says nothing about the image.
 */
export function missing(response: Reply, endpoint: Endpoint, image: ImageName): Failure {
  const answer = decodeObject(response.body);
  if (!answer && response.body.length > 0) {
    throw new Failure('bad-answer', messages.notManifest(endpoint, image));
  }
  const first = asObject(Array.isArray(answer?.errors) ? answer.errors[0] : undefined);
  const code = first ? textOf(first, 'code') : '';
  return new Failure(
    'not-found',
    code === 'NAME_UNKNOWN'
      ? messages.noRepository(endpoint, image.repository)
      : messages.noImage(endpoint, image),
  );
}
