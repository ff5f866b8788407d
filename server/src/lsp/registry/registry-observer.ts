import {
  type ImageName,
  type Input,
  keysFor,
  type ObserveOptions,
  type Settings,
} from '../../engine/index.ts';
import type { RegistryClient } from '../../registry/index.ts';

/** What registries have told, now and in earlier runs. */
export interface RegistryObserver {
  /** Goes up with everything new; what was computed at another time may be out of date. */
  readonly epoch: number;
  /** Asks as the user's actions do, and notices what is new. */
  readonly registry: RegistryClient;
  /** What is known of an image, as a document with these settings is to be told. Asks nobody. */
  observed(settings: Settings): NonNullable<Input['observed']>;
}

/** A question of a document, and what it was told. */
interface Asked {
  readonly image: ImageName;
  readonly options: ObserveOptions;
  readonly answer: string;
}

/** `learned` is called whenever there is something that was not known before, or is known no more. */
export function createRegistryObserver(registry: RegistryClient, learned: () => void): RegistryObserver {
  let epoch = 0;
  /** What documents were told before the answers of earlier runs were read; null once they are. */
  let early: Map<string, Asked> | null = new Map();
  let isRecalling = false;

  async function noticing<T>(image: ImageName, options: ObserveOptions, work: Promise<T>): Promise<T> {
    const before = told(image, options);
    const answer = await work;
    if (told(image, options) !== before) change();
    return answer;
  }

  /** Without the time: that it was said again is nothing new. */
  function told(image: ImageName, { keys = [], registries }: ObserveOptions): string {
    return JSON.stringify({ ...registry.observed(image, { registries, keys }), at: 0 });
  }

  function change(): void {
    epoch++;
    learned();
  }

  /** With the first document, which does not wait for it. */
  async function recall(): Promise<void> {
    if (isRecalling) return;
    isRecalling = true;
    await new Promise<void>((resolve) => setImmediate(resolve));
    await registry.recall();
    const asked = [...(early?.values() ?? [])];
    early = null;
    if (asked.some(({ answer, image, options }) => told(image, options) !== answer)) change();
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
      recall: () => registry.recall(),
      observed: (image, options) => registry.observed(image, options),
      tags: (repository, options) => registry.tags(repository, options),
      inspected: (image, options) => registry.inspected(image, options),
      allowance: (name, options) => registry.allowance(name, options),
      checkSignIn: (name, credential, options) => registry.checkSignIn(name, credential, options),
      forgetSignIn: (name) => registry.forgetSignIn(name),
      storedLogins: () => registry.storedLogins(),
      async clear() {
        const cleared = await registry.clear();
        change();
        return cleared;
      },
    },
    observed(settings) {
      void recall();
      return (image) => {
        const options = { registries: settings.registries, keys: keysFor(settings, image) };
        early?.set(JSON.stringify([image, options]), { image, options, answer: told(image, options) });
        return registry.observed(image, options);
      };
    },
  };
}
