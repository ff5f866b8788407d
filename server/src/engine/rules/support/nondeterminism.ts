import type { Command, Word } from '../../model/script.ts';
import type { Span } from '../../text/span.ts';

/** What differs from build to build, and ends up in the image. */
export interface Chance {
  /** `date`, `$RANDOM`. */
  readonly name: string;
  /** `the time of the build`. */
  readonly gives: string;
  /** `a file`. */
  readonly into: string;
  readonly span: Span;
}

interface Source {
  readonly name: string;
  readonly gives: string;
  readonly span: Span;
}

const time = 'the time of the build';
const random = 'a random value';

/** In the order of the commands; each source once. */
export function chanceIn(commands: readonly Command[]): readonly Chance[] {
  if (commands.some(isReproducible)) return [];
  const found = new Map<number, Chance>();
  const held = new Map<string, Source>();
  for (const command of commands) {
    for (const { name, value } of command.assignments) {
      const [source] = sourcesIn(value, held);
      if (source) held.set(name, source);
    }
    const into = sinkOf(command);
    if (into === null) continue;
    for (const source of sourcesOf(command, held)) {
      if (!found.has(source.span.start)) found.set(source.span.start, { ...source, into });
    }
  }
  return [...found.values()];
}

const epoch = 'SOURCE_DATE_EPOCH';

const isReproducible = ({ assignments, words }: Command): boolean =>
  words.some(({ text }) => text.includes(epoch)) ||
  assignments.some(({ name, value }) => name === epoch || value.text.includes(epoch));

/** Where the output of a command stays; null where it is only shown, or goes to something else. */
function sinkOf({ name, pipedFrom, redirects, words }: Command): string | null {
  if (redirects.some(({ operator, target }) => /^(?:1|&)?>{1,2}\|?$/.test(operator) && stays(target.text)))
    return 'a file';
  if (name === 'tee') return words.some(({ text }) => !text.startsWith('-') && stays(text)) ? 'a file' : null;
  if (name === 'sed' || name === 'perl')
    return words.some(({ text }) => /^-[a-z]*i|^--in-place/.test(text)) ? 'a file' : null;
  if (name === 'dd')
    return words.some(({ text }) => /^of=/.test(text) && stays(text.slice(3))) ? 'a file' : null;
  if (pipedFrom.length > 0) return null;
  return compilers.has(name) ? 'what is compiled' : null;
}

/** Not the terminal, nor a folder that holds what a build needs for the moment. */
const stays = (path: string): boolean =>
  !/^(?:-|&.*|\/(?:dev|tmp|proc|sys|run|var\/tmp|var\/log)(?:\/.*)?)$/s.test(path);

const compilers: ReadonlySet<string> = new Set([
  'cargo',
  'cc',
  'clang',
  'cmake',
  'dotnet',
  'g++',
  'gcc',
  'go',
  'gradle',
  'make',
  'mvn',
]);

/** What comes into a command: by itself, through a pipe, in its words, and in what it is given to read. */
function sourcesOf(command: Command, held: ReadonlyMap<string, Source>): readonly Source[] {
  const makers = [command, ...command.pipedFrom];
  return makers.flatMap((maker) => [
    ...made(maker),
    ...maker.words.flatMap((word) => sourcesIn(word, held)),
    ...maker.assignments.flatMap(({ value }) => (maker === command ? sourcesIn(value, held) : [])),
    ...maker.redirects.flatMap(({ operator, target }) => {
      if (!operator.startsWith('<')) return [];
      return operator === '<' ? deviceIn(target) : sourcesIn(target, held);
    }),
  ]);
}

function sourcesIn(word: Word, held: ReadonlyMap<string, Source>): readonly Source[] {
  if (word.isLiteral) return [];
  const inner = word.substitutions.flatMap((command) => [
    ...made(command),
    ...command.words.flatMap(({ substitutions }) => substitutions.flatMap(made)),
    ...command.pipedFrom.flatMap(made),
  ]);
  const named = Array.from(word.text.slice(0, 10_000).matchAll(/\$\{?(\w+)/g), ([, name = '']) => name);
  return [
    ...inner,
    ...named.flatMap((name) => held.get(name) ?? []),
    ...(named.includes('RANDOM') ? [{ name: '$RANDOM', gives: random, span: word.span }] : []),
  ];
}

/** What a command gives by itself. */
function made(command: Command): readonly Source[] {
  const { name, redirects, span, words } = command;
  const texts = words.map(({ text }) => text);
  const source = (label: string, gives: string): readonly Source[] => [{ name: label, gives, span }];
  switch (name) {
    case 'date':
      return texts.some(
        (text) =>
          /^(?:-[uRI]*[dfrs]|--(?:date|file|reference|set|help|version))/.test(text) || /^\d{8,}/.test(text),
      )
        ? []
        : source('date', time);
    case 'uuidgen':
      return texts.some((text) => /^(?:-[ms5]|--(?:md5|sha1))/.test(text)) ? [] : source('uuidgen', random);
    case 'mcookie':
    case 'pwgen':
      return source(name, random);
    case 'openssl':
      return texts[0] === 'rand' ? source('openssl rand', random) : [];
    case 'hostname':
      return texts.every((text) => /^-[fsi]$/.test(text))
        ? source('hostname', 'the name of the machine that builds')
        : [];
  }
  return [
    ...words.flatMap(deviceIn),
    ...redirects.flatMap(({ operator, target }) => (operator === '<' ? deviceIn(target) : [])),
  ];
}

function deviceIn({ span, text }: Word): readonly Source[] {
  const device = /^(?:if=)?(\/dev\/u?random|\/proc\/sys\/kernel\/random\/uuid)$/.exec(text)?.[1];
  return device === undefined ? [] : [{ name: device, gives: random, span }];
}
