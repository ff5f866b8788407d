import type { Command, Moment, Script } from '../model/script.ts';
import type { MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { commandsOfText, commandsOfWords } from './commands.ts';
import { whyTooMuch } from './measure.ts';

export interface ScriptSpec {
  readonly moment: Moment;
  /** What runs it, in words: `stage build`, `service web`. */
  readonly owner: string;
  /** Structural path. */
  readonly path: string;
}

/**
 * Text that a shell runs, read as Bash: other shells' scripts are nearly always written so that Bash understands them. Never throws; of a
 * half-written script it gives what can be told.
 */
export function shellScript(spec: ScriptSpec, text: MappedText): Script {
  const reason = whyTooMuch(text.text);
  if (reason !== null) return unreadScript(spec, text.span, reason);
  return new LazyScript(spec, text.span, null, () => commandsOfText(text));
}

/**
 * One program with its arguments (the exec form). A shell that is given its script (`sh -c …`) runs that text. `empty` is where it stands
 * when it has no words.
 */
export function wordsScript(spec: ScriptSpec, words: readonly MappedText[], empty = span(0, 0)): Script {
  const first = words[0]?.span ?? empty;
  const at = span(first.start, Math.max(first.end, words.at(-1)?.span.end ?? 0));
  const reason = whyTooMuch(words.map(({ text }) => text).join(' '));
  if (reason !== null) return unreadScript(spec, at, reason);
  return new LazyScript(spec, at, null, () => commandsOfWords(words));
}

/** A script that nothing is known of; `reason` as in `Script.unread`. */
export const unreadScript = (spec: ScriptSpec, at: Span, reason: string): Script =>
  new LazyScript(spec, at, reason, () => []);

class LazyScript implements Script {
  readonly moment: Moment;
  readonly owner: string;
  readonly path: string;
  readonly span: Span;
  readonly unread: string | null;
  readonly source = this;
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
