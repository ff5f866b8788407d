import {
  type Analysis,
  count,
  fullName,
  type ImageName,
  type ImageUse,
  lookupName,
} from '../../engine/index.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import { inBackground } from '../protocol/guard.ts';
import type { Session } from '../session.ts';
import { uriKey } from '../workspace/uri.ts';

/** Looks up the images of documents without being asked to, for users who want it. */
export interface AutomaticChecks {
  /** A document was opened or saved. */
  check(uri: string): void;
  closed(uri: string): void;
  /** The settings, or the trust in the workspace, changed. Where checks are wanted from now on, what is open is checked. */
  refresh(): void;
}

/** Milliseconds for which an image is not looked up again, and a registry that wants no more requests is left alone. */
const pause = 3_600_000;

/** Lookups of one document at the same time. */
const atOnce = 4;

/** Images whose last lookup is remembered. */
const remembered = 10_000;

export function createAutomaticChecks(session: Session): AutomaticChecks {
  const { ports } = session;
  /** Ends the checks of a document once it is closed. */
  const open = new Map<string, AbortController>();
  /** Image → when it was looked up, in milliseconds since the epoch. */
  const asked = new BoundedMap<string, number>(remembered);
  /** Registry → when it said that it wants no more requests. */
  const tired = new BoundedMap<string, number>(remembered);
  let areWanted = false;

  const isRecent = (at: number | undefined): boolean =>
    at !== undefined && Math.abs(ports.clock.now() - at) < pause;
  const isDue = (image: ImageName): boolean =>
    !isRecent(asked.get(fullName(image))) && !isRecent(tired.get(image.registry));

  async function mayAsk(): Promise<boolean> {
    if (!session.trust.trusted) return false;
    const { automaticChecks, offline } = await session.configuration.window();
    return automaticChecks && !offline;
  }

  async function run(uri: string, signal: AbortSignal): Promise<void> {
    areWanted = await mayAsk();
    if (!areWanted) return;
    const reading = await session.analyses.current(uri);
    if (!reading) return;
    const { settings } = reading.analysis;
    const images = imagesOf(reading.analysis);
    const left = reading.analysis.images.filter((use) => hasVariables(use, reading.analysis)).length;
    if (left > 0) {
      const why = 'variables have a part in their names, which are sent nowhere unless you ask for them';
      ports.log.info(`${count(left, 'image')} of ${uri} not checked automatically: ${why}.`);
    }
    const worker = async (): Promise<void> => {
      for (let image = images.pop(); image; image = images.pop()) {
        if (signal.aborted || !(await mayAsk())) return;
        if (isDue(image.named)) await lookUp(image, settings.registries, signal);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** Nothing but a digest: what registries count as a pull is never asked for this way. */
  async function lookUp(
    { named, pinned }: Checked,
    registries: Analysis['settings']['registries'],
    signal: AbortSignal,
  ): Promise<void> {
    const { registry } = session.trust;
    const name = fullName(named);
    asked.set(name, ports.clock.now());
    const today = await registry.resolve(named, { registries, signal });
    // Whether the pin is one platform's part of what the tag names now, or another build, its own kind tells.
    const hasMoved = today.ok && pinned !== null && today.digest !== pinned;
    const answer = hasMoved
      ? await registry.resolve({ ...named, version: pinned }, { registries, signal })
      : today;
    if (answer.ok || (hasMoved && answer.code === 'not-found')) return;
    if (answer.code === 'cancelled') {
      asked.delete(name);
      return;
    }
    if (answer.code === 'rate-limited') tired.set(named.registry, ports.clock.now());
    ports.log.warn(`${name} was not checked automatically. ${answer.message}`);
  }

  function check(uri: string): void {
    const { signal } = controllerOf(uri);
    inBackground(ports.log, 'the automatic check', () => run(uri, signal));
  }

  function controllerOf(uri: string): AbortController {
    const controller = open.get(uriKey(uri)) ?? new AbortController();
    open.set(uriKey(uri), controller);
    return controller;
  }

  return {
    check,
    closed(uri) {
      open.get(uriKey(uri))?.abort();
      open.delete(uriKey(uri));
    },
    refresh() {
      inBackground(ports.log, 'the automatic check', async () => {
        const before = areWanted;
        areWanted = await mayAsk();
        if (before || !areWanted) return;
        for (const { uri } of session.documents.all()) check(uri);
      });
    },
  };
}

interface Checked {
  /** By the tag where there is one, as that is what can move. */
  readonly named: ImageName;
  /** The digest beside a tag. */
  readonly pinned: string | null;
}

/** Whether a variable of Compose has a part in a name. Such a name is not sent anywhere unless somebody asks for it. */
const hasVariables = (
  { envFileVariables, kind, site: { span } }: Analysis['images'][number],
  { source }: Analysis,
): boolean =>
  envFileVariables !== undefined ||
  (kind === 'compose' && source.text.slice(span.start, span.end).includes('$'));

/** The last first. */
const imagesOf = (analysis: Analysis): Checked[] =>
  analysis.images
    .filter((use) => !hasVariables(use, analysis))
    .flatMap((use) => checkedImage(use) ?? [])
    .reverse();

function checkedImage(use: ImageUse): Checked | null {
  if (use.role === 'build-output' || use.mutability === 'none' || use.reading.state !== 'parsed') return null;
  const name = lookupName(use);
  const { digest = null, tag } = use.reading.reference;
  if (!name) return null;
  return tag === undefined
    ? { named: name, pinned: null }
    : { named: { ...name, version: tag }, pinned: digest };
}
