import { cacheReference } from '../../image/cache-source.ts';
import type { ImageRole, ImageUse, Mount, Workload } from '../../model/facts.ts';
import { noTraits } from '../../model/no-facts.ts';
import { uncovered } from '../../model/scratch.ts';
import type { Setting } from '../../model/setting.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import { appendItems, listFromScalar, setIn } from '../../yaml/insert.ts';
import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import type { ImageUses } from '../../yaml/uses.ts';
import type { InlineDockerfiles } from './inline.ts';
import { decidedElsewhere, interpolate, type Values } from './interpolate.ts';
import { isReset, isSet, type Layer } from './layer.ts';
import { readMounts, targetOf } from './mounts.ts';
import { type Layers, type Project, written } from './project.ts';
import { lockOf, readBoolean } from './settings.ts';

/** Reads one service: its images go to `uses`, and what it runs is returned; null for an entry that runs no container. */
export function readService(
  entry: Entry,
  project: Project,
  built: ReadonlySet<string>,
  { inline, uses }: Images,
): Workload | null {
  const { key, keySpan, value: service } = entry;
  if (service.type !== 'map' || !isSet(service) || isSet(service.get('provider'))) return null;
  const { values } = project;
  const path = `services.${key}`;
  const label = `service ${key}`;
  const layers = project.layersOf(entry);
  const dropped = project.drops(entry);
  const builds = isSet(written(layers, 'build'));
  const found = layers.own.find('image');
  const isBuilt = builds || built.has(resolvedName(found, values));
  // What another file puts in the place of an image is reported there; this text is no longer what runs.
  const replaced = dropped || layers.later?.find('image') !== undefined;
  const into = { inline, uses, values, owner: label };
  const image = addImage(into, isBuilt ? 'build-output' : 'workload', found, { replaced });
  readBuild(into, layers.own.find('build'), replacedBuild(layers.later?.find('build'), dropped));
  readImageVolumes(into, service, dropped);
  if (dropped) return null;
  const isKept = (name: string): boolean => !replacesAll(layers.later?.find(name));
  const mounts = isKept('volumes') ? readMounts(service, path, values) : [];
  const merged = targetsIn(layers.later?.find('volumes'), values);
  // What a service of another file brings in cannot be seen here: one that is extended, or one that this file only overrides.
  const whole =
    !layers.open && runsSomething(layers.own) && !(layers.earlier && runsSomething(layers.earlier));
  const flag = (name: string) => readFlagSetting(name, { service, keySpan, layers, whole, project });
  return {
    label,
    path,
    name: keySpan,
    image,
    ...noTraits,
    windows: /^windows\b/i.test(written(layers, 'platform')?.text ?? ''),
    readOnlyRoot: flag('read_only'),
    misplacedReadOnlyRoot: null,
    privileged: flag('privileged'),
    addedCapabilities: (isKept('cap_add') ? (service.get('cap_add')?.items() ?? []) : []).flatMap((item) =>
      item.text === null ? [] : { value: item.text, span: item.span, path: `${path}.cap_add.${item.text}` },
    ),
    pullPolicy: null,
    mounts: mounts.map((mount) =>
      merged.has(mount.target) ? { ...mount, readOnly: elsewhere(mount.span, project) } : mount,
    ),
    provideScratch: (targets) => addTmpfs(service, mounts, targets),
  };
}

/** Which parts of a build do not happen any more. */
interface ReplacedBuild {
  readonly replaced: boolean;
  readonly inline: boolean;
}

function replacedBuild(later: YamlValue | undefined, dropped: boolean): ReplacedBuild {
  const replaced = dropped || replacesAll(later);
  const inline = replaced || isSet(later?.get('dockerfile')) || isSet(later?.get('dockerfile_inline'));
  return { replaced, inline };
}

/** Nothing of what the file before says is left. */
const replacesAll = (value: YamlValue | undefined): boolean =>
  value?.tag === '!override' || value?.tag === '!reset';

interface FlagPlace {
  readonly service: YamlValue;
  readonly keySpan: Span;
  readonly layers: Layers;
  readonly whole: boolean;
  readonly project: Project;
}

function readFlagSetting(name: string, place: FlagPlace): Setting<boolean> {
  const { keySpan, layers, project, service, whole } = place;
  const later = layers.later?.find(name);
  if (later && !isReset(later)) return elsewhere(keySpan, project);
  const found = layers.own.find(name);
  const reset = isReset(found) || later !== undefined;
  const { overrideName, values } = project;
  const resetIn = later === undefined ? 'the service' : `\`${overrideName}\``;
  return settingOf<boolean>({
    owner: service,
    keys: [name],
    written: reset ? null : (found ?? null),
    name: keySpan,
    fallback: whole && layers.earlier?.find(name) === undefined ? false : 'unknown',
    read: (value) => readBoolean(value, values),
    locked: reset
      ? `\`!reset\` in ${resetIn} takes this setting away; remove it there first.`
      : lockOf(service.get(name), values),
    after: ['image', 'build'],
  });
}

