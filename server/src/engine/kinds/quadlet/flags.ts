import type { Setting } from '../../model/setting.ts';
import { refuse } from '../../text/edit.ts';
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
  if (key !== null) return readKey(section, key, fallback);
  return {
    ...unwritten(section, fallback),
    set: (wanted) => section.add([`PodmanArgs=${name}=${wanted}`], ['Image', 'Rootfs', 'PodmanArgs']),
  };
}

/** What a unit says by a key of Quadlet's own. */
export function readKey(section: Section, key: string, fallback: Flag['fallback']): Setting<boolean> {
  const value = section.last(key);
  if (!value) {
    return {
      ...unwritten(section, fallback),
      set: (wanted) => section.add([`${key}=${wanted}`], ['Image', 'Rootfs']),
    };
  }
  return {
    // What is none of these is false, without a word from Podman.
    value: /^(?:1|yes|true|on)$/i.test(value.text),
    origin: 'explicit',
    underline: value.text === '' ? section.name : value.span,
    set: (wanted) => replaceText(value, String(wanted)),
  };
}

function unwritten(section: Section, fallback: Flag['fallback']): Omit<Setting<boolean>, 'set'> {
  const isSeen = fallback !== 'unknown';
  return {
    value: isSeen ? fallback : undefined,
    origin: isSeen ? 'default' : 'unknown',
    underline: section.name,
  };
}

/** `-i` and `-t`, which may share a word with other flags that take no value: `-dit`. */
const letters: Readonly<Record<string, RegExp>> = {
  '--interactive': /^-[dtqP]*i[dtiqP]*$/,
  '--tty': /^-[diqP]*t[ditqP]*$/,
};

/** A flag that has a letter too. */
export function readLetterFlag(
  section: Section,
  name: '--interactive' | '--tty',
  fallback: Flag['fallback'],
): Setting<boolean> {
  const word = podmanArguments(section).findLast(({ text }) => letters[name]?.test(text));
  if (!word) return readFlag(section, { name, key: null, fallback });
  return {
    value: true,
    origin: 'explicit',
    underline: word.span,
    set: (wanted) =>
      word.text.length === 2
        ? replaceText(word, `${name}=${wanted}`)
        : refuse(`\`${word.text}\` says several things at once: write each of them apart first.`),
  };
}

/** Whether a process may get more privileges than its parent: `NoNewPrivileges=` and the option of that name forbid it. */
export function readPrivilegeEscalation(section: Section, isWhole: boolean): Setting<boolean> {
  const option = flagValues(podmanArguments(section), '--security-opt').findLast(({ text }) =>
    /^no-new-privileges(?:[:=]|$)/.test(text),
  );
  if (option) {
    const [, written] = option.text.split(/[:=]/, 2);
    const isUnknown = holesIn(written ?? '').length > 0;
    return {
      value: isUnknown ? undefined : !(written === undefined || /^(?:1|t|true)$/i.test(written)),
      origin: isUnknown ? 'unknown' : 'explicit',
      underline: option.span,
      set: (allowed) => replaceText(option, `no-new-privileges:${!allowed}`),
    };
  }
  const key = readKey(section, 'NoNewPrivileges', isWhole ? false : 'unknown');
  return {
    ...key,
    value: key.value === undefined ? undefined : !key.value,
    set: (allowed) => key.set(!allowed),
  };
}
