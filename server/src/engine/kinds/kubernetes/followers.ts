import type { ImageFollower } from '../../model/facts.ts';
import type { Setting } from '../../model/setting.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { setIn } from '../../yaml/insert.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import { siteOf } from '../../yaml/site.ts';
import { groupOf, ownValue } from './places.ts';
import { readFlagHere, textHere } from './settings.ts';
import { pausedTriggers, readTriggers, triggerAnnotation } from './triggers.ts';
import type { ObjectPlace } from './walk.ts';

/**
 * What replaces the images of an object without a review: triggers of OpenShift, and the controllers that people add. A trigger that waits for
 * what is built by the objects beside it brings in what was put together here, so it is none.
 */
export const followersOf = (objects: readonly ObjectPlace[]): readonly ImageFollower[] => {
  const built = builtBy(objects);
  return objects.flatMap((object) => readFollowers(object, built));
};

/** The image stream tags that builds push to: `namespace/name:tag`, the namespace empty where none is written. */
type Built = ReadonlySet<string>;

function builtBy(objects: readonly ObjectPlace[]): Built {
  const outputs = objects.flatMap(({ kind, root }) => {
    const isBuild = kind === 'BuildConfig' && isOpenshift(groupOf(root.textAt('apiVersion') ?? ''));
    return isBuild ? (streamTag(root.at('spec', 'output', 'to')) ?? []) : [];
  });
  return new Set(outputs);
}

/** Null for a reference that names something else than an image stream tag. */
function streamTag(from: YamlValue | undefined): string | null {
  const name = from?.textAt('name') ?? null;
  if (from?.textAt('kind') !== 'ImageStreamTag' || name === null) return null;
  return `${from.textAt('namespace') ?? ''}/${name}`;
}

const isOpenshift = (group: string): boolean => group === '' || group.endsWith('.openshift.io');

function readFollowers(object: ObjectPlace, built: Built): readonly ImageFollower[] {
  const { kind, root } = object;
  const group = groupOf(root.textAt('apiVersion') ?? '');
  const reader = ownValue(isOpenshift(group) ? openshift : ownValue(added, group), kind);
  return [...(reader?.(object, built) ?? []), ...annotated(object, built), ...keel(object)];
}

type Reader = (object: ObjectPlace, built: Built) => readonly ImageFollower[];

const openshift: Readonly<Record<string, Reader>> = {
  BuildConfig: buildTriggers,
  DeploymentConfig: changeTriggers,
  ImageStream: scheduledImports,
};

const added: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  'image.toolkit.fluxcd.io': { ImageUpdateAutomation: fluxAutomation },
  'argoproj.io': { Application: imageUpdater },
};

/** Without `automatic` the image is put in once, at the first deployment (openshift/api `apps/v1/types.go`). */
function changeTriggers({ name, path, root }: ObjectPlace, built: Built): readonly ImageFollower[] {
  const triggers = root.at('spec', 'triggers')?.items() ?? [];
  return triggers.flatMap((trigger, index) => {
    const owner = trigger.get('imageChangeParams');
    if (trigger.textAt('type') !== 'ImageChange' || !owner) return [];
    if (built.has(streamTag(owner.get('from')) ?? '')) return [];
    return {
      label: `The image change trigger of DeploymentConfig ${name}`.trim(),
      path: `${path}/triggers/${index}`,
      automatic: settingOf<boolean>({
        owner,
        keys: ['automatic'],
        name: owner.span,
        fallback: false,
        read: readFlagHere,
      }),
    };
  });
}

/**
 * Builds again, onto the same tag, whenever the image stream tag of its base or of `from` gets another image. A trigger that names
 * something else never fires (openshift-controller-manager `pkg/image/trigger/buildconfigs`).
 */
function buildTriggers({ name, path, root }: ObjectPlace, built: Built): readonly ImageFollower[] {
  const strategy = root.at('spec', 'strategy');
  const base = ['sourceStrategy', 'dockerStrategy', 'customStrategy'].flatMap(
    (key) => strategy?.get(key) ?? [],
  )[0];
  const triggers = root.at('spec', 'triggers')?.items() ?? [];
  return triggers.flatMap((trigger, index) => {
    const from = trigger.at('imageChange', 'from') ?? base?.get('from');
    const isChange = /^imageChange$/i.test(trigger.textAt('type') ?? '');
    const tag = streamTag(from);
    if (!isChange || tag === null || built.has(tag)) return [];
    const paused = settingOf<boolean>({
      owner: trigger,
      keys: ['imageChange', 'paused'],
      name: (trigger.get('type') ?? trigger).span,
      fallback: false,
      read: readFlagHere,
    });
    return {
      label: `The image change trigger of BuildConfig ${name}`.trim(),
      path: `${path}/triggers/${index}`,
      automatic: inverted(paused),
    };
  });
}

