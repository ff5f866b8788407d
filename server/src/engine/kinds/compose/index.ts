import type { Span } from '../../text/span.ts';
import { yamlFacts } from '../../yaml/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { ImageUses } from '../../yaml/uses.ts';
import type { SourceFile, YamlKind } from '../kind.ts';
import { builtHere } from './builds.ts';
import { whyDeploys } from './deploys.ts';
import { readFollowers } from './followers.ts';
import { readIncludes } from './includes.ts';
import { InlineDockerfiles } from './inline.ts';
import { companionsOf, Project } from './project.ts';
import { readDependents } from './readiness.ts';
import { readService } from './services.ts';

/** Compose files, by name or by shape. Format: https://github.com/compose-spec/compose-spec */
export const compose: YamlKind = {
  id: 'compose',
  syntax: 'yaml',
  names: /\.ya?ml$/i,
  claims: (file) => isNamed(file) || (isYaml(file) && mayHoldServices(file.text)),
  claimsPiece(piece, file) {
    if (isNamed(file)) return !(piece.text.includes('apiVersion') && isObject(piece.root));
    return mayHoldServices(piece.text) && hasServices(piece.text) && isShaped(piece.root);
  },
  companions: companionsOf,
  extract(piece, file) {
    const project = new Project(file, piece.root);
    const inline = new InlineDockerfiles(project.values, file.path);
    const into = { uses: new ImageUses(['!override', '!reset']), inline, isFirst: firstOf(new Set()) };
    const around = { project, built: builtHere(project), dependents: readDependents(project) };
    const entries = piece.root?.get('services')?.entries() ?? [];
    const services = entries.flatMap((entry) => readService(entry, around, into) ?? []);
    const builds = inline.builds;
    const images = [...into.uses.all, ...inline.all].sort((a, b) => a.site.span.start - b.site.span.start);
    const facts = yamlFacts('compose', piece, {
      images,
      workloads: services.map(({ workload }) => workload),
      stages: builds.flatMap(({ stages }) => stages),
      scripts: [...services, ...builds].flatMap(({ scripts }) => scripts),
      followers: mayBeFollowed(piece.text) ? readFollowers(services, firstOf(new Set())) : [],
      rollouts: services.flatMap(({ rollout }) => rollout ?? []),
      deploys: whyDeploys(
        file.path,
        entries.map(({ value }) => value),
      ),
      outline: {
        built: builds.flatMap(({ built }) => built),
        builds: services.flatMap(({ request }) => request ?? []),
        consumes: [],
        replaced: [],
        includes: readIncludes(piece.root, project),
      },
    });
    const comments = () =>
      [...facts.comments(), ...inline.comments].sort((a, b) => a.span.start - b.span.start);
    return { ...facts, comments };
  },
};

/** Cheap, so that labels are read in few files. */
const mayBeFollowed = (text: string): boolean =>
  text.includes('watchtower') || text.includes('io.containers.autoupdate');

const firstOf =
  (known: Set<string>): ((text: Span) => boolean) =>
  ({ end, start }) => {
    const place = `${start} ${end}`;
    return !known.has(place) && known.add(place) !== undefined;
  };

const isNamed = ({ languageId, name }: SourceFile): boolean =>
  languageId === 'dockercompose' || /^(?:docker-)?compose(?:[.\-_].*)?\.(?:ya?ml|json)$/i.test(name);

const isYaml = ({ languageId, name }: SourceFile): boolean => languageId === 'yaml' || /\.ya?ml$/i.test(name);

/** Cheap, so that other YAML is never parsed. */
const mayHoldServices = (text: string): boolean =>
  text.includes('services') && (text.includes('image') || text.includes('build'));

/** Whether `services` can be a key of the root: in block style it stands in the column of the first key. */
function hasServices(text: string): boolean {
  const first = firstContent(text);
  if (first === null || first.trimStart().startsWith('{')) return first !== null;
  const indent = /^[ \t]*/.exec(first)?.[0] ?? '';
  // Deeper than people indent a root: parsing tells, and no pattern is made of it.
  if (indent.length > 64) return true;
  return new RegExp(`(?:^\\uFEFF?|[\\r\\n])${indent}["']?services["']?[ \\t]*:`).test(text);
}

/** The first line that is more than a comment, a directive or a document marker, without the marker. */
function firstContent(text: string): string | null {
  for (const line of text.replace(/^\uFEFF/, '').split(/[\r\n]+/, 1000)) {
    const content = line.replace(/^---(?=\s|$)[ \t]*/, '');
    if (!/^\s*(?:#|%|$)/.test(content)) return content;
  }
  return null;
}

const isObject = (root: YamlValue | null): boolean =>
  root?.textAt('apiVersion') != null && root.textAt('kind') !== null;

/** Keys of other tools' pipelines, which have `services` too. */
const foreignKeys = ['steps', 'pipeline', 'jobs', 'stages', 'apiVersion'];

function isShaped(root: YamlValue | null): boolean {
  const services = root?.get('services');
  if (!root || services?.type !== 'map' || foreignKeys.some((key) => root.get(key))) return false;
  const entries = services.entries().map((entry) => entry.value);
  return (
    entries.every((value) => value.type === 'map' || value.type === 'null') &&
    entries.some((value) => value.get('image') || value.get('build'))
  );
}
