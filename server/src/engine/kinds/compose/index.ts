import type { Span } from '../../text/span.ts';
import { yamlFacts } from '../../yaml/facts.ts';
import { mayHold } from '../../yaml/hidden-words.ts';
import type { YamlPiece } from '../../yaml/parse.ts';
import { rootEntries } from '../../yaml/root-entries.ts';
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
    if (isNamed(file)) return !(mayHold(piece.text, 'apiVersion') && isObject(piece));
    return mayHoldServices(piece.text) && hasServices(piece) && isShaped(piece);
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
    const facts = yamlFacts(
      'compose',
      piece,
      {
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
      },
      readers,
    );
    const comments = () =>
      [...facts.comments(), ...inline.comments].sort((a, b) => a.span.start - b.span.start);
    return { ...facts, comments };
  },
};

/** Compose reads with go-yaml of version 3 or newer, as older tools do with PyYAML: the keys of a mapping win. */
const readers = { ownKeysWin: true, tags: ['!reset', '!override'] } as const;

/** Cheap, so that labels are read in few files. */
const mayBeFollowed = (text: string): boolean =>
  mayHold(text, 'watchtower') || mayHold(text, 'io.containers.autoupdate');

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
  mayHold(text, 'services') && (mayHold(text, 'image') || mayHold(text, 'build'));

/** Whether `services` can be a key of the root. */
const hasServices = ({ text }: YamlPiece): boolean => rootEntries(text)?.has('services') ?? true;

const isObject = ({ problems, root }: YamlPiece): boolean =>
  problems.length === 0 && root?.textAt('apiVersion') != null && root.textAt('kind') !== null;

/** Keys of other tools' pipelines, which have `services` too. */
const foreignKeys = ['steps', 'pipeline', 'jobs', 'stages', 'apiVersion'];

function isShaped({ problems, root }: YamlPiece): boolean {
  // A mistake can hide its shape.
  if (problems.length > 0) return true;
  const services = root?.get('services');
  if (!root || services?.type !== 'map' || foreignKeys.some((key) => root.get(key))) return false;
  const entries = services.entries().map((entry) => entry.value);
  return (
    entries.every((value) => value.type === 'map' || value.type === 'null') &&
    entries.some((value) => value.get('image') || value.get('build'))
  );
}
