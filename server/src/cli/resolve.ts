import { parseReference, pulledName } from '../engine/index.ts';
import type { CommonOptions } from './args.ts';
import { type Boundary, exitCodes } from './boundary.ts';
import { mapOrdered } from './ordered.ts';
import { createProgress } from './progress.ts';
import { createSettings } from './settings.ts';
import { tell, tellErrors } from './terminal.ts';

/** References looked up at the same time; the registry client limits the requests to each host. */
const lookupsAtOnce = 16;

/** `holdfast resolve`: a line for each reference, in the order given; what cannot be resolved goes to the error output. */
export async function resolve({ config, operands }: CommonOptions, boundary: Boundary): Promise<number> {
  const { cwd, env, registry, signal, stderr, stdout } = boundary;
  const settings = createSettings(boundary, config);
  const found = await settings.of(cwd);
  if (!found.ok) return tellErrors(settings.errors(), boundary);

  const progress = createProgress(stderr, env);
  let done = 0;
  let failed = false;
  const work = mapOrdered(operands, lookupsAtOnce, async (operand) => {
    const parsed = parseReference(operand);
    if (!parsed.ok) return { operand, known: null, message: parsed.error.message };
    const { registries } = found.settingsOf(cwd);
    const lookup = await registry.resolve(pulledName(parsed.reference), { registries, signal });
    if (!lookup.ok) return { operand, known: null, message: lookup.message };
    return {
      operand,
      known: parsed.reference.digest === undefined ? `${operand}@${lookup.digest}` : operand,
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
  return failed ? exitCodes.found : exitCodes.ok;
}
