import type { Script } from '../../model/script.ts';
import { shellScript, wordsScript } from '../../shell/script.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import type { Section } from './unit.ts';
import type { UnitName } from './unit-name.ts';
import { splitWords } from './words.ts';

/** What a container runs: `Exec=` behind `Entrypoint=`, and `HealthCmd=`, which Podman hands to a shell. Lists in JSON are passed over. */
export function readScripts(section: Section, { label: owner }: UnitName): readonly Script[] {
  const isList = ({ text }: MappedText): boolean => text.startsWith('[');
  const exec = section.last('Exec');
  const given = exec ? splitWords(exec) : [];
  const entrypoint = section.last('Entrypoint');
  const isFirst = (entrypoint?.span.end ?? 0) <= (given[0]?.span.start ?? Number.POSITIVE_INFINITY);
  const words =
    entrypoint && entrypoint.text !== '' && isFirst && !isList(entrypoint) ? [entrypoint, ...given] : given;
  const probe = section.last('HealthCmd');
  return [
    ...(words.length > 0 ? [wordsScript({ moment: 'start', owner, path: 'Container.Exec' }, words)] : []),
    ...(probe && !/^(?:|none)$/.test(probe.text) && !isList(probe)
      ? [shellScript({ moment: 'probe', owner, path: 'Container.HealthCmd' }, probe)]
      : []),
  ];
}
