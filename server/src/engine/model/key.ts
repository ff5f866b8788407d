/** Tells findings of one name in one document apart: the second of a name gets ` #2`. `taken` counts across calls. */
export function uniqueKey(name: string, taken: Map<string, number>): string {
  const count = (taken.get(name) ?? 0) + 1;
  taken.set(name, count);
  return count === 1 ? name : `${name} #${count}`;
}

/** The name a key was made of. */
export const nameOfKey = (key: string): string => key.replace(/ #\d+$/, '');