function scheduledImports({ name, path, root }: ObjectPlace): readonly ImageFollower[] {
  const tags = root.at('spec', 'tags')?.items() ?? [];
  return tags.flatMap((tag, index) => {
    // What a digest names never changes, however often it is imported.
    if (tag.textAt('from', 'name')?.includes('@')) return [];
    const tagName = tag.textAt('name') ?? String(index);
    return {
      label: `The scheduled import of ImageStream ${name}:${tagName}`,
      path: `${path}/tags/${tagName}/scheduled`,
      automatic: settingOf<boolean>({
        owner: tag,
        keys: ['importPolicy', 'scheduled'],
        name: tag.span,
        fallback: false,
        read: readFlagHere,
      }),
    };
  });
}

/** OpenShift puts images into any workload with this annotation. */
function annotated({ kind, name, path, root }: ObjectPlace, built: Built): readonly ImageFollower[] {
  const value = root.at('metadata', 'annotations', triggerAnnotation);
  const triggers = readTriggers(value).filter(({ tag }) => !built.has(tag ?? ''));
  if (!value || triggers.length === 0) return [];
  const off = (): Edits => {
    const text = pausedTriggers(value.text ?? '');
    if (text === null)
      return refuse('The annotation already says for a trigger whether it is paused; change it there.');
    return siteOf(value)?.replace(text) ?? refuse('There is no text here to change.');
  };
  return [
    {
      label: `The image trigger of ${kind} ${name}`.trim(),
      path: `${path}/annotations/triggers`,
      automatic: switchOf(
        value,
        triggers.some(({ paused }) => paused !== true && paused !== 'true'),
        off,
      ),
    },
  ];
}

const keelKeys = ['keel.sh/policy', 'keel.observer/policy'];

/** Every other policy does nothing (keel `internal/policy/policy.go`). */
const keelPolicies = /^(?:all|major|minor|patch|force|glob:.*|regexp:.*)$/;

function keel({ kind, name, path, root }: ObjectPlace): readonly ImageFollower[] {
  const metadata = root.get('metadata');
  return ['annotations', 'labels'].flatMap((section) =>
    keelKeys.flatMap((key) => {
      const value = metadata?.at(section, key);
      const policy = textHere(value);
      if (!metadata || !value || policy === null || !keelPolicies.test(policy)) return [];
      return {
        label: `Keel's policy \`${policy}\` on ${kind} ${name}`.trim(),
        path: `${path}/${section}/${key}`,
        automatic: switchOf(value, true, () => setIn(metadata, [section, key], 'never')),
      };
    }),
  );
}

/**
 * Flux commits newer tags. To a branch of their own they can be reviewed; to the branch that is checked out nobody looks at them:
 * https://fluxcd.io/flux/components/image/imageupdateautomations/
 */
function fluxAutomation({ name, path, root }: ObjectPlace): readonly ImageFollower[] {
  const spec = root.get('spec');
  const git = spec?.get('git') ?? spec;
  const push = git?.get('push');
  const checkout = git?.textAt('checkout', 'ref', 'branch') ?? git?.textAt('checkout', 'branch');
  const to = push?.textAt('branch') ?? null;
  if (spec?.type !== 'map' || push?.get('refspec') || (to !== null && to !== checkout)) return [];
  const suspended = settingOf<boolean>({
    owner: spec,
    keys: ['suspend'],
    name: (root.at('metadata', 'name') ?? spec).span,
    fallback: false,
    read: readFlagHere,
    after: ['interval'],
  });
  const label = `ImageUpdateAutomation ${name}, which commits to the branch that is deployed,`;
  return [{ label, path: `${path}/suspend`, automatic: inverted(suspended) }];
}

const updater = 'argocd-image-updater.argoproj.io';

/**
 * Argo CD Image Updater sets the image in the cluster, or commits it; to a branch of its own it can be reviewed:
 * https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/
 */
function imageUpdater({ name, path, root }: ObjectPlace): readonly ImageFollower[] {
  const annotations = root.at('metadata', 'annotations');
  const list = annotations?.get(`${updater}/image-list`);
  const method = annotations?.textAt(`${updater}/write-back-method`) ?? 'argocd';
  const branch = annotations?.textAt(`${updater}/git-branch`) ?? '';
  if (!list?.text || (method.startsWith('git') && branch.includes(':'))) return [];
  const off = (): Edits =>
    refuse(`Remove the annotations that begin with \`${updater}/\` by hand: it updates what they list.`);
  return [
    {
      label: `Argo CD Image Updater, which Application ${name} asks for,`,
      path: `${path}/annotations/image-list`,
      automatic: switchOf(list, true, off),
    },
  ];
}

const switchOf = (value: YamlValue, automatic: boolean, off: () => Edits): Setting<boolean> => ({
  value: automatic,
  origin: value.merged ? 'merged' : 'explicit',
  underline: value.span,
  set: (wanted) => (wanted ? refuse('Write down by hand what may replace the image.') : off()),
});

const inverted = (setting: Setting<boolean>): Setting<boolean> => ({
  ...setting,
  value: setting.value === undefined ? undefined : !setting.value,
  set: (wanted) => setting.set(!wanted),
});
