import type { BuildStage } from '../../model/build.ts';
import type { Command, Redirect, Word } from '../../model/script.ts';
import type { Span } from '../../text/span.ts';
import { addressedFile, fileName, folderOf, isLocalAddress } from './files.ts';
import { checkOf } from './integrity-checks.ts';
import { downloadCall, isDownload, runDownload } from './programs.ts';
import { remembered } from './remembered.ts';
import { interpreters, type Use, useOf } from './uses.ts';

/** A download that is used in the same stage, and that nothing there checks. */
export interface UncheckedDownload {
  /** Its name as it is saved; empty where it goes to a program at once. */
  readonly file: string;
  /** The program that it goes to at once. */
  readonly into: string | null;
  readonly use: Use;
  /** Its address, or the program that gets it. */
  readonly span: Span;
  /** Path of its script. */
  readonly path: string;
  /** `curl`. */
  readonly program: string;
}

interface Saved {
  readonly file: string;
  /** This one, and those it gets by being moved. */
  readonly names: Set<string>;
  readonly folder: string;
  readonly span: Span;
  readonly command: Command;
  readonly path: string;
  /** Which script of the stage it stands in. */
  readonly at: number;
}

/** The checks of one stage. */
export class StageChecks {
  #last = -1;
  readonly #runs = new Set<number>();
  readonly #named = new Map<string, number>();

  /** `commands` of the stage's scripts, in their order. */
  constructor(scripts: readonly (readonly Command[])[]) {
    scripts.forEach((commands, at) => {
      for (const command of commands) this.#add(command, at);
    });
  }

  #add(command: Command, at: number): void {
    const check = checkOf(command);
    if (!check) return;
    if (check.covers === 'all') this.#last = at;
    else if (check.covers === 'run') {
      this.#runs.add(at);
      for (const { text } of command.words)
        this.#name(fileName(text).replace(/\.(?:asc|gpg|sig|sign)$/, ''), at);
    } else for (const name of check.covers) this.#name(name, at);
  }

  #name(name: string, at: number): void {
    if (name !== '') this.#named.set(name, at);
  }

  /** Whether a file of this name, which is there from script `at` on, may be checked then or later. */
  covers(name: string, at: number): boolean {
    return this.#last >= at || this.#runs.has(at) || (this.#named.get(name) ?? -1) >= at;
  }
}

const downloads = remembered((script) => script.commands().some(isDownload));

/** Downloads of a stage that are run, installed, unpacked or made executable without a check. Each is found once. */
export function uncheckedDownloads({ steps }: BuildStage): readonly UncheckedDownload[] {
  const scripts = steps.flatMap((step) =>
    step.type === 'script' && step.script.moment === 'build' ? step.script : [],
  );
  if (!scripts.some(downloads)) return [];
  const commands = scripts.map((script) => script.commands());
  const reader = new Reader(new StageChecks(commands));
  scripts.forEach(({ path }, at) => {
    const here = commands[at] ?? [];
    for (const command of here) reader.read(command, path, at);
    reader.readOutcomes(here, path);
  });
  return reader.found;
}

/** What is run though more words stand behind it: `bash /dev/stdin latest`, `php -- --quiet`. */
const readsInput = ({ name, pipedFrom, words: [first] }: Command): Command | null =>
  (first?.text === '/dev/stdin' || first?.text === '--') && interpreters.has(name)
    ? (pipedFrom.find(isDownload) ?? null)
    : null;

const isInput = ({ operator }: Redirect): boolean => operator === '<';

class Reader {
  readonly found: UncheckedDownload[] = [];
  readonly #checks: StageChecks;
  readonly #byName = new Map<string, Saved[]>();
  readonly #byFolder = new Map<string, Saved[]>();
  readonly #piped = new Set<Command>();
  readonly #done = new Set<Saved>();

  constructor(checks: StageChecks) {
    this.#checks = checks;
  }

