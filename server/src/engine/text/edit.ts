import { type Span, shiftSpan } from './span.ts';

/** Replace the text at `span` (an empty span inserts). Edits of one list never overlap; at one offset they apply in list order. */
export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** Why an edit cannot be made: one sentence for the person who asked for it, without a final line break. */
export interface Refusal {
  readonly refused: string;
  /** The other line that a sentence beginning with "Another line" is about. */
  readonly line?: Span;
}

/** The outcome of asking for a change to a document: text edits, or the reason there are none. */
export type Edits = readonly TextEdit[] | Refusal;

export const refuse = (reason: string, line?: Span): Refusal => ({ refused: reason, ...(line && { line }) });

/** The sentence, with the number of the line that it is about: from 1. */
export const sayRefusal = ({ line, refused }: Refusal, lineAt: (offset: number) => number): string =>
  line ? refused.replace(/^Another line/, () => `Line ${lineAt(line.start)}`) : refused;

export const isRefusal = (edits: Edits): edits is Refusal => 'refused' in edits;

export const shiftEdits = (edits: Edits, by: number): Edits =>
  isRefusal(edits)
    ? { ...edits, ...(edits.line && { line: shiftSpan(edits.line, by) }) }
    : edits.map((edit) => ({ span: shiftSpan(edit.span, by), newText: edit.newText }));

/** Joins the edits of several changes; the first refusal wins. */
export function joinEdits(...parts: readonly Edits[]): Edits {
  const all: TextEdit[] = [];
  for (const part of parts) {
    if (isRefusal(part)) return part;
    all.push(...part);
  }
  return all;
}

/** Applies `edits` to `text`. Overlapping edits are a mistake of the caller and are refused. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string | Refusal {
  const ordered = edits.map((edit, index) => ({ edit, index }));
  ordered.sort((a, b) => a.edit.span.start - b.edit.span.start || a.index - b.index);
  let result = '';
  let from = 0;
  for (const { edit } of ordered) {
    if (edit.span.start < from || edit.span.end > text.length || edit.span.end < edit.span.start) {
      return refuse('The changes overlap, so none was made.');
    }
    result += text.slice(from, edit.span.start) + edit.newText;
    from = edit.span.end;
  }
  return result + text.slice(from);
}

/** The smallest edit that turns `oldText`, which stands at `start`, into `newText`. */
export function smallestEdit(start: number, oldText: string, newText: string): TextEdit {
  let head = 0;
  while (head < oldText.length && head < newText.length && oldText[head] === newText[head]) head++;
  let tail = 0;
  while (
    tail < oldText.length - head &&
    tail < newText.length - head &&
    oldText[oldText.length - 1 - tail] === newText[newText.length - 1 - tail]
  ) {
    tail++;
  }
  return {
    span: { start: start + head, end: start + oldText.length - tail },
    newText: newText.slice(head, newText.length - tail),
  };
}
