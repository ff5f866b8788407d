import { startDockerRegistry } from '../support/docker-registry.ts';
import { buildImage } from '../support/oci.ts';
import { startRegistry } from '../support/registry.ts';
import { type Digests, offered } from './fixtures.ts';

/** A registry that stands for Docker Hub, with the images of the fixtures. */
export interface Hub extends AsyncDisposable {
  readonly url: string;
  readonly digests: Digests;
}

/** A hub whose tags can move. */
export interface RealHub extends Hub {
  /** Puts another image under a tag, which `digests` then has. */
  move(repository: string, tag: string): Promise<void>;
}

/** The real thing: Debian's `docker-registry`, filled by `skopeo`, which also says what the digests are. */
export async function startRealHub(): Promise<RealHub> {
  const registry = await startDockerRegistry();
  const digests: Record<string, string> = {};
  const push = async (name: string, repository: string, tag: string): Promise<void> => {
    await registry.push(buildImage({ name }), repository, tag);
    digests[`${repository}:${tag}`] = await registry.digestBySkopeo(repository, tag);
  };
  for (const { repository, tag } of offered) await push(repository, repository, tag);
  let moves = 0;
  return {
    url: registry.url,
    digests,
    move: (repository, tag) => push(`${repository} ${++moves}`, repository, tag),
    [Symbol.asyncDispose]: () => registry.stop(),
  };
}

/** Nothing to install: for machines that are not Debian. */
export async function startSmallHub(): Promise<Hub> {
  const images = offered.map(({ repository, tag }) => ({ repository, tags: [tag] }));
  const registry = await startRegistry({ images });
  const digests = Object.fromEntries(
    offered.map(({ repository, tag }) => [`${repository}:${tag}`, registry.digestOf(repository, tag) ?? '']),
  );
  return { url: registry.url, digests, [Symbol.asyncDispose]: () => registry.stop() };
}
