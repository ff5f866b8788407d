import { visible } from '../engine/index.ts';
import { type Boundary, exitCodes, type Output } from './environment.ts';

/** Whether to colour what goes to `output`: as asked, else in a terminal whose user has not set NO_COLOR (no-color.org). */
export const useColor = (output: Output, { env }: Pick<Boundary, 'env'>, asked: boolean | null): boolean =>
  asked ?? (output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb');

/** Tells the user something besides the result, in one line. */
export const tell = ({ stderr }: Pick<Boundary, 'stderr'>, message: string): void => {
  stderr.write(`holdfast: ${visible(message)}\n`);
};

/** Tells of bad usage, bad configuration or unreadable input, and gives the exit status for it. */
export function tellErrors(messages: readonly string[], boundary: Pick<Boundary, 'stderr'>): number {
  for (const message of messages) tell(boundary, message);
  return exitCodes.trouble;
}
