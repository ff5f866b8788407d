import type { Command, Script } from '../../../server/src/engine/model/script.ts';
import { shellScript } from '../../../server/src/engine/shell/script.ts';
import { MappedText } from '../../../server/src/engine/text/mapped-text.ts';

export const spec = { moment: 'build', owner: 'stage x', path: 'stage/x/run/0' } as const;

/** Before the script in its document, so that places and indexes differ. */
const before = 'RUN ';

export const documentOf = (text: string): string => `${before}${text}`;

export const scriptOf = (text: string): Script =>
  shellScript(spec, MappedText.of(documentOf(text), before.length, before.length + text.length));

/** `apt-get install x=$V~ > f`: name, words and redirects; `~` behind a word that is not literal, `←` before what is piped in. */
export function shown({ assignments, name, pipedFrom, redirects, words }: Command): string {
  return [
    ...assignments.map((one) => `${one.name}=${one.value.text}${one.value.isLiteral ? '' : '~'}`),
    name || '?',
    ...words.map(({ isLiteral, text }) => `${text}${isLiteral ? '' : '~'}`),
    ...redirects.map(({ operator, target }) => `${operator} ${target.text}`),
    ...pipedFrom.map((from) => `← ${from.name}`),
  ].join(' ');
}

export const shownAll = (text: string): readonly string[] => scriptOf(text).commands().map(shown);
