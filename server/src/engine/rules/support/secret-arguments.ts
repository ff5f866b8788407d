import type { Command, Word } from '../../model/script.ts';
import { isSecretName } from '../../text/secret-name.ts';
import { type Span, span } from '../../text/span.ts';
import data from './data/secret-arguments.json' with { type: 'json' };
import { downloadCall } from './programs.ts';
import { isSecretValue } from './secret-value.ts';
import { secretIn } from './secrets.ts';

/** A secret that a command is given. */
export interface GivenSecret {
  /** What it is given as: `docker login -p`, `Authorization`, `API_TOKEN`. */
  readonly name: string;
  readonly span: Span;
}

/** Their passwords are hashes, or what locks an account. */
const accounts: ReadonlySet<string> = new Set(['adduser', 'useradd', 'usermod']);

/** The secrets that stand in a command. `isWritten`: its text goes into a file or to another command. */
export function givenSecrets(command: Command, isWritten: boolean): readonly GivenSecret[] {
  if (accounts.has(command.name)) return [];
  const found = [
    ...inAssignments(command),
    ...inOptions(command),
    ...inLogin(command),
    ...inConfiguration(command),
    ...fromStdin(command),
    ...inTexts(command, isWritten),
  ];
  const seen = new Set<number>();
  return found.filter(({ span }) => !seen.has(span.start) && seen.add(span.start));
}

const isGiven = ({ isLiteral, text }: Word): boolean => isLiteral && isSecretValue(text);

const setters: ReadonlySet<string> = new Set(['declare', 'export', 'local', 'readonly', 'setenv', 'typeset']);

