import { cacheReference } from '../../image/cache-source.ts';
import type { ImageRole, ImageUse, Located, Mount, Rollout, Workload } from '../../model/facts.ts';
import { noTraits } from '../../model/no-facts.ts';
import { uncovered } from '../../model/scratch.ts';
import type { Script } from '../../model/script.ts';
import type { BuildRequest } from '../../model/workspace-context.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import { appendItems, listFromScalar, setIn } from '../../yaml/insert.ts';
import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import type { ImageUses } from '../../yaml/uses.ts';
import { type BuiltHere, readBuildRequest, readBuildSource, resolvedName } from './builds.ts';
import { mayBeStackFile } from './deploys.ts';
import type { InlineDockerfiles } from './inline.ts';
import { decidedElsewhere, type Interpolated, interpolate, seen, type Values } from './interpolate.ts';
import { isSet, type Layer } from './layer.ts';
import { readEngineSocket, readMounts, targetOf } from './mounts.ts';
import { readPorts } from './ports.ts';
import { readPrivilegeEscalation } from './privileges.ts';
import { type Layers, type Project, written } from './project.ts';
import { type Dependents, readReadiness } from './readiness.ts';
import { readRollout } from './rollouts.ts';
import { readScripts } from './scripts.ts';
import { elsewhere, readFlagSetting, replacesAll, type ServicePlace } from './settings.ts';
import { readVariables } from './variables.ts';

/** What one service comes to. */
export interface Service {
  readonly place: ServicePlace;
  readonly workload: Workload;
  readonly scripts: readonly Script[];
  readonly rollout: Rollout | null;
  readonly request: BuildRequest | null;
}

/** What is known of all services before one is read. */
export interface Around {
  readonly project: Project;
  readonly built: BuiltHere;
  readonly dependents: Dependents;
}

/** Reads one service: its images go to `into`, and what it runs is returned; null for an entry that runs no container. */
export function readService(entry: Entry, around: Around, into: Collected): Service | null {
  const { key, keySpan, value: service } = entry;
  if (service.type !== 'map' || !isSet(service) || isSet(service.get('provider'))) return null;
  const { built, dependents, project } = around;
  const { values } = project;
  const path = `services.${key}`;
  const label = `service ${key}`;
  const layers = project.layersOf(entry);
  const dropped = project.drops(entry);
  const builds = isSet(written(layers, 'build'));
  const found = layers.own.find('image');
  const imageName = resolvedName(found, project);
  const isBuilt = builds || built.has(imageName);
  // What another file puts in the place of an image is reported there; this text is no longer what runs.
  const replaced = dropped || layers.later?.find('image') !== undefined;
  const images = { ...into, values, owner: label };
  const image = addImage(images, isBuilt ? 'build-output' : 'workload', found, {
    replaced,
    platform: seen(written(layers, 'platform')?.text, values),
  });
  readBuild(images, layers.own.find('build'), replacedBuild(layers.later?.find('build'), dropped));
  readImageVolumes(images, service, dropped);
  if (dropped) return null;
  const isKept = (name: string): boolean => !replacesAll(layers.later?.find(name));
  const mounts = isKept('volumes') ? readMounts(service, path, project) : [];
  const merged = targetsIn(layers.later?.find('volumes'), values);
  // What a service of another file brings in cannot be seen here: one that is extended, or one that this file only overrides.
  const whole =
    !layers.open && runsSomething(layers.own) && !(layers.earlier && runsSomething(layers.earlier));
  const place = { key, keySpan, service, path, label, layers, whole, project };
  const flag = (name: string) => readFlagSetting(name, place);
  const build = builds ? readBuildSource(layers, project) : (built.get(imageName) ?? null);
  const windows = isWindows(layers, image, mounts);
  const workload: Workload = {
    label,
    path,
    name: keySpan,
    image,
    windows,
    readOnlyRoot: flag('read_only'),
    misplacedReadOnlyRoot: null,
    privileged: flag('privileged'),
    addedCapabilities: (isKept('cap_add') ? (service.get('cap_add')?.items() ?? []) : []).flatMap((item) =>
      item.text === null ? [] : { value: item.text, span: item.span, path: `${path}.cap_add.${item.text}` },
    ),
    pullPolicy: null,
    // Windows has no such option.
    privilegeEscalation: windows || mayBeStackFile(project.path) ? null : readPrivilegeEscalation(place),
    interactive: { stdin: flag('stdin_open'), tty: flag('tty') },
    variables: readVariables(service, values).filter(({ value }) => into.isFirst(value.span)),
    ports: (isKept('ports') ? readPorts(service, path) : []).filter(({ span }) => into.isFirst(span)),
    mounts: [
      ...mounts.map((mount) =>
        merged.has(mount.target) ? { ...mount, readOnly: elsewhere(mount.span, project) } : mount,
      ),
      ...readEngineSocket(place),
    ],
    readiness: readReadiness(place, dependents, { isBuilt, build }),
    watches: isKept('develop') ? readWatches(service, path) : [],
    build,
    mountsImageVolumes: true,
    scratchWords: noTraits.scratchWords,
    provideScratch: (targets) => addTmpfs(service, mounts, targets),
  };
  return {
    place,
    workload,
    scripts: readScripts(place, windows).filter(({ span }) => into.isFirst(span)),
    rollout: readRollout(place),
    request: readBuildRequest(layers, project, builds ? build : null),
  };
}

