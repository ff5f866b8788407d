import type { Command, Moment, Script } from '../model/script.ts';
import type { MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { commandsOfText, commandsOfWords } from './commands.ts';

export interface ScriptSpec {
  readonly moment: Moment;
  /** What runs it, in words: `stage build`, `service web`. */
  readonly owner: string;
  /** Structural path. */
  readonly path: string;
}

/** More than any script in a manifest has; it bounds what one keystroke can cost. */
const longest = 100_000;

/**
 * Text that a shell runs, read as Bash: other shells' scripts are nearly always written so that Bash understands them. Never throws; of a
 * half-written script it gives what can be told.
 */
export function shellScript(spec: ScriptSpec, text: MappedText): Script {
  if (text.text.length > longest) return unreadScript(spec, text.span, tooLong);
  return new LazyScript(spec, text.span, null, () => commandsOfText(text));
}

/** One program with its arguments (the exec form). A shell that is given its script (`sh -c …`) runs that text. */
export function wordsScript(spec: ScriptSpec, words: readonly MappedText[]): Script {
  const first = words[0]?.span ?? span(0, 0);
  const at = span(first.start, Math.max(first.end, words.at(-1)?.span.end ?? 0));
  if (words.reduce((length, { text }) => length + text.length, 0) > longest) {
    return unreadScript(spec, at, tooLong);
  }
  return new LazyScript(spec, at, null, () => commandsOfWords(words));
}

/** A script that nothing is known of; `reason` as in `Script.unread`. */
export const unreadScript = (spec: ScriptSpec, at: Span, reason: string): Script =>
  new LazyScript(spec, at, reason, () => []);

const tooLong = 'it is longer than 100,000 characters';

class LazyScript implements Script {
  readonly moment: Moment;
  readonly owner: string;
  readonly path: string;
  readonly span: Span;
  readonly unread: string | null;
  readonly #read: () => readonly Command[];
  #commands: readonly Command[] | null = null;

  constructor(
    { moment, owner, path }: ScriptSpec,
    at: Span,
    unread: string | null,
    read: () => readonly Command[],
  ) {
    this.moment = moment;
    this.owner = owner;
    this.path = path;
    this.span = at;
    this.unread = unread;
    this.#read = read;
  }

  commands(): readonly Command[] {
    this.#commands ??= this.#read();
    return this.#commands;
  }
}
