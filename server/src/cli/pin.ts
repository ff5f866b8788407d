import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type FileSummary, SourceText, type Span, visible } from '../engine/index.ts';
import { encode } from '../files/encoding.ts';
import { listen, lookupsAtOnce, notesOf } from './answers.ts';
import type { PinOptions } from './args.ts';
import { type Boundary, exitCodes } from './environment.ts';
import { mapOrdered } from './map-in-order.ts';
import { createNamedTargets } from './named.ts';
import { createProgress } from './progress.ts';
import { brokenIn } from './reader.ts';
import { createReaders, type Planned } from './readers.ts';
import { replaceFile } from './replace.ts';
import { createSettings, type SettingsSource } from './settings.ts';
import { findTargets, type Target } from './targets.ts';
import { tell, tellErrors, useColor } from './terminal.ts';
import { readWorkspace } from './workspace-index.ts';

/** `holdfast pin`: the diff, or the names of the changed files, goes to the output; everything else to the error output. */
export async function pin(options: PinOptions, boundary: Boundary): Promise<number> {
  const { cwd, env, signal, stderr, stdout } = boundary;
  const settings = createSettings(boundary, options.config);
  if (options.config !== null && !(await settings.of(cwd)).ok) return tellErrors(settings.errors(), boundary);

  const progress = createProgress(stderr, env);
  const found = await findTargets(boundary, options.operands, settings, progress);
  // Settings of its own: what is wrong with those of files that nobody named is not told.
  const aside = createSettings(boundary, options.config);
  const readers = createReaders(boundary, options.jobs);
  readers.expect(found.length);
  const workspace = await readWorkspace(boundary, found, aside, readers, progress);
  const targets = await withNamed(found, workspace.outlines(), boundary, options.operands, settings);
  readers.know(workspace);
  const heard = await listen(boundary, options.offline);
  const { registry } = heard;
  const color = useColor(stdout, boundary, options.color);
  const isRead = color || stdout.isTTY === true;
  const failures: string[] = [];
  const unread: string[] = [];
  const unknown: string[] = [];
  const counts = { seen: 0, files: 0, images: 0, skipped: 0 };
  const work = mapOrdered(targets, lookupsAtOnce, (target) =>
    readers.plan(target, settings, (image, { registries }) =>
      registry.resolve(image, { registries, signal }),
    ),
  );
  for await (const one of work) {
    // What was planned while the user stopped lacks the digests that were not waited for.
    if (signal.aborted) break;
    progress.show(`Pinning: ${++counts.seen} of ${targets.length} files`);
    if (one.kind === 'skip') {
      if (one.failed) unread.push(`${one.shown}: ${one.reason}`);
      continue;
    }
    const { path, shown } = one.text;
    const source = new SourceText(one.file.text);
    failures.push(...describeFailures(one, source));
    unknown.push(...describeUnknown(one, source));
    unread.push(...brokenIn({ source, skipped: one.skipped }, shown));
    if (one.skipped.some(({ broken, commandsOnly }) => !broken && !commandsOnly)) counts.skipped++;
    if (one.plan.edits.length === 0) continue;
    if (options.write) {
      const { bytes, encoding, mark } = one.file;
      const refused = await replaceFile(path, bytes, encode(mark + one.plan.text, encoding));
      if (refused !== null) {
        failures.push(`${shown}: not written: ${refused}`);
        continue;
      }
    }
    counts.files++;
    counts.images += one.plan.pinned;
    progress.clear();
    stdout.write(
      options.write
        ? `Pinned ${images(one.plan.pinned)} in ${visible(shown)}\n`
        : isRead
          ? printed(diff(one), color)
          : encode(diff(one), 'utf-8'),
    );
  }
  readers.end();
  progress.clear();

  const trouble = [...settings.errors(), ...unread];
  for (const note of notesOf(heard)) tell(boundary, note);
  for (const warning of settings.warnings()) tell(boundary, warning);
  for (const line of unknown) tell(boundary, line);
  for (const failure of failures) tell(boundary, failure);
  const status =
    trouble.length > 0 ? tellErrors(trouble, boundary) : failures.length > 0 ? exitCodes.found : exitCodes.ok;
  tell(boundary, conclusion(counts, failures.length, options.write, signal.aborted));
  return signal.aborted ? exitCodes.interrupted : status;
}

