/** Whether a text fits a pattern in which `*` stands for any text, slashes too. Linear in both. */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  return parts.length === 1 ? (text) => text === pattern : (text) => fitsParts(text, parts);
}

/** Whether `parts` stand in a text in this order, the first at its start and the last at its end. */
export function fitsParts(text: string, [first = '', ...later]: readonly string[]): boolean {
  const last = later.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of later) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
