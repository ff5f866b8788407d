import {
  type ImageName,
  type Input,
  keysFor,
  type ObserveOptions,
  type Registry,
  type Settings,
} from '../engine/index.ts';

/** What registries have told since the server started. */
export interface Knowledge {
  /** Goes up with everything new; what was computed at another time may be out of date. */
  readonly epoch: number;
  /** Asks as the user's actions do, and notices what is new. */
  readonly registry: Registry;
  /** What is known of an image, as a document with these settings is to be told. Asks nobody. */
  observed(settings: Settings): NonNullable<Input['observed']>;
}

/** `learned` is called whenever a registry has said something that it had not said before. */
export function createKnowledge(registry: Registry, learned: () => void): Knowledge {
  let epoch = 0;

  async function noticing<T>(image: ImageName, options: ObserveOptions, work: Promise<T>): Promise<T> {
    const before = told(image, options);
    const answer = await work;
    if (told(image, options) !== before) {
      epoch++;
      learned();
    }
    return answer;
  }

  /** Without the time: that it was said again is nothing new. */
  function told(image: ImageName, { keys = [], registries }: ObserveOptions): string {
    return JSON.stringify({ ...registry.observed(image, { registries, keys }), at: 0 });
  }

  return {
    get epoch() {
      return epoch;
    },
    registry: {
      resolve: (image, options) => noticing(image, options, registry.resolve(image, options)),
      inspect: (image, options) => noticing(image, options, registry.inspect(image, options)),
      verify: (image, keys, options) =>
        noticing(image, { ...options, keys }, registry.verify(image, keys, options)),
      observed: (image, options) => registry.observed(image, options),
      tags: (repository, options) => registry.tags(repository, options),
    },
    observed: (settings) => (image) =>
      registry.observed(image, { registries: settings.registries, keys: keysFor(settings, image) }),
  };
}
