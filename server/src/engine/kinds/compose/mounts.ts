import type { Mount } from '../../model/facts.ts';
import type { Setting } from '../../model/setting.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import { siteOf } from '../../yaml/site.ts';
import { throughVolume } from './bound-volumes.ts';
import { decidedElsewhere, holeMark, interpolate, seen, type Values } from './interpolate.ts';
import type { Project } from './project.ts';
import { lockOf, readBoolean, readFlagSetting, type ServicePlace } from './settings.ts';

/** The mounts of a service: `volumes` in both syntaxes, and `tmpfs`. */
export function readMounts(service: YamlValue, path: string, { values, volumes }: Project): readonly Mount[] {
  const items = service.get('volumes')?.items() ?? [];
  return [
    ...items.flatMap((item) => {
      const mount = readVolume(item, `${path}.volumes`, values);
      return mount ? throughVolume(mount, volumeName(item, values), volumes, values) : [];
    }),
    ...readTmpfs(service, `${path}.tmpfs`, values),
  ];
}

/** The name of a volume that an item of `volumes` mounts; null where it has none, or a variable decides it. */
function volumeName(item: YamlValue, values: Values): string | null {
  if (item.type === 'map') return seen(item.textAt('source'), values);
  const [source, target] = cutFields(interpolate(item.text ?? '', values).masked);
  return source === undefined || target === undefined ? null : visible(source.text);
}

/** Where an item of `volumes` is mounted; null where that cannot be seen. */
export const targetOf = (item: YamlValue, values: Values): string | null =>
  readVolume(item, '', values)?.target ?? null;

function readVolume(item: YamlValue, path: string, values: Values): Mount | null {
  if (item.type === 'map') return readLong(item, path, values);
  return item.type === 'scalar' ? readShort(item, path, values) : null;
}

function readLong(item: YamlValue, path: string, values: Values): Mount {
  const source = seen(item.textAt('source'), values);
  const target = seen(item.textAt('target'), values);
  const name = (item.get('source') ?? item.get('target') ?? item).span;
  const type = longType(item.textAt('type'), item.textAt('source'), values);
  const isScratch = type === 'scratch';
  return {
    type,
    source,
    target,
    readOnly: settingOf({
      owner: item,
      keys: ['read_only'],
      name,
      fallback: false,
      read: (value) => readBoolean(value, values),
      after: ['target', 'source'],
    }),
    sizeLimit: isScratch ? longSize(item, name, values) : null,
    executable: isScratch ? neverExecutable(name) : null,
    span: name,
    path: `${path}.${target ?? source ?? ''}`,
  };
}

/** What the kernel lets a tmpfs hold that names no size, of the memory there is: tmpfs(5). */
const usualSize = '50%';

const longSize = (item: YamlValue, name: Span, values: Values): Setting<string> =>
  settingOf<string>({
    owner: item,
    keys: ['tmpfs', 'size'],
    name,
    fallback: usualSize,
    read: (value) => {
      const text = seen(value.text, values);
      return text === null ? { unknown: 'A variable decides this value.' } : { value: text };
    },
    locked: lockOf(item.at('tmpfs', 'size'), values),
  });

/** The long form knows no `exec`, and Docker mounts a tmpfs `noexec` (moby `daemon/oci_linux.go`). */
const neverExecutable = (underline: Span): Setting<boolean> => ({
  value: false,
  origin: 'default',
  underline,
  set: (wanted) => (wanted ? refuse('The long form has no such option; use `tmpfs`.') : []),
});

function longType(type: string | null, source: string | null, values: Values): Mount['type'] {
  if (type === 'bind' || type === 'npipe') return 'host';
  if (type === 'volume' || type === 'cluster') return 'volume';
  if (type === 'tmpfs') return 'scratch';
  if (type === null) return source === null ? 'volume' : sourceType(interpolate(source, values).masked);
  return 'other';
}

interface Field {
  readonly text: string;
  readonly span: Span;
}

/** `[source:]target[:options]`, cut as Compose cuts it: a single letter before a colon is a Windows drive. */
function cutFields(text: string): readonly Field[] {
  const fields: Field[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && text[at] !== ':') continue;
    if (at < text.length && at - from === 1 && /[A-Za-z]/.test(text[from] ?? '')) continue;
    fields.push({ text: text.slice(from, at), span: span(from, at) });
    from = at + 1;
  }
  return fields;
}

function readShort(item: YamlValue, path: string, values: Values): Mount {
  const raw = item.text ?? '';
  const { masked } = interpolate(raw, values);
  const fields = cutFields(masked);
  const [first, second, third] = fields.map((field) => field.text);
  const source = second === undefined ? null : (first ?? '');
  const target = visible(second ?? first ?? '');
  const type = source === null ? 'volume' : folderVariable.test(raw) ? 'host' : sourceType(source);
  return {
    type,
    source: type === 'host' && source !== null ? visible(source) : null,
    target,
    readOnly: shortReadOnly(item, third, values),
    sizeLimit: null,
    executable: null,
    span: item.span,
    path: `${path}.${target ?? raw}`,
  };
}

const visible = (text: string): string | null => (text.includes(holeMark) ? null : text);

/** Variables that hold a folder wherever they are set. */
const folderVariable = /^\$(?:PWD|HOME|\{(?:PWD|HOME)\})[:/]/;

/** A path is a bind mount, a name is a volume; what stands in a lone variable can be either. */
function sourceType(source: string): Mount['type'] {
  if (/^(?:[./~\\]|[A-Za-z]:)/.test(source)) return 'host';
  if (!source.includes(holeMark)) return 'volume';
  return /[\\/]/.test(source) ? 'host' : 'other';
}

