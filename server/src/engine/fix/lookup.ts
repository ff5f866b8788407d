import type { ImageName } from '../image/name.ts';
import { newestFirst } from '../image/tag-order.ts';
import type { Question } from '../model/finding.ts';
import type { Downloads, ImageConfig, LookupOptions, Registry } from '../ports.ts';

/** What answers questions. */
export interface QuestionPorts {
  readonly registry: Registry;
  /** Absent where nothing but registries is asked. */
  readonly downloads?: Downloads;
}

export type Answer =
  | { readonly ok: true; readonly answer: readonly string[] }
  /** `message`: what happened, why, and what to do. */
  | { readonly ok: false; readonly message: string };

/** Asks what a fix has to know. Never rejects. */
export async function answerQuestion(
  question: Question,
  { downloads, registry }: QuestionPorts,
  options: LookupOptions,
): Promise<Answer> {
  switch (question.ask) {
    case 'digest': {
      const found = await registry.resolve(question.image, options);
      return found.ok ? answered(found.digest) : found;
    }
    case 'tags':
      return tagsOf(question.image, registry, options);
    case 'volumes': {
      const found = await registry.inspect(question.image, options);
      if (!found.ok) return found;
      return found.config ? { ok: true, answer: found.config.volumes } : failed(noConfig(question.image));
    }
    case 'checksum': {
      if (!downloads) return failed(nobody);
      const found = await downloads.checksum(question.url, options);
      return found.ok ? answered(found.digest) : found;
    }
    case 'commit': {
      if (!downloads) return failed(nobody);
      const found = await downloads.commit(question.repository, question.ref, options);
      return found.ok ? answered(found.commit) : found;
    }
  }
}

const answered = (text: string): Answer => ({ ok: true, answer: [text] });

const failed = (message: string): Answer => ({ ok: false, message });

const nobody = 'Nothing here can look this up. Make the change by hand.';

const nameOf = ({ registry, repository }: ImageName): string => `${registry}/${repository}`;

const noConfig = (image: ImageName): string =>
  `${image.registry} does not tell what ${image.repository} declares as volumes: it has no configuration that can be read. Look into the image by hand.`;

/** Tags asked for at the same time, and all in all: a repository may have thousands. */
const batch = 8;
const most = 40;

/** The tags that name a digest, the one that tells most first. */
async function tagsOf(image: ImageName, registry: Registry, options: LookupOptions): Promise<Answer> {
  const digest = image.version;
  const listed = await registry.tags(image, options);
  if (!listed.ok) return listed;
  const inside = await registry.inspect(image, options);
  if (!inside.ok) return inside;
  const likely = likelyFirst(listed.tags, inside.config);
  const candidates = likely.slice(0, most);
  for (let at = 0; at < candidates.length; at += batch) {
    const found = await Promise.all(
      candidates.slice(at, at + batch).map(async (tag) => {
        const lookup = await registry.resolve({ ...image, version: tag }, options);
        return { tag, lookup };
      }),
    );
    const naming = found.filter(({ lookup }) => lookup.ok && lookup.digest === digest);
    if (naming.length > 0) return { ok: true, answer: mostTelling(naming.map(({ tag }) => tag)) };
    // A tag may have gone since it was listed. Whatever else goes wrong would go wrong for the others too.
    const trouble = found.find(({ lookup }) => !lookup.ok && lookup.code !== 'not-found');
    if (trouble && !trouble.lookup.ok) return trouble.lookup;
  }
  return failed(noTag(image, candidates.length, likely.length));
}

const noTag = (image: ImageName, asked: number, listed: number): string =>
  asked < listed
    ? `None of the ${asked} likeliest tags of ${nameOf(image)} names this digest now. Write the tag in by hand if you know it.`
    : `No tag of ${nameOf(image)} names this digest now: they have moved on. Write the tag in by hand if you know it.`;

/** cosign and others keep what belongs to a digest under tags made of it. */
const isForImages = (tag: string): boolean => !/^sha(?:256|512)-[0-9a-f]{64}/.test(tag);

const versionLabel = 'org.opencontainers.image.version';

/** Those first that the image's own label speaks for; then the newest versions. */
function likelyFirst(tags: readonly string[], config: ImageConfig | null): readonly string[] {
  const ordered = newestFirst(tags.filter(isForImages));
  const version = config?.labels[versionLabel]?.replace(/^v(?=\d)/, '') ?? '';
  if (version === '') return ordered;
  const isNamed = (tag: string): boolean => {
    const bare = tag.replace(/^v(?=\d)/, '');
    return bare === version || bare.startsWith(`${version}-`);
  };
  return [...ordered.filter(isNamed), ...ordered.filter((tag) => !isNamed(tag))];
}

/** `1.27.3` tells more than `1.27`, and that more than `latest`. Among equals the shorter one: `1.27.3` and not `1.27.3-bookworm`. */
function mostTelling(tags: readonly string[]): readonly string[] {
  const parts = (tag: string): number => /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]?.split('.').length ?? 0;
  return [...tags].sort((a, b) => parts(b) - parts(a) || a.length - b.length);
}
