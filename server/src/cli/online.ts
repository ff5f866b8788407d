import { analyze, checkPins, keysFor } from '../engine/index.ts';
import type { Boundary } from './boundary.ts';
import type { Opened } from './targets.ts';

/** Asks the registries about pinned images, and reads files with what they say. */
export interface Online {
  /** The file with an analysis that knows what the registries say today. */
  check(opened: Opened): Promise<Opened>;
  /** How many images were asked about. */
  readonly asked: number;
  /** What could not be asked, each reason once, as sentences. No findings: they say nothing about a file. */
  notes(): readonly string[];
}

export function createOnline({
  now,
  registry,
  signal,
}: Pick<Boundary, 'now' | 'registry' | 'signal'>): Online {
  const missed = new Map<string, Set<string>>();
  const since = now();
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    async check(opened) {
      const { input, settings } = opened.analysis;
      const { checked, failures } = await checkPins(opened.analysis, { registry, since, signal });
      asked += checked;
      for (const { image, message } of failures) {
        missed.set(message, (missed.get(message) ?? new Set()).add(image));
      }
      const observed: typeof input.observed = (image) =>
        registry.observed(image, { registries: settings.registries, keys: keysFor(settings, image) });
      return { ...opened, analysis: analyze({ ...input, observed }, settings, opened.analysis) };
    },
    notes: () =>
      [...missed].map(([message, images]) => {
        const [first = ''] = images;
        const more = images.size - 1;
        const others = more === 0 ? '' : ` and ${more} more ${more === 1 ? 'image' : 'images'}`;
        return `${first}${others} could not be checked: ${message}`;
      }),
  };
}
