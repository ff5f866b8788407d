import { Failure } from '../../http/failure.ts';
import { parseUrl } from '../../http/url.ts';
import { type Asker, type Question, strangeAnswer, type Trip, type Way } from '../client/ask.ts';
import { noRepository, noTags } from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import { isTag, repositoryAt } from './endpoint.ts';
import type { Reply } from './http.ts';
import { decodeObject } from './json.ts';

/** Tags asked for with one request: the most that distribution allows where nobody set another number. */
const pageSize = 1000;

/**
 * The tags of a repository, each once, as the registry orders them: distribution specification, "Listing Tags". Rejects with a Failure, or
 * with the signal's reason.
 */
export async function listTags(
  asker: Asker,
  repository: string,
  way: Way,
  limits: Limits,
): Promise<readonly string[]> {
  const trip: Trip = { ...way, repository, subject: repository };
  const question = (query: string): Question => ({
    method: 'GET',
    path: `tags/list${query}`,
    accept: 'application/json',
    maxBody: limits.maxTagPage,
  });
  const found = new Set<string>();
  const first = await asker.first(question(`?n=${pageSize}`), trip);
  const { origin } = first;
  // Some registries refuse a number of tags that is too high for them.
  let page = first.response.status === 400 ? await asker.ask(question(''), origin, trip) : first.response;
  for (let pages = 1; ; pages++) {
    for (const tag of tagsIn(page, trip)) found.add(tag);
    const next = nextPage(page, origin, repositoryAt(way.endpoint, repository));
    if (next === null || pages === limits.maxTagPages || found.size >= limits.maxTags) break;
    page = await asker.ask(question(next), origin, trip);
  }
  return [...found].slice(0, limits.maxTags);
}

/** A repository without tags has `null` for them at some registries. */
function tagsIn(response: Reply, trip: Trip): readonly string[] {
  const answer = decodeObject(response.body);
  if (response.status === 404 && (answer || response.body.length === 0))
    throw new Failure('not-found', noRepository(trip.endpoint, trip.repository));
  if (response.status !== 200 && response.status !== 404) throw strangeAnswer(response, trip);
  const tags = answer?.tags;
  if (tags === null) return [];
  if (!Array.isArray(tags)) throw new Failure('bad-answer', noTags(trip.endpoint, trip.repository));
  return tags.filter((tag) => typeof tag === 'string' && isTag(tag));
}

/** The query of the page that `Link` (RFC 8288) names as next; null where there is none, or none of this very list. */
function nextPage({ headers }: Reply, origin: string, repository: string): string | null {
  const target = /<([^<>]*)>\s*;[^,]*?\brel\s*=\s*"?next\b/i.exec(headers.link ?? '')?.[1];
  const here = new URL(`${origin}/v2/${repository}/tags/list`);
  const url = target === undefined ? undefined : parseUrl(target, here);
  return url?.origin === here.origin && url.pathname === here.pathname && url.search !== ''
    ? url.search
    : null;
}
