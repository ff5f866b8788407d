import { type Reading, readReference } from '../../image/reading.ts';
import type { ImageRole, ImageUse } from '../../model/facts.ts';
import { refuse } from '../../text/edit.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import { holesIn } from './specifiers.ts';
import type { Section } from './unit.ts';
import type { UnitName } from './unit-name.ts';
import { replaceText } from './words.ts';

/** The images of a unit that runs nothing by itself: pulled ahead, mounted as a volume, or built. */
export function readImages(section: Section, { isDropIn, label, type }: UnitName): readonly ImageUse[] {
  const image = section.last('Image');
  if (type === 'image') return readImage(image, 'workload', 'Image.Image', label);
  if (type === 'build') {
    const tags = section.all('ImageTag');
    return tags.flatMap((tag, at) => readImage(tag, 'build-output', `Build.ImageTag.${at}`, label));
  }
  // With another driver the key means nothing. A drop-in leaves the driver to its unit.
  const driver = section.last('Driver')?.text ?? (isDropIn ? 'image' : '');
  return driver === 'image' ? readImage(image, 'image-volume', 'Volume.Image', label) : [];
}

/** Transports that read a file, a folder or a local store: containers-transports(5). */
const localTransport =
  /^(?:containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive|ostree|sif|tarball):/;

/** The image a value names, if it names one; not where it stands for another unit, whose own file has the image. */
export function readImage(
  value: MappedText | undefined,
  role: ImageRole,
  path: string,
  owner: string,
): readonly ImageUse[] {
  if (!value || value.text === '' || /\.(?:image|build)$/.test(value.text)) return [];
  if (localTransport.test(value.text)) return [];
  const reference = value.text.startsWith('docker://') ? value.slice('docker://'.length) : value;
  const { span, text } = reference;
  const holes = holesIn(text);
  const read = readReference(text, holes);
  const locked = whyLocked(text, read);
  return [
    {
      role,
      site: {
        value: text,
        span,
        verbatim: holes.length === 0 && reference.isVerbatim ? span : null,
        seenFrom: [],
        replace: (wanted) => (locked ? refuse(locked) : replaceText(reference, wanted)),
      },
      resolved: text,
      reading: read.reading,
      mutability: role === 'build-output' ? 'none' : read.mutability,
      path,
      owners: [owner],
    },
  ];
}

/**
 * Why an image cannot be pinned as it is written. Docker Hub is only a guess for a name without a registry:
 * registries.conf(5) can put others before it, and a digest looked up there would be that of another image.
 */
function whyLocked(text: string, { reading }: Reading): string | null {
  if (reading.state === 'unknown') {
    return `Only the running system knows ${reading.holes.join(' and ')}, so there is no digest to write here: write the whole reference out first.`;
  }
  if (reading.state === 'invalid') return null;
  const { domain, registry, repository, spans } = reading.reference;
  if (domain === 'localhost') {
    return `\`${text}\` is an image of this machine, which no registry has a digest for: pin what it is built from instead.`;
  }
  if (domain !== undefined) return null;
  const whole = `${registry}/${repository}${text.slice(spans.name.end)}`;
  return `Podman takes \`${text}\` from whichever registry registries.conf puts first, so its digest is not known: write the registry too, such as \`${whole}\`.`;
}
