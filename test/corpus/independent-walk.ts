import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { parseAllDocuments } from 'yaml';

/**
 * A second way to find image references, to measure the first by. It shares no code with the engine and works on values where the engine works on
 * the text: YAML is turned into plain maps and lists of strings, Dockerfiles into joined lines. Written from the specifications of the formats.
 * Its limit: among values a text behind an alias cannot be told from one that is written twice.
 */

/** One reference that the walk found. */
export interface Sighting {
  /** Relative to the root of the walk, with forward slashes. */
  readonly file: string;
  /** As the report calls it; null where the formats leave open what to call it. */
  readonly role: string | null;
  /** How the reference may be quoted: its text, or any one of the values it is put together from. */
  readonly texts: readonly [written: string, ...parts: string[]];
  /** The whole reference with defaults put in; null where something in it cannot be known. */
  readonly whole: string | null;
}

export interface WalkResult {
  readonly sightings: readonly Sighting[];
  /** Files that are templates, or hold a document that is one: they cannot be read before they are filled in. */
  readonly templates: readonly string[];
}

type Found = Omit<Sighting, 'file'>;
type Fields = ReadonlyMap<unknown, unknown>;

/** Looks at every file below `root`. */
export function walkCorpus(root: string): WalkResult {
  const sightings: Sighting[] = [];
  const templates: string[] = [];
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(root, name);
    const read = readerOf(path);
    if (read === null || !statSync(path).isFile()) continue;
    const file = name.split(sep).join('/');
    const found = read(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''), path);
    if (found === 'template') templates.push(file);
    else sightings.push(...found.map((one) => ({ file, ...one })));
  }
  return { sightings, templates };
}

type Reader = (text: string, path: string) => readonly Found[] | 'template';

function readerOf(path: string): Reader | null {
  const name = basename(path);
  if (/^(Dockerfile|Containerfile)([.-].*)?$|\.(Dockerfile|Containerfile)$/i.test(name)) {
    return /\.(template|tmpl|tpl|j2|in)$/.test(name) ? () => 'template' : readDockerfile;
  }
  if (/\.ya?ml\.(template|tmpl|tpl|j2|in)$/.test(name)) {
    return (text) =>
      /^[ -]*(kind|image|env|metadata|spec|containers|services):/m.test(text) ? 'template' : [];
  }
  return /\.(ya?ml|json)$/.test(name) ? readYaml : null;
}

/** The usual spelling `registry/repository:tag@digest` of a reference, by the rules that the Docker command line has for short names. */
export function longName(reference: string): string {
  const at = reference.indexOf('@');
  const named = at < 0 ? reference : reference.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const path = hasTag ? named.slice(0, colon) : named;
  const [first = '', ...rest] = path.split('/');
  const hasRegistry = rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const registry = hasRegistry ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const repository = hasRegistry ? rest.join('/') : path;
  const official = registry === 'docker.io' && !repository.includes('/');
  return `${registry}/${official ? 'library/' : ''}${repository}${hasTag ? named.slice(colon) : ''}${at < 0 ? '' : reference.slice(at)}`;
}

/** The text, or null if it has a hole, or no whole digest: a variable, a Go package that a tool builds, or something that somebody has yet to replace. */
const complete = (text: string): string | null =>
  /[$<>{}]|@(?!sha\d+:[\da-f]{64})|:[A-Z]+_[A-Z_]+$|^github\.com\//.test(text) ? null : text;

const plain = (role: string, text: string): Found => ({ role, texts: [text], whole: complete(text) });

// Dockerfiles

/** Instructions as single lines, without comments and without the bodies of heredocs. */
function instructions(text: string, continuation: string): string[] {
  const lines = text.split(/\r?\n/);
  const joined: string[] = [];
  let open = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]?.trim() ?? '';
    if (line === '' || line.startsWith('#')) continue;
    if (line.endsWith(continuation)) {
      open += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = (open + line).trim();
    open = '';
    joined.push(whole);
    if (!/^(ONBUILD\s+)?(RUN|COPY|ADD)\s/i.test(whole)) continue;
    for (const [, , word] of whole.matchAll(/(?<!<)<<-?(["']?)([A-Za-z_]\w*)\1/g)) {
      do at++;
      while (at < lines.length && lines[at]?.trim() !== word);
    }
  }
  return open.trim() === '' ? joined : [...joined, open.trim()];
}

function directives(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*#\s*([a-zA-Z]+)\s*=\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) break;
    if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), value);
  }
  return found;
}

