import type { ImageFollower, Workload } from '../../model/facts.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { siteOf } from '../../yaml/site.ts';
import { decidedElsewhere, interpolate, seen } from './interpolate.ts';
import { replacesAll, type ServicePlace } from './settings.ts';
import { mayBeWatchtower, notifyOnly, reachOf } from './watchtower.ts';

/** A service as it was read. */
export interface FollowedService {
  readonly place: ServicePlace;
  readonly workload: Workload;
}

/** What replaces the images of services without a review: Watchtower, and `podman auto-update`. */
export function readFollowers(
  services: readonly FollowedService[],
  isFirst: (text: Span) => boolean,
): readonly ImageFollower[] {
  const towers = services
    .filter(({ workload }) => mayBeWatchtower(workload))
    .map(({ place, workload }) => ({ place, reach: reachOf(place, workload) }));
  // A Watchtower that takes every container is told of once, and one that may only look makes the labels mean nothing.
  const labelsCount = towers.length === 0 || towers.some(({ reach }) => reach === 'labelled');
  const index = new LabelIndex();
  return [
    ...towers.flatMap(({ place, reach }) => (reach === 'all' ? watching(place) : [])),
    ...services.flatMap((service) => followedByLabel(service, index, labelsCount)),
  ].filter(({ automatic }) => isFirst(automatic.underline));
}

const watching = (place: ServicePlace): ImageFollower => ({
  label: `Watchtower, which ${place.label} runs,`,
  path: `${place.path}.watchtower`,
  automatic: {
    value: true,
    origin: 'default',
    underline: place.keySpan,
    set: (wanted) => (wanted ? unwanted : notifyOnly(place)),
  },
});

const unwanted = refuse('Write down by hand what may replace the image.');

const watchtower = 'com.centurylinklabs.watchtower';
const autoUpdate = 'io.containers.autoupdate';

/** Go's `strconv.ParseBool`, with which Watchtower reads its labels. */
const isTrue = (text: string | null): boolean => text !== null && /^(?:1|t|T|TRUE|true|True)$/.test(text);

function followedByLabel(
  { place, workload }: FollowedService,
  index: LabelIndex,
  labelsCount: boolean,
): readonly ImageFollower[] {
  // What a digest names never changes, and what is built here is in no registry.
  if (!['tag', 'floating', 'implicit'].includes(workload.image?.mutability ?? '')) return [];
  const { values } = place.project;
  const found = (name: string): Label | undefined => index.find(place, name);
  const textOf = (label: Label | undefined): string | null => seen(label?.text, values);
  const followers: ImageFollower[] = [];
  const add = (label: Label | undefined, words: string, off: string): void => {
    if (label && isOwn(label, place))
      followers.push({
        label: words,
        path: `${place.path}.labels.${label.name}`,
        automatic: {
          value: true,
          origin: label.value.merged ? 'merged' : 'explicit',
          underline: siteOf(label.value, { part: label.part })?.span ?? label.value.span,
          set: (wanted) => (wanted ? unwanted : write(label, off, place)),
        },
      });
  };
  const enable = found(`${watchtower}.enable`);
  const isHeld = [`${watchtower}.monitor-only`, `${watchtower}.no-pull`].some((name) => {
    const label = found(name);
    return label !== undefined && (textOf(label) === null || isTrue(textOf(label)));
  });
  if (labelsCount && !isHeld && isTrue(textOf(enable))) {
    add(enable, `Watchtower, which a label of ${place.label} asks for,`, 'false');
  }
  // `image` is the old name of the policy; `local` waits for a build on the machine itself (podman-auto-update(1)).
  const policy = found(autoUpdate);
  if (/^(?:registry|image)$/.test(textOf(policy) ?? '')) {
    add(policy, `Podman's automatic update of ${place.label}`, 'disabled');
  }
  return followers;
}

/** A label that a file gives a service. */
interface Label {
  readonly name: string;
  /** Its value as it is written. */
  readonly text: string;
  /** The scalar, and the part of it that is the label's value. */
  readonly value: YamlValue;
  readonly part: Span;
  /** The list or mapping that it stands in. */
  readonly labels: YamlValue;
}

/** The labels of services, each list or mapping of them read once however many services share it. */
class LabelIndex {
  readonly #read = new Map<YamlValue['node'], ReadonlyMap<string, Label>>();

  /** The label that holds when files are merged. */
  find({ layers }: ServicePlace, name: string): Label | undefined {
    for (const layer of [layers.later, layers.own, layers.earlier]) {
      for (const labels of layer?.all('labels') ?? []) {
        const label = this.#labelsIn(labels).get(name);
        if (label) return { ...label, labels };
      }
      if (replacesAll(layer?.find('labels'))) return undefined;
    }
    return undefined;
  }

  #labelsIn(labels: YamlValue): ReadonlyMap<string, Label> {
    const known = this.#read.get(labels.node);
    if (known) return known;
    const written =
      labels.type === 'map'
        ? labels.entries().flatMap(({ key, value }) => ofEntry(labels, key, value))
        : labels.items().flatMap((item) => ofItem(labels, item));
    const read = new Map(written.map((label) => [label.name, label]));
    this.#read.set(labels.node, read);
    return read;
  }
}

const ofEntry = (labels: YamlValue, name: string, value: YamlValue): readonly Label[] =>
  value.text === null ? [] : [{ name, text: value.text, value, part: span(0, value.text.length), labels }];

function ofItem(labels: YamlValue, value: YamlValue): readonly Label[] {
  const { text } = value;
  const equals = text?.indexOf('=') ?? -1;
  if (text === null || equals < 0) return [];
  const part = span(equals + 1, text.length);
  return [{ name: text.slice(0, equals), text: text.slice(equals + 1), value, part, labels }];
}

/** Written in the service itself; one of another service or file is told of there. */
const isOwn = ({ labels }: Label, { service }: ServicePlace): boolean =>
  service.get('labels')?.node === labels.node;

function write({ labels, part, text, value }: Label, wanted: string, { project }: ServicePlace): Edits {
  if (labels.merged || value.merged || value.isShared)
    return refuse('This label is shared through an alias or a merge key; change it where it is defined.');
  const locked = decidedElsewhere(interpolate(text, project.values));
  return siteOf(value, { part, locked })?.replace(wanted) ?? refuse('There is no text here to change.');
}
