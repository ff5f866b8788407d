import type { ImageRole, ImageUse, Mount, Workload } from '../../model/facts.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import { appendItems, listFromScalar, setIn } from '../../yaml/insert.ts';
import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import type { ImageUses } from '../../yaml/uses.ts';
import { decidedElsewhere, interpolate } from './interpolate.ts';
import { readMounts } from './mounts.ts';
import { lockOf, readBoolean } from './settings.ts';

/** Reads one service: its images go to `uses`, and what it runs is returned; null for an entry that runs no container. */
export function readService(
  { key, keySpan, value: service }: Entry,
  built: ReadonlySet<string>,
  uses: ImageUses,
): Workload | null {
  if (service.type !== 'map' || isSet(service.get('provider'))) return null;
  const path = `services.${key}`;
  const label = `service ${key}`;
  const builds = isSet(service.get('build'));
  const written = service.get('image');
  const isBuilt = builds || built.has(resolvedName(written));
  const image = addImage(uses, isBuilt ? 'build-output' : 'workload', written, label);
  readBuild(service.get('build'), label, uses);
  readImageVolumes(service, label, uses);
  const mounts = readMounts(service, path);
  // What a service of another file brings in cannot be seen here: one that is extended, or one that this file only overrides.
  const whole = !isSet(service.get('extends')) && (builds || isSet(service.get('image')));
  const flag = (name: string) =>
    settingOf<boolean>({
      owner: service,
      keys: [name],
      name: keySpan,
      fallback: whole ? false : 'unknown',
      read: readBoolean,
      locked: lockOf(service.get(name)),
      after: ['image', 'build'],
    });
  return {
    label,
    path,
    name: keySpan,
    image,
    windows: /^windows\b/i.test(service.textAt('platform') ?? ''),
    readOnlyRoot: flag('read_only'),
    misplacedReadOnlyRoot: null,
    privileged: flag('privileged'),
    addedCapabilities: (service.get('cap_add')?.items() ?? []).flatMap((item) =>
      item.text === null ? [] : { value: item.text, span: item.span, path: `${path}.cap_add.${item.text}` },
    ),
    pullPolicy: null,
    mounts,
    provideScratch: (targets) => addTmpfs(service, mounts, targets),
  };
}

/** The images that services of this file build: another service that names one runs what was built, and pulls nothing. */
export const builtHere = (services: readonly Entry[]): ReadonlySet<string> =>
  new Set(
    services.flatMap(({ value }) => {
      const name = resolvedName(value.get('image'));
      return isSet(value.get('build')) && name !== '' ? name : [];
    }),
  );

/** With the tag that counts when none is written; empty where a variable leaves it open. */
function resolvedName(image: YamlValue | undefined): string {
  if (!isSet(image) || image?.text == null || image.text === '') return '';
  const { holes, text } = interpolate(image.text);
  if (holes.length > 0) return '';
  return /[:@][^/]*$/.test(text) ? text : `${text}:latest`;
}

/** `!reset` takes away what another file says (Compose specification, 13-merge.md). */
const isSet = (value: YamlValue | undefined): boolean =>
  value !== undefined && value.type !== 'null' && value.tag !== '!reset';

function addImage(
  uses: ImageUses,
  role: ImageRole,
  value: YamlValue | undefined,
  owner: string,
  part?: Span,
): ImageUse | null {
  if (!value || !isSet(value) || value.text === null) return null;
  const written = part ? value.text.slice(part.start, part.end) : value.text;
  const interpolated = interpolate(written);
  const { holes, text: resolved } = interpolated;
  const locked = decidedElsewhere(interpolated);
  return uses.add({ role, value, resolved, holes, locked, path: value.path, owner, ...(part && { part }) });
}

function readBuild(build: YamlValue | undefined, owner: string, uses: ImageUses): void {
  for (const item of build?.get('cache_from')?.items() ?? []) {
    const part = cacheReference(item.text ?? '');
    if (part) addImage(uses, 'cache-source', item, owner, part);
  }
  const contexts = build?.get('additional_contexts');
  const values =
    contexts?.type === 'map' ? contexts.entries().map((entry) => entry.value) : (contexts?.items() ?? []);
  for (const value of values) {
    const reference = /^(?:[^=]*=)?docker-image:\/\//.exec(value.text ?? '');
    if (!reference || value.text === null) continue;
    addImage(uses, 'build-context', value, owner, span(reference[0].length, value.text.length));
  }
}

/** A cache is an image by itself, or `type=registry,ref=image`; other types name no image. */
function cacheReference(text: string): Span | null {
  if (!/^[a-z-]+=/.test(text)) return text === '' ? null : span(0, text.length);
  if (!/(?:^|,)type=registry(?:,|$)/.test(text)) return null;
  const match = /(?:^|,)ref=([^,]+)/.exec(text);
  if (!match) return null;
  const end = match.index + match[0].length;
  return span(end - (match[1]?.length ?? 0), end);
}

function readImageVolumes(service: YamlValue, owner: string, uses: ImageUses): void {
  for (const item of service.get('volumes')?.items() ?? []) {
    if (item.textAt('type') === 'image') addImage(uses, 'image-volume', item.get('source'), owner);
  }
}

/** Adds to `tmpfs` what no writable mount covers yet. */
function addTmpfs(service: YamlValue, mounts: readonly Mount[], targets: readonly string[]): Edits {
  const missing = targets.filter((target) => !mounts.some((mount) => covers(mount, target)));
  if (missing.length === 0) return [];
  const tmpfs = service.get('tmpfs');
  if (tmpfs?.type === 'sequence') return appendItems(tmpfs, missing);
  if (tmpfs?.type === 'scalar') return listFromScalar(service, 'tmpfs', missing);
  if (tmpfs?.type === 'map') return refuse('`tmpfs` is no list here, so nothing can be added to it.');
  return setIn(service, ['tmpfs'], missing, { after: ['read_only', 'image', 'build'] });
}

const covers = ({ readOnly, target }: Mount, path: string): boolean =>
  target !== null &&
  readOnly.value === false &&
  (path === target || path.startsWith(target.endsWith('/') ? target : `${target}/`));
