import { reasonOf } from '../files/reason.ts';
import { version } from '../version.ts';
import { readArgs } from './args.ts';
import { audit } from './audit.ts';
import { cache } from './cache.ts';
import { type Boundary, exitCodes } from './environment.ts';
import { explain } from './explain.ts';
import { pin } from './pin.ts';
import { resolve } from './resolve.ts';
import { tell } from './terminal.ts';
import { help } from './usage.ts';

/** The whole command line. `argv` is what follows the program's name. Gives the exit status and never rejects. */
export async function run(argv: readonly string[], boundary: Boundary): Promise<number> {
  try {
    return await answer(argv, boundary);
  } catch (error) {
    tell(boundary, `something went wrong inside Holdfast: ${reasonOf(error)}`);
    return exitCodes.trouble;
  }
}

async function answer(argv: readonly string[], boundary: Boundary): Promise<number> {
  const request = readArgs(argv);
  switch (request.does) {
    case 'audit':
      return audit(request.options, boundary);
    case 'pin':
      return pin(request.options, boundary);
    case 'resolve':
      return resolve(request.options, boundary);
    case 'explain':
      return explain(request.options, boundary);
    case 'cache':
      return cache(request.options, boundary);
    case 'help':
      boundary.stdout.write(help(request.command));
      return exitCodes.ok;
    case 'version':
      boundary.stdout.write(`${version}\n`);
      return exitCodes.ok;
    case 'complain':
      tell(boundary, request.message);
      tell(boundary, `more with holdfast ${request.command === null ? '' : `${request.command} `}--help`);
      return exitCodes.trouble;
  }
}