function shortReadOnly(item: YamlValue, options: string | undefined, values: Values): Setting<boolean> {
  const words = options?.split(',') ?? [];
  const unseen = options?.includes(holeMark) ?? false;
  const written = words.includes('ro') || words.includes('rw');
  return {
    value: unseen ? undefined : words.includes('ro'),
    origin: unseen ? 'unknown' : item.merged ? 'merged' : written ? 'explicit' : 'default',
    underline: item.span,
    set: (value) => setShort(item, value, values),
  };
}

/** Writes `ro` among the options: in the place of `rw`, behind the others, or as the only one. */
function setShort(item: YamlValue, value: boolean, values: Values): Edits {
  if (item.merged || item.isShared)
    return refuse('This mount is shared through an alias or a merge key; change it where it is defined.');
  const raw = item.text ?? '';
  const interpolated = interpolate(raw, values);
  const fields = cutFields(maskExpressions(raw, interpolated.expressions));
  const [, target, options] = fields;
  if (!target || fields.length > 3) {
    return refuse(
      decidedElsewhere(interpolated) ??
        'A mount without a source has no options here; use the long form with `read_only`.',
    );
  }
  if (options?.text.includes(holeMark))
    return refuse(decidedElsewhere(interpolated) ?? 'The options are not clear.');
  const site = siteOf(item);
  if (!site) return [];
  const mode = value ? 'ro' : 'rw';
  if (!options) return site.replace(`${raw}:${mode}`);
  const words = options.text.split(',');
  if (words.includes(mode)) return [];
  const other = value ? 'rw' : 'ro';
  const wanted = words.includes(other)
    ? words.map((word) => (word === other ? mode : word))
    : [...words.filter((word) => word !== ''), mode];
  return site.replace(raw.slice(0, options.span.start) + wanted.join(','));
}

function maskExpressions(raw: string, expressions: readonly Span[]): string {
  let masked = raw;
  for (const { end, start } of expressions) {
    masked = masked.slice(0, start) + holeMark.repeat(end - start) + masked.slice(end);
  }
  return masked;
}

function readTmpfs(service: YamlValue, path: string, values: Values): readonly Mount[] {
  const tmpfs = service.get('tmpfs');
  const items = tmpfs?.type === 'scalar' ? [tmpfs] : (tmpfs?.items() ?? []);
  return items.flatMap((item) => {
    if (item.text === null) return [];
    const { masked } = interpolate(item.text, values);
    const colon = masked.indexOf(':');
    const target = colon < 0 ? masked : masked.slice(0, colon);
    const words = colon < 0 ? [] : masked.slice(colon + 1).split(',');
    return {
      type: 'scratch' as const,
      source: null,
      target: visible(target),
      readOnly: {
        ...optionOf(item, words, (word) => (word === 'ro' ? true : word === 'rw' ? false : undefined), false),
        set: () => refuse('A tmpfs is scratch space; it is there to be written to.'),
      },
      sizeLimit: {
        ...optionOf(item, words, (word) => /^size=(.+)$/.exec(word)?.[1], usualSize),
        set: (size) => setOption(item, /^size=/, `size=${size}`, values),
      },
      executable: {
        ...optionOf(item, words, (word) => ({ exec: true, noexec: false })[word], false),
        set: (wanted) => setOption(item, /^(?:no)?exec$/, wanted ? 'exec' : 'noexec', values),
      },
      span: item.span,
      path: `${path}.${target}`,
    };
  });
}

/**
 * The socket of the engine that Compose talks to, which `use_api_socket` mounts beside the user's credentials
 * (docker/compose `pkg/compose/apiSocket.go`).
 */
export function readEngineSocket(place: ServicePlace): readonly Mount[] {
  const { origin, underline, value } = readFlagSetting('use_api_socket', place);
  if (value !== true) return [];
  const set = (): Edits => refuse('Compose mounts this socket itself, and never read-only.');
  return [
    {
      type: 'host',
      source: null,
      target: '/var/run/docker.sock',
      readOnly: { value: false, origin, underline, set },
      sizeLimit: null,
      executable: null,
      span: underline,
      path: `${place.path}.use_api_socket`,
    },
  ];
}

/** One option of a tmpfs, of which the last one counts. */
function optionOf<T>(
  item: YamlValue,
  words: readonly string[],
  read: (word: string) => T | undefined,
  fallback: T | undefined,
): Omit<Setting<T>, 'set'> {
  const underline = item.span;
  if (words.some((word) => word.includes(holeMark)))
    return { value: undefined, origin: 'unknown', underline };
  const value = words.flatMap((word) => read(word) ?? []).at(-1);
  if (value === undefined) return { value: fallback, origin: item.merged ? 'merged' : 'default', underline };
  return { value, origin: item.merged ? 'merged' : 'explicit', underline };
}

/** Writes an option of a tmpfs in the place of those that `old` fits, or behind the others. */
function setOption(item: YamlValue, old: RegExp, option: string, values: Values): Edits {
  if (item.merged || item.isShared)
    return refuse('This mount is shared through an alias or a merge key; change it where it is defined.');
  const raw = item.text ?? '';
  const locked = decidedElsewhere(interpolate(raw, values));
  if (locked) return refuse(locked);
  const colon = raw.indexOf(':');
  const words =
    colon < 0
      ? []
      : raw
          .slice(colon + 1)
          .split(',')
          .filter((word) => word !== '');
  const kept = words.filter((word) => !old.test(word));
  const place = words.findIndex((word) => old.test(word));
  const wanted = kept.toSpliced(place < 0 ? kept.length : place, 0, option);
  const target = colon < 0 ? raw : raw.slice(0, colon);
  return siteOf(item)?.replace(`${target}:${wanted.join(',')}`) ?? [];
}
