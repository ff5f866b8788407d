import type { Mount } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { interpolate, seen, type Values } from './interpolate.ts';

/** The top-level volumes of a file, by their key. */
export type Volumes = ReadonlyMap<string, YamlValue>;

export const volumesOf = (root: YamlValue | null | undefined): Volumes =>
  new Map(
    root
      ?.get('volumes')
      ?.entries()
      .map(({ key, value }) => [key, value]),
  );

/** A volume whose driver mounts a path of the host: what is in it lies there. */
interface BoundVolume {
  /** Null where a variable decides it. */
  readonly device: string | null;
  readonly readOnly: boolean;
}

/**
 * A mount of a named volume as what it comes to: the driver `local` takes the options of mount(8), and with `bind` among them the volume is a
 * path of the host (https://docs.docker.com/reference/cli/docker/volume/create/#driver-specific-options). `layers` are the files that say
 * something about volumes, the one that wins first.
 */
export function throughVolume(
  mount: Mount,
  name: string | null,
  layers: readonly Volumes[],
  values: Values,
): Mount {
  const bound = mount.type === 'volume' && name !== null ? boundVolume(name, layers, values) : null;
  if (!bound) return mount;
  const { readOnly } = mount;
  return {
    ...mount,
    type: 'host',
    source: bound.device,
    readOnly: bound.readOnly ? { ...readOnly, value: true, origin: 'explicit' } : readOnly,
  };
}

function boundVolume(name: string, layers: readonly Volumes[], values: Values): BoundVolume | null {
  const at = (...keys: string[]): YamlValue | undefined => {
    const found = layers.map((volumes) => volumes.get(name)?.at(...keys));
    return found.find((value) => value !== undefined && value.type !== 'null');
  };
  if ((seen(at('driver')?.text, values) ?? 'local') !== 'local') return null;
  const options = interpolate(at('driver_opts', 'o')?.text ?? '', values).masked.split(',');
  const words = options.map((word) => word.trim());
  if (!words.includes('bind') && !words.includes('rbind')) return null;
  const last = words.findLast((word) => word === 'ro' || word === 'rw');
  return { device: seen(at('driver_opts', 'device')?.text, values), readOnly: last === 'ro' };
}