function readDockerfile(text: string): Found[] {
  const found: Found[] = [];
  const head = directives(text);
  const frontend = head.get('syntax');
  if (frontend !== undefined) found.push(plain('frontend', frontend));
  const defaults = new Map<string, string>();
  const stages: string[] = [];
  // A number is a stage's, be there such a stage or not.
  const isStage = (name: string): boolean => isNamed(stages, name) || /^\d+$/.test(name);
  for (const line of instructions(text, head.get('escape') ?? '\\')) {
    const [word = '', ...words] = line.replace(/^ONBUILD\s+/i, '').split(/\s+/);
    const firstPlain = words.findIndex((part) => !part.startsWith('--'));
    const flags = firstPlain < 0 ? words : words.slice(0, firstPlain);
    switch (word.toUpperCase()) {
      case 'ARG':
        if (stages.length === 0) for (const part of words) declare(part, defaults);
        break;
      case 'FROM': {
        const [image = '', as, name = ''] = words.slice(flags.length);
        const base = fromLine(image, defaults);
        const known = base.whole ?? image;
        if (!isNamed(stages, known) && known !== 'scratch') found.push(base);
        stages.push(as?.toUpperCase() === 'AS' ? name.toLowerCase() : '');
        break;
      }
      case 'COPY':
      case 'RUN':
        for (const [role, name] of flags.flatMap(sources)) if (!isStage(name)) found.push(plain(role, name));
    }
  }
  return found;
}

const isNamed = (stages: readonly string[], name: string): boolean =>
  name !== '' && stages.includes(name.toLowerCase());

