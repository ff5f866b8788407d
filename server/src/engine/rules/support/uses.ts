import type { Command, Word } from '../../model/script.ts';
import { packageAction } from '../../packages/index.ts';

/** What is done to a downloaded file, to finish `it is …`. */
export type Use = 'run' | 'installed' | 'unpacked' | 'made executable';

/** Programs that run a file they are given; versions at the end of a name are off. */
export const interpreters: ReadonlySet<string> = new Set([
  '.',
  'ash',
  'bash',
  'dash',
  'java',
  'ksh',
  'node',
  'perl',
  'php',
  'python',
  'ruby',
  'sh',
  'source',
  'zsh',
]);

const unpackers: ReadonlySet<string> = new Set([
  'bunzip2',
  'gunzip',
  'rpm2cpio',
  'unrar',
  'unsquashfs',
  'unxz',
  'unzip',
]);

/** What a command does to the files that some of its words name; null where it neither runs nor unpacks any. */
export function useOf(command: Command): { readonly use: Use; readonly words: readonly Word[] } | null {
  const { name, words } = command;
  if (name === '' || name.length > 40) return null;
  const use = useOfAll(name, words);
  if (use) return { use, words };
  if (interpreters.has(name.replace(/[\d.]+$/, '') || name)) return { use: 'run', words: scriptOf(words) };
  return packageAction(command)?.verb === 'install' ? { use: 'installed', words } : null;
}

function useOfAll(name: string, words: readonly Word[]): Use | null {
  const first = words[0]?.text ?? '';
  if (name === 'chmod') return setsExecutable(words) ? 'made executable' : null;
  if (name === 'install') return installsExecutable(words) ? 'made executable' : null;
  if (/^(?:bsd|g)?tar$/.test(name)) return extracts(first, optionsIn(words)) ? 'unpacked' : null;
  if (/^(?:7z[ar]?|ar|jar)$/.test(name)) return /^-?x/.test(first) ? 'unpacked' : null;
  if (!/^(?:gzip|xz|bzip2|zstd)$/.test(name)) return unpackers.has(name) ? 'unpacked' : null;
  return optionsIn(words).some((one) => /^-[a-z]*d|^--(?:de|un)compress/.test(one)) ? 'unpacked' : null;
}

const optionsIn = (words: readonly Word[]): readonly string[] =>
  words.filter(({ text }) => text.startsWith('-')).map(({ text }) => text);

/** The script that an interpreter is given as a file. Code in an option, or a module, leaves none. */
function scriptOf(words: readonly Word[]): readonly Word[] {
  for (const word of words) {
    if (!word.text.startsWith('-')) return [word];
    if (/^-(?:[a-z]*[cerm]|-eval|-execute)$/.test(word.text) && !/^-(?:jar|server|client)$/.test(word.text))
      return [];
  }
  return [];
}

/** `+x`, `755`. */
const setsExecutable = (words: readonly Word[]): boolean =>
  words.some(({ text }) =>
    /^[ugoa]*[+=][rwst]*x|^(?:[ugoa]*[+=][rwxst]*,)+[ugoa]*[+=][rwst]*x|^[0-7]*[1357][0-7]{0,2}$/i.test(text),
  );

function installsExecutable(words: readonly Word[]): boolean {
  const at = words.findIndex(({ text }) => /^(?:-m|--mode)/.test(text));
  if (at < 0) return !words.some(({ text }) => text === '-d');
  const mode = /[=m]([0-7]+|[ugoa+=].*)$/.exec(words[at]?.text ?? '')?.[1] ?? words[at + 1]?.text ?? '';
  return /x|[1357]/.test(mode.replace(/^0/, ''));
}

/** `tar xf`, `tar -C / -xz -f`, `tar --extract`. */
const extracts = (first: string, options: readonly string[]): boolean =>
  /^[A-Za-z]*x[A-Za-z]*$/.test(first) || options.some((one) => /^-[A-Za-z]*x|^--(?:extract|get)$/.test(one));
