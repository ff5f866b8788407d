import type { AddressPolicy } from '../engine/ports.ts';
import { type AddressGuard, isLoopbackHost } from './address.ts';
import { Failure } from './failure.ts';
import { parseUrl } from './url.ts';

/** The part of an answer that tells where to go on. */
interface Stop {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Journey<Response extends Stop> {
  /** Whom messages speak of. */
  readonly label: string;
  readonly start: URL;
  readonly guard: AddressGuard;
  /** Where it may lead. */
  readonly reach: AddressPolicy;
  readonly maxRedirects: number;
  /** Sends the request to one place. `home`: still at the origin it started from, where credentials belong. */
  readonly ask: (url: URL, home: boolean) => Promise<Response>;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Follows redirects by hand. Once away from home, a redirect back there no longer gets the credentials. */
export async function follow<Response extends Stop>(journey: Journey<Response>): Promise<Response> {
  let url = journey.start;
  let home = true;
  for (let hops = 0; ; hops++) {
    const response = await journey.ask(url, home);
    if (!redirects.has(response.status)) return response;
    if (hops === journey.maxRedirects) {
      throw new Failure('bad-answer', tooManyRedirects(journey));
    }
    url = await nextStop(journey, url, response.headers.location);
    home &&= url.origin === journey.start.origin;
  }
}

async function nextStop(
  journey: Omit<Journey<Stop>, 'ask'>,
  from: URL,
  location: string | undefined,
): Promise<URL> {
  const { guard, label, reach } = journey;
  const to = location === undefined ? undefined : parseUrl(location, from);
  if (!to || (to.protocol !== 'https:' && to.protocol !== 'http:')) {
    throw new Failure('bad-answer', badRedirect(label, 'without saying where to'));
  }
  if (to.username || to.password) {
    throw new Failure('refused', badRedirect(label, `to ${to.host} with a user name in the address`));
  }
  if (to.protocol === 'http:' && !mayBePlain(from, to)) {
    throw new Failure('refused', badRedirect(label, `to ${to.host} over plain http`));
  }
  if (!(await guard.allows(to, reach))) {
    throw new Failure('refused', badRedirect(label, `to ${to.host}, an address inside a private network`));
  }
  return to;
}

/** Never from https down to http; from http on only within the host or this machine. */
function mayBePlain(from: URL, to: URL): boolean {
  return from.protocol === 'http:' && (from.hostname === to.hostname || isLoopbackHost(to.hostname));
}

function badRedirect(label: string, why: string): string {
  return `${label} sends the request on ${why}. That was not followed, for safety.`;
}

function tooManyRedirects({ label, maxRedirects }: Omit<Journey<Stop>, 'ask'>): string {
  return `${label} sends the request on more than ${maxRedirects} times. Report this to whoever runs it.`;
}
