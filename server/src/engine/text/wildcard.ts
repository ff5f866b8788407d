/** Whether a text fits a pattern in which `*` stands for any text, slashes too. Linear in both. */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const [first = '', ...later] = pattern.split('*');
  const last = later.pop();
  return (text) => {
    if (last === undefined) return text === pattern;
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of later) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
