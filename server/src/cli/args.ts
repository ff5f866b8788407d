import { parseArgs } from 'node:util';
import { closest, type Format, formatNames, isFormat, type Severity, severities } from '../engine/index.ts';
import { type CommandName, commandNames, isCommandName } from './usage.ts';

/** What all commands are told. */
export interface CommonOptions {
  /** As given; null where the nearest `.holdfast.yaml` counts. */
  readonly config: string | null;
  /** Null where the terminal decides. */
  readonly color: boolean | null;
  /** Paths or references. */
  readonly operands: readonly string[];
}

export interface ReadingOptions extends CommonOptions {
  /** Threads that read files; null for as many as the machine has cores for. */
  readonly jobs: number | null;
}

export interface AuditOptions extends ReadingOptions {
  readonly format: Format;
  readonly output: string | null;
  readonly failOn: Severity | 'never';
  /** Findings that are less severe are not reported. */
  readonly level: Severity;
  /** Who is asked about pinned images: nobody, the registries, or what they told earlier. */
  readonly ask: 'nobody' | 'registries' | 'cache';
}

export interface ResolveOptions extends CommonOptions {
  /** Nothing is sent; what registries told earlier counts. */
  readonly offline: boolean;
}

export interface PinOptions extends ResolveOptions, ReadingOptions {
  readonly write: boolean;
}

export interface CacheOptions {
  readonly clear: boolean;
}

/** Operands are rules. */
export type ExplainOptions = Pick<CommonOptions, 'color' | 'operands'>;

export type Request =
  | { readonly does: 'audit'; readonly options: AuditOptions }
  | { readonly does: 'pin'; readonly options: PinOptions }
  | { readonly does: 'resolve'; readonly options: ResolveOptions }
  | { readonly does: 'explain'; readonly options: ExplainOptions }
  | { readonly does: 'cache'; readonly options: CacheOptions }
  | { readonly does: 'help'; readonly command: CommandName | null }
  | { readonly does: 'version' }
  /** `message` says what is wrong and what would be right. */
  | { readonly does: 'complain'; readonly message: string; readonly command: CommandName | null };

const coloured = ['audit', 'pin', 'resolve', 'explain'] as const;

/** The options, and the commands that take them. */
const options = {
  help: { type: 'boolean', short: 'h', of: commandNames },
  version: { type: 'boolean', of: [] },
  config: { type: 'string', of: ['audit', 'pin', 'resolve'] },
  color: { type: 'boolean', of: coloured },
  'no-color': { type: 'boolean', of: coloured },
  format: { type: 'string', of: ['audit'] },
  output: { type: 'string', of: ['audit'] },
  'fail-on': { type: 'string', of: ['audit'] },
  level: { type: 'string', of: ['audit'] },
  online: { type: 'boolean', of: ['audit'] },
  offline: { type: 'boolean', of: ['pin', 'resolve', 'audit'] },
  write: { type: 'boolean', of: ['pin'] },
  jobs: { type: 'string', of: ['audit', 'pin'] },
  clear: { type: 'boolean', of: ['cache'] },
} as const satisfies Record<
  string,
  { type: 'boolean' | 'string'; short?: string; of: readonly CommandName[] }
>;

type OptionName = keyof typeof options;

const isOptionName = (name: string): name is OptionName => Object.hasOwn(options, name);

const levels = [...severities, 'never'] as const;

