import type { Workload } from '../../model/facts.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { appendItems, setIn } from '../../yaml/insert.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { siteOf } from '../../yaml/site.ts';
import { seen } from './interpolate.ts';
import { isSet } from './layer.ts';
import { wordsOf } from './scripts.ts';
import type { ServicePlace } from './settings.ts';

/** The program and those that carry it on, in whatever registry they are mirrored. */
const image = /(?:^|\/)(?:containrrr|nickfedor|nicholas-fedor|beatkind)\/watchtower(?:[:@]|$)/;

export const mayBeWatchtower = ({ image: use }: Workload): boolean =>
  use !== null && use.mutability !== 'none' && image.test(use.resolved);

/**
 * Whose images a Watchtower replaces by itself: those of `all` containers, of `labelled` ones (or of another machine's, which no more can be
 * told of), or of `none`; `unknown` where something that cannot be seen decides.
 */
export type Reach = 'all' | 'labelled' | 'none' | 'unknown';

/** Flags and variables: https://containrrr.dev/watchtower/arguments/ */
export function reachOf(place: ServicePlace, { mounts }: Workload): Reach {
  const { layers, service, whole } = place;
  const isHidden = ['env_file', 'extends', 'entrypoint', 'profiles'].some((key) => isSet(service.get(key)));
  if (!whole || layers.earlier || layers.later || isHidden) return 'unknown';
  const options = readOptions(place);
  if (!options) return 'unknown';
  const { has, isOn } = options;
  const onRequest = isOn('http-api-update') && !isOn('http-api-periodic-polls');
  if (onRequest || isOn('monitor-only', 'm') || isOn('no-pull') || isOn('run-once', 'R')) return 'none';
  if (isOn('label-enable', 'e') || has('scope')) return 'labelled';
  const reachesEngine = mounts.some(({ source, target }) => [source, target].some(isSocket));
  return reachesEngine ? 'all' : 'labelled';
}

const isSocket = (path: string | null): boolean => path !== null && /\/(?:docker|podman)\.sock$/.test(path);

/** What a Watchtower is told by flags and variables, of which flags win. */
interface Options {
  /** Whether a boolean is on, by its name or by its letter among the short flags. */
  isOn(name: string, letter?: string): boolean;
  has(name: string): boolean;
}

/** Null where a variable of the manifest has a part in it, or the shell gives the value. */
function readOptions({ project, service }: ServicePlace): Options | null {
  const words = wordsOf(service.get('command')).map(({ text }) => seen(text, project.values));
  const variables = new Map<string, string | null>();
  for (const [name, value] of variablesIn(service.get('environment'))) {
    if (name.startsWith('WATCHTOWER_')) variables.set(name, seen(value, project.values));
  }
  const deciding = [...variables].filter(([name]) => decides.has(name)).map(([, value]) => value);
  if ([...words, ...deciding].includes(null)) return null;
  const flag = (name: string): string | undefined =>
    words.findLast((word) => word === `--${name}` || word?.startsWith(`--${name}=`))?.slice(name.length + 3);
  const variable = (name: string): string => variables.get(variableOf(name)) ?? '';
  const hasLetter = (letter: string): boolean =>
    words.some((word) => word !== null && /^-[A-Za-z]+$/.test(word) && word.includes(letter));
  return {
    isOn(name, letter) {
      const written = flag(name);
      if (written !== undefined) return written === '' || isTrue(written);
      return (letter !== undefined && hasLetter(letter)) || isTrue(variable(name));
    },
    has: (name) => flag(name) !== undefined || variable(name) !== '',
  };
}

const variableOf = (name: string): string => `WATCHTOWER_${name.toUpperCase().replaceAll('-', '_')}`;

const decides: ReadonlySet<string> = new Set(
  [
    ...['http-api-update', 'http-api-periodic-polls', 'monitor-only', 'no-pull'],
    ...['run-once', 'label-enable', 'scope'],
  ].map(variableOf),
);

const isTrue = (text: string): boolean => /^(?:1|t|true)$/i.test(text);

/** Both forms of `environment`; a name alone, whose value the shell gives, has null. */
function variablesIn(
  environment: YamlValue | undefined,
): readonly (readonly [name: string, value: string | null])[] {
  if (environment?.type === 'map') return environment.entries().map(({ key, value }) => [key, value.text]);
  return (environment?.items() ?? []).map(({ text }) => {
    const [name = '', value = null] = text?.split(/=(.*)/s, 2) ?? [];
    return [name, value];
  });
}

const monitorOnly = variableOf('monitor-only');

/** Lets it tell of new images, and leave the containers alone. */
export function notifyOnly({ service }: ServicePlace): Edits {
  if (wordsOf(service.get('command')).some(({ text }) => text.startsWith('--monitor-only')))
    return refuse('The command says `--monitor-only` already; change it there.');
  const environment = service.get('environment');
  if (environment?.type !== 'sequence') {
    return setIn(service, ['environment', monitorOnly], 'true', { after: ['image'] });
  }
  const line = `${monitorOnly}=true`;
  const written = environment.items().findLast(({ text }) => text?.startsWith(`${monitorOnly}=`));
  if (!written) return appendItems(environment, [line]);
  if (written.merged || written.isShared)
    return refuse('This variable is shared through an alias or a merge key; change it where it is defined.');
  return siteOf(written)?.replace(line) ?? refuse('There is no text here to change.');
}
