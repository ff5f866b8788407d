/** The one of `names` that `word` was probably meant to be; undefined where none is near. */
export function closest(word: string, names: readonly string[]): string | undefined {
  const begun = word.length < 3 ? [] : names.filter((name) => name.startsWith(word.toLowerCase()));
  if (begun.length === 1) return begun[0];
  const near = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = near + 1;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > near) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** How many insertions, deletions, replacements and swaps of workspaceView lie between two words (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
