import { parseReference, pulledName } from '../engine/index.ts';
import { listen, lookupsAtOnce, notesOf } from './answers.ts';
import type { ResolveOptions } from './args.ts';
import { type Boundary, exitCodes } from './environment.ts';
import { mapOrdered } from './map-in-order.ts';
import { createProgress } from './progress.ts';
import { createSettings } from './settings.ts';
import { tell, tellErrors } from './terminal.ts';

/** `holdfast resolve`: a line for each reference, in the order given; what cannot be resolved goes to the error output. */
export async function resolve(
  { config, offline, operands }: ResolveOptions,
  boundary: Boundary,
): Promise<number> {
  const { cwd, env, signal, stderr, stdout } = boundary;
  const settings = createSettings(boundary, config);
  const found = await settings.of(cwd);
  if (!found.ok) return tellErrors(settings.errors(), boundary);

  const { registries } = found.settingsOf(cwd);
  const parsed = operands.map((operand) => ({ operand, ...parseReference(operand) }));
  const heard = await listen(boundary, offline);
  const progress = createProgress(stderr, env);
  let done = 0;
  let failed = false;
  const work = mapOrdered(parsed, lookupsAtOnce, async (one) => {
    const { operand } = one;
    if (!one.ok) return { operand, known: null, message: one.error.message };
    const lookup = await heard.registry.resolve(pulledName(one.reference), { registries, signal });
    if (!lookup.ok) return { operand, known: null, message: lookup.message };
    return {
      operand,
      known: one.reference.digest === undefined ? `${operand}@${lookup.digest}` : operand,
      message: '',
    };
  });
  for await (const { known, message, operand } of work) {
    if (signal.aborted) break;
    progress.clear();
    if (known === null) {
      failed = true;
      tell(boundary, `${operand}: ${message}`);
    } else stdout.write(`${known}\n`);
    progress.show(`Resolving: ${++done} of ${operands.length} images`);
  }
  progress.clear();
  if (signal.aborted) return exitCodes.interrupted;
  for (const note of notesOf(heard)) tell(boundary, note);
  return failed ? exitCodes.found : exitCodes.ok;
}
