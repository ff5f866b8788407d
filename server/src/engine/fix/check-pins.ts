import type { Analysis } from '../analysis/analyze.ts';
import type { Settings } from '../config/settings.ts';
import { keysFor } from '../config/signatures.ts';
import { isIndex } from '../image/media-type.ts';
import type { ImageName } from '../image/name.ts';
import { isPulled } from '../model/pulled.ts';
import type { FailedLookup, LookupFailure, LookupOptions, Registry } from '../ports.ts';
import type { Span } from '../text/span.ts';
import { lookupName } from './pin.ts';

export interface CheckOptions {
  readonly registry: Registry;
  /** When the check began, in milliseconds since the epoch: what is known from before is asked again. */
  readonly since: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** One image that could not be asked about, and why. */
export interface CheckFailure {
  readonly span: Span;
  readonly image: string;
  readonly code: LookupFailure;
  readonly message: string;
  /** The policy demands a signature of it, which could therefore not be looked for. */
  readonly isDemanded: boolean;
}

export interface PinCheck {
  /** How many images were asked about, each once. */
  readonly checked: number;
  readonly failures: readonly CheckFailure[];
}

/** Images asked about at the same time; the registry client limits the requests to each host. */
const atOnce = 128;

/**
 * Asks the registries about the pinned images of a document: whether the digest is still there and what it is made of, what the tag beside
 * it names today. Asks about the signatures that the policy demands, too, whether an image is pinned or not. What they say is told by
 * `Registry.observed` from then on. Never rejects.
 */
export const checkPins = (document: Analysis, options: CheckOptions): Promise<PinCheck> =>
  checkImages(checkedImages(document), document.settings, options);

/** As `checkPins`, for images that were found in a document earlier. */
export async function checkImages(
  images: readonly CheckedImage[],
  settings: Settings,
  options: CheckOptions,
): Promise<PinCheck> {
  const failures: (CheckFailure | undefined)[] = new Array(images.length).fill(undefined);
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < images.length; at = next++) {
      const image = images[at];
      if (!image || options.signal?.aborted) return;
      const { keys, leftOut, span, written } = image;
      const place = { span, image: written, isDemanded: keys.length > 0 };
      if (leftOut !== null) {
        failures[at] = { ...place, code: 'refused', message: leftOut };
        continue;
      }
      const failure = await checkImage(settings, image, options);
      if (options.signal?.aborted) return;
      if (failure) failures[at] = { ...place, code: failure.code, message: failure.message };
      done++;
      options.onProgress?.(done, images.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, images.length) }, worker));
  return { checked: done, failures: failures.flatMap((failure) => failure ?? []) };
}

/** An image to ask about: plain data. */
export interface CheckedImage {
  readonly span: Span;
  /** As people know it. */
  readonly written: string;
  /** By the digest where there is one, else by the tag. */
  readonly image: ImageName;
  readonly digest: string | null;
  readonly tag: string | null;
  /** Those that have to have signed it. */
  readonly keys: readonly string[];
  /** A rule asks what is in it, which registries may count as a pull. */
  readonly needsContents: boolean;
  /** Why nobody is asked about it, as a sentence; null where somebody is. */
  readonly leftOut: string | null;
}

/** Why an image is only looked up for somebody who asks for this very image. */
export function nameFromEnvFile(variables: readonly string[]): string {
  const names = variables.map((name) => `\`${name}\``).join(' and ');
  return `Its name is made with ${names} from \`.env\`, which is sent nowhere unless you ask for this very image, or \`variables\` in the policy gives it too.`;
}

/** The images that there is something to ask about, each tag and digest once, in the order of the text. */
export function checkedImages({ images, pieces, settings }: Analysis): readonly CheckedImage[] {
  const checked = new Map<string, CheckedImage>();
  const looked = mountingVolumes(pieces);
  for (const use of images) {
    const image = lookupName(use);
    if (!image || !isPulled(use) || use.mutability === 'none' || use.reading.state !== 'parsed') continue;
    const { digest = null, tag = null } = use.reading.reference;
    const keys = keysFor(settings, image);
    const key = `${image.registry}/${image.repository}:${tag ?? ''}@${digest ?? ''}`;
    const isWorthIt = digest !== null || keys.length > 0;
    const { envFileVariables } = use;
    if (isWorthIt && !checked.has(key))
      checked.set(key, {
        span: use.site.span,
        // What a `.env` file holds is not shown.
        written: envFileVariables ? use.site.value : use.resolved,
        image,
        digest,
        tag,
        keys,
        needsContents: looked.has(use.resolved),
        leftOut: envFileVariables ? nameFromEnvFile(envFileVariables) : null,
      });
  }
  return [...checked.values()];
}

/** The images of workloads that get a writable volume for each one that the image declares, though their root filesystem is read-only. */
const mountingVolumes = (pieces: Analysis['pieces']): ReadonlySet<string> =>
  new Set(
    Object.values(pieces)
      .flatMap((known) => [...known.values()])
      .flatMap(({ facts }) => facts?.workloads ?? [])
      .filter(({ mountsImageVolumes, readOnlyRoot }) => mountsImageVolumes && readOnlyRoot.value === true)
      .flatMap(({ image }) => image?.resolved ?? []),
  );

/** The first thing that went wrong; undefined where everything could be asked. What a registry does not have is knowledge. */
async function checkImage(
  settings: Settings,
  { digest, image, keys, needsContents, tag }: CheckedImage,
  { registry, signal, since }: CheckOptions,
): Promise<FailedLookup | undefined> {
  const options: LookupOptions = {
    registries: settings.registries,
    since,
    ...(signal && { signal }),
  };
  const there = await (needsContents ? registry.inspect(image, options) : registry.resolve(image, options));
  if (!there.ok && there.code !== 'not-found') return there;
  const signature = there.ok && keys.length > 0 ? await registry.verify(image, keys, options) : undefined;
  const named =
    digest !== null && tag !== null
      ? await askTag(
          registry,
          { ...image, version: tag },
          { digest, isPart: there.ok && !isIndex(there.mediaType) },
          options,
        )
      : undefined;
  return [signature, named].find((one): one is FailedLookup => one?.ok === false && one.code !== 'not-found');
}

/** Whether the tag has moved on; where it has, to what, since a pin to one platform of it (`isPart`: it may be one) is another matter. */
async function askTag(
  registry: Registry,
  image: ImageName,
  { digest, isPart }: { readonly digest: string; readonly isPart: boolean },
  options: LookupOptions,
): Promise<FailedLookup | undefined> {
  const today = await registry.resolve(image, options);
  if (!today.ok) return today;
  if (today.digest === digest || !isPart || !isIndex(today.mediaType)) return undefined;
  const inside = await registry.inspect(image, options);
  return inside.ok ? undefined : inside;
}
