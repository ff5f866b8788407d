import type { ImageRole } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { groupOf, ownValue } from './places.ts';

/** An image that an OpenShift object names outside of containers. */
export interface NamedImage {
  readonly role: ImageRole;
  readonly value: YamlValue;
  /** Where it stands in the object: `strategy.dockerStrategy.from`. */
  readonly place: string;
  /** Set where the text names no image of a registry. */
  readonly unseen: Unseen | null;
}

/** A text that only the cluster can turn into an image. */
export interface Unseen {
  /** The parts of the text that tell nothing about an image. */
  readonly holes: readonly string[];
  /** Why it cannot be pinned here. */
  readonly locked: string;
}

/**
 * The images of builds, image streams and image change triggers. Only the kind `DockerImage` names an image of a registry: the others name
 * something in the cluster, which must not be looked up anywhere else.
 * Source: openshift/api `build/v1/types.go`, `image/v1/types.go`, `apps/v1/types.go`.
 */
export function openshiftImages(object: YamlValue, kind: string, apiVersion: string): readonly NamedImage[] {
  const reader = ownValue(readers, kind);
  const group = groupOf(apiVersion);
  // Other groups have kinds of these names; the core group had these before there were groups.
  if (!reader || (group !== '' && !group.endsWith('.openshift.io'))) return [];
  const spec = object.get('spec');
  return spec ? reader(spec) : [];
}

const readers: Readonly<Record<string, (spec: YamlValue) => readonly NamedImage[]>> = {
  BuildConfig: readBuild,
  Build: readBuild,
  ImageStream: readStream,
  DeploymentConfig: (spec) => eachOf(spec, 'triggers', ['imageChangeParams', 'from'], 'workload'),
};

const strategies = ['dockerStrategy', 'sourceStrategy', 'customStrategy'];

function readBuild(spec: YamlValue): readonly NamedImage[] {
  const to = spec.at('output', 'to');
  return [
    ...strategies.flatMap((key) => named(spec.at('strategy', key, 'from'), 'base', `strategy.${key}.from`)),
    ...eachOf(spec.get('source'), 'images', ['from'], 'base', 'source.images'),
    ...(to?.textAt('kind') === 'DockerImage' ? named(to, 'build-output', 'output.to') : []),
  ];
}

function readStream(spec: YamlValue): readonly NamedImage[] {
  const repository = spec.get('dockerImageRepository');
  const locked =
    'This names a repository, of which OpenShift imports every tag; name the tags you want under `tags`, and pin those.';
  const whole: readonly NamedImage[] =
    repository?.text == null
      ? []
      : [
          {
            role: 'workload',
            value: repository,
            place: 'dockerImageRepository',
            unseen: { holes: [repository.text], locked },
          },
        ];
  return [...whole, ...eachOf(spec, 'tags', ['from'], 'workload')];
}

function eachOf(
  owner: YamlValue | undefined,
  key: string,
  below: readonly string[],
  role: ImageRole,
  place = key,
): readonly NamedImage[] {
  const items = owner?.get(key)?.items() ?? [];
  return items.flatMap((item, index) =>
    named(item.at(...below), role, [place, item.textAt('name') ?? index, ...below].join('.')),
  );
}

/** An object reference: `kind` says what `name` is the name of. */
function named(from: YamlValue | undefined, role: ImageRole, place: string): readonly NamedImage[] {
  const value = from?.get('name');
  if (value?.text == null) return [];
  return [{ role, value, place, unseen: unseenOf(from?.textAt('kind') ?? '', value.text) }];
}

function unseenOf(kind: string, name: string): Unseen | null {
  if (kind === 'DockerImage') return null;
  if (kind !== 'ImageStreamImage') {
    const locked =
      'This names a tag of an image stream in the cluster, not an image of a registry; pin the image in the stream.';
    return { holes: [name], locked };
  }
  // `stream@sha256:…`: the digest counts, wherever the image is.
  const [stream = name] = name.split('@');
  return { holes: [stream], locked: 'This names an image of an image stream in the cluster by its digest.' };
}
