import { setImmediate as turn } from 'node:timers/promises';
import {
  type Analysis,
  type AutomaticFix,
  analyze,
  type Finding,
  isAutomaticFix,
  type TextEdit,
  tryFix,
} from '../../engine/index.ts';
import { throwIfAborted } from '../protocol/guard.ts';
import { Composition } from './compose-edits.ts';

interface Candidate {
  readonly finding: Finding;
  readonly fix: AutomaticFix;
}

/** The fixes that may be made without anybody choosing them, in the order of the text. */
export const automaticFixes = ({ findings }: Analysis): readonly Candidate[] =>
  findings.flatMap((finding) =>
    finding
      .fixes()
      .filter(isAutomaticFix)
      .map((fix) => ({ finding, fix })),
  );

/** Every safe fix of a document, again and again until none is left: one fix can make way for another. Nothing is asked of anybody. */
export async function planFixAll(document: Analysis, signal: AbortSignal): Promise<readonly TextEdit[]> {
  const composition = new Composition(document.source.text.length);
  const tried = new Set<string>();
  let current = document;
  for (;;) {
    const next = automaticFixes(current).find((candidate) => !tried.has(nameOf(candidate)));
    if (!next) return composition.edits();
    // Each is tried once, so this ends.
    tried.add(nameOf(next));
    await turn();
    throwIfAborted(signal);
    const plan = tryFix(current, next.finding, next.fix);
    if (!plan.ok) continue;
    composition.apply(plan.edits);
    const { input, settings } = current;
    current = analyze({ ...input, text: plan.text }, settings, current);
  }
}

const nameOf = ({ finding, fix }: Candidate): string => `${finding.key}\n${fix.id}`;
