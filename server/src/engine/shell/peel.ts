import { shells } from '../model/shells.ts';
import { MappedText } from '../text/mapped-text.ts';
import type { RawWord } from './words.ts';

/** What is left of a command once that is off which only runs it. */
export interface Peeled {
  readonly words: readonly RawWord[];
  /** `NAME=value` words of `env` and `sudo`. */
  readonly assignments: readonly RawWord[];
  /** The text that a shell is given to run, in the place of a command. */
  readonly script: MappedText | null;
}

/** How a program is called that runs another one. */
interface Wrapper {
  /** Options whose value is the next word. */
  readonly valued: readonly string[];
  /** Words between its options and the command: the seconds of `timeout`. */
  readonly operands: number;
  readonly assignments: boolean;
  /** With one of these it runs nothing. */
  readonly stops: readonly string[];
}

const wrapper = (valued = '', more: Partial<Wrapper> = {}): Wrapper => ({
  valued: valued.split(' '),
  operands: 0,
  assignments: false,
  stops: [],
  ...more,
});

const init = wrapper('-p -e -r --rewrite');

const wrappers: ReadonlyMap<string, Wrapper> = new Map([
  [
    'sudo',
    wrapper(
      '-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir --chroot --role --type',
      {
        assignments: true,
      },
    ),
  ],
  ['doas', wrapper('-u -C')],
  ['env', wrapper('-u -C --unset --chdir', { assignments: true, stops: ['-S', '--split-string'] })],
  ['exec', wrapper('-a')],
  ['command', wrapper('', { stops: ['-v', '-V', '-pv', '-pV'] })],
  ['builtin', wrapper()],
  ['time', wrapper('-f -o --format --output')],
  ['nice', wrapper('-n --adjustment')],
  ['ionice', wrapper('-c -n --class --classdata', { stops: ['-p', '-P', '-u'] })],
  ['nohup', wrapper()],
  ['setsid', wrapper()],
  ['timeout', wrapper('-s -k --signal --kill-after', { operands: 1 })],
  [
    'xargs',
    wrapper(
      '-I -n -P -L -s -d -a -E --replace --max-args --max-procs --max-lines --max-chars --delimiter --arg-file',
    ),
  ],
  ['stdbuf', wrapper('-i -o -e --input --output --error')],
  ['gosu', wrapper('', { operands: 1 })],
  ['su-exec', wrapper('', { operands: 1 })],
  [
    'runuser',
    wrapper('-u -g -G --user --group --supp-group', { stops: ['-', '-c', '-l', '--command', '--login'] }),
  ],
  ['chroot', wrapper('', { operands: 1 })],
  ['tini', init],
  ['docker-init', init],
  ['catatonit', init],
  ['dumb-init', init],
  ['busybox', wrapper('', { stops: ['--install', '--list', '--list-full', '--help'] })],
]);

const assigns = /^[A-Za-z_]\w*=/;

/** The program's name without its folder; empty where only the run tells it. */
export const nameOf = (word: RawWord | undefined): string =>
  word?.isLiteral ? word.text.slice(word.text.lastIndexOf('/') + 1) : '';

/** Whether the program is a shell. */
export const isShell = (word: RawWord | undefined): boolean => shells.has(nameOf(word));

export function peel(written: readonly RawWord[]): Peeled {
  const assignments: RawWord[] = [];
  let from = 0;
  for (;;) {
    const name = nameOf(written[from]);
    const known = wrappers.get(name);
    const next = known ? commandAfter(written, from, known, assignments) : null;
    if (next === null) {
      const words = from === 0 ? written : written.slice(from);
      return { words, assignments, script: scriptOf(name, words) };
    }
    from = next;
  }
}

/** The index of the command that the wrapper at `from` runs; null where it runs none. */
function commandAfter(
  words: readonly RawWord[],
  from: number,
  { assignments, operands, stops, valued }: Wrapper,
  found: RawWord[],
): number | null {
  const own: RawWord[] = [];
  let at = from + 1;
  for (; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (text === '--') {
      at++;
      break;
    }
    if (stops.includes(text)) return null;
    if (valued.includes(text)) at++;
    else if (!text.startsWith('-')) break;
  }
  at += operands;
  for (let word = words[at]; assignments && word && assigns.test(word.text); word = words[++at])
    own.push(word);
  if (at >= words.length) return null;
  found.push(...own);
  return at;
}

function scriptOf(name: string, words: readonly RawWord[]): MappedText | null {
  if (shells.has(name)) return shellOperand(words);
  if (name === 'su' || name === 'runuser') return suCommand(words);
  if (name !== 'eval' || words.length < 2 || words.some(({ isLiteral }) => !isLiteral)) return null;
  const parts = words.slice(1).map((word) => word.mapped());
  return MappedText.join(
    parts.flatMap((part, at) => (at === 0 ? part : [MappedText.within(' ', part.span), part])),
  );
}

/** The script of `sh -c SCRIPT`: the first word that is no option, once an option has a `c` in it. */
function shellOperand(words: readonly RawWord[]): MappedText | null {
  let takesText = false;
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    const text = word?.text ?? '';
    if (!/^[-+]./.test(text) || text === '--') {
      const operand = text === '--' ? words[at + 1] : word;
      return takesText && operand ? operand.mapped() : null;
    }
    if (text === '--rcfile' || text === '--init-file') at++;
    if (text.startsWith('--')) continue;
    takesText ||= text.startsWith('-') && text.includes('c');
    if (/[oO]/.test(text)) at++;
  }
  return null;
}

function suCommand(words: readonly RawWord[]): MappedText | null {
  const at = words.findIndex(({ text }) => text === '-c' || text === '--command' || text === '-lc');
  return at > 0 ? (words[at + 1]?.mapped() ?? null) : null;
}
