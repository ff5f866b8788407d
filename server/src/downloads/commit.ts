import type { CommitLookup } from '../engine/ports.ts';
import { Failure } from '../http/failure.ts';
import * as messages from './messages.ts';
import { BadPackets, type Packet, packetsOf } from './pkt-line.ts';
import { checkAddress, get, type Means, piecesOf, statusFailure } from './visit.ts';

/** Hosts of public repositories that give the same ones over ssh and over https. */
const forges: ReadonlySet<string> = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org']);

const advertisement = 'application/x-git-upload-pack-advertisement';

/**
 * What a branch or tag of a repository names, by git's smart HTTP protocol, versions 0 and 1 (`gitprotocol-http`, `gitprotocol-pack`).
 * Rejects with a Failure, or with the signal's reason.
 */
export async function commitOf(
  repository: string,
  ref: string,
  means: Means,
  signal: AbortSignal,
): Promise<CommitLookup> {
  const url = repositoryUrl(repository);
  const refs = new URL(url);
  refs.pathname = `${url.pathname.replace(/\/+$/, '')}/info/refs`;
  refs.search = '?service=git-upload-pack';
  const answer = await get(refs, advertisement, means, signal);
  if (answer.status !== 200) {
    const isMissing = answer.status < 429;
    throw statusFailure(url.host, answer.status, isMissing ? messages.noRepository : undefined);
  }
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== advertisement) throw new Failure('bad-answer', messages.notGit(url.host));
  const wanted = new Wanted(ref);
  try {
    const packets = packetsOf(piecesOf(answer, means.limits.maxRefs, url, means, signal));
    for await (const packet of packets) wanted.see(packet);
  } catch (error) {
    throw error instanceof BadPackets ? new Failure('bad-answer', messages.notGit(url.host)) : error;
  }
  if (wanted.refused) throw new Failure('no-access', messages.gitFault(url.host));
  if (!wanted.listed) throw new Failure('bad-answer', messages.notGit(url.host));
  const commit = wanted.commit();
  if (commit === undefined) throw new Failure('not-found', messages.noRef(url.host, ref));
  return { ok: true, commit };
}

/** `git@github.com:a/b.git` and `ssh://git@github.com/a/b.git` are the same repository as `https://github.com/a/b.git`. */
function repositoryUrl(repository: string): URL {
  const hasScheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(repository)?.[1]?.toLowerCase();
  const [, host, path] =
    hasScheme === undefined
      ? (/^(?:[\w.-]+@)?([\w.-]+):(?!\/)(.+)$/.exec(repository) ?? [])
      : (/^ssh:\/\/(?:[\w.-]+@)?([\w.-]+)(?::22)?\/(.+)$/i.exec(repository) ?? []);
  if (host !== undefined && path !== undefined) {
    if (forges.has(host.toLowerCase())) return withoutQuery(`https://${host}/${path}`);
    throw new Failure('refused', messages.notPublicForge(host));
  }
  if (hasScheme === undefined) {
    const [first = ''] = repository.split('/');
    // Docker and BuildKit take `github.com/a/b` for https.
    return withoutQuery(forges.has(first.toLowerCase()) ? `https://${repository}` : repository);
  }
  if (hasScheme === 'http' || hasScheme === 'https') return withoutQuery(repository);
  throw new Failure('refused', messages.oddScheme(hasScheme));
}

function withoutQuery(text: string): URL {
  const url = checkAddress(text, 'This repository');
  if (url.search !== '') throw new Failure('refused', messages.badAddress('This repository'));
  return url;
}

/** Keeps of all refs those that the name may mean. */
class Wanted {
  /** What the name may stand for, what counts first before the others: as `git clone --branch` does it, branches before tags. */
  readonly #names: readonly string[];
  readonly #found = new Map<string, string>();
  /** A service line or a ref has come. */
  listed = false;
  refused = false;

  constructor(ref: string) {
    this.#names =
      ref === '' || ref === 'HEAD'
        ? ['HEAD']
        : ref.startsWith('refs/')
          ? [ref]
          : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`];
  }

  see(packet: Packet): void {
    if (packet === null) return;
    if (packet.startsWith('ERR ')) this.refused = true;
    if (packet === '# service=git-upload-pack') this.listed = true;
    // The first ref is followed by what the server can do.
    const [, id = '', name = ''] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([^\0]+)/.exec(packet) ?? [];
    const whole = name.replace(/\^\{\}$/, '');
    if (this.#names.includes(whole)) this.#found.set(name, id);
  }

  /** An annotated tag is an object of its own; `^{}` behind its name is the commit it stands for. */
  commit(): string | undefined {
    for (const name of this.#names) {
      const id = this.#found.get(`${name}^{}`) ?? this.#found.get(name);
      if (id !== undefined && !/^0+$/.test(id)) return id;
    }
    return undefined;
  }
}
