import type { FilePlace } from '../model/finding.ts';
import type {
  BuildRequest,
  BuiltImage,
  FileSummary,
  OutlinePin,
  PinnedDigest,
  Replacement,
  WorkspaceView,
} from '../model/workspace-context.ts';
import { folderOf } from '../text/path.ts';

/** A question to the other files of a workspace, and the answer that was given: plain data. */
export interface ViewAnswer {
  readonly question: NeighbourQuestion;
  readonly given: unknown;
}

export type NeighbourQuestion =
  | { readonly asks: 'builtAs' | 'isConsumed' | 'isReplaced'; readonly name: string }
  | { readonly asks: 'pinsOf'; readonly name: string; readonly platform: string | null }
  | { readonly asks: 'replacedIn'; readonly dockerfile: string; readonly names: readonly string[] }
  | { readonly asks: 'builtFrom'; readonly dockerfile: string; readonly target: string | null };

/** `WorkspaceView` that remember what they were asked, and nothing of the text they were asked for. */
export interface AskedNeighbours extends WorkspaceView {
  readonly wasAsked: boolean;
  /** What they were asked, each question once, and what they said. */
  readonly answers: readonly ViewAnswer[];
  /** Whether they would still give every answer they gave. */
  isSettled(): boolean;
}

/**
 * What the files of a workspace tell each other, by file. Whoever calls the engine keeps it: puts in what each file's analysis
 * says of itself, and hands it to later analyses.
 */
export class WorkspaceIndex {
  readonly #files = new Map<string, FileSummary>();
  readonly #index = new Index();
  #epoch = 0;

  /** Goes up with every change: within one epoch all answers are the same. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes in what a file says now. The time depends on that file alone. */
  put(outline: FileSummary): void {
    const { path } = outline;
    const before = this.#files.get(path);
    if (saysNothing(outline)) {
      this.remove(path);
      return;
    }
    if (before && JSON.stringify(before) === JSON.stringify(outline)) return;
    if (before) this.#index.remove(before);
    this.#files.set(path, outline);
    this.#index.add(outline);
    this.#epoch++;
  }

  remove(path: string): void {
    const before = this.#files.get(path);
    if (!before) return;
    this.#files.delete(path);
    this.#index.remove(before);
    this.#epoch++;
  }

