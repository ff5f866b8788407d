/** One packet of git's `gitprotocol-common`: its text, or null for a flush. */
export type Packet = string | null;

/** A stream that is not made of packets. */
export class BadPackets extends Error {}

/** Cuts a stream into packets. Rejects with BadPackets, and as the stream does. */
export async function* packetsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let at = 0;
    for (let length = lengthAt(rest, at); length !== null; length = lengthAt(rest, at)) {
      // 0001 and 0002 end sections in version 2 alone.
      if (length < 4) {
        yield null;
        at += 4;
        continue;
      }
      if (rest.length < at + length) break;
      yield rest.toString('utf8', at + 4, at + length).replace(/\n$/, '');
      at += length;
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) throw new BadPackets('The stream ends within a packet.');
}

/** Null where the four digits have not come yet. */
function lengthAt(bytes: Buffer, at: number): number | null {
  if (bytes.length < at + 4) return null;
  const digits = bytes.toString('latin1', at, at + 4);
  if (!/^[0-9a-f]{4}$/i.test(digits)) throw new BadPackets('A packet has no length.');
  return Number.parseInt(digits, 16);
}
