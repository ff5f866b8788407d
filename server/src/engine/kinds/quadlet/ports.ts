import type { Located } from '../../model/facts.ts';
import { flagValues, podmanArguments } from './flags.ts';
import type { Section } from './unit.ts';
import { splitOn, splitWords } from './words.ts';

/** The ports within the container that `PublishPort=` and `ExposeHostPort=` name. Ranges are left out. */
export const readPorts = (section: Section): readonly Located<number>[] =>
  [
    ...['PublishPort', 'ExposeHostPort'].flatMap((key) => section.all(key).flatMap(splitWords)),
    ...flagValues(podmanArguments(section), '--publish', '-p', '--expose'),
  ].flatMap((word) => {
    const port = /^(\d{1,5})(?:\/tcp)?$/i.exec(splitOn(word, ':').at(-1)?.text ?? '')?.[1];
    return port === undefined
      ? []
      : { value: Number(port), span: word.span, path: `Container.PublishPort.${word.text}` };
  });
