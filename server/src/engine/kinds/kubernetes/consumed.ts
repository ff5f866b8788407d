import type { YamlValue } from '../../yaml/lookup.ts';
import { namespaceOf } from './configurations.ts';
import { textHere } from './settings.ts';
import type { Found, ObjectPlace } from './walk.ts';

/** The ConfigMaps and Secrets that the containers and pods read, as `ConfigMap/namespace/name`. */
export function readConsumed({ containers, pods }: Pick<Found, 'containers' | 'pods'>): readonly string[] {
  const found = new Set<string>();
  const add = (type: string, { root }: ObjectPlace, name: YamlValue | undefined): void => {
    const text = textHere(name);
    if (text) found.add(`${type}/${namespaceOf(root)}/${text}`);
  };
  for (const { container, object } of containers) {
    for (const source of container.get('envFrom')?.items() ?? []) {
      add('ConfigMap', object, source.at('configMapRef', 'name'));
      add('Secret', object, source.at('secretRef', 'name'));
    }
    for (const variable of container.get('env')?.items() ?? []) {
      add('ConfigMap', object, variable.at('valueFrom', 'configMapKeyRef', 'name'));
      add('Secret', object, variable.at('valueFrom', 'secretKeyRef', 'name'));
    }
  }
  for (const { object, pod } of pods) {
    for (const volume of pod.get('volumes')?.items() ?? []) {
      add('ConfigMap', object, volume.at('configMap', 'name'));
      add('Secret', object, volume.at('secret', 'secretName'));
      for (const source of volume.at('projected', 'sources')?.items() ?? []) {
        add('ConfigMap', object, source.at('configMap', 'name'));
        add('Secret', object, source.at('secret', 'name'));
      }
    }
  }
  return [...found];
}
