import type { YamlValue } from '../../yaml/lookup.ts';

/** More services than people chain by `extends`. */
const longestChain = 8;

/** One service as one file has it: what is written in it, and what it takes over from services of that file by `extends`. */
export class Layer {
  /** It takes something over that cannot be seen: from another file, or from a service that is not there. */
  readonly open: boolean;
  readonly #chain: readonly YamlValue[];
  readonly #found = new Map<string, YamlValue | undefined>();

  constructor(service: YamlValue, services: ReadonlyMap<string, YamlValue>) {
    const chain = [service];
    let name = extended(service);
    let last = service;
    while (name?.text != null && chain.length < longestChain) {
      const parent = services.get(name.text);
      if (parent?.type !== 'map' || chain.some(({ node }) => node === parent.node)) break;
      last = parent.seenAfter(last, name.span);
      chain.push(last);
      name = extended(last);
    }
    this.#chain = chain;
    this.open = isSet(last.get('extends'));
  }

  /** What is written in the service itself, or else in the nearest one that it extends. */
  find(key: string): YamlValue | undefined {
    if (this.#found.has(key)) return this.#found.get(key);
    const value = this.#look(key);
    this.#found.set(key, value);
    return value;
  }

  #look(key: string): YamlValue | undefined {
    for (const service of this.#chain) {
      const value = service.get(key);
      if (isWritten(value)) return value;
    }
    return undefined;
  }

  /** What the service and those it extends write, which a list joins; nearest first. */
  all(key: string): readonly YamlValue[] {
    return this.#chain.flatMap((service) => {
      const value = service.get(key);
      return value && isSet(value) ? [value] : [];
    });
  }
}

/** The name of the service of the same file that is extended. */
function extended(service: YamlValue): YamlValue | undefined {
  const value = service.get('extends');
  if (!isSet(value) || value?.type === 'scalar') return isSet(value) ? value : undefined;
  return isSet(value?.get('file')) ? undefined : value?.get('service');
}

/** `!reset` takes away what another file says (Compose specification, 13-merge.md). */
export const isReset = (value: YamlValue | undefined): boolean => value?.tag === '!reset';

/** Says something: a value, or that there is to be none. */
const isWritten = (value: YamlValue | undefined): boolean =>
  value !== undefined && (value.type !== 'null' || isReset(value));

export const isSet = (value: YamlValue | undefined): boolean => isWritten(value) && !isReset(value);
