import { url as debuggerUrl } from 'node:inspector';
import { availableParallelism } from 'node:os';
import {
  type CheckedImage,
  type FileSummary,
  fullName,
  type ImageName,
  type Lookup,
  type Observation,
  type Settings,
  type WorkspaceIndex,
} from '../engine/index.ts';
import { type Outcome, Pool } from '../workers/pool.ts';
import type { Boundary } from './environment.ts';
import type { AuditReading, PlanReading, ReaderAnswer, ReaderTask, TextToRead } from './reader.ts';
import type { SettingsSource } from './settings.ts';
import { type Opened, openTarget, type Skipped, type Target, unrecognised } from './targets.ts';

/** Threads at the same time, at most: what hands them the work keeps no more of them busy. */
const threadsMax = 8;

/** Reads texts in threads that can be ended, so that one text never stops the rest. Nothing rejects. */
export interface Readers {
  /** Tells how many files are to come. */
  expect(files: number): void;
  /** What the files of the workspace say, for what is read from now on. */
  know(workspace: WorkspaceIndex): void;
  /** Without `asker` no registry is asked. */
  audit(target: Target, settings: SettingsSource, asker: AuditAsker | null): Promise<AuditReading | Skipped>;
  plan(target: Target, settings: SettingsSource, lookUp: LookUp): Promise<Planned | Skipped>;
  /** What a file tells others; null where it tells nothing, or cannot be read. `open` is asked when its turn comes. */
  outline(open: () => Promise<TextToRead | null>): Promise<FileSummary | null>;
  /** Ends the threads. */
  end(): void;
}

/** Asks registries on behalf of one file. */
export interface AuditAsker {
  check(images: readonly CheckedImage[], settings: Settings): Promise<void>;
  /** What registries have told by now. */
  observed(image: ImageName, settings: Settings): Observation | undefined;
}

type LookUp = (image: ImageName, settings: Settings) => Promise<Lookup>;

/** A file, and how its images are pinned. */
export interface Planned extends Opened, Pick<PlanReading, 'plan' | 'skipped'> {}

/** `jobs`: threads at the same time; null for as many as the machine has cores for. */
export function createReaders(
  { signal, startReader }: Pick<Boundary, 'signal' | 'startReader'>,
  jobs: number | null,
): Readers {
  const pool = new Pool<ReaderTask, ReaderAnswer>({
    start: startReader,
    most: jobs ?? Math.min(availableParallelism(), threadsMax),
    sizeOf: ({ of }) => of.text.length,
    signal,
    isDebugged: () => debuggerUrl() !== undefined,
  });

  async function begin(
    target: Target,
    settings: SettingsSource,
    task: (opened: Opened) => ReaderTask,
  ): Promise<Begun | Skipped> {
    if (target.kind === 'skip') return target;
    const held: { opened?: Opened | Skipped } = {};
    const outcome = await pool.run(async () => {
      held.opened = await openTarget(target, settings);
      return held.opened.kind === 'skip' ? null : task(held.opened);
    });
    const { opened } = held;
    if (opened?.kind === 'skip') return opened;
    if (!outcome?.ok || !opened) return givenUp(target, outcome);
    return { kind: 'begun', opened, answer: outcome.answer };
  }

  const goOn = (task: ReaderTask): Promise<Outcome<ReaderAnswer> | null> => pool.run(async () => task, true);

  return {
    expect: (files) => pool.expect(files),
    know: (workspace) => pool.share(workspace.outlines()),
    end: () => pool.end(),

    async audit(target, settings, asker) {
      const known = new Map<string, Observation | undefined>();
      const task = ({ text }: Opened): ReaderTask => ({ does: 'audit', of: text, known });
      const begun = await begin(target, settings, task);
      if (begun.kind === 'skip') return begun;
      const { opened } = begun;
      const own = opened.text.settings;
      let { answer } = begun;
      if (asker && answer.kind === 'audit') await asker.check(answer.checked, own);
      while (asker && answer.kind === 'audit') {
        const told = answer.unknown.map((image) => [fullName(image), asker.observed(image, own)] as const);
        if (told.every(([, observation]) => observation === undefined)) break;
        for (const [name, observation] of told) known.set(name, observation);
        const outcome = await goOn(task(opened));
        if (!outcome?.ok) return givenUp(target, outcome);
        answer = outcome.answer;
      }
      return answer.kind === 'audit' ? answer : unrecognised(target.shown);
    },

    async plan(target, settings, lookUp) {
      const known = new Map<string, Lookup>();
      const task = ({ text }: Opened): ReaderTask => ({ does: 'plan', of: text, known });
      const begun = await begin(target, settings, task);
      if (begun.kind === 'skip') return begun;
      const { opened } = begun;
      let { answer } = begun;
      while (answer.kind === 'plan' && answer.unknown.length > 0) {
        const look = async (image: ImageName) =>
          [fullName(image), await lookUp(image, opened.text.settings)] as const;
        for (const [name, lookup] of await Promise.all(answer.unknown.map(look))) known.set(name, lookup);
        const outcome = await goOn(task(opened));
        if (!outcome?.ok) return givenUp(target, outcome);
        answer = outcome.answer;
      }
      return answer.kind === 'plan' ? { ...opened, ...answer, kind: 'opened' } : unrecognised(target.shown);
    },

    async outline(open) {
      const outcome = await pool.run(async () => {
        const of = await open();
        return of && { does: 'outline', of };
      });
      return outcome?.ok && outcome.answer.kind === 'outline' ? outcome.answer.outline : null;
    },
  };
}

/** A file that was read for the first time. */
interface Begun {
  readonly kind: 'begun';
  readonly opened: Opened;
  readonly answer: ReaderAnswer;
}

const givenUp = ({ shown }: Target, outcome: Outcome<ReaderAnswer> | null): Skipped => ({
  kind: 'skip',
  shown,
  reason: outcome?.ok === false ? outcome.reason : 'it cannot be read',
  failed: true,
});
