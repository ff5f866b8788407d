/** Milliseconds from now; undefined where the header is missing or makes no sense. Seconds or a date: RFC 9110, 10.2.3. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A date has the name of a month: without one, `Date.parse` guesses at nearly anything.
  if (!/[A-Za-z]{3}/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date - now;
}