/** Reads the arguments after the program's name. */
export function readArgs(argv: readonly string[]): Request {
  const { positionals, tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<OptionName, string>();
  const [first, ...operands] = positionals;
  const command = first !== undefined && isCommandName(first) ? first : null;
  const complain = (message: string): Request => ({ does: 'complain', message, command });

  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const fault = optionFault(token, command);
    if (fault !== null) return complain(fault);
    if (!isOptionName(token.name)) continue;
    given.set(token.name, token.value ?? '');
    if (token.name === 'color') given.delete('no-color');
    if (token.name === 'no-color') given.delete('color');
  }
  if (first !== undefined && command === null) return complain(unknownCommand(first));
  if (given.has('version')) return { does: 'version' };
  if (given.has('help')) return { does: 'help', command };
  if (command === null) return complain('Say what to do: holdfast audit, pin, resolve, explain or cache.');

  const common: CommonOptions = {
    config: given.get('config') ?? null,
    color: given.has('color') ? true : given.has('no-color') ? false : null,
    operands,
  };
  const offline = given.has('offline');
  const jobs = given.get('jobs') ?? null;
  if (jobs !== null && !/^[1-9][0-9]?$/.test(jobs)) {
    return complain(`--jobs is a number of threads from 1 to 99, not ${JSON.stringify(jobs)}.`);
  }
  const reading = { ...common, jobs: jobs === null ? null : Number(jobs) };
  if (command === 'pin') return { does: 'pin', options: { ...reading, offline, write: given.has('write') } };
  if (command === 'explain') return { does: 'explain', options: common };
  if (command === 'cache') {
    return operands.length > 0
      ? complain('holdfast cache takes options only: it is about all that is kept.')
      : { does: 'cache', options: { clear: given.has('clear') } };
  }
  if (command === 'resolve') {
    return operands.length > 0
      ? { does: 'resolve', options: { ...common, offline } }
      : complain('Name the images to resolve, as in holdfast resolve nginx:1.27.4.');
  }
  const format = given.get('format') ?? 'text';
  if (!isFormat(format)) return complain(unknownValue('--format', format, formatNames));
  const failOn = levels.find((level) => level === (given.get('fail-on') ?? 'warning'));
  if (failOn === undefined) return complain(unknownValue('--fail-on', given.get('fail-on') ?? '', levels));
  const level = severities.find((one) => one === (given.get('level') ?? 'hint'));
  if (level === undefined) return complain(unknownValue('--level', given.get('level') ?? '', severities));
  if (offline && given.has('online')) {
    return complain('--online asks the registries, and --offline asks nobody: leave one of them out.');
  }
  const ask = offline ? 'cache' : given.has('online') ? 'registries' : 'nobody';
  const output = given.get('output') ?? null;
  return { does: 'audit', options: { ...reading, format, output, failOn, level, ask } };
}

interface OptionToken {
  readonly name: string;
  /** With its hyphens. */
  readonly rawName: string;
  readonly value?: string | undefined;
  /** `--name=value` in one argument. */
  readonly inlineValue?: boolean | undefined;
}

function optionFault(
  { inlineValue, name, rawName: written, value }: OptionToken,
  command: CommandName | null,
): string | null {
  if (!isOptionName(name)) return `There is no option ${written}.${meant(written, optionsOf(command))}`;
  const { of, type } = options[name];
  const swallowed = inlineValue === false && value !== undefined && /^-./.test(value);
  if (type === 'string' && (value === undefined || value === '' || swallowed)) {
    return `${written} needs a value, as in ${written}=${valueLike[name] ?? 'FILE'}.`;
  }
  if (type === 'boolean' && value !== undefined) return `${written} takes no value.`;
  if (command !== null && of.length > 0 && !of.some((one) => one === command)) {
    return `holdfast ${command} has no option ${written}; holdfast ${of[0]} has.`;
  }
  return null;
}

const valueLike: Readonly<Partial<Record<OptionName, string>>> = {
  'fail-on': 'error',
  level: 'warning',
  format: 'json',
  jobs: '4',
};

const optionsOf = (command: CommandName | null): readonly string[] =>
  Object.entries(options)
    .filter(([, { of }]) => command === null || of.some((one) => one === command))
    .map(([name]) => `--${name}`);

const unknownCommand = (name: string): string =>
  `There is no command ${JSON.stringify(name)}.${meant(name, commandNames)}`;

const unknownValue = (option: string, value: string, values: readonly string[]): string =>
  `${option} is one of ${values.join(', ')}, not ${JSON.stringify(value)}.${meant(value, values)}`;

function meant(word: string, names: readonly string[]): string {
  const near = closest(word, names);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}
