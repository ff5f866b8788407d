import type { Assignment, Command, Moment, Redirect, Script, Word } from '../model/script.ts';
import { type Span, shiftSpan } from '../text/span.ts';
import type { ScriptSpec } from './script.ts';

/** A script where its file has it `by` characters further on, and perhaps under another name. Its commands are those that were read before. */
export function movedScript(script: Script, spec: ScriptSpec, by: number): Script {
  const isSame =
    by === 0 && script.moment === spec.moment && script.owner === spec.owner && script.path === spec.path;
  return isSame ? script : new MovedScript(script, spec, by);
}

class MovedScript implements Script {
  readonly moment: Moment;
  readonly owner: string;
  readonly path: string;
  readonly span: Span;
  readonly unread: string | null;
  readonly source: object;
  readonly #script: Script;
  readonly #move: Move;
  #commands: readonly Command[] | null = null;

  constructor(script: Script, { moment, owner, path }: ScriptSpec, by: number) {
    this.moment = moment;
    this.owner = owner;
    this.path = path;
    this.span = shiftSpan(script.span, by);
    this.unread = script.unread;
    this.source = script.source;
    this.#script = script;
    this.#move = new Move(by);
  }

  commands(): readonly Command[] {
    this.#commands ??= this.#script.commands().map((command) => this.#move.command(command));
    return this.#commands;
  }
}

/** Moves the commands of one script. What is one object in it stays one: commands are known by themselves. */
class Move {
  readonly by: number;
  readonly #commands = new Map<Command, Command>();

  constructor(by: number) {
    this.by = by;
  }

  command(command: Command): Command {
    if (this.by === 0) return command;
    const known = this.#commands.get(command);
    if (known) return known;
    const moved = new MovedCommand(command, this);
    this.#commands.set(command, moved);
    return moved;
  }

  word(word: Word): Word {
    const { isLiteral, span, substitutions, text } = word;
    return {
      text,
      isLiteral,
      span: shiftSpan(span, this.by),
      substitutions:
        substitutions.length === 0 ? substitutions : substitutions.map((command) => this.command(command)),
    };
  }

  redirect({ operator, target }: Redirect): Redirect {
    return { operator, target: this.word(target) };
  }

  assignment({ name, value }: Assignment): Assignment {
    return { name, value: this.word(value) };
  }
}

/** Most rules look at the name of a command and pass on, so the rest of it is moved when it is asked for. */
class MovedCommand implements Command {
  readonly name: string;
  readonly #command: Command;
  readonly #move: Move;
  #words: readonly Word[] | null = null;
  #pipedFrom: readonly Command[] | null = null;
  #redirects: readonly Redirect[] | null = null;
  #assignments: readonly Assignment[] | null = null;

  constructor(command: Command, move: Move) {
    this.name = command.name;
    this.#command = command;
    this.#move = move;
  }

  get words(): readonly Word[] {
    this.#words ??= this.#command.words.map((word) => this.#move.word(word));
    return this.#words;
  }

  get span(): Span {
    return shiftSpan(this.#command.span, this.#move.by);
  }

  get nameSpan(): Span {
    return shiftSpan(this.#command.nameSpan, this.#move.by);
  }

  get pipedFrom(): readonly Command[] {
    this.#pipedFrom ??= this.#command.pipedFrom.map((command) => this.#move.command(command));
    return this.#pipedFrom;
  }

  get redirects(): readonly Redirect[] {
    this.#redirects ??= this.#command.redirects.map((redirect) => this.#move.redirect(redirect));
    return this.#redirects;
  }

  get assignments(): readonly Assignment[] {
    this.#assignments ??= this.#command.assignments.map((assignment) => this.#move.assignment(assignment));
    return this.#assignments;
  }
}
