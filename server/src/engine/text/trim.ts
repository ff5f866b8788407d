/** `text` without the `unit`s at its end. A pattern such as `/x+$/` takes quadratic time on long runs in the middle. */
export function withoutTrailing(text: string, unit: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === unit) end--;
  return text.slice(0, end);
}
