import type { Setting } from '../../model/setting.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import { holesIn } from './specifiers.ts';
import type { Section } from './unit.ts';
import { replaceText, splitWords } from './words.ts';

/** The arguments that go to `podman run` as they are. */
export const podmanArguments = (section: Section): readonly MappedText[] =>
  section.all('PodmanArgs').flatMap(splitWords);

/** The values of a flag that takes one: `--volume=x`, `--volume x`. */
export function flagValues(args: readonly MappedText[], ...names: readonly string[]): readonly MappedText[] {
  return args.flatMap((word, at) => {
    const name = names.find((one) => word.text === one || word.text.startsWith(`${one}=`));
    if (name === undefined) return [];
    return (word.text === name ? args[at + 1] : word.slice(name.length + 1)) ?? [];
  });
}

/** A boolean of `podman run`. */
export interface Flag {
  /** `--read-only` */
  readonly name: string;
  /** Quadlet's own key for it; null where it has none. */
  readonly key: string | null;
  /** What holds where nothing is written; `unknown` where another file may say it. */
  readonly fallback: boolean | 'unknown';
}

/** What a unit says of a flag. Podman gets the arguments of `PodmanArgs=` last, so they win over a key. */
export function readFlag(section: Section, { fallback, key, name }: Flag): Setting<boolean> {
  const word = podmanArguments(section).findLast(({ text }) => text === name || text.startsWith(`${name}=`));
  if (word) {
    const text = word.text.slice(name.length + 1);
    const isUnknown = holesIn(text).length > 0;
    return {
      value: isUnknown ? undefined : text === '' || /^(?:1|t|true)$/i.test(text),
      origin: isUnknown ? 'unknown' : 'explicit',
      underline: word.span,
      set: (wanted) => replaceText(word, `${name}=${wanted}`),
    };
  }
  const value = key === null ? undefined : section.last(key);
  if (value) {
    return {
      // What is none of these is false, without a word from Podman.
      value: /^(?:1|yes|true|on)$/i.test(value.text),
      origin: 'explicit',
      underline: value.text === '' ? section.name : value.span,
      set: (wanted) => replaceText(value, String(wanted)),
    };
  }
  const isSeen = fallback !== 'unknown';
  return {
    value: isSeen ? fallback : undefined,
    origin: isSeen ? 'default' : 'unknown',
    underline: section.name,
    set: (wanted) =>
      key === null
        ? section.add([`PodmanArgs=${name}=${wanted}`], ['Image', 'Rootfs', 'PodmanArgs'])
        : section.add([`${key}=${wanted}`], ['Image', 'Rootfs']),
  };
}