function declare(assignment: string, defaults: Map<string, string>): void {
  const [, name, value] = /^(\w+)=(.*)$/.exec(assignment) ?? [];
  if (name !== undefined && value !== undefined)
    defaults.set(name, expand(value.replace(/^(["'])(.*)\1$/, '$2'), defaults));
}

const expand = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(
    /\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
    (all, bare?: string, braced?: string, operator = '', word = '') => {
      const value = values.get(bare ?? braced ?? '');
      const isSet = operator.startsWith(':') ? Boolean(value) : value !== undefined;
      if (operator.endsWith('+')) return isSet ? word : '';
      return isSet ? (value ?? '') : operator === '' ? all : word;
    },
  );

function fromLine(image: string, defaults: ReadonlyMap<string, string>): Found {
  const text = image.replace(/^(["'])(.*)\1$/, '$2');
  const filled = expand(text, defaults);
  return { role: 'base', texts: [text, filled], whole: complete(filled) };
}

function sources(flag: string): [role: string, name: string][] {
  const [, from] = /^--from=(.+)$/.exec(flag) ?? [];
  if (from !== undefined) return [['copy-source', from]];
  const [, mount] = /^--mount=(.+)$/.exec(flag) ?? [];
  return (mount ?? '')
    .split(',')
    .filter((part) => part.startsWith('from='))
    .map((part) => ['mount-source', part.slice('from='.length)]);
}

// YAML and JSON

function readYaml(text: string, path: string): readonly Found[] | 'template' {
  const hasBraces = text.includes('{{');
  if (hasBraces && isInTemplatesOfChart(path)) return 'template';
  // With the failsafe schema every scalar is the string that was written.
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    merge: true,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const found: Found[] = [];
  for (const document of documents) {
    const root: unknown = document.toJS({ mapAsMap: true, maxAliasCount: -1 });
    const where = whatIs(root, path);
    if (where === null) continue;
    if (hasBraces && (document.errors.length > 0 || hasMapAsKey(root))) return 'template';
    if (root instanceof Map) found.push(...where(root));
  }
  return found;
}

function isInTemplatesOfChart(path: string): boolean {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (basename(folder) === 'templates' && existsSync(join(dirname(folder), 'Chart.yaml'))) return true;
  }
  return false;
}

/** `key: {{ value }}` is, to YAML, a map whose key is a map. */
function hasMapAsKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasMapAsKey);
  if (!(value instanceof Map)) return false;
  return [...value].some(([key, inner]) => typeof key === 'object' || hasMapAsKey(inner));
}

/** Which walk a document is for; null if it is no manifest. */
function whatIs(root: unknown, path: string): ((root: Fields) => Found[]) | null {
  const name = basename(path);
  const slashed = path.split(sep).join('/');
  if (/^kustomization\.ya?ml$/.test(name)) return kustomization;
  if (/\/\.github\/workflows\/[^/]+$/.test(slashed)) return workflow;
  if (/^action\.ya?ml$/.test(name)) return action;
  if (/^\.gitlab-ci\.ya?ml$/.test(name)) return gitlab;
  if (name === 'devcontainer.json') return (fields) => texts('workload', [fields.get('image')]);
  if (!(root instanceof Map)) return hasMapAsKey(root) ? () => [] : null;
  if (str(root.get('apiVersion')).startsWith('kustomize.config.k8s.io/')) return kustomization;
  if (isResource(root)) return resource;
  if (/^(docker-)?(compose|stack)\b/.test(name) || isComposeShaped(root)) return compose;
  if (/^values\b.*\.ya?ml$/.test(name)) return helmValues;
  return hasMapAsKey(root) ? () => [] : null;
}

const str = (value: unknown): string => (typeof value === 'string' ? value : '');
const map = (value: unknown): Fields => (value instanceof Map ? value : new Map());
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const inside = (fields: unknown): unknown[] => [...map(fields).values()];
const texts = (role: string, values: readonly unknown[]): Found[] =>
  values
    .map(str)
    .filter((text) => text !== '')
    .map((text) => plain(role, text));

// Compose

const isComposeShaped = (root: Fields): boolean =>
  !root.has('apiVersion') &&
  !root.has('jobs') &&
  inside(root.get('services')).some((service) => map(service).has('image') || map(service).has('build'));

function compose(root: Fields): Found[] {
  const fragments = [...root].filter(([key]) => str(key).startsWith('x-')).map(([, value]) => value);
  return [...inside(root.get('services')), ...fragments].flatMap(service);
}

function service(value: unknown): Found[] {
  const fields = map(value);
  const build = map(fields.get('build'));
  const contexts = build.get('additional_contexts');
  const pairs = Array.isArray(contexts)
    ? contexts.map((pair) => str(pair).replace(/^[^=]*=/, ''))
    : inside(contexts);
  return [
    ...texts(fields.has('build') ? 'build-output' : 'workload', [fields.get('image')]),
    ...texts('cache-source', list(build.get('cache_from')).map(cacheImage)),
    ...texts(
      'build-context',
      pairs
        .map(str)
        .filter((text) => text.startsWith('docker-image://'))
        .map((text) => text.slice(15)),
    ),
    ...readDockerfile(str(build.get('dockerfile_inline'))),
    ...list(fields.get('volumes'))
      .filter((volume) => map(volume).get('type') === 'image')
      .flatMap((volume) => texts('image-volume', [map(volume).get('source')])),
  ];
}

/** A cache is an image by its name, or `type=registry,ref=image`; other types are no images. */
function cacheImage(cache: unknown): string {
  const options = str(cache).split(',');
  if (!options.some((option) => option.startsWith('type='))) return str(cache);
  if (!options.includes('type=registry')) return '';
  return options.find((option) => option.startsWith('ref='))?.slice('ref='.length) ?? '';
}

// Kubernetes, OpenShift, Tekton and other resources

const isResource = (root: Fields): boolean =>
  str(root.get('apiVersion')) !== '' &&
  str(root.get('kind')) !== '' &&
  !str(root.get('apiVersion')).startsWith('skaffold/');

/** Lists whose items are containers: of a pod, and the names that Tekton and Argo give to theirs. */
const containerLists = new Set(['containers', 'initContainers', 'ephemeralContainers', 'steps', 'sidecars']);
/** Maps that are one container: Argo Workflows, Knative of old, Tekton's defaults for steps and its conditions. */
const containerMaps = new Set(['container', 'script', 'stepTemplate', 'check']);
/** Kinds whose own `spec.image` is what their operator, or Tekton, runs. */
const runsItsSpec = new Set(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler', 'StepAction']);
/** What a cluster or a person writes about the object, or data for programs: no part of what is run. */
const notRun = new Set(['metadata', 'status', 'data', 'stringData', 'binaryData']);

interface Around {
  /** Defaults of parameters, of the innermost declaration first. */
  readonly parameters: readonly ReadonlyMap<string, string>[];
  /** The parameters that were counted already, by where they are declared. */
  readonly counted: Map<ReadonlyMap<string, string>, Set<string>>;
  /** Values that were looked at already: an alias leads to the same one again. */
  readonly seen: Set<unknown>;
}

const resource = (root: Fields): Found[] =>
  below(root, '', { parameters: [], counted: new Map(), seen: new Set() });

function below(value: unknown, key: string, around: Around): Found[] {
  if (typeof value !== 'object' || around.seen.has(value)) return [];
  around.seen.add(value);
  if (Array.isArray(value)) {
    return value.flatMap((item) => [
      ...(containerLists.has(key) ? container(map(item), around) : []),
      ...(key === 'volumes' ? texts('image-volume', [map(map(item).get('image')).get('reference')]) : []),
      ...below(item, '', around),
    ]);
  }
  const fields = map(value);
  const within = declaring(fields, around);
  const spec = map(fields.get('spec'));
  return [
    ...(containerMaps.has(key) ? container(fields, around) : []),
    ...(runsItsSpec.has(str(fields.get('kind'))) ? container(spec, declaring(spec, within)) : []),
    ...openshift(fields),
    ...[...fields].flatMap(([name, inner]) => (notRun.has(str(name)) ? [] : below(inner, str(name), within))),
  ];
}

/** `around`, with the parameters that `fields` declares. */
function declaring(fields: Fields, around: Around): Around {
  const defaults = list(fields.get('params'))
    .map(map)
    .filter((one) => typeof one.get('default') === 'string')
    .map((one) => [str(one.get('name')), str(one.get('default'))] as const);
  return defaults.length === 0
    ? around
    : { ...around, parameters: [new Map(defaults), ...around.parameters] };
}

const parameter = /\$\((?:inputs\.)?params(?:\.|\[["'])([\w.-]+)(?:["']\])?\)/g;

/** A parameter's default that is a whole reference counts once, however many steps use it: it is written once. */
function container(fields: Fields, { counted, parameters }: Around): Found[] {
  const text = str(fields.get('image'));
  if (text === '') return [];
  const scopeOf = (name: string) => parameters.find((scope) => scope.has(name));
  const filled = text.replace(parameter, (all, name: string) => scopeOf(name)?.get(name) ?? all);
  const [[all, name = ''] = []] = text.matchAll(parameter);
  const scope = scopeOf(name);
  if (all === text && scope !== undefined) {
    const names = counted.get(scope) ?? new Set();
    if (names.has(name)) return [];
    counted.set(scope, names.add(name));
  }
  return [{ role: 'workload', texts: [text, filled], whole: complete(filled) }];
}

function openshift(fields: Fields): Found[] {
  const spec = map(fields.get('spec'));
  switch (str(fields.get('kind'))) {
    case 'ImageStream':
      return list(spec.get('tags')).flatMap((tag) => origin(map(tag).get('from')));
    case 'BuildConfig':
    case 'Build':
      return build(spec);
    case 'DeploymentConfig':
      return list(spec.get('triggers')).flatMap((trigger) =>
        origin(map(map(trigger).get('imageChangeParams')).get('from')),
      );
    default:
      return [];
  }
}

function build(spec: Fields): Found[] {
  const source = map(spec.get('source'));
  const bases = inside(spec.get('strategy')).flatMap((strategy) => origin(map(strategy).get('from')));
  const inline = readDockerfile(str(source.get('dockerfile')));
  const last = inline.findLastIndex(({ role }) => role === 'base');
  // The base that the strategy names takes the place of the last FROM.
  const replaced = bases.length > 0 ? inline.filter((_, at) => at !== last) : inline;
  return [
    ...bases,
    ...replaced,
    ...list(source.get('images')).flatMap((image) => origin(map(image).get('from'))),
  ];
}

function origin(value: unknown): Found[] {
  const from = map(value);
  const name = str(from.get('name'));
  if (name === '') return [];
  // Any other kind names something inside the cluster, in a form of its own.
  return [{ role: null, texts: [name], whole: from.get('kind') === 'DockerImage' ? complete(name) : null }];
}

// Kustomize and Helm values: references in parts

function together(role: string, name: string, tag: string, digest: string, extra: readonly string[]): Found {
  const whole = `${name}${tag && `:${tag}`}${digest && `@${digest}`}`;
  const written = [name, tag, digest, ...extra].filter((part) => part !== '');
  // What is left out comes from a chart or a manifest elsewhere.
  const isPart = extra.length > 0 || !(tag || digest);
  return { role, texts: [whole, ...written], whole: isPart ? null : complete(whole) };
}

function kustomization(root: Fields): Found[] {
  return list(root.get('images'))
    .map(map)
    .flatMap((entry) => {
      const of = (key: string): string => str(entry.get(key));
      const suffix = of('tagSuffix');
      if (!of('newName') && !of('newTag') && !of('digest') && !suffix) return [];
      return [
        together('override', of('newName') || of('name'), of('newTag'), of('digest'), suffix ? [suffix] : []),
      ];
    });
}

function helmValues(root: Fields): Found[] {
  return [...root].flatMap(([key, value]) => {
    const isImage = /image$/i.test(str(key));
    if (typeof value === 'string') return isImage ? texts('workload', [value]) : [];
    if (Array.isArray(value)) return value.flatMap((item) => helmValues(map(item)));
    return (isImage ? imageInParts(map(value)) : null) ?? helmValues(map(value));
  });
}

function imageInParts(fields: Fields): Found[] | null {
  const of = (key: string): string => str(fields.get(key));
  const isNamedAndTagged = ['tag', 'digest', 'registry'].some((key) => fields.has(key));
  const name = of('repository') || (isNamedAndTagged ? of('name') : '');
  if (name === '') return null;
  return [
    together('workload', of('registry') ? `${of('registry')}/${name}` : name, of('tag'), of('digest'), []),
  ];
}

// Continuous integration

const asImage = (value: unknown): unknown =>
  value instanceof Map ? (value.get('image') ?? value.get('name')) : value;

function workflow(root: Fields): Found[] {
  return inside(root.get('jobs')).flatMap((value) => {
    const job = map(value);
    return [
      ...texts('job', [asImage(job.get('container'))]),
      ...texts('job', inside(job.get('services')).map(asImage)),
      ...texts(
        'job',
        list(job.get('steps')).map((step) => dockerAction(map(step).get('uses'))),
      ),
    ];
  });
}

const dockerAction = (uses: unknown): string =>
  str(uses).startsWith('docker://') ? str(uses).slice('docker://'.length) : '';

function action(root: Fields): Found[] {
  const runs = map(root.get('runs'));
  return [
    ...texts('job', [dockerAction(runs.get('image'))]),
    ...texts(
      'job',
      list(runs.get('steps')).map((step) => dockerAction(map(step).get('uses'))),
    ),
  ];
}

function gitlab(root: Fields): Found[] {
  const variables = new Map(
    [...map(root.get('variables'))].map(([name, value]) => [
      str(name),
      str(value) || str(map(value).get('value')),
    ]),
  );
  const jobs = [...root].filter(([key]) => key !== 'variables').map(([, value]) => map(value));
  return [root, ...jobs].flatMap((fields) =>
    texts('job', [asImage(fields.get('image')), ...list(fields.get('services')).map(asImage)]).map(
      ({ role, texts: [text] }) => {
        const filled = expand(text, variables);
        return { role, texts: [text, filled], whole: complete(filled) } satisfies Found;
      },
    ),
  );
}
