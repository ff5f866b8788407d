import type { Handle } from './disk.ts';
import { maxLine } from './line.ts';

const chunkSize = 128 * 1024;

/**
 * Hands over each line from a position of the file to its end, without line ends; `line` is only good during the call. Other work has
 * its turn in between. Resolves to the position after the last line that has ended.
 */
export async function readLines(
  handle: Handle,
  from: number,
  take: (line: Uint8Array, start: number) => void,
): Promise<number> {
  const chunk = Buffer.alloc(chunkSize);
  let rest = Buffer.alloc(0);
  let end = from;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkSize, end);
    if (bytesRead === 0) return end - rest.length;
    const text = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const first = end - rest.length;
    end += bytesRead;
    let start = 0;
    for (let stop = text.indexOf('\n'); stop >= 0; stop = text.indexOf('\n', start)) {
      if (stop > start) take(text.subarray(start, stop), first + start);
      start = stop + 1;
    }
    // Of a line that is too long nothing counts: what remains of it has no checksum in front.
    rest = text.length - start > maxLine ? Buffer.alloc(0) : text.subarray(start);
  }
}