/** A setting that the file merged into this one decides: it is reported there, where it can be changed. */
const elsewhere = (underline: Span, { overrideName }: Project): Setting<boolean> => ({
  value: undefined,
  origin: 'unknown',
  underline,
  set: () => refuse(`\`${overrideName}\` decides this setting; change it there.`),
});

/** Mounts of one target are one mount when files are merged, and the later file decides it. */
const targetsIn = (volumes: YamlValue | undefined, values: Values): ReadonlySet<string | null> =>
  new Set(volumes?.items().flatMap((item) => targetOf(item, values) ?? []));

const runsSomething = (layer: Layer): boolean => isSet(layer.find('image')) || isSet(layer.find('build'));

/** The images that services of these files build: another service that names one runs what was built, and pulls nothing. */
export const builtHere = (project: Project): ReadonlySet<string> =>
  new Set(
    project.all.flatMap((layers) => {
      const name = resolvedName(written(layers, 'image'), project.values);
      return isSet(written(layers, 'build')) && name !== '' ? name : [];
    }),
  );

/** With the tag that counts when none is written; empty where a variable leaves it open. */
function resolvedName(image: YamlValue | undefined, values: Values): string {
  if (!isSet(image) || image?.text == null || image.text === '') return '';
  const { holes, text } = interpolate(image.text, values);
  if (holes.length > 0) return '';
  return /[:@][^/]*$/.test(text) ? text : `${text}:latest`;
}

/** Where images go. */
export interface Images {
  readonly uses: ImageUses;
  readonly inline: InlineDockerfiles;
}

/** Where those of one service go. */
interface Into extends Images {
  readonly values: Values;
  readonly owner: string;
}

interface Found {
  readonly part?: Span;
  readonly replaced: boolean;
}

function addImage(
  { owner, uses, values }: Into,
  role: ImageRole,
  value: YamlValue | undefined,
  { part, replaced }: Found,
): ImageUse | null {
  if (!value || !isSet(value) || value.text === null) return null;
  const interpolated = interpolate(part ? value.text.slice(part.start, part.end) : value.text, values);
  const { holes, text: resolved } = interpolated;
  const locked = decidedElsewhere(interpolated);
  const { path } = value;
  return uses.add({ role, value, resolved, holes, locked, path, owner, replaced, ...(part && { part }) });
}

function readBuild(into: Into, build: YamlValue | undefined, { inline, replaced }: ReplacedBuild): void {
  if (!isSet(build)) return;
  into.inline.add(build, into.owner, inline);
  for (const item of build?.get('cache_from')?.items() ?? []) {
    const part = cacheReference(item.text ?? '');
    if (part) addImage(into, 'cache-source', item, { part, replaced });
  }
  const contexts = build?.get('additional_contexts');
  const values =
    contexts?.type === 'map' ? contexts.entries().map((entry) => entry.value) : (contexts?.items() ?? []);
  for (const value of values) {
    const reference = /^(?:[^=]*=)?docker-image:\/\//.exec(value.text ?? '');
    if (!reference || value.text === null) continue;
    const part = span(reference[0].length, value.text.length);
    addImage(into, 'build-context', value, { part, replaced });
  }
}

function readImageVolumes(into: Into, service: YamlValue, replaced: boolean): void {
  for (const item of service.get('volumes')?.items() ?? []) {
    if (item.textAt('type') === 'image') addImage(into, 'image-volume', item.get('source'), { replaced });
  }
}

/** Adds to `tmpfs` what no writable mount covers yet. */
function addTmpfs(service: YamlValue, mounts: readonly Mount[], targets: readonly string[]): Edits {
  const missing = uncovered(mounts, targets);
  if (missing.length === 0) return [];
  const tmpfs = service.get('tmpfs');
  if (tmpfs?.type === 'sequence') return appendItems(tmpfs, missing);
  if (tmpfs?.type === 'scalar') return listFromScalar(service, 'tmpfs', missing);
  if (tmpfs?.type === 'map') return refuse('`tmpfs` is no list here, so nothing can be added to it.');
  return setIn(service, ['tmpfs'], missing, { after: ['read_only', 'image', 'build'] });
}
