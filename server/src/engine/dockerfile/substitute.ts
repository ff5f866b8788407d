/**
 * The pattern forms of variables, as BuildKit's `frontend/dockerfile/shell/lex.go` has them: `?` is one character, `*` any text, and a
 * backslash takes the meaning of one of these and of itself.
 */
type Token = string | typeof one | typeof any;

const one = Symbol('?');
const any = Symbol('*');

/** Comparisons that one file may cost: more are no Dockerfile but an attempt to keep its reader busy. */
const mostSteps = 2_000_000;

/** Counts what the patterns of one file cost. Past its end every result is unknown. */
export class Effort {
  #left = mostSteps;

  /** Whether there is room for this much more. */
  spend(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }
}

/** `${A#p}`, `${A##p}`, `${A%p}`, `${A%%p}`; null for a pattern that BuildKit does not take, and where the effort is spent. */
export function trim(
  value: string,
  pattern: string,
  { atEnd, longest }: { readonly atEnd: boolean; readonly longest: boolean },
  effort: Effort,
): string | null {
  const tokens = tokensOf(pattern);
  const chars = [...value];
  if (!tokens) return null;
  // The shortest end is found from behind: both are turned round.
  if (atEnd) {
    tokens.reverse();
    chars.reverse();
  }
  const search = new Search(chars, tokens, effort);
  const end = search.prefix(longest);
  if (search.isSpent) return null;
  const rest = end === null ? chars : chars.slice(end);
  return (atEnd ? rest.reverse() : rest).join('');
}

/** `${A/p/word}` and `${A//p/word}`; null as above, and where the result is longer than `longest`. */
export function replace(
  value: string,
  pattern: string,
  word: string,
  { all, longest }: { readonly all: boolean; readonly longest: number },
  effort: Effort,
): string | null {
  const tokens = tokensOf(pattern);
  if (!tokens) return null;
  const chars = [...value];
  const search = new Search(chars, tokens, effort);
  const put = all ? expandGroups(word) : word;
  let result = '';
  let at = 0;
  let last = -1;
  while (at <= chars.length) {
    const found = search.from(at);
    if (search.isSpent) return null;
    if (!found) break;
    result += chars.slice(at, found.start).join('');
    // As in Go, an empty match right behind another one is none.
    if (found.end > found.start || found.start !== last) result += put;
    if (!all) return result + chars.slice(found.end).join('');
    last = found.end;
    at = found.end;
    if (found.end === found.start) result += chars[at++] ?? '';
    if (result.length > longest) return null;
  }
  result += chars.slice(at).join('');
  return result.length > longest ? null : result;
}

/** In Go's `ReplaceAllString` a `$name` stands for a group, of which these patterns have none. */
const expandGroups = (word: string): string =>
  word.replace(/\$(?:\$|\{\w+\}|\w+)/g, (group) => (group === '$$' ? '$' : ''));

/** Null for an escape that BuildKit refuses. */
function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') tokens.push(any);
    else if (char === '?') tokens.push(one);
    else if (char === '\\') {
      const next = chars[at + 1];
      // These two are escaped for the sake of the expression around the pattern.
      if (next === '}' || next === '/') continue;
      if (next !== '*' && next !== '?' && next !== '\\') return null;
      tokens.push(next);
      at++;
    } else tokens.push(char);
  }
  return tokens;
}

/** Looks for a pattern that is cut at its `*`: the pieces stand one behind the other. */
class Search {
  readonly #chars: readonly string[];
  readonly #pieces: readonly (readonly Token[])[];
  readonly #effort: Effort;
  isSpent = false;

  constructor(chars: readonly string[], tokens: readonly Token[], effort: Effort) {
    this.#chars = chars;
    this.#effort = effort;
    const pieces: Token[][] = [[]];
    for (const token of tokens) {
      if (token === any) pieces.push([]);
      else pieces.at(-1)?.push(token);
    }
    this.#pieces = pieces;
  }

  /** The end of the match that begins at the first character; null where there is none. */
  prefix(longest: boolean): number | null {
    const [first = []] = this.#pieces;
    return this.#fits(first, 0) ? this.#endFrom(first.length, longest) : null;
  }

  /** The first match from a place on, as long as it gets. */
  from(at: number): { readonly start: number; readonly end: number } | null {
    const [first = []] = this.#pieces;
    const start = this.#find(first, at, false);
    if (start === null) return null;
    const end = this.#endFrom(start + first.length, true);
    // What follows the first piece is not found from a later place either.
    return end === null ? null : { start, end };
  }

  /** Where the pieces behind the first one end: each as early as can be, the last as late as can be where the longest is wanted. */
  #endFrom(from: number, longest: boolean): number | null {
    const rest = this.#pieces.slice(1);
    const last = rest.pop();
    if (!last) return from;
    let at = from;
    for (const piece of rest) {
      const found = this.#find(piece, at, false);
      if (found === null) return null;
      at = found + piece.length;
    }
    const found = this.#find(last, at, longest);
    return found === null ? null : found + last.length;
  }

  /** The first place of a piece, or the last one, not before `from`. */
  #find(piece: readonly Token[], from: number, last: boolean): number | null {
    const end = this.#chars.length - piece.length;
    if (end < from) return null;
    if (piece.length === 0) return last ? end : from;
    const step = last ? -1 : 1;
    for (let at = last ? end : from; at >= from && at <= end; at += step) {
      if (!this.#effort.spend(piece.length)) {
        this.isSpent = true;
        return null;
      }
      if (this.#fits(piece, at)) return at;
    }
    return null;
  }

  #fits(piece: readonly Token[], at: number): boolean {
    return (
      at + piece.length <= this.#chars.length &&
      piece.every((token, index) => token === one || token === this.#chars[at + index])
    );
  }
}
