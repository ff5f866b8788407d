import type { BuildFlag, BuildStep, PlainStep, VariableStep } from '../model/build.ts';
import type { Located } from '../model/facts.ts';
import type { Moment, Script } from '../model/script.ts';
import { movedScript } from '../shell/moved.ts';
import { type ScriptSpec, shellScript, unreadScript, wordsScript } from '../shell/script.ts';
import { MappedText } from '../text/mapped-text.ts';
import { span } from '../text/span.ts';
import type { Flag, Instruction, Property } from './instruction.ts';
import { interpreterOf, whyUnread } from './interpreter.ts';
import { unquoted } from './words.ts';

/** What holds for the steps of one stage. */
export interface StepContext {
  readonly escapeToken: string;
  /** Begins the structural paths; ends with a slash. */
  readonly path: string;
  readonly label: string;
  /** The image is one for Windows. */
  readonly windows: boolean;
  /** The words of `SHELL`, which a stage hands on to those that go on from it; null for the usual shell. */
  readonly shell: readonly string[] | null;
}

/** Reads the instructions of one stage, in their order. */
export class StepReader {
  readonly #context: StepContext;
  readonly #counts = new Map<string, number>();
  #shell: readonly string[] | null;

  constructor(context: StepContext) {
    this.#context = context;
    this.#shell = context.shell;
  }

  /** What is in force after the instructions that were read. */
  get shell(): readonly string[] | null {
    return this.#shell;
  }

