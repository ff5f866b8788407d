import type { Command } from '../../model/script.ts';
import { fileName } from './files.ts';

/** What a command checks against something known: files by their names, or whatever is there. */
export type Check = { readonly covers: 'all' | 'run' } | { readonly covers: readonly string[] };

const sums = /^(?:sha\d+sum|shasum|md5sum|b[23]sum|cksum|xxh\w*sum)$/;

/** Programs that check signatures or checksums whatever they are given. */
const checkers: ReadonlySet<string> = new Set([
  'apksigner',
  'cosign',
  'dpkg-sig',
  'jarsigner',
  'minisign',
  'rekor-cli',
  'signify',
  'signify-openbsd',
  'slsa-verifier',
]);

const longestName = 80;

/**
 * The check that a command makes. `all` may be about any file; `run` is about those of its own script, as nobody checks a signature and
 * then uses another file. Null of a command that checks nothing.
 */
export function checkOf(command: Command): Check | null {
  const { name, words } = command;
  if (name.length > longestName) return null;
  if (sums.test(name)) return { covers: summed(command) };
  const has = (wanted: RegExp): boolean => words.some(({ text }) => text.length < 2000 && wanted.test(text));
  switch (name) {
    case 'gpg':
    case 'gpg2':
    case 'sq':
      return has(/^(?:--)?verify/) ? { covers: 'run' } : null;
    case 'gpgv':
      return { covers: 'run' };
    case 'openssl':
      return has(/^(?:dgst|sha\d+|md5|verify|smime|cms|pkeyutl)$/) ? { covers: 'all' } : null;
    case 'rpm':
    case 'rpmkeys':
      return has(/^(?:-K|--checksig)$/) ? { covers: 'all' } : null;
    case 'gh':
      return has(/^attestation$/) ? { covers: 'all' } : null;
  }
  if (checkers.has(name) || /verif|check-?sum|_check|check_|sha256|sha512/i.test(name))
    return { covers: 'all' };
  const interprets = /^(?:python|php|perl|ruby|node)[\d.]*$/.test(name);
  return interprets && has(/hashlib|hash_file|sha\d|createHash|verif|signature/i) ? { covers: 'all' } : null;
}

/** `-c` reads a list: one that is written out names its files, one in a file may have any. */
function summed({ pipedFrom, redirects, words }: Command): 'all' | readonly string[] {
  const operands = words.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text);
  const isList = words.some(({ text }) => /^-[a-z]*c|^--check$/i.test(text));
  if (!isList) return operands.length > 0 ? operands.map(fileName) : 'all';
  const said =
    redirects.findLast(({ operator }) => /^<<[<-]?$/.test(operator))?.target.text ?? echoed(pipedFrom);
  if (said === null || operands.some((one) => !/^(?:-|\/dev\/stdin)$/.test(one))) return 'all';
  const names = said
    .split(/\n|\\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => fileName(/[ *]([^\s*]+)\s*$/.exec(line)?.[1] ?? ''));
  return names.length === 0 || names.some((one) => one === '' || one === '-' || /^\$[\d*@]/.test(one))
    ? 'all'
    : names;
}

const longestList = 10_000;

/** The list that `echo` or `printf` writes; null where something else makes it. */
function echoed([source, ...more]: readonly Command[]): string | null {
  if (!source || more.length > 0 || (source.name !== 'echo' && source.name !== 'printf')) return null;
  const words = source.words.map(({ text }) => text);
  const text = words.filter((word) => !/^-[neE]+$/.test(word)).join(' ');
  return text.length > longestList || text.includes('%') || text.includes('$(') ? null : text;
}
