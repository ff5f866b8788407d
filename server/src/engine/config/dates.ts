const dayLength = 86_400_000;

/** The day in UTC as `2027-03-31`. `now`: milliseconds since the epoch. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

/** The day so many days after another. */
export const daysAfter = (day: string, days: number): string => dayOf(Date.parse(day) + days * dayLength);

/** How many days lie between two days; negative where the second comes first. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / dayLength);

/** Whether a text is a day that there is. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(text);
  return !Number.isNaN(at) && dayOf(at) === text;
}
