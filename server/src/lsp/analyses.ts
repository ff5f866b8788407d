import { type Analysis, analyze, haveSameCompanions, type Input } from '../engine/index.ts';
import type { Companions } from './companions.ts';
import type { Configuration } from './configuration.ts';
import type { Documents, Snapshot } from './documents.ts';
import { uriKey, uriPath } from './uri.ts';

/** A document as it was read at one version. */
export interface Reading {
  readonly uri: string;
  readonly version: number;
  readonly analysis: Analysis;
}

/** The analyses of open documents. Each is kept until its document or the configuration changes. */
export interface Analyses {
  /** Of the text as it is now; null when the document is not open, or when the configuration ignores it. */
  current(uri: string): Promise<Reading | null>;
  /** Whether `current` would have to read a document again that has been read before. */
  isOutdated(uri: string): boolean;
  forget(uri: string): void;
}

interface Kept {
  readonly version: number;
  readonly epoch: number;
  readonly reading: Reading | null;
}

export function createAnalyses(
  documents: Documents,
  configuration: Configuration,
  companions: Companions,
): Analyses {
  const kept = new Map<string, Kept>();

  const isFresh = (known: Kept, { version }: Snapshot): boolean =>
    known.version === version && known.epoch === configuration.epoch;

  return {
    async current(uri) {
      const asked = documents.snapshot(uri);
      if (!asked) return null;
      const { epoch, ignored, kind, settings } = await configuration.of(asked.uri);
      const { companions: beside } = await companions.complete(asked.uri, inputOf(asked, kind));
      // Taken after the wait: the document may have been edited meanwhile, or closed.
      const document = documents.snapshot(uri);
      if (!document) return null;
      const key = uriKey(uri);
      const known = kept.get(key);
      if (
        known &&
        isFresh(known, document) &&
        haveSameCompanions(known.reading?.analysis.input.companions, beside)
      ) {
        return known.reading;
      }
      const { version } = document;
      const input = { ...inputOf(document, kind), ...(beside && { companions: beside }) };
      const reading = ignored
        ? null
        : { uri: document.uri, version, analysis: analyze(input, settings, known?.reading?.analysis) };
      kept.set(key, { version, epoch, reading });
      return reading;
    },
    isOutdated(uri) {
      const document = documents.snapshot(uri);
      const known = kept.get(uriKey(uri));
      return document !== null && known !== undefined && !isFresh(known, document);
    },
    forget(uri) {
      kept.delete(uriKey(uri));
    },
  };
}

const inputOf = ({ languageId, text, uri }: Snapshot, kind: string | null): Input => ({
  path: uriPath(uri),
  languageId,
  text,
  ...(kind !== null && { kind }),
});
