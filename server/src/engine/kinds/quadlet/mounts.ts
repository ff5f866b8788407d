import type { Mount } from '../../model/facts.ts';
import type { Setting } from '../../model/setting.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import { flagValues, podmanArguments, readFlag } from './flags.ts';
import { holesIn, seen } from './specifiers.ts';
import type { Section } from './unit.ts';
import { replaceText, splitOn, splitWords } from './words.ts';

/**
 * As many mounts of one sort are read from one file. No container has so many; each can be a finding, and a file that is
 * made of nothing else would give more of them than an editor can show.
 */
const mostMounts = 1000;

const firstOf = (values: readonly MappedText[]): readonly MappedText[] => values.slice(0, mostMounts);

/** The mounts of a container: `Volume=`, `Tmpfs=`, `Mount=` and the same as flags, and those that Podman makes by itself. */
export function readMounts(section: Section): readonly Mount[] {
  const args = podmanArguments(section);
  return [
    ...firstOf([...section.all('Volume'), ...flagValues(args, '--volume', '-v')]).map(readVolume),
    ...firstOf([...section.all('Tmpfs'), ...flagValues(args, '--tmpfs')]).map(readTmpfs),
    ...longMounts(section).map(readLong),
    ...ownTmpfs(section),
  ];
}

/** The words of `Mount=`, each `type=…,source=…,target=…`. */
export const longMounts = (section: Section): readonly MappedText[] =>
  firstOf([...section.all('Mount').flatMap(splitWords), ...flagValues(podmanArguments(section), '--mount')]);

const pathOf = (key: string, target: string): string => `Container.${key}.${target}`;

/** `[source:]target[:options]` */
function readVolume(value: MappedText): Mount {
  const fields = splitOn(value, ':', 3).map(({ text }) => text);
  const [source = '', target = '', options] = fields.length === 1 ? ['', ...fields] : fields;
  const type = sourceType(source);
  return {
    type,
    source: type === 'host' ? seen(source) : null,
    target: seen(target),
    readOnly: readOnlyOption(value, options, (written) =>
      source === ''
        ? refuse('A volume without a name has no options here: give it a name first.')
        : replaceText(value, `${source}:${target}:${written}`),
    ),
    sizeLimit: null,
    executable: null,
    span: value.span,
    path: pathOf('Volume', target),
  };
}

/** A path is one of the host, also behind a specifier such as `%h`; a name is a volume; what is only a specifier can be either. */
function sourceType(source: string): Mount['type'] {
  if (/^[./]/.test(source)) return 'host';
  if (holesIn(source).length === 0) return 'volume';
  return source.includes('/') ? 'host' : 'other';
}

/** `target[:options]` */
function readTmpfs(value: MappedText): Mount {
  const [target = '', options] = splitOn(value, ':', 2).map(({ text }) => text);
  const words = options?.split(',').filter((word) => word !== '') ?? [];
  const write = (written: string): Edits => replaceText(value, `${target}:${written}`);
  return {
    type: 'scratch',
    source: null,
    target: seen(target),
    readOnly: readOnlyOption(value, options, write),
    sizeLimit: {
      ...lastOption(value, words, (word) => /^size=(.+)$/.exec(word)?.[1], usualSize),
      set: (size) => write(withMode(words, /^size=/, `size=${size}`)),
    },
    // Versions of Podman do not agree on what holds where nothing is written.
    executable: {
      ...lastOption(value, words, (word) => ({ exec: true, noexec: false })[word]),
      set: (wanted) => write(withMode(words, /^(?:no)?exec$/, wanted ? 'exec' : 'noexec')),
    },
    span: value.span,
    path: pathOf('Tmpfs', target),
  };
}

/** What the kernel lets a tmpfs hold that names no size, of the memory there is: tmpfs(5). */
const usualSize = '50%';

/** What the last of the options that `read` knows says. */
function lastOption<T>(
  { span }: MappedText,
  words: readonly string[],
  read: (word: string) => T | undefined,
  fallback?: T,
): Omit<Setting<T>, 'set'> {
  if (words.some((word) => holesIn(word).length > 0)) {
    return { value: undefined, origin: 'unknown', underline: span };
  }
  const value = words.flatMap((word) => read(word) ?? []).at(-1);
  return value === undefined
    ? { value: fallback, origin: 'default', underline: span }
    : { value, origin: 'explicit', underline: span };
}

