import type { Command } from '../../model/script.ts';

/** Programs whose text goes to their output and nowhere else. */
const printers: ReadonlySet<string> = new Set(['cat', 'echo', 'printf']);

/** Whether the text of one of the commands gets anywhere but on the screen: into a file, a pipe or another command. */
export function writtenBy(commands: readonly Command[]): (command: Command) => boolean {
  const taken = new Set(
    commands.flatMap(({ pipedFrom, words }) => [
      ...pipedFrom,
      ...words.flatMap(({ substitutions }) => substitutions),
    ]),
  );
  return (command) =>
    !printers.has(command.name) ||
    taken.has(command) ||
    command.redirects.some(({ operator }) => operator.includes('>'));
}
