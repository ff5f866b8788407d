import type { Moment, Script } from '../../model/script.ts';
import { type ScriptSpec, shellScript, unreadScript, wordsScript } from '../../shell/script.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { mappedText } from '../../yaml/mapped.ts';
import { isSet } from './layer.ts';
import { replacesAll, type ServicePlace } from './settings.ts';
import { splitCommand, undoubled } from './words.ts';

/** What a service runs as this file says: its start, its health check and its hooks. What the file merged into it replaces is left out. */
export function readScripts(place: ServicePlace, isWindows: boolean): readonly Script[] {
  const { label, layers, path, service } = place;
  const own = (key: string): YamlValue | undefined => {
    const value = service.get(key);
    return isSet(value) && layers.later?.find(key) === undefined ? value : undefined;
  };
  const spec = (moment: Moment, key: string): ScriptSpec => ({
    moment,
    owner: label,
    path: `${path}.${key}`,
  });
  const hooks = ['post_start', 'pre_stop'].flatMap((key) =>
    replacesAll(layers.later?.find(key))
      ? []
      : (service.get(key)?.items() ?? []).flatMap((hook, at) =>
          runWords(spec('hook', `${key}.${at}`), wordsOf(hook.get('command'))),
        ),
  );
  const scripts = [
    ...startScripts(spec, own('entrypoint'), own('command')),
    ...probe(spec('probe', 'healthcheck.test'), own('healthcheck')),
    ...hooks,
  ];
  if (!isWindows) return scripts;
  return scripts.map((script) => unreadScript(script, script.span, 'it runs on Windows'));
}

/** The command is what the entrypoint gets as its arguments; without one here, that of the image is taken for one that runs it. */
function startScripts(
  spec: (moment: Moment, key: string) => ScriptSpec,
  entrypoint: YamlValue | undefined,
  command: YamlValue | undefined,
): readonly Script[] {
  const program = wordsOf(entrypoint);
  const given = wordsOf(command);
  if (program.length === 0) return runWords(spec('start', 'command'), given);
  if (given.length === 0) return runWords(spec('start', 'entrypoint'), program);
  const text = given[0];
  if (isShell(program) && text) return [shellScript(spec('start', 'command'), text)];
  const inOrder = (program.at(-1)?.span.end ?? 0) <= (text?.span.start ?? 0);
  if (inOrder) return runWords(spec('start', 'command'), [...program, ...given]);
  return runWords(spec('start', 'entrypoint'), program);
}

/** `sh -c`, which runs the next word. */
function isShell(words: readonly MappedText[]): boolean {
  const [program, ...flags] = words.map(({ text }) => text);
  return (
    /(?:^|\/)(?:ba|da|a|k|z)?sh$/.test(program ?? '') &&
    flags.every((flag) => /^-\w+$/.test(flag)) &&
    /c$/.test(flags.at(-1) ?? '')
  );
}

const runWords = (spec: ScriptSpec, words: readonly MappedText[]): readonly Script[] =>
  words.length > 0 ? [wordsScript(spec, words)] : [];

/** Both forms of a command. */
export function wordsOf(value: YamlValue | undefined): readonly MappedText[] {
  if (!value) return [];
  if (value.type === 'sequence') return value.items().flatMap(textOf);
  return textOf(value).flatMap(splitCommand);
}

function textOf(value: YamlValue): readonly MappedText[] {
  const text = mappedText(value);
  return text ? [undoubled(text)] : [];
}

/** `test` of a health check: a text is run by a shell, a list says in its first item how the others are run. */
function probe(spec: ScriptSpec, healthcheck: YamlValue | undefined): readonly Script[] {
  const test = healthcheck?.get('test');
  if (!test) return [];
  if (test.type !== 'sequence') return textOf(test).map((text) => shellScript(spec, text));
  const [how, ...words] = test.items().flatMap(textOf);
  if (how?.text === 'CMD') return runWords(spec, words);
  return how?.text === 'CMD-SHELL' ? words.slice(0, 1).map((text) => shellScript(spec, text)) : [];
}