/** `ro` and `rw` among the options of a mount; `write` puts other options in their place. */
function readOnlyOption(
  { span }: MappedText,
  options: string | undefined,
  write: (options: string) => Edits,
): Setting<boolean> {
  const words = options?.split(',').filter((word) => word !== '') ?? [];
  const isUnknown = holesIn(options ?? '').length > 0;
  return {
    // What is written to an overlay (`O`) does not reach what lies below it.
    value: isUnknown ? undefined : words.includes('ro') || words.includes('O'),
    origin: isUnknown ? 'unknown' : words.some((word) => /^(?:ro|rw|O)$/.test(word)) ? 'explicit' : 'default',
    underline: span,
    set: (wanted) => write(withMode(words, /^r[ow]$/, wanted ? 'ro' : 'rw')),
  };
}

/** The options with `mode` in the place of those it stands against, or behind the others. */
function withMode(words: readonly string[], modes: RegExp, mode: string): string {
  const replaced = words.map((word) => (modes.test(word) ? mode : word));
  return (replaced.includes(mode) ? replaced : [...words, mode]).join(',');
}

const longTypes: ReadonlyMap<string, Mount['type']> = new Map([
  ['bind', 'host'],
  ['glob', 'host'],
  ['volume', 'volume'],
  ['tmpfs', 'scratch'],
  ['ramfs', 'scratch'],
]);

const longKeys: ReadonlyMap<string, string> = new Map([
  ['src', 'source'],
  ['dst', 'target'],
  ['dest', 'target'],
  ['destination', 'target'],
  ['readonly', 'ro'],
]);

/** The options of a long mount by the first of their names; one without a value has an empty one. */
export function readOptions(mount: MappedText): ReadonlyMap<string, MappedText> {
  return new Map(
    splitOn(mount, ',').map((option) => {
      const [key, value] = splitOn(option, '=', 2);
      const name = key?.text ?? '';
      return [longKeys.get(name) ?? name, value ?? option.slice(option.text.length)];
    }),
  );
}

function readLong(mount: MappedText): Mount {
  const options = readOptions(mount);
  const type = longTypes.get(options.get('type')?.text ?? 'volume') ?? 'other';
  const target = options.get('target')?.text ?? '';
  const readOnly = options.get('ro');
  const writable = options.get('rw');
  return {
    type,
    source: type === 'host' ? seen(options.get('source')?.text ?? '') : null,
    target: seen(target),
    readOnly: {
      value: readOnly ? isOn(readOnly) : writable !== undefined && !isOn(writable),
      origin: readOnly || writable ? 'explicit' : 'default',
      underline: mount.span,
      set(wanted) {
        const words = mount.text.split(',');
        return replaceText(mount, withMode(words, /^(?:readonly|ro|rw)(?:=|$)/, `ro=${wanted}`));
      },
    },
    sizeLimit: null,
    executable: null,
    span: mount.span,
    path: pathOf('Mount', target),
  };
}

const isOn = ({ text }: MappedText): boolean => text === '' || text.toLowerCase() === 'true';

/**
 * Where Podman mounts a tmpfs of its own as soon as the root filesystem is read-only, unless it is told not to. They are not
 * called scratch space: that nobody asked for them says nothing about where the program writes.
 */
function ownTmpfs(section: Section): readonly Mount[] {
  const flag = readFlag(section, { name: '--read-only-tmpfs', key: 'ReadOnlyTmpfs', fallback: true });
  if (flag.value !== true) return [];
  return ['/run', '/tmp', '/var/tmp'].map((target) => ({
    type: 'other',
    source: null,
    target,
    readOnly: {
      value: false,
      origin: 'default',
      underline: section.name,
      set: () => refuse('Podman mounts this by itself, to be written to.'),
    },
    sizeLimit: null,
    executable: null,
    span: section.name,
    path: pathOf('ReadOnlyTmpfs', target),
  }));
}
