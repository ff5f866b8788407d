const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** `20 November 2026`, in UTC. `at`: milliseconds since the epoch. */
export const dayInWords = (at: number): string => dayFormat.format(at);

/** `20 November 2026, 10:02 UTC` */
export const momentInWords = (at: number): string => `${dayInWords(at)}, ${clockTime(at)}`;

/** `10:02 UTC` */
export const clockTime = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;
