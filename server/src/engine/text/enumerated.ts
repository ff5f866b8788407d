/** `a`, `a or b`, `a, b or c`. */
export const enumerated = (items: readonly string[], joint: 'and' | 'or'): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${joint} ${items.at(-1)}`;
