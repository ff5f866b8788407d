import { type Analysis, analyze, haveSameCompanions, type Input } from '../../engine/index.ts';
import type { RegistryObserver } from '../registry/registry-observer.ts';
import type { Watch } from '../supervisor/thread.ts';
import type { Companions } from './companions.ts';
import type { Configuration } from './configuration.ts';
import type { Documents, Snapshot } from './documents.ts';
import { uriKey, uriPath } from './uri.ts';
import type { Workspace } from './workspace.ts';

/** A document as it was read at one version. */
export interface Reading {
  readonly uri: string;
  readonly version: number;
  readonly analysis: Analysis;
}

/**
 * The analyses of open documents. Each is kept until its document, the configuration, what is known of images or what other files tell it
 * changes.
 */
export interface Analyses {
  /** Of the text as it is now; null when the document is not open, is given up, or when the configuration ignores it. */
  current(uri: string): Promise<Reading | null>;
  /** Whether `current` would have to read a document again that has been read before. */
  isOutdated(uri: string): boolean;
  /** The documents that other files would tell something else by now. */
  unsettled(): readonly string[];
  forget(uri: string): void;
}

interface Kept {
  readonly version: number;
  readonly epoch: number;
  readonly knowledgeEpoch: number;
  readonly reading: Reading | null;
}

export function createAnalyses(
  documents: Documents,
  configuration: Configuration,
  companions: Companions,
  knowledge: RegistryObserver,
  workspace: Pick<Workspace, 'around' | 'took'>,
  watch: Watch,
): Analyses {
  const kept = new Map<string, Kept>();

  const isFresh = (known: Kept, { version }: Snapshot): boolean =>
    known.version === version &&
    known.epoch === configuration.epoch &&
    known.knowledgeEpoch === knowledge.epoch;

  return {
    async current(uri) {
      const asked = documents.snapshot(uri);
      if (!asked) return null;
      const { epoch, ignored, kind, settings } = await configuration.of(asked.uri);
      const { companions: beside } = await companions.complete(asked.uri, inputOf(asked, kind));
      // Taken after the wait: the document may have been edited meanwhile, or closed.
      const document = documents.snapshot(uri);
      if (!document || watch.isGivenUp(uri)) return null;
      const key = uriKey(uri);
      const known = kept.get(key);
      const around = workspace.around(uri);
      if (known && isFresh(known, document) && hasSameSurroundings(known.reading, beside, around)) {
        return known.reading;
      }
      const { version } = document;
      const input = {
        ...inputOf(document, kind),
        ...(beside && { companions: beside }),
        observed: knowledge.observed(settings),
        ...(around && { workspace: around }),
      };
      const knowledgeEpoch = knowledge.epoch;
      watch.reads(document.uri, document.text.length);
      const reading = ignored
        ? null
        : { uri: document.uri, version, analysis: analyze(input, settings, known?.reading?.analysis) };
      kept.set(key, { version, epoch, knowledgeEpoch, reading });
      workspace.took(uri, reading?.analysis.outline ?? null);
      return reading;
    },
    isOutdated(uri) {
      const document = documents.snapshot(uri);
      const known = kept.get(uriKey(uri));
      return document !== null && known !== undefined && !isFresh(known, document);
    },
    unsettled: () =>
      [...kept.values()].flatMap(({ reading }) =>
        reading && !reading.analysis.workspaceView.isSettled() ? reading.uri : [],
      ),
    forget(uri) {
      kept.delete(uriKey(uri));
    },
  };
}

/** A document that is left out has none. */
function hasSameSurroundings(
  reading: Reading | null,
  companions: Input['companions'],
  workspace: Input['workspace'],
): boolean {
  if (!reading) return true;
  const { input, workspaceView } = reading.analysis;
  return (
    haveSameCompanions(input.companions, companions) &&
    input.workspace === workspace &&
    workspaceView.isSettled()
  );
}

const inputOf = ({ languageId, text, uri }: Snapshot, kind: string | null): Input => ({
  path: uriPath(uri),
  languageId,
  text,
  ...(kind !== null && { kind }),
});
