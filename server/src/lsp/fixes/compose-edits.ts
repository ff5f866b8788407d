import type { Span, TextEdit } from '../../engine/index.ts';

type Segment = { readonly kept: Span } | { readonly added: string };

/** Edits made one after the other, told as one list of edits of the first text. */
export class Composition {
  /** The text as it is now, in order: parts of the first text, and text that was added. */
  #segments: readonly Segment[];
  readonly #length: number;

  /** `length` is that of the first text, in UTF-16 code units. */
  constructor(length: number) {
    this.#length = length;
    this.#segments = [{ kept: { start: 0, end: length } }];
  }

  /** Adds edits of the text as it is now. They do not overlap. */
  apply(edits: readonly TextEdit[]): void {
    const result: Segment[] = [];
    const rest = new Cursor(this.#segments);
    for (const { newText, span } of inOrder(edits)) {
      result.push(...rest.takeTo(span.start));
      rest.takeTo(span.end);
      if (newText !== '') result.push({ added: newText });
    }
    result.push(...rest.takeTo(Number.POSITIVE_INFINITY));
    this.#segments = result;
  }

  /** As edits of the first text. */
  edits(): readonly TextEdit[] {
    const edits: TextEdit[] = [];
    let at = 0;
    let newText = '';
    for (const segment of [...this.#segments, { kept: { start: this.#length, end: this.#length } }]) {
      if ('added' in segment) {
        newText += segment.added;
        continue;
      }
      const { end, start } = segment.kept;
      if (start > at || newText !== '') edits.push({ span: { start: at, end: start }, newText });
      newText = '';
      at = end;
    }
    return edits;
  }
}

const inOrder = (edits: readonly TextEdit[]): readonly TextEdit[] =>
  [...edits].sort((a, b) => a.span.start - b.span.start);

const lengthOf = (segment: Segment): number =>
  'added' in segment ? segment.added.length : segment.kept.end - segment.kept.start;

/** Reads segments from the front, cutting them where asked. */
class Cursor {
  readonly #segments: Segment[];
  #offset = 0;

  constructor(segments: readonly Segment[]) {
    this.#segments = [...segments].reverse();
  }

  /** What stands before `offset`, as counted in the text that the segments make. */
  takeTo(offset: number): readonly Segment[] {
    const taken: Segment[] = [];
    while (this.#offset < offset) {
      const next = this.#segments.pop();
      if (!next) break;
      const room = offset - this.#offset;
      const [head, tail] = lengthOf(next) > room ? cut(next, room) : [next, null];
      taken.push(head);
      if (tail) this.#segments.push(tail);
      this.#offset += lengthOf(head);
    }
    return taken;
  }
}

function cut(segment: Segment, at: number): readonly [Segment, Segment] {
  if ('added' in segment) return [{ added: segment.added.slice(0, at) }, { added: segment.added.slice(at) }];
  const { end, start } = segment.kept;
  return [{ kept: { start, end: start + at } }, { kept: { start: start + at, end } }];
}
