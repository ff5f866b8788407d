import type { ImageUse, Located, Variable, Workload } from '../../model/facts.ts';
import { noTraits } from '../../model/no-facts.ts';
import { uncovered } from '../../model/scratch.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import { flagValues, podmanArguments, readFlag, readLetterFlag, readPrivilegeEscalation } from './flags.ts';
import { readImage } from './images.ts';
import { longMounts, readMounts, readOptions } from './mounts.ts';
import { readPorts } from './ports.ts';
import { holesIn } from './specifiers.ts';
import type { Section } from './unit.ts';
import type { UnitName } from './unit-name.ts';
import { splitOn, splitWords } from './words.ts';

/** The container of a `.container` unit, as Quadlet's `ConvertContainer` hands it to `podman run`. */
export function readContainer(section: Section, { isDropIn, label }: UnitName): Workload {
  const [image] = readImage(section.last('Image'), 'workload', 'Container.Image', label);
  const isWhole = !isDropIn && [section.last('Image'), section.last('Rootfs')].some((value) => value?.text);
  const fallback = isWhole ? false : 'unknown';
  const mounts = readMounts(section);
  return {
    label,
    path: 'Container',
    name: section.name,
    image: image ?? null,
    ...noTraits,
    windows: false,
    readOnlyRoot: readFlag(section, { name: '--read-only', key: 'ReadOnly', fallback }),
    misplacedReadOnlyRoot: null,
    privileged: readFlag(section, { name: '--privileged', key: null, fallback }),
    addedCapabilities: [
      ...section.all('AddCapability').flatMap(splitWords),
      ...flagValues(podmanArguments(section), '--cap-add'),
    ].flatMap(readCapabilities),
    pullPolicy: null,
    privilegeEscalation: readPrivilegeEscalation(section, isWhole),
    interactive: {
      stdin: readLetterFlag(section, '--interactive', fallback),
      tty: readLetterFlag(section, '--tty', fallback),
    },
    variables: [
      ...section.all('Environment').flatMap(splitWords),
      ...flagValues(podmanArguments(section), '--env', '-e'),
    ].flatMap(readVariable),
    ports: readPorts(section),
    mounts,
    mountsImageVolumes: true,
    provideScratch: (targets) =>
      section.add(
        uncovered(mounts, targets).map((target) => `Tmpfs=${target}`),
        ['Image', 'Rootfs', 'ReadOnly', 'Tmpfs'],
      ),
  };
}

/** `NAME=value`; a name alone takes its value from whoever starts Podman. */
function readVariable(word: MappedText): readonly Variable[] {
  const [name, value] = splitOn(word, '=', 2);
  if (!name || !value) return [];
  const path = `Container.Environment.${name.text}`;
  return [
    {
      name: { value: name.text, span: name.span, path },
      value: { value: value.text, span: value.span, path },
      isLiteral: holesIn(value.text).length === 0,
    },
  ];
}

const readCapabilities = (word: MappedText): readonly Located<string>[] =>
  splitOn(word, ',').map(({ span, text }) => ({
    value: text,
    span,
    path: `Container.AddCapability.${text}`,
  }));

/** The images that a container mounts beside its own: `Mount=type=image,source=…`. */
export const readImageMounts = (section: Section, { label }: UnitName): readonly ImageUse[] =>
  longMounts(section)
    .map(readOptions)
    .filter((options) => options.get('type')?.text === 'image')
    .flatMap((options) => {
      const path = `Container.Mount.${options.get('target')?.text ?? ''}.source`;
      return readImage(options.get('source'), 'image-volume', path, label);
    });
