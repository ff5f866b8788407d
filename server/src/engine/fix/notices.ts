import { fullName, type ImageName } from '../image/name.ts';
import type { FailedLookup, Registry } from '../ports.ts';

/** A registry, and what the user should know of its answers besides what they say. */
export interface Heard {
  readonly registry: Registry;
  /** Sentences about single answers, each once. */
  notices(): readonly string[];
  /** Name of an image → when the registry said what was told of it again, in milliseconds since the epoch. */
  readonly old: ReadonlyMap<string, number>;
  /** Messages of what failed. */
  readonly failures: ReadonlySet<string>;
}

interface Remarkable {
  readonly at: number;
  readonly isOld?: true;
  readonly notice?: string;
}

/** Listens to a registry. */
export function listenTo(registry: Registry): Heard {
  const notices = new Set<string>();
  const old = new Map<string, number>();
  const failures = new Set<string>();
  function heard<Answer extends ({ readonly ok: true } & Remarkable) | FailedLookup>(
    image: ImageName,
    answer: Answer,
  ): Answer {
    if (!answer.ok) {
      failures.add(answer.message);
      return answer;
    }
    if (answer.notice !== undefined) notices.add(answer.notice);
    if (answer.isOld) old.set(fullName(image), answer.at);
    return answer;
  }
  return {
    notices: () => [...notices],
    old,
    failures,
    registry: {
      resolve: async (image, options) => heard(image, await registry.resolve(image, options)),
      inspect: async (image, options) => heard(image, await registry.inspect(image, options)),
      verify: async (image, keys, options) => heard(image, await registry.verify(image, keys, options)),
      observed: (image, options) => registry.observed(image, options),
      tags: (repository, options) => registry.tags(repository, options),
    },
  };
}
