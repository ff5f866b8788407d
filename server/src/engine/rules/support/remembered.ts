import type { Script } from '../../model/script.ts';

/**
 * `ask`, once for all copies of a script that edits elsewhere in its file make. The answer must hold wherever the script stands, and
 * whatever it is called: it has no places and no paths.
 */
export function remembered<T>(ask: (script: Script) => T): (script: Script) => T {
  const answers = new WeakMap<object, { readonly answer: T }>();
  return (script) => {
    const known = answers.get(script.source) ?? { answer: ask(script) };
    answers.set(script.source, known);
    return known.answer;
  };
}

/** `read`, spared in copies of a script in which it found nothing: what is found has places, that nothing is found has none. */
export function sparedIfEmpty<T>(read: (script: Script) => readonly T[]): (script: Script) => readonly T[] {
  const empty = new WeakSet<object>();
  return (script) => {
    if (empty.has(script.source)) return [];
    const found = read(script);
    if (found.length === 0) empty.add(script.source);
    return found;
  };
}