/** Windows images by what Microsoft, and the official images that are built on them, call theirs. */
const windowsImage =
  /(?:^|[/:._-])(?:windowsservercore|nanoserver|ltsc20\d\d)(?:[/:@._-]|$)|^mcr\.microsoft\.com\/(?:windows[/:@]|dotnet\/framework\/)/i;

/** Its platform, its image, a kind of isolation that Windows alone has, or a drive within the container tells. */
const isWindows = (layers: Layers, image: ImageUse | null, mounts: readonly Mount[]): boolean =>
  /^windows\b/i.test(written(layers, 'platform')?.text ?? '') ||
  windowsImage.test(image?.resolved.slice(0, longestName) ?? '') ||
  /^(?:hyperv|process)$/i.test(written(layers, 'isolation')?.text ?? '') ||
  mounts.some(({ target }) => target !== null && /^[A-Za-z]:[\\/]/.test(target));

const longestName = 1000;

/** What `develop.watch` copies into the running container; a rule that builds or starts it anew copies nothing. */
const readWatches = (service: YamlValue, path: string): readonly Located<string>[] =>
  (service.at('develop', 'watch')?.items() ?? []).flatMap((item, at) => {
    const source = item.get('path');
    if (!item.textAt('action')?.startsWith('sync') || source?.text == null) return [];
    return { value: source.text, span: source.span, path: `${path}.develop.watch.${at}` };
  });

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

/** Mounts of one target are one mount when files are merged, and the later file decides it. */
const targetsIn = (volumes: YamlValue | undefined, values: Values): ReadonlySet<string | null> =>
  new Set(volumes?.items().flatMap((item) => targetOf(item, values) ?? []));

const runsSomething = (layer: Layer): boolean => isSet(layer.find('image')) || isSet(layer.find('build'));

/** Where it goes what services share. */
export interface Collected {
  readonly uses: ImageUses;
  readonly inline: InlineDockerfiles;
  /** Whether no service had this text before: one that several reach through an alias is told of once. */
  readonly isFirst: (text: Span) => boolean;
}

/** Where the images of one service go. */
interface Into extends Collected {
  readonly values: Values;
  readonly owner: string;
}

interface Found {
  readonly part?: Span;
  readonly platform?: string | null;
  readonly replaced: boolean;
}

function addImage(
  { owner, uses, values }: Into,
  role: ImageRole,
  value: YamlValue | undefined,
  { part, platform = null, replaced }: Found,
): ImageUse | null {
  if (!value || !isSet(value) || value.text === null) return null;
  const interpolated = interpolate(part ? value.text.slice(part.start, part.end) : value.text, values);
  const { fromEnvFileAlone: envFileVariables, holes, text: resolved } = interpolated;
  const locked = decidedElsewhere(interpolated);
  const { path } = value;
  const tail = tailOf(interpolated, (part?.end ?? value.text.length) - (part?.start ?? 0));
  const more = { tail, replaced, platform, envFileVariables, ...(part && { part }) };
  return uses.add({ role, value, resolved, holes, locked, path, owner, ...more });
}

/** Behind the last variable. */
const tailOf = ({ expressions }: Interpolated, length: number): number =>
  length - (expressions.at(-1)?.end ?? 0);

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
