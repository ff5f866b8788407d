import { checkImages, count, type Heard, keysFor } from '../engine/index.ts';
import { momentInWords } from '../http/format-date.ts';
import { listen } from './answers.ts';
import type { Boundary } from './environment.ts';
import type { AuditAsker } from './readers.ts';

/** Asks the registries about pinned images; offline, what they said last counts. */
export interface Online extends AuditAsker {
  /** How many images were asked about. */
  readonly asked: number;
  /** Why the audit is not complete, as sentences: a signature that the policy demands and nobody could look for is not one that is there. */
  troubles(): readonly string[];
  /** What the user should know of the answers, and what could not be asked, each reason once. No findings: they say nothing about a file. */
  notes(): readonly string[];
}

export async function createOnline(
  boundary: Pick<Boundary, 'connect' | 'now' | 'signal'>,
  isOffline: boolean,
): Promise<Online> {
  const { now, signal } = boundary;
  const heard = await listen(boundary, isOffline);
  const { registry } = heard;
  const missed = new Map<string, Set<string>>();
  const unknown = new Set<string>();
  const unverified = new Set<string>();
  const since = isOffline ? 0 : now();
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    troubles: () =>
      unverified.size === 0
        ? []
        : [
            `the signatures that the policy demands of ${some(unverified)} could not be looked for, so the audit is not complete.`,
          ],
    async check(images, settings) {
      const { checked, failures } = await checkImages(images, settings, { registry, since, signal });
      asked += checked;
      for (const { code, image, isDemanded, message } of failures) {
        if (isDemanded) unverified.add(image);
        if (code === 'offline') unknown.add(image);
        else missed.set(message, (missed.get(message) ?? new Set()).add(image));
      }
    },
    observed: (image, settings) =>
      registry.observed(image, { registries: settings.registries, keys: keysFor(settings, image) }),
    notes: () => [
      ...howOld(heard),
      ...heard.notices(),
      ...(unknown.size === 0 ? [] : [neverAsked(unknown)]),
      ...[...missed].map(([message, images]) => `${some(images)} could not be checked: ${message}`),
    ],
  };
}

function some(images: ReadonlySet<string>): string {
  const [first = ''] = images;
  const more = images.size - 1;
  return more === 0 ? first : `${first} and ${count(more, 'more image')}`;
}

/** From when the answers are, in one line: the findings tell of when each is. */
function howOld({ old }: Heard): readonly string[] {
  if (old.size === 0) return [];
  const times = [...old.values()];
  const [first, last] = [momentInWords(Math.min(...times)), momentInWords(Math.max(...times))];
  const span = first === last ? `as of ${first}` : `from ${first} to ${last}`;
  return [
    `${count(old.size, 'earlier answer')} of registries ${old.size === 1 ? 'counts' : 'count'}, ${span}.`,
  ];
}

const neverAsked = (images: ReadonlySet<string>): string =>
  `${some(images)} could not be checked in full: not all of it is kept from earlier runs. Ask with --online in the place of --offline.`;
