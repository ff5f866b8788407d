import type { Rollout } from '../../model/facts.ts';
import { settingOf } from '../../yaml/setting.ts';
import { seen } from './interpolate.ts';
import { elsewhere, lockOf, type ServicePlace } from './settings.ts';

/**
 * What a swarm does where an update of a service fails. Only a service that says how it is updated, and of which several
 * containers run, is updated step by step.
 */
export function readRollout(place: ServicePlace): Rollout | null {
  const { label, layers, path, project, service } = place;
  const deploy = service.get('deploy');
  const update = deploy?.get('update_config');
  if (update?.type !== 'map' || layers.later?.find('deploy')?.tag === '!reset') return null;
  const written = (key: string): string | null =>
    seen((layers.later?.find('deploy')?.get(key) ?? deploy?.get(key))?.text, project.values);
  const isReplicated = deploy?.get('mode') === undefined || written('mode') === 'replicated';
  if (!isReplicated || !(Number(written('replicas') ?? 1) > 1)) return null;
  return { label, path: `${path}.deploy.update_config`, type: 'automatic', canGoBack: canGoBack(place) };
}

function canGoBack({ keySpan, layers, project, service, whole }: ServicePlace): Rollout['canGoBack'] {
  const keys = ['deploy', 'update_config', 'failure_action'] as const;
  if (layers.later?.find('deploy')?.at('update_config', 'failure_action')) return elsewhere(keySpan, project);
  const update = service.get('deploy')?.get('update_config');
  const name = service
    .get('deploy')
    ?.entries()
    .find(({ key }) => key === 'update_config')?.keySpan;
  const action = settingOf<string>({
    owner: service,
    keys,
    name: name ?? keySpan,
    fallback: whole ? 'pause' : 'unknown',
    read: (value) => {
      const text = seen(value.text, project.values);
      return text === null ? { unknown: 'A variable decides this value.' } : { value: text };
    },
    locked: lockOf(update?.get('failure_action'), project.values),
  });
  return {
    ...action,
    value: action.value === undefined ? undefined : action.value === 'rollback',
    set: (wanted) => action.set(wanted ? 'rollback' : 'pause'),
  };
}
