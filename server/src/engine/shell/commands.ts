import {
  type CommandExpansionPart,
  type Command as CommandNode,
  forEachChild,
  type HereDoc,
  type Pipeline,
  parse,
  type Redirection,
  type SyntaxNode,
} from 'unbash';
import type { Assignment, Command, Redirect, Word } from '../model/script.ts';
import type { MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { isShell, nameOf, peel } from './peel.ts';
import { expands, laidBeside, placeOf, type RawWord, wordOf, wordOfAssignment, wordOfNode } from './words.ts';

/** All simple commands of a shell text, in its order. */
export const commandsOfText = (text: MappedText): readonly Command[] =>
  inOrder((all) => new Reader(text, all, 0).readAll(alone));

/** The command of an exec form, or those of the script it hands to a shell. */
export const commandsOfWords = (words: readonly MappedText[]): readonly Command[] =>
  inOrder((all) => {
    const [first] = words;
    if (first) new Reader(first, all, 0).readWords(words.map(wordOf), [], [], alone, null);
  });

/** How deep scripts in scripts (`sh -c`) and substitutions in substitutions are read; the parser bounds all other nesting. */
const deepest = { scripts: 16, substitutions: 40 };

/** Whose output a command can get is told up to here. */
const mostPiped = 32;

/** What stands around a command and counts for it too. */
interface Around {
  readonly pipedFrom: readonly Command[];
  readonly redirects: readonly Redirect[];
}

const alone: Around = { pipedFrom: [], redirects: [] };

function inOrder(read: (all: Command[]) => void): readonly Command[] {
  const all: Command[] = [];
  try {
    read(all);
  } catch (error) {
    // Nesting can outgrow the stack; what was read until then stays.
    if (!(error instanceof RangeError)) throw error;
  }
  return all.sort((a, b) => a.span.start - b.span.start);
}

/** Reads one text. Positions in its tree count in `source`; `all` takes every command that is found. */
class Reader {
  readonly #source: MappedText;
  readonly #all: Command[];
  readonly #depth: number;
  #substitutionDepth = 0;

  constructor(source: MappedText, all: Command[], depth: number) {
    this.#source = source;
    this.#all = all;
    this.#depth = depth;
  }

  /** The commands that are the text's own, without those in substitutions. */
  readAll(around: Around): readonly Command[] {
    const direct: Command[] = [];
    if (this.#depth < deepest.scripts) this.#visit(parse(this.#source.text), around, direct);
    return direct;
  }

  #visit(node: SyntaxNode, around: Around, direct: Command[]): void {
    switch (node.type) {
      case 'Command':
        this.#readCommand(node, around, direct);
        return;
      case 'Pipeline':
        this.#readPipeline(node, around, direct);
        return;
      case 'Redirected': {
        const own = node.redirects.map((redirect) => this.#redirect(redirect));
        this.#visit(node.command, { ...around, redirects: [...own, ...around.redirects] }, direct);
        return;
      }
      case 'CommandExpansion':
      case 'ProcessSubstitution':
      case 'ArithmeticCommandExpansion':
        this.#substituted(node);
        return;
      default:
        forEachChild(node, (child) => this.#visit(child, around, direct));
    }
  }

  /** The commands of a substitution. Text in backticks with escapes in it is read apart from the rest. */
  #substituted(node: {
    readonly pos: number;
    readonly end: number;
    readonly script: CommandExpansionPart['script'];
  }): readonly Command[] {
    const direct: Command[] = [];
    if (this.#substitutionDepth === deepest.substitutions) return direct;
    this.#substitutionDepth++;
    const { script } = node;
    if (script?.source === undefined) {
      if (script) this.#visit(script, alone, direct);
    } else if (this.#depth < deepest.scripts) {
      const inner = laidBeside(script.source, this.#source.slice(node.pos + 1, node.end));
      new Reader(inner, this.#all, this.#depth + 1).#visit(script, alone, direct);
    }
    this.#substitutionDepth--;
    return direct;
  }

  #readPipeline({ commands }: Pipeline, around: Around, direct: Command[]): void {
    let { pipedFrom } = around;
    for (const node of commands) {
      const own: Command[] = [];
      this.#visit(node, { ...around, pipedFrom }, own);
      direct.push(...own);
      pipedFrom = [...own.slice(-mostPiped).reverse(), ...pipedFrom].slice(0, mostPiped);
    }
  }

  #readCommand(node: CommandNode, around: Around, direct: Command[]): void {
    const source = this.#source;
    const words = node.name ? [wordOfNode(node.name, source)] : [];
    for (const item of node.args) {
      words.push(item.type === 'Word' ? wordOfNode(item, source) : wordOfAssignment(item, source));
    }
    const assigned = node.prefix.flatMap((item) =>
      item.type === 'Assignment' ? wordOfAssignment(item, source) : [],
    );
    direct.push(...this.readWords(words, assigned, node.redirects, around, node));
  }

  /** Takes off what only runs the command; then it is one command, or those of a script. `node` is null in the exec form. */
  readWords(
    written: readonly RawWord[],
    assigned: readonly RawWord[],
    redirections: readonly Redirection[],
    around: Around,
    node: CommandNode | null,
  ): readonly Command[] {
    const { assignments, script, words } = peel(written);
    for (const word of written.slice(0, -words.length)) if (!assignments.includes(word)) this.#word(word);
    const set = [...assigned, ...assignments].map((word) => this.#assignment(word));
    const stdin = script ? null : stdinOf(words, redirections);
    const own = redirections.filter((one) => one !== stdin).map((one) => this.#redirect(one));
    const redirects = own.length > 0 ? [...own, ...around.redirects] : around.redirects;
    const inner = script ?? (stdin && this.#source.slice(stdin.body.pos, stdin.body.end));
    if (inner && this.#depth < deepest.scripts) {
      return new Reader(inner, this.#all, this.#depth + 1).readAll({ ...around, redirects });
    }
    const [first, ...rest] = words;
    const at = node ? placeOf(node, this.#source) : spanAround(written);
    const command: Command = {
      name: nameOf(first),
      words: rest.map((word) => this.#word(word)),
      span: at,
      nameSpan: first?.span ?? span(at.start, at.start),
      pipedFrom: around.pipedFrom,
      redirects,
      assignments: set,
    };
    if (first) this.#word(first);
    this.#all.push(command);
    return [command];
  }

  #word({ isLiteral, node, span: at, text }: RawWord): Word {
    return { text, isLiteral, span: at, substitutions: isLiteral || !node ? [] : this.#substitutions(node) };
  }

  /** The commands whose output a word takes in. */
  #substitutions(node: SyntaxNode): readonly Command[] {
    const found: Command[] = [];
    const look = (child: SyntaxNode): void => {
      if (
        child.type === 'CommandExpansion' ||
        child.type === 'ProcessSubstitution' ||
        child.type === 'ArithmeticCommandExpansion'
      ) {
        for (const command of this.#substituted(child)) found.push(command);
      } else forEachChild(child, look);
    };
    look(node);
    return found;
  }

  #assignment(word: RawWord): Assignment {
    const equals = word.text.indexOf('=');
    const name = /^\w*/.exec(word.text)?.[0] ?? '';
    const value = word.mapped().slice(equals + 1);
    const whole = this.#word(word);
    const at = value.text === '' ? span(whole.span.end, whole.span.end) : value.span;
    return { name, value: { ...whole, text: value.text, span: at } };
  }

  #redirect(node: Redirection): Redirect {
    const { descriptor } = node;
    const number = descriptor?.type === 'FileDescriptor' ? String(descriptor.value) : '';
    if (node.type === 'HereDoc') return { operator: node.operator, target: this.#heredoc(node) };
    const target = node.target && this.#word(wordOfNode(node.target, this.#source));
    const nothing: Word = {
      text: '',
      isLiteral: true,
      span: placeOf({ pos: node.end, end: node.end }, this.#source),
      substitutions: [],
    };
    return { operator: number + node.operator, target: target ?? nothing };
  }

  #heredoc({ body }: HereDoc): Word {
    return {
      text: body.text,
      isLiteral: !expands(body),
      span: placeOf(body, this.#source),
      substitutions: this.#substitutions(body),
    };
  }
}

/** The heredoc of a shell that is given nothing else to run. */
function stdinOf(words: readonly RawWord[], redirections: readonly Redirection[]): HereDoc | null {
  const isAlone = words.slice(1).every(({ text }) => /^-./.test(text));
  if (!isAlone || !isShell(words[0])) return null;
  return redirections.findLast((one) => one.type === 'HereDoc') ?? null;
}

function spanAround(words: readonly RawWord[]): Span {
  const start = words[0]?.span.start ?? 0;
  return span(start, Math.max(start, words.at(-1)?.span.end ?? 0));
}