  /** All files, with `own` in the place of what was known of its path. They answer by what is known when they are asked. */
  around(own: FileSummary): AskedNeighbours {
    return new Joined(this.#index, own);
  }

  /** Whether the file that says `own` would get the answers it once got. */
  wouldSay(own: FileSummary, answers: readonly ViewAnswer[]): boolean {
    const now = this.around(own);
    return answers.every(({ given, question }) => isSame(answerTo(question, now), given));
  }

  /** What each file says, without those that say nothing. */
  outlines(): readonly FileSummary[] {
    return [...this.#files.values()];
  }
}

/** What a file sees that is read alone. */
export const alone = (own: FileSummary): AskedNeighbours => new Joined(new Index(), own);

/** Each digest of a tag and platform once, at its first place. */
export function joinPins(pins: readonly Omit<OutlinePin, 'count'>[]): readonly OutlinePin[] {
  const joined = new Map<string, OutlinePin>();
  for (const pin of pins) {
    const key = `${pin.name}@${pin.digest} ${pin.platform ?? ''}`;
    const known = joined.get(key);
    joined.set(key, known ? { ...known, count: known.count + 1 } : { ...pin, count: 1 });
  }
  return [...joined.values()];
}

/** Whether other files learn nothing from it. */
export const saysNothing = ({ builds, built, consumes, pins, replaced }: FileSummary): boolean =>
  builds.length + built.length + consumes.length + pins.length + replaced.length === 0;

/** Key → what each file says under it, by the file's path. */
class ByFile<T> {
  readonly #entries = new Map<string, Map<string, T[]>>();

  add(key: string, path: string, item: T): void {
    const files = this.#entries.get(key) ?? new Map<string, T[]>();
    this.#entries.set(key, files);
    const items = files.get(path);
    if (items) items.push(item);
    else files.set(path, [item]);
  }

  remove(key: string, path: string): void {
    const files = this.#entries.get(key);
    files?.delete(path);
    if (files?.size === 0) this.#entries.delete(key);
  }

  /** In the order of the paths, so that it does not matter which file was read first. */
  except(key: string, path: string): readonly (readonly [path: string, items: readonly T[]])[] {
    return [...(this.#entries.get(key) ?? [])]
      .filter(([file]) => file !== path)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

class Index {
  readonly #pins = new ByFile<OutlinePin>();
  readonly #built = new ByFile<BuiltImage>();
  /** By the image's name. */
  readonly #requests = new ByFile<BuildRequest>();
  /** By the Dockerfile. */
  readonly #builds = new ByFile<BuildRequest>();
  /** By kind and name → namespaces they are read in. */
  readonly #consumed = new ByFile<string>();
  readonly #replaced = new ByFile<true>();

  add({ builds, built, consumes, path, pins, replaced }: FileSummary): void {
    for (const pin of pins) this.#pins.add(pin.name, path, pin);
    for (const image of built) this.#built.add(builtKey(image.dockerfile, image.target), path, image);
    for (const request of builds) {
      this.#builds.add(request.dockerfile, path, request);
      for (const image of request.images) this.#requests.add(image, path, request);
    }
    for (const one of consumes) {
      const { name, namespace } = configurationParts(one);
      this.#consumed.add(name, path, namespace);
    }
    for (const image of replaced) this.#replaced.add(image, path, true);
  }

  remove({ builds, built, consumes, path, pins, replaced }: FileSummary): void {
    for (const { name } of pins) this.#pins.remove(name, path);
    for (const { dockerfile, target } of built) this.#built.remove(builtKey(dockerfile, target), path);
    for (const { dockerfile, images } of builds) {
      this.#builds.remove(dockerfile, path);
      for (const image of images) this.#requests.remove(image, path);
    }
    for (const one of consumes) this.#consumed.remove(configurationParts(one).name, path);
    for (const image of replaced) this.#replaced.remove(image, path);
  }

  /** What follows leaves out the file at `path`: what is known of it may be of an earlier text. */
  pins(name: string, path: string): readonly (readonly [string, readonly OutlinePin[]])[] {
    return this.#pins.except(name, path);
  }

  built(dockerfile: string, target: string | null, path: string): BuiltImage | undefined {
    return this.#built.except(builtKey(dockerfile, target), path)[0]?.[1][0];
  }

  requests(image: string, path: string): readonly BuildRequest[] {
    return this.#requests.except(image, path).flatMap(([, requests]) => requests);
  }

  builds(dockerfile: string, path: string): readonly (readonly [string, readonly BuildRequest[]])[] {
    return this.#builds.except(dockerfile, path);
  }

  /** By a file in one of the folders that the one at `path` lies in: another project may use the same name. */
  isReplaced(image: string, path: string): boolean {
    return this.#replaced.except(image, path).some(([file]) => path.startsWith(`${folderOf(file)}/`));
  }

  isConsumed(configuration: string, path: string): boolean {
    const { name, namespace } = configurationParts(configuration);
    return this.#consumed
      .except(name, path)
      .some(([, namespaces]) =>
        namespaces.some((where) => where === '' || namespace === '' || where === namespace),
      );
  }
}

const builtKey = (dockerfile: string, target: string | null): string =>
  `${dockerfile}\n${target?.toLowerCase() ?? ''}`;

function configurationParts(key: string): { readonly name: string; readonly namespace: string } {
  const [type = '', namespace = '', ...name] = key.split('/');
  return { name: `${type}/${name.join('/')}`, namespace };
}

/** No file has a path like it. */
const nowhere = '';

/** An answer as it was given, and how to find it again. */
interface Answer<T> extends ViewAnswer {
  readonly given: T;
  again(): T;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function answerTo(question: NeighbourQuestion, workspaceView: WorkspaceView): unknown {
  switch (question.asks) {
    case 'builtFrom':
      return workspaceView.builtFrom(question.dockerfile, question.target);
    case 'replacedIn':
      return workspaceView.replacedIn(question.dockerfile, question.names);
    case 'pinsOf':
      return workspaceView.pinsOf(question.name, question.platform ?? undefined);
    default:
      return workspaceView[question.asks](question.name);
  }
}

class Joined implements AskedNeighbours {
  readonly #others: Index;
  readonly #own = new Index();
  readonly #path: string;
  readonly #pins = new Map<string, Answer<readonly PinnedDigest[]>>();
  readonly #builds = new Map<string, Answer<BuiltImage | undefined>>();
  readonly #consumed = new Map<string, Answer<boolean>>();
  readonly #replaced = new Map<string, Answer<boolean>>();
  readonly #contexts = new Map<string, Answer<Replacement>>();

  constructor(others: Index, own: FileSummary) {
    this.#others = others;
    this.#path = own.path;
    this.#own.add(own);
  }

  get wasAsked(): boolean {
    return this.#asked.length > 0;
  }

  get #asked(): readonly Answer<unknown>[] {
    return [this.#pins, this.#builds, this.#consumed, this.#replaced, this.#contexts].flatMap((answers) => [
      ...answers.values(),
    ]);
  }

  get answers(): readonly ViewAnswer[] {
    return this.#asked.map(({ given, question }) => ({ question, given }));
  }

  isSettled(): boolean {
    return this.#asked.every(({ again, given }) => isSame(again(), given));
  }

  pinsOf(name: string, platform?: string): readonly PinnedDigest[] {
    return this.#ask(this.#pins, { asks: 'pinsOf', name, platform: platform ?? null }, () =>
      digestsIn([...this.#own.pins(name, nowhere), ...this.#others.pins(name, this.#path)], platform),
    );
  }

  builtFrom(dockerfile: string, target: string | null): BuiltImage | undefined {
    return this.#ask(this.#builds, { asks: 'builtFrom', dockerfile, target }, () =>
      this.#builtFrom(dockerfile, target),
    );
  }

  builtAs(image: string): BuiltImage | undefined {
    return this.#ask(this.#builds, { asks: 'builtAs', name: image }, () => {
      const own = this.#own.requests(image, nowhere);
      const [first, ...rest] = own.length > 0 ? own : this.#others.requests(image, this.#path);
      if (!first || !rest.every((other) => isSameBuild(first, other))) return undefined;
      return this.#builtFrom(first.dockerfile, first.target);
    });
  }

  isConsumed(configuration: string): boolean {
    return this.#ask(
      this.#consumed,
      { asks: 'isConsumed', name: configuration },
      () =>
        this.#own.isConsumed(configuration, nowhere) || this.#others.isConsumed(configuration, this.#path),
    );
  }

  replacedIn(dockerfile: string, names: readonly string[]): Replacement {
    return this.#ask(this.#contexts, { asks: 'replacedIn', dockerfile, names }, () => {
      const builds = [
        ...this.#own.builds(dockerfile, nowhere),
        ...this.#others.builds(dockerfile, this.#path),
      ].flatMap(([path, requests]) => requests.map(({ contexts = [] }) => ({ path, contexts })));
      const replacing = builds.filter(({ contexts }) => names.some((name) => contexts.includes(name)));
      const [first] = replacing;
      if (!first) return { extent: 'none', path: '' };
      return { extent: replacing.length === builds.length ? 'all' : 'some', path: first.path };
    });
  }

