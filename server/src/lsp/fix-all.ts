import { setImmediate as turn } from 'node:timers/promises';
import {
  type Analysis,
  analyze,
  type Finding,
  type Fix,
  isLookupFix,
  isPinFix,
  type PinFailure,
  type PinPlan,
  planFix,
  planPins,
  type Registry,
  type TextEdit,
} from '../engine/index.ts';
import { Composition } from './composition.ts';
import { throwIfAborted } from './guard.ts';

export interface FixAllPlan {
  readonly edits: readonly TextEdit[];
  /** How many image references get a digest. */
  readonly pinned: number;
  /** Images that could not be pinned. */
  readonly failures: readonly PinFailure[];
}

export interface FixAllOptions {
  readonly registry: Registry;
  /** Whether images are pinned too. */
  readonly pins: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Every safe fix of a document, again and again until none is left: one fix can make way for another. Pins aside, nothing is asked: this may run
 * with every save, and a checksum takes a whole download.
 */
export async function planFixAll(document: Analysis, options: FixAllOptions): Promise<FixAllPlan> {
  const run = new Run(document, options);
  await run.settle();
  if (!options.pins) return { edits: run.edits(), pinned: 0, failures: [] };
  const { edits, failures, pinned, text } = await run.pin();
  if (edits.length > 0) {
    run.advance(edits, text);
    await run.settle();
  }
  return { edits: run.edits(), pinned, failures };
}

class Run {
  readonly #options: FixAllOptions;
  readonly #composition: Composition;
  readonly #tried = new Set<string>();
  #document: Analysis;

  constructor(document: Analysis, options: FixAllOptions) {
    this.#document = document;
    this.#options = options;
    this.#composition = new Composition(document.source.text.length);
  }

  /** Makes the safe fixes that this text is enough for. Each is tried once, so this ends. */
  async settle(): Promise<void> {
    for (let next = this.#next(); next; next = this.#next()) {
      await turn();
      throwIfAborted(this.#options.signal);
      this.#tried.add(nameOf(next));
      const plan = await planFix(this.#document, next.finding, next.fix, this.#options);
      if (plan.ok) this.advance(plan.edits, plan.text);
    }
  }

  async pin(): Promise<PinPlan> {
    const plan = await planPins(this.#document, this.#options);
    throwIfAborted(this.#options.signal);
    return plan;
  }

  advance(edits: readonly TextEdit[], text: string): void {
    this.#composition.apply(edits);
    const { input, settings } = this.#document;
    this.#document = analyze({ ...input, text }, settings, this.#document);
  }

  edits(): readonly TextEdit[] {
    return this.#composition.edits();
  }

  #next(): Candidate | null {
    for (const finding of this.#document.findings) {
      for (const fix of finding.fixes()) {
        const candidate = { finding, fix };
        const isLocal = !isPinFix(fix) && !isLookupFix(fix);
        if (fix.safety === 'safe' && isLocal && !this.#tried.has(nameOf(candidate))) return candidate;
      }
    }
    return null;
  }
}

interface Candidate {
  readonly finding: Finding;
  readonly fix: Fix;
}

const nameOf = ({ finding, fix }: Candidate): string => `${finding.key}\n${fix.id}`;