  read(command: Command, path: string, at: number): void {
    if (isDownload(command)) {
      for (const saved of savedBy(command, path, at)) this.#save(saved.file, saved);
      return;
    }
    this.#passOn(command, path, at);
    const source = runDownload(command) ?? readsInput(command);
    // What goes into a file does not go through the pipe.
    if (source && savedBy(source, path, at).length === 0) this.#take(source, command.name, 'run', path);
    this.#unpackPiped(command, path, at);
    for (const saved of this.#byName.get(command.name) ?? []) this.#use(saved, 'run');
    const use = useOf(command);
    if (!use) return;
    for (const word of [...use.words, ...command.redirects.filter(isInput).map(({ target }) => target)]) {
      for (const saved of this.#filesOf(word)) this.#use(saved, use.use);
    }
  }

  /** Downloads whose outcome is a command: `sh -c "$(curl …)"`. */
  readOutcomes(commands: readonly Command[], path: string): void {
    for (const [number, { name, nameSpan }] of commands.entries()) {
      if (name !== '') continue;
      // In the order of the text, what stands within a command follows it.
      for (let at = number + 1; at < commands.length; at++) {
        const inner = commands[at];
        if (!inner || inner.span.start >= nameSpan.end) break;
        if (isDownload(inner)) this.#take(inner, 'sh', 'run', path);
      }
    }
  }

  #save(name: string, saved: Saved): void {
    if (name === '') return;
    push(this.#byName, name, saved, mostOfName);
    push(this.#byFolder, saved.folder, saved, mostOfFolder);
  }

  /** `tee`, `gunzip > file`, `mv`: the download under another name. */
  #passOn(command: Command, path: string, at: number): void {
    const { name, pipedFrom, redirects, words } = command;
    if (passing.has(name)) {
      const source = pipedFrom.find(isDownload);
      const target = name === 'tee' ? words.find(({ text }) => !text.startsWith('-')) : written(redirects);
      const span = source && addressesOf(source)[0]?.span;
      if (source && target && span && !goesNowhere(target.text)) {
        const saved = {
          file: fileName(target.text),
          names: new Set([fileName(target.text)]),
          folder: folderOf(target.text),
          span,
          command: source,
          path,
          at,
        };
        if (isLocal(source)) return;
        this.#save(saved.file, saved);
        if (unpacksStream(command)) this.#use(saved, 'unpacked');
      }
      return;
    }
    if (!moving.has(name)) return;
    const operands = words.filter(({ text }) => !text.startsWith('-'));
    const target = operands.at(-1);
    if (!target || operands.length < 2) return;
    for (const source of operands.slice(0, -1)) {
      for (const saved of [...(this.#byName.get(fileName(source.text)) ?? [])]) {
        const moved = fileName(target.text);
        // Into a folder it keeps its name.
        if (moved !== '' && !saved.names.has(moved)) {
          saved.names.add(moved);
          push(this.#byName, moved, saved, mostOfName);
        }
        push(this.#byFolder, folderOf(target.text), saved, mostOfFolder);
      }
    }
  }

  #filesOf({ text }: Word): readonly Saved[] {
    const value = /^--[\w-]+=(.*)$/s.exec(text)?.[1] ?? text;
    const name = fileName(value);
    if (!name.includes('*')) return this.#byName.get(name) ?? [];
    const folder = folderOf(value);
    const all = this.#byFolder.get(folder) ?? [];
    if (name !== '*') return all.filter((saved) => [...saved.names].some((one) => fits(one, name)));
    this.#byFolder.delete(folder);
    return all;
  }

  #use(saved: Saved, use: Use): void {
    if (this.#done.has(saved)) return;
    this.#done.add(saved);
    const { at, command, file, names, path, span } = saved;
    if (this.#piped.has(command) || [...names].some((name) => this.#checks.covers(name, at))) return;
    this.found.push({ file, into: null, use, span, path, program: command.name });
  }

  /** `curl … | tar -xz`: what comes could be checked on its way alone, or by the copy that `tee` keeps. */
  #unpackPiped(command: Command, path: string, at: number): void {
    const { name, pipedFrom } = command;
    if (!archivers.test(name) || !unpacksStream(command)) return;
    const source = pipedFrom.find(
      (one) => isDownload(one) || !(passing.has(one.name) || meters.has(one.name)),
    );
    if (!source || !isDownload(source) || savedBy(source, path, at).length > 0) return;
    const copies = pipedFrom
      .slice(0, pipedFrom.indexOf(source))
      .flatMap((one) => (one.name === 'tee' ? one.words.map(({ text }) => fileName(text)) : []));
    if (!['', ...copies].some((file) => this.#checks.covers(file, at)))
      this.#take(source, name, 'unpacked', path);
  }

  #take(source: Command, into: string, use: Use, path: string): void {
    if (this.#piped.has(source) || isLocal(source)) return;
    this.#piped.add(source);
    const span = addressesOf(source)[0]?.span ?? source.nameSpan;
    this.found.push({ file: '', into, use, span, path, program: source.name });
  }
}

/** Whether a name begins and ends as a pattern does; what stands between its stars is not compared. */
const fits = (name: string, pattern: string): boolean =>
  name.length >= pattern.replaceAll('*', '').length &&
  name.startsWith(pattern.slice(0, pattern.indexOf('*'))) &&
  name.endsWith(pattern.slice(pattern.lastIndexOf('*') + 1));

/** A file takes the place of an older one of its name, but for those in other folders. */
const mostOfName = 4;
const mostOfFolder = 200;

function push(map: Map<string, Saved[]>, key: string, saved: Saved, most: number): void {
  const known = map.get(key) ?? [];
  if (known.includes(saved)) return;
  if (known.length === most) known.shift();
  known.push(saved);
  map.set(key, known);
}

const passing: ReadonlySet<string> = new Set([
  'base64',
  'bunzip2',
  'bzcat',
  'bzip2',
  'cat',
  'funzip',
  'gunzip',
  'gzip',
  'tee',
  'unxz',
  'xz',
  'xzcat',
  'zcat',
  'zstd',
]);

/** They let everything through, and show how much it was. */
const meters: ReadonlySet<string> = new Set(['buffer', 'dd', 'mbuffer', 'pv']);

const archivers = /^(?:(?:bsd|g)?tar|(?:bsd)?cpio|unzip|bsdunzip|jar|7z[ar]?)$/;

/** Unpacks what comes in. */
const unpacksStream = (command: Command): boolean =>
  /^(?:bz|xz|z|zstd)cat$|^funzip$/.test(command.name) ||
  (/cpio$/.test(command.name)
    ? command.words.some(({ text }) => /^-[a-zA-Z]*i|^--extract$/.test(text))
    : useOf(command)?.use === 'unpacked');

const moving: ReadonlySet<string> = new Set(['cp', 'install', 'ln', 'mv']);

const goesNowhere = (path: string): boolean => /^(?:-|\/dev\/.*|&.*)$/s.test(path);

const written = (redirects: Command['redirects']): Word | undefined =>
  redirects.find(({ operator }) => /^1?>{1,2}\|?$/.test(operator))?.target;

/** The words that are addresses. */
const addressesOf = (command: Command): readonly Word[] => {
  const call = downloadCall(command);
  if (!call) return [];
  const given = call.options.flatMap(({ name, words }) => (name === '--url' ? (words.at(-1) ?? []) : []));
  return [...call.operands, ...given];
};

const isLocal = (command: Command): boolean => {
  const addresses = addressesOf(command);
  return addresses.length > 0 && addresses.every(({ text }) => isLocalAddress(text));
};

/** The files that a download leaves behind. */
function savedBy(command: Command, path: string, at: number): readonly Saved[] {
  const call = downloadCall(command);
  if (!call) return [];
  const values = (...names: readonly string[]): readonly string[] =>
    call.options.flatMap(({ name, value }) => (names.includes(name) && value !== null ? value : []));
  const isCurl = command.name === 'curl';
  const outputs = isCurl ? values('-o', '--output') : values('-O', '--output-document');
  const folder = values(...(isCurl ? ['--output-dir'] : ['-P', '--directory-prefix'])).at(-1) ?? '';
  const keepsName =
    !isCurl || call.options.some(({ name }) => /^(?:-O|--remote-name|--remote-name-all)$/.test(name));
  const redirected = written(command.redirects)?.text;
  return addressesOf(command).flatMap((address, number) => {
    const chosen = outputs[isCurl ? number : 0];
    const target = chosen === '-' || (chosen === undefined && !keepsName) ? redirected : chosen;
    const isNamed = chosen === undefined && keepsName;
    if (isLocalAddress(address.text) || (!isNamed && (target === undefined || goesNowhere(target))))
      return [];
    const file = isNamed ? addressedFile(address.text) : fileName(target ?? '');
    return {
      file,
      names: new Set([file]),
      folder: isNamed ? folder : folderOf(target ?? ''),
      span: address.span,
      command,
      path,
      at,
    };
  });
}