  isReplaced(image: string): boolean {
    return this.#ask(this.#replaced, { asks: 'isReplaced', name: image }, () =>
      this.#others.isReplaced(image, this.#path),
    );
  }

  #builtFrom(dockerfile: string, target: string | null): BuiltImage | undefined {
    return this.#own.built(dockerfile, target, nowhere) ?? this.#others.built(dockerfile, target, this.#path);
  }

  /** A question that was asked before gets the answer it got then: one analysis never says two things. */
  #ask<T>(answers: Map<string, Answer<T>>, question: NeighbourQuestion, again: () => T): T {
    const key = JSON.stringify(question);
    const known = answers.get(key);
    if (known) return known.given;
    const given = again();
    answers.set(key, { question, given, again });
    return given;
  }
}

const isSameBuild = (a: BuildRequest, b: BuildRequest): boolean =>
  builtKey(a.dockerfile, a.target) === builtKey(b.dockerfile, b.target);

/** Digests that are told of one tag, and places of one digest: more help nobody. */
const digestsMax = 10;
const placesMax = 10;

function digestsIn(
  files: readonly (readonly [path: string, pins: readonly OutlinePin[]])[],
  wanted: string | undefined,
): readonly PinnedDigest[] {
  const found = new Map<string, { count: number; readonly places: FilePlace[] }>();
  for (const [path, pins] of files) {
    for (const { count, digest, line, platform } of pins) {
      if (wanted !== undefined && platform !== undefined && platform !== wanted) continue;
      const one = found.get(digest) ?? { count: 0, places: [] };
      found.set(digest, one);
      one.count += count;
      if (one.places.length < placesMax) one.places.push({ path, line });
    }
  }
  return [...found]
    .map(([digest, one]) => ({ digest, ...one }))
    .sort((a, b) => b.count - a.count || (a.digest < b.digest ? -1 : 1))
    .slice(0, digestsMax);
}
