import { type Heard, listenTo } from '../engine/index.ts';
import { momentInWords } from '../http/format-date.ts';
import type { Boundary } from './environment.ts';

/** Images that are looked up at the same time, or files of which some are; the registry client limits the requests to each host. */
export const lookupsAtOnce = 128;

/** Connects to the registries, and listens to what they say. Whatever the client warns of is among the notices. */
export async function listen({ connect }: Pick<Boundary, 'connect'>, isOffline: boolean): Promise<Heard> {
  const warnings = new Set<string>();
  const warn = (message: string): void => {
    warnings.add(message);
  };
  const heard = listenTo(await connect({ isOffline, warn }));
  // Where a lookup failed, its message tells them already.
  const isTold = (notice: string): boolean => [...heard.failures].some((failure) => failure.includes(notice));
  const notices = () => [...new Set([...warnings, ...heard.notices()])].filter((notice) => !isTold(notice));
  return { ...heard, notices };
}

/** What to tell of the answers, a line each. Of those told again: `docker.io/library/nginx:1.27 as of 20 November 2026, 10:02 UTC`. */
export const notesOf = ({ notices, old }: Heard): readonly string[] => [
  ...[...old].map(([name, at]) => `${name} as of ${momentInWords(at)}`).sort(),
  ...notices(),
];