  read(instruction: Instruction): readonly BuildStep[] {
    const isTrigger = instruction.keyword === 'ONBUILD';
    const inner = isTrigger ? instruction.inner : instruction;
    const word = inner.keyword.toLowerCase();
    // Counted together: one that becomes the other leaves the paths of those behind it as they are.
    const counted = word === 'add' ? 'copy' : word;
    const count = this.#counts.get(counted) ?? 0;
    this.#counts.set(counted, count + 1);
    const path = `${this.#context.path}${word}/${count}`;
    const { start, end } = instruction.text.span;
    return this.#readStep(inner, {
      keyword: {
        value: inner.keyword,
        span: inner.text.spanOf(0, inner.keyword.length),
        path,
      },
      span: span(start, Math.max(end, instruction.heredocs.at(-1)?.whole.span.end ?? 0)),
      onBuild: isTrigger,
    });
  }

  #readStep(instruction: Instruction, base: Base): readonly BuildStep[] {
    switch (instruction.keyword) {
      case 'RUN':
        return [this.#run(instruction, base)];
      case 'CMD':
      case 'ENTRYPOINT':
        return [{ ...base, type: 'script', flags: [], script: this.#script(instruction, 'start', base) }];
      case 'HEALTHCHECK':
        return [this.#healthcheck(instruction, base)];
      case 'COPY':
      case 'ADD':
        return [this.#copy(instruction, base)];
      case 'ENV':
      case 'ARG':
        return this.#variables(instruction.properties, base);
      case 'SHELL':
        return [this.#setShell(instruction, base)];
      default:
        return [this.#plain(this.#words(instruction), base)];
    }
  }

  #run(instruction: Instruction, base: Base): BuildStep {
    const { arguments: command, flags, heredocs } = instruction;
    const [first] = heredocs;
    const step = { ...base, type: 'script', flags: flags.map(toFlag) } as const;
    if (!first) return { ...step, script: this.#script(instruction, 'build', base) };
    if (command.text.trim() === first.mark.text) {
      const { body } = first;
      const interpreter = interpreterOf(body.text);
      return { ...step, script: this.#shellText(instruction, body, 'build', base, interpreter) };
    }
    // The shell gets the heredocs as they stand, behind the line that opens them.
    const lineBreak = MappedText.within('\n', span(command.span.end, command.span.end));
    const parts = heredocs.flatMap(({ whole }) => [lineBreak, whole]);
    const text = MappedText.join([command, ...parts]);
    return { ...step, script: this.#shellText(instruction, text, 'build', base) };
  }

  #healthcheck({ flags, inner, words }: Instruction, base: Base): BuildStep {
    if (inner.keyword !== 'CMD') return this.#plain(words, base);
    const script = this.#script(inner, 'probe', base);
    return { ...base, type: 'script', flags: flags.map(toFlag), script };
  }

  /** The exec form or the shell form. */
  #script(instruction: Instruction, moment: Moment, base: Base): Script {
    const { arguments: text, json: words } = instruction;
    if (!words) return this.#shellText(instruction, text, moment, base);
    const spec = this.#spec(moment, base);
    return this.#context.windows
      ? unreadScript(spec, text.span, onWindows)
      : placed(instruction, spec, () => wordsScript(spec, words, text.span));
  }

  /** `interpreter` is what the text itself asks for. */
  #shellText(
    instruction: Instruction,
    text: MappedText,
    moment: Moment,
    base: Base,
    interpreter: string | null = null,
  ): Script {
    const spec = this.#spec(moment, base);
    const reason = this.#context.windows
      ? onWindows
      : whyUnread(interpreter === null ? this.#shell : [interpreter]);
    return reason === null
      ? placed(instruction, spec, () => shellScript(spec, text))
      : unreadScript(spec, text.span, reason);
  }

  #spec(moment: Moment, { keyword }: Base): ScriptSpec {
    return { moment, owner: this.#context.label, path: keyword.path };
  }

  #copy({ flags, heredocs, json, words }: Instruction, base: Base): BuildStep {
    const { escapeToken } = this.#context;
    const paths = json ?? words.map((word) => unquoted(word, escapeToken));
    const located = paths.map((word, at) => this.#located(word, `${base.keyword.path}/${at}`));
    const target = located.length > 1 ? located.at(-1) : undefined;
    const marks = new Set(heredocs.map(({ mark }) => mark.span.start));
    const sources = (target ? located.slice(0, -1) : located).filter((word) => !marks.has(word.span.start));
    const files = heredocs.map(({ body }, at) => this.#located(body, `${base.keyword.path}/heredoc/${at}`));
    return {
      ...base,
      type: 'copy',
      flags: flags.map(toFlag),
      sources,
      target: target ?? null,
      heredocs: files,
    };
  }

  #variables(pairs: readonly Property[], base: Base): readonly VariableStep[] {
    const { escapeToken, path: stage } = this.#context;
    const word = base.keyword.value.toLowerCase();
    return pairs.map(({ name, value }) => {
      const path = `${stage}${word}/${name.text}`;
      return {
        ...base,
        type: 'variable',
        name: this.#located(unquoted(name, escapeToken), path),
        value: value && this.#located(unquoted(value, escapeToken), path),
      };
    });
  }

  #setShell({ json, words: written }: Instruction, base: Base): PlainStep {
    const words = json ?? written;
    if (!base.onBuild) this.#shell = words.map(({ text }) => text);
    return this.#plain(words, base);
  }

  #words({ json, keyword, rest, words }: Instruction): readonly MappedText[] {
    const written =
      (keyword === 'VOLUME' ? json : null) ?? (wholeLine.has(keyword) && rest.text !== '' ? [rest] : words);
    return written.map((word) => unquoted(word, this.#context.escapeToken));
  }

  #plain(words: readonly MappedText[], base: Base): PlainStep {
    const located = words.map((word, at) => this.#located(word, `${base.keyword.path}/${at}`));
    return { ...base, type: 'plain', words: located };
  }

  #located(text: MappedText, path: string): Located<string> {
    return { value: text.text, span: text.span, path };
  }
}

type Base = Pick<BuildStep, 'keyword' | 'onBuild' | 'span'>;

const onWindows = 'it runs on Windows';

/** Their argument is one text, spaces and all. */
const wholeLine: ReadonlySet<string> = new Set(['MAINTAINER', 'STOPSIGNAL', 'USER', 'WORKDIR']);

/** Its script is read once, however often the file changes around it. */
function placed(instruction: Instruction, spec: ScriptSpec, read: () => Script): Script {
  const { by, script } = instruction.script(read);
  return movedScript(script, spec, by);
}

const toFlag = ({ name, value, written }: Flag): BuildFlag => ({
  name,
  value: value.text,
  span: written.span,
});
