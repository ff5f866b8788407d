import type { Rollout } from '../../model/facts.ts';
import { type Edits, refuse, smallestEdit } from '../../text/edit.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { settingOf } from '../../yaml/setting.ts';
import { numberOf } from '../../yaml/typed.ts';
import type { ObjectPlace } from './walk.ts';

/** Kinds that keep versions to go back to. */
const kinds: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'DeploymentConfig',
  'Rollout',
]);

/** What the API server takes where nothing is written (`apps/v1`). */
const usual = '10';

export function readRollout({ kind, name, path, root }: ObjectPlace): readonly Rollout[] {
  const spec = root.get('spec');
  if (!kinds.has(kind) || spec?.type !== 'map') return [];
  const limit = spec.get('revisionHistoryLimit');
  const canGoBack = settingOf<boolean>({
    owner: spec,
    keys: ['revisionHistoryLimit'],
    name: (root.at('metadata', 'name') ?? spec).span,
    fallback: true,
    read: (value) => {
      const count = numberOf(value);
      return count === undefined || count < 0
        ? { unknown: 'The value written here is no number.' }
        : { value: count > 0 };
    },
  });
  const label = `${kind} ${name}`.trim();
  const set = (wanted: boolean): Edits =>
    wanted && limit ? writeNumber(limit, usual) : refuse('Write down by hand how many versions to keep.');
  return [{ label, path, type: 'history', canGoBack: { ...canGoBack, set } }];
}

/** Numbers stay without quotes. */
function writeNumber(value: YamlValue, number: string): Edits {
  const at = value.scalar?.style === 'plain' ? value.scalar.verbatim : null;
  if (value.merged || value.isShared || !at) {
    return refuse('This number is shared with other parts of the file; change it where it is defined.');
  }
  return [smallestEdit(at.start, value.text ?? '', number)];
}
