/** A place in a text. Both numbers count from 0; `column` is in UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * An unchanging text with its line table, built on first use.
 * Line breaks are those of the Language Server Protocol (3.17, "Text Documents"): LF, CRLF and a lone CR.
 */
export class SourceText {
  readonly text: string;
  #starts: readonly number[] | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** The line break this text uses: that of its first line, LF where it has none. */
  get eol(): '\n' | '\r\n' {
    const first = this.text.indexOf('\n');
    return first > 0 && this.text.charCodeAt(first - 1) === 13 ? '\r\n' : '\n';
  }

  get lineCount(): number {
    return this.#lineStarts().length;
  }

  placeAt(offset: number): Place {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    const line = Math.max(0, low - 1);
    return { line, column: Math.max(0, offset - (starts[line] ?? 0)) };
  }

  /** The offset where `line` (from 0) begins; the text's end for a line past the last. */
  lineStart(line: number): number {
    const starts = this.#lineStarts();
    return line < starts.length ? (starts[Math.max(0, line)] ?? 0) : this.text.length;
  }

  /** The offset where `line` (from 0) ends, before its line break. */
  lineEnd(line: number): number {
    const start = this.lineStart(line);
    let end = this.lineStart(line + 1);
    while (end > start && (this.text.charCodeAt(end - 1) === 10 || this.text.charCodeAt(end - 1) === 13))
      end--;
    return end;
  }

  /** The text of `line` (from 0) without its line break. */
  lineText(line: number): string {
    return this.text.slice(this.lineStart(line), this.lineEnd(line));
  }

  #lineStarts(): readonly number[] {
    if (this.#starts) return this.#starts;
    const starts = [0];
    const { text } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === 10) starts.push(i + 1);
      else if (unit === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
    }
    this.#starts = starts;
    return starts;
  }
}
