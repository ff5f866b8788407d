import type { Mount } from '../../model/facts.ts';
import type { Setting } from '../../model/setting.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import { siteOf } from '../../yaml/site.ts';
import { decidedElsewhere, holeMark, interpolate, type Values } from './interpolate.ts';
import { readBoolean } from './settings.ts';

/** The mounts of a service: `volumes` in both syntaxes, and `tmpfs`. */
export function readMounts(service: YamlValue, path: string, values: Values): readonly Mount[] {
  const volumes = service.get('volumes')?.items() ?? [];
  return [
    ...volumes.flatMap((item) => readVolume(item, `${path}.volumes`, values) ?? []),
    ...readTmpfs(service, `${path}.tmpfs`, values),
  ];
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
  return {
    type: longType(item.textAt('type'), item.textAt('source'), values),
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
    sizeLimit: null,
    executable: null,
    span: name,
    path: `${path}.${target ?? source ?? ''}`,
  };
}

function longType(type: string | null, source: string | null, values: Values): Mount['type'] {
  if (type === 'bind' || type === 'npipe') return 'host';
  if (type === 'volume' || type === 'cluster') return 'volume';
  if (type === 'tmpfs') return 'scratch';
  if (type === null) return source === null ? 'volume' : sourceType(interpolate(source, values).masked);
  return 'other';
}

/** Null where a variable without a default has a part in it. */
function seen(text: string | null, values: Values): string | null {
  if (text === null) return null;
  const { holes, text: resolved } = interpolate(text, values);
  return holes.length === 0 ? resolved : null;
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
  const type = source === null ? 'volume' : sourceType(source);
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
    const [target = '', options = ''] = interpolate(item.text, values).masked.split(':');
    const readOnly = options.split(',').includes('ro');
    return {
      type: 'scratch' as const,
      source: null,
      target: visible(target),
      readOnly: {
        value: readOnly,
        origin: item.merged ? ('merged' as const) : readOnly ? ('explicit' as const) : ('default' as const),
        underline: item.span,
        set: () => refuse('A tmpfs is scratch space; it is there to be written to.'),
      },
      sizeLimit: null,
      executable: null,
      span: item.span,
      path: `${path}.${target}`,
    };
  });
}
