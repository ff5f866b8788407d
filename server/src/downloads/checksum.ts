import { createHash } from 'node:crypto';
import type { Checksum } from '../engine/ports.ts';
import { Failure } from '../http/failure.ts';
import * as messages from './messages.ts';
import { checkAddress, get, type Means, piecesOf, statusFailure } from './visit.ts';

/** The SHA-256 of all that an address gives. Rejects with a Failure, or with the signal's reason. */
export async function checksumOf(address: string, means: Means, signal: AbortSignal): Promise<Checksum> {
  const url = checkAddress(address, 'This address');
  const answer = await get(url, '*/*', means, signal);
  if (answer.status !== 200) throw statusFailure(url.host, answer.status);
  const said = answer.headers['content-length'];
  const { maxDownload } = means.limits;
  if (Number(said) > maxDownload) throw new Failure('bad-answer', messages.tooLarge(url.host, maxDownload));
  const hash = createHash('sha256');
  let length = 0;
  for await (const piece of piecesOf(answer, maxDownload, url, means, signal)) {
    hash.update(piece);
    length += piece.byteLength;
  }
  if (said !== undefined && Number(said) !== length)
    throw new Failure('bad-answer', messages.cutShort(url.host));
  return { ok: true, digest: `sha256:${hash.digest('hex')}` };
}
