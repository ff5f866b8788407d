import type { Moment, Script } from '../../model/script.ts';
import { unreadScript, wordsScript } from '../../shell/script.ts';
import { span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { mappedText } from '../../yaml/mapped.ts';
import { type ContainerPlace, containerLabel } from './walk.ts';
import { isWindows } from './workloads.ts';

/** Where a container says what is run besides its own program. */
const others: readonly (readonly [moment: Moment, ...keys: string[]])[] = [
  ['hook', 'lifecycle', 'postStart'],
  ['hook', 'lifecycle', 'preStop'],
  ['probe', 'startupProbe'],
  ['probe', 'livenessProbe'],
  ['probe', 'readinessProbe'],
];

/** What a container of a pod runs, as far as its manifest says. The steps of pipelines are jobs, which install what they need. */
export function readScripts(place: ContainerPlace): readonly Script[] {
  if (place.isStep) return [];
  const { container } = place;
  return [
    ...scriptOf(place, 'start', ['command'], startWords(container)),
    ...others.flatMap(([moment, ...keys]) =>
      scriptOf(place, moment, keys, container.at(...keys, 'exec', 'command')?.items() ?? []),
    ),
  ];
}

/** `command` and `args` are one command line. Arguments alone are for the image's entrypoint, unless they begin with a program. */
function startWords(container: YamlValue): readonly YamlValue[] {
  const command = container.get('command')?.items() ?? [];
  const args = container.get('args')?.items() ?? [];
  if (command.length > 0) return [...command, ...args];
  return args[0]?.text?.startsWith('-') ? [] : args;
}

function scriptOf(
  place: ContainerPlace,
  moment: Moment,
  keys: readonly string[],
  words: readonly YamlValue[],
): readonly Script[] {
  const read = words.flatMap((word) => mappedText(word) ?? []);
  const [first] = read;
  if (!first || read.length < words.length) return [];
  const spec = { moment, owner: containerLabel(place), path: [place.path, ...keys].join('/') };
  if (!isWindows(place.pod)) return [wordsScript(spec, read)];
  const { end } = read.at(-1)?.span ?? first.span;
  const at = span(first.span.start, Math.max(first.span.end, end));
  return [unreadScript(spec, at, 'it runs on Windows, whose programs are others')];
}
