import { type Analysis, analyze, auditFile, formats, joinAudits } from '../server/src/engine/index.ts';
import { growthShapes, type Shape } from '../test/support/growth-shapes.ts';
import { Editor } from './growth-editor.ts';

const factors = [1, 2, 4, 8, 16, 32];

/** The targets: an exponent counts where the time is long enough to be told from noise. */
const targets = { exponent: 1.2, secondsPerMegabyte: 2, milliseconds: 50 } as const;

/** A shape that takes longer is not tried at greater sizes. Milliseconds. */
const patience = 4_000;

const options = { color: false, width: null, version: '0', pageText: () => '' } as const;

interface Point {
  readonly size: number;
  readonly time: number;
}

/** What is asked of a text. */
export const works = ['analyze', 'edit', 'actions', 'fixable', 'report'] as const;
type Work = (typeof works)[number];

/** How the time of each shape grows with its size. `only`: a part of the names, and what is asked. */
export async function growth(only: { readonly shape: string; readonly work: string }): Promise<string> {
  print(['shape', 'work', ...factors.map((factor) => `${factor}x`), 'exponent', 's/MB', '']);
  const missed: string[] = [];
  const chosen = works.filter((work) => `,${only.work},`.includes(`,${work},`) || only.work === '');
  for (const shape of growthShapes.filter(({ name }) => name.includes(only.shape))) {
    const measured = await measure(shape, chosen);
    for (const [index, work] of chosen.entries()) {
      const points = measured.get(work) ?? [];
      const exponent = exponentOf(points);
      const last = points.at(-1);
      const rate = last ? last.time / 1000 / (last.size / 1e6) : 0;
      const isSlow = (last?.time ?? 0) >= targets.milliseconds;
      const isOver = isSlow && (exponent > targets.exponent || rate > targets.secondsPerMegabyte);
      if (isOver) missed.push(`${shape.name}, ${work}`);
      print([
        index === 0 ? shape.name : '',
        work,
        ...factors.map((_, at) => points[at]?.time.toFixed(1) ?? ''),
        isSlow ? exponent.toFixed(2) : '',
        rate.toFixed(2),
        isOver ? 'MISSED' : '',
      ]);
    }
  }
  const outcome =
    missed.length === 0
      ? `Target met: no shape grows beyond exponent ${targets.exponent} or takes more than ${targets.secondsPerMegabyte} s/MB.`
      : `TARGET MISSED ${missed.length} times:\n${missed.join('\n')}`;
  return `Milliseconds. ${outcome}`;
}

/** A line as soon as it is known: all take a while. */
function print([name = '', ...cells]: readonly string[]): void {
  console.log(`${name.slice(0, 52).padEnd(53)}${cells.map((cell) => cell.padEnd(10)).join('')}`.trimEnd());
}

async function measure(shape: Shape, chosen: readonly Work[]): Promise<ReadonlyMap<Work, readonly Point[]>> {
  const found = new Map<Work, Point[]>(chosen.map((work) => [work, []]));
  const stopped = new Set(works.filter((work) => !chosen.includes(work)));
  for (const factor of factors) {
    if (stopped.size === works.length) break;
    const text = shape.text(shape.unit * factor);
    for (const [work, time] of await timesOf(shape, text, stopped)) {
      found.get(work)?.push({ size: text.length, time });
      if (time < patience) continue;
      stopped.add(work);
      // Whatever is asked takes an analysis.
      if (work === 'analyze') for (const other of works) stopped.add(other);
    }
  }
  return found;
}

async function timesOf(
  { path }: Shape,
  text: string,
  stopped: ReadonlySet<Work>,
): Promise<readonly (readonly [Work, number])[]> {
  const read = (): Analysis => analyze({ path, text });
  let analysis = read();
  const edited = typed(text);
  const result = stopped.has('report') ? joinAudits([]) : auditFile('a', analysis);
  const runs: readonly (readonly [Work, () => unknown, (() => unknown)?])[] = [
    ['analyze', read],
    ['edit', () => analyze({ path, text: edited }, undefined, analysis)],
    // Fixes are made once for each analysis.
    ['fixable', () => analysis.findings.filter(({ fixable }) => fixable), () => (analysis = read())],
    ['report', () => Object.values(formats).map((format) => format(result, options))],
  ];
  const times: (readonly [Work, number])[] = [];
  for (const [work, run, prepare] of runs) {
    if (!stopped.has(work)) times.push([work, await shortest(run, prepare)]);
  }
  if (stopped.has('actions')) return times;
  const editor = await Editor.open(path, text);
  times.push(['actions', await shortest(() => editor.actions())]);
  editor.close();
  return times;
}

/** A character is typed behind a word in the middle. */
function typed(text: string): string {
  const middle = text.length >> 1;
  const behind = text.slice(middle).search(/\w(?=["\n, ])/);
  const at = middle + behind + 1;
  return `${text.slice(0, at)}x${text.slice(at)}`;
}

/** Milliseconds of this thread: what else the machine does is left out. */
function spent(): number {
  const { system, user } = process.threadCpuUsage();
  return (system + user) / 1000;
}

/** Milliseconds, of a few runs. */
async function shortest(run: () => unknown, prepare: () => unknown = () => {}): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && (round === 0 || least < 1_000); round++) {
    prepare();
    const from = spent();
    await run();
    least = Math.min(least, spent() - from);
  }
  return least;
}

/** The slope of time over size, both as logarithms, of the larger half of the sizes. */
function exponentOf(points: readonly Point[]): number {
  const last = points
    .slice(-3)
    .map(({ size, time }) => [Math.log(size), Math.log(Math.max(time, 0.01))] as const);
  const mean = (at: 0 | 1) => last.reduce((sum, one) => sum + one[at], 0) / last.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = last.reduce((sum, one) => sum + (one[0] - x) ** 2, 0);
  return spread === 0 ? 0 : last.reduce((sum, one) => sum + (one[0] - x) * (one[1] - y), 0) / spread;
}