/** With the files that others name as Dockerfiles or Compose files. One that was found too is read as what the others say, unless it is another manifest. */
async function withNamed(
  found: readonly Target[],
  outlines: readonly FileSummary[],
  boundary: Boundary,
  operands: readonly string[],
  settings: SettingsSource,
): Promise<readonly Target[]> {
  const named = await (await createNamedTargets(boundary, operands, settings)).from(outlines);
  const byPath = new Map(named.map((one) => [one.path, one]));
  const targets = found.map((one) => {
    const other = one.kind === 'file' ? byPath.get(one.path) : undefined;
    if (other) byPath.delete(other.path);
    return other && !saysItsKind.test(other.path) ? other : one;
  });
  return [...targets, ...byPath.values()];
}

/** Names that say by themselves what a file is. */
const saysItsKind = /(?:dockerfile|containerfile)[^/\\]*$|\.ya?ml$/i;

const images = (count: number): string => `${count} ${count === 1 ? 'image' : 'images'}`;

/** What was to be pinned, and was not. */
const describeFailures = (one: Planned, source: SourceText): readonly string[] => [
  ...one.plan.failures.map(
    ({ image, message, span }) => `${placeOf(one, source, span)}: ${image} was not pinned: ${message}`,
  ),
  ...one.plan.unresolved
    .filter(({ isReported }) => isReported)
    .map(({ image, reason, span }) => `${placeOf(one, source, span)}: ${image} was not pinned: ${reason}.`),
];

/** What nobody asked to be pinned, and could not be either. */
const describeUnknown = (one: Planned, source: SourceText): readonly string[] =>
  one.plan.unresolved
    .filter(({ isReported }) => !isReported)
    .map(
      ({ image, reason, span }) =>
        `${placeOf(one, source, span)}: ${image} could not be worked out: ${reason}.`,
    );

function placeOf({ text: { shown } }: Planned, source: SourceText, { start }: Span): string {
  const { column, line } = source.placeAt(start);
  return `${shown}:${line + 1}:${column + 1}`;
}

/** In the unified format, with the names as git writes them, so that `git apply` and `patch -p1` take it. */
function diff({ file, plan, text: { shown } }: Planned): string {
  const before = file.mark + file.text;
  const after = file.mark + plan.text;
  return createTwoFilesPatch(`a/${shown}`, `b/${shown}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** For people no character of the file may do something to the terminal. Programs get every byte as it is. */
function printed(patch: string, color: boolean): string {
  const text = patch.replace(/[^\r\n\t]+|\r(?!\n)/g, visible);
  return color ? text.replace(/^.*$/gm, coloured) : text;
}

/** SGR parameters of ECMA-48, as git draws diffs. */
const lineStyles = [
  [/^(?:---|\+\+\+) /, '1'],
  [/^@@/, '36'],
  [/^-/, '31'],
  [/^\+/, '32'],
] as const;

function coloured(line: string): string {
  const style = lineStyles.find(([start]) => start.test(line))?.[1];
  return style === undefined ? line : `\u001b[${style}m${line}\u001b[0m`;
}

function conclusion(
  {
    files,
    images: pinned,
    skipped,
  }: { readonly files: number; readonly images: number; readonly skipped: number },
  failed: number,
  written: boolean,
  stopped: boolean,
): string {
  const where = `${images(pinned)} in ${files} ${files === 1 ? 'file' : 'files'}`;
  const done = written ? `pinned ${where}` : `${where} can be pinned; --write does it`;
  const nothing = failed > 0 || stopped ? 'nothing was pinned' : 'nothing to pin';
  const left = failed === 0 ? '' : `; ${failed} could not be`;
  const templates =
    skipped === 0
      ? ''
      : ` (${skipped} ${skipped === 1 ? 'file' : 'files'} skipped: \`holdfast audit\` says why)`;
  return `${stopped ? 'stopped: ' : ''}${pinned === 0 ? nothing : done}${left}${templates}.`;
}