/** `TOKEN=… program`, `export TOKEN=…`. */
function inAssignments({ assignments, name, words }: Command): readonly GivenSecret[] {
  const own = assignments.filter((one) => isNamedSecret(one.name, one.value.text, one.value.isLiteral));
  const set = setters.has(name) ? words : [];
  return [
    ...own.map((one) => ({ name: one.name, span: one.value.span })),
    ...set.flatMap(({ isLiteral, span, text }) => {
      const [, key = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      return isNamedSecret(key, value, isLiteral) ? { name: key, span } : [];
    }),
  ];
}

/** What has the form of a token, or a password in an address, is told as such. */
const isNamedSecret = (name: string, value: string, isLiteral: boolean): boolean =>
  secretIn(name, value, isLiteral)?.by === 'name';

const longOption = new RegExp(`^(?:${data.options.join('|')})(?:=|$)`);

/** `--password=…`, `docker login -p …`, `curl -u name:…`. */
function inOptions(command: Command): readonly GivenSecret[] {
  const found: GivenSecret[] = [];
  const { words } = command;
  const letter = letterOf(command);
  for (const [at, word] of words.entries()) {
    if (!word.text.startsWith('-')) continue;
    const name = longOption.exec(word.text)?.[0];
    if (name !== undefined) {
      const value = name.endsWith('=') ? word : words[at + 1];
      const text = name.endsWith('=') ? word.text.slice(name.length) : (value?.text ?? '-');
      if (!value?.isLiteral || text.startsWith('-') || !isSecretValue(text)) continue;
      found.push({ name: name.replace('=', ''), span: value.span });
    } else if (letter && word.text.startsWith(letter.option)) {
      const attached = word.text.slice(letter.option.length);
      const value = attached === '' && !letter.isAttached ? words[at + 1] : word;
      const text = value === word ? attached.replace(/^=/, '') : (value?.text ?? '');
      if (value?.isLiteral && !text.startsWith('-') && isSecretValue(text))
        found.push({ name: letter.name, span: value.span });
    }
  }
  return [...found, ...inDownload(command)];
}

function letterOf({ name, words }: Command): {
  readonly name: string;
  readonly option: string;
  readonly isAttached: boolean;
} | null {
  for (const { attached, option, programs, with: verb } of data.letters) {
    if (!programs.includes(name) || (verb !== undefined && !words.some(({ text }) => text === verb)))
      continue;
    return {
      name: verb === undefined ? `${name} ${option}` : `${name} ${verb} ${option}`,
      option,
      isAttached: attached === true,
    };
  }
  return null;
}

/** `curl -u name:…`, `curl -H "X-Api-Key: …"`. */
function inDownload(command: Command): readonly GivenSecret[] {
  return (downloadCall(command)?.options ?? []).flatMap(({ name, value, words }) => {
    const word = words.at(-1);
    if (!word?.isLiteral || value === null) return [];
    if (/^(?:-u|--user|-U|--proxy-user)$/.test(name)) {
      const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(value) ?? [];
      const isOne = password !== user && isSecretValue(password);
      return isOne ? { name: `${command.name} ${name}`, span: word.span } : [];
    }
    if (name !== '-H' && name !== '--header') return [];
    const [, header = '', text = ''] = /^([\w-]{1,80})\s*:\s*(\S+)\s*$/.exec(value) ?? [];
    const isSecret = isSecretName(header) || data.headers.includes(header.toLowerCase());
    return isSecret && isSecretValue(text) ? { name: header, span: word.span } : [];
  });
}

/** `cargo login …`. */
function inLogin({ name, words }: Command): readonly GivenSecret[] {
  const login = data.logins.find(({ programs }) => programs.includes(name));
  const [verb, token] = words.filter(({ text }) => !text.startsWith('-'));
  if (!login || verb?.text !== login.with || !token || !isGiven(token) || token.text.includes('=')) return [];
  return [{ name: `${name} ${login.with}`, span: token.span }];
}

const { configured } = data;

/** `npm config set //registry.npmjs.org/:_authToken …`, `composer config http-basic.host name …`. */
function inConfiguration({ name, words }: Command): readonly GivenSecret[] {
  if (!configured.programs.includes(name)) return [];
  if (!words.some(({ text }) => /^(?:config|configure|set)$/.test(text))) return [];
  return words.flatMap(({ text: key }, at) => {
    const first = key.slice(0, 200).replace(/\..*$/s, '');
    const value = words[at + (configured.pairs.includes(first) ? 2 : 1)];
    const isKey =
      configured.pairs.includes(first) ||
      configured.keys.includes(first) ||
      isSecretName(key.slice(-200).replace(/^.*[/:.]/s, ''));
    return isKey && value && isGiven(value) ? { name: key, span: value.span } : [];
  });
}

/** `echo … | docker login --password-stdin`. */
function fromStdin({ name, pipedFrom: [source], redirects, words }: Command): readonly GivenSecret[] {
  const option = words.find(({ text }) => data.stdin.includes(text));
  if (!option) return [];
  const isPrinted = source?.name === 'echo' || source?.name === 'printf';
  const printed = isPrinted ? source.words.filter(({ text }) => !/^-[neE]+$|^%s(?:\\n)?$/.test(text)) : [];
  const here = redirects.filter(({ operator }) => operator === '<<<').map(({ target }) => target);
  return [...(printed.length === 1 ? printed : []), ...here]
    .filter(isGiven)
    .map(({ span }) => ({ name: `${name} ${option.text}`, span }));
}

/** What a text says before a secret, wherever it stands. The first group is the name, the second the secret. */
const forms: readonly RegExp[] = [
  /\b(authorization)["']?\s*[:=]\s*["']?(?:bearer|basic|token|digest|apikey)\s+([^\s"'\\]{6,})/gi,
  /(?<![A-Za-z\d])(_(?:authToken|auth|password))\s*=\s*["']?([^\s"'\\]+)/g,
  /\blogin\s+\S{1,200}\s+(password)\s+([^\s"'\\]+)/g,
  /"auths"[\s\S]{0,1000}?"(auth)"\s*:\s*"([A-Za-z\d+/=]{8,})"/g,
];

/** A setting on a line of its own, as files have it that are read by a shell or a program. */
const setting =
  /^[ \t]*(?:export[ \t]+)?["']?([A-Za-z_][\w.-]{0,80})["']?[ \t]*[=:][ \t]*(["']?)([^\s"']+)\2[ \t]*(?:[,;][ \t]*)?$/gm;

const writers: ReadonlySet<string> = new Set(['cat', 'echo', 'printf', 'tee']);

/** A call, or a member of something: the text is a program's. */
const isCode = (value: string): boolean => /[()[\]{}<>|]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+;?$/.test(value);

const longestText = 100_000;

/** `isWritten`: a program puts its text into a file. */
function inTexts({ name, redirects, words }: Command, isWritten: boolean): readonly GivenSecret[] {
  const texts = [
    ...words,
    ...redirects.filter(({ operator }) => operator.startsWith('<<')).map(({ target }) => target),
  ];
  return texts.flatMap((text) => secretsInText(text, isWritten && writers.has(name)));
}

/** Secrets that a text says to be some. `isFile`: a line of it can be a setting. Each name is told once. */
export function secretsInText(
  { span: at, text: written }: Pick<Word, 'span' | 'text'>,
  isFile: boolean,
): readonly GivenSecret[] {
  if (written.length > longestText) return [];
  // What `printf` and `echo -e` make of it.
  const text = written.replace(/\\n/g, '\n').replace(/\\t/g, '\t');
  const isVerbatim = text.length === at.end - at.start;
  const found = new Map<string, GivenSecret>();
  const add = (name: string, value: string, start: number, whole: string): void => {
    const from = at.start + start + whole.lastIndexOf(value);
    const place = isVerbatim ? span(from, from + value.length) : at;
    if (!found.has(name)) found.set(name, { name, span: place });
  };
  for (const form of forms) {
    for (const { 0: whole, 1: name = '', 2: value = '', index } of text.matchAll(form)) {
      if (isSecretValue(value)) add(name, value, index, whole);
    }
  }
  for (const { 0: whole, 1: name = '', 3: value = '', index } of isFile ? text.matchAll(setting) : []) {
    if (!isCode(value) && isNamedSecret(name, value, true)) add(name, value, index, whole);
  }
  return [...found.values()];
}
