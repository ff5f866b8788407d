import type { ImageFollower, ImageUse } from '../../model/facts.ts';
import type { Setting } from '../../model/setting.ts';
import { refuse } from '../../text/edit.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import { flagValues, podmanArguments } from './flags.ts';
import type { Section } from './unit.ts';
import type { UnitName } from './unit-name.ts';
import { replaceText, splitOn, splitWords } from './words.ts';

const updateLabel = 'io.containers.autoupdate';

/**
 * A container that `podman auto-update` gives whatever its tag names by then. The policy becomes a label, and Quadlet hands over labels after
 * it and `PodmanArgs=` last, so the last one wins. Where the image cannot be seen here, it may be one that never changes.
 */
export function readContainerFollowers(
  section: Section,
  { label }: UnitName,
  image: ImageUse | null,
): readonly ImageFollower[] {
  const labels = [
    ...section.all('Label').flatMap(splitWords),
    ...flagValues(podmanArguments(section), '--label', '-l'),
  ].map((word) => splitOn(word, '=', 2));
  const last = labels.findLast(([name]) => name?.text === updateLabel);
  const policy = last ? last[1] : section.last('AutoUpdate');
  if (!policy || !comesFromRegistry(policy.text) || !image || !canMove(image)) return [];
  return [
    {
      label: `The automatic update of ${label}`,
      path: 'Container.AutoUpdate',
      automatic: switchOf(policy, policy),
    },
  ];
}

/** The policies of a `.kube` unit: `registry` for all containers of its pods, `api/registry` for one of them. */
export function readKubeFollowers(section: Section, { label }: UnitName): readonly ImageFollower[] {
  const policies = new Map<string, readonly [word: MappedText, policy: MappedText]>();
  for (const word of section.all('AutoUpdate').flatMap(splitWords)) {
    const [first = word, second] = splitOn(word, '/', 2);
    policies.set(second ? first.text : '', [word, second ?? first]);
  }
  return [...policies]
    .filter(([, [, policy]]) => comesFromRegistry(policy.text))
    .map(([container, [word, policy]]) => ({
      label: `The automatic update of ${container === '' ? label : `container ${container} in ${label}`}`,
      path: `Kube.AutoUpdate.${container}`,
      automatic: switchOf(word, policy),
    }));
}

/** `image` is the old name of the policy (podman `pkg/autoupdate/autoupdate.go`). `local` waits for a build on the machine itself. */
const comesFromRegistry = (policy: string): boolean => policy === 'registry' || policy === 'image';

/** What a digest names never changes, and what the machine itself has built is in no registry. */
function canMove({ mutability, reading }: ImageUse): boolean {
  const isLocal = reading.state === 'parsed' && reading.reference.domain === 'localhost';
  return !isLocal && ['tag', 'floating', 'implicit'].includes(mutability);
}

const switchOf = (word: MappedText, policy: MappedText): Setting<boolean> => ({
  value: true,
  origin: 'explicit',
  underline: word.span,
  set: (wanted) =>
    wanted ? refuse('Write down by hand what may replace the image.') : replaceText(policy, 'disabled'),
});
