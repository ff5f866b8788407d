import { quadlet } from '../../../../server/src/engine/kinds/quadlet/index.ts';
import type { Facts, ImageUse, Mount, Workload } from '../../../../server/src/engine/model/facts.ts';
import type { Setting } from '../../../../server/src/engine/model/setting.ts';
import { applyEdits, type Edits, isRefusal } from '../../../../server/src/engine/text/edit.ts';

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const fileOf = (text: string, path: string) => ({
  path: `/etc/containers/systemd/${path}`,
  name: path.slice(path.lastIndexOf('/') + 1),
  languageId: undefined,
  text,
  companions: new Map<string, string>(),
});

export const claims = (path: string, text: string): boolean => quadlet.claims(fileOf(text, path));

export const read = (text: string, path = 'web.container'): Facts => quadlet.extract(fileOf(text, path));

/** `workload node:20 floating`: what each image is for, the reference, and its class. */
export const imagesIn = (text: string, path?: string): readonly string[] =>
  read(text, path).images.map(({ mutability, resolved, role }) => `${role} ${resolved} ${mutability}`);

/** The container of a unit whose `[Container]` holds these lines. */
export function container(...lines: readonly string[]): Workload {
  const [workload] = read(['[Container]', ...lines, ''].join('\n')).workloads;
  if (!workload) throw new Error('no container');
  return workload;
}

/** `host /srv -> /data default false`: where a mount comes from, where it goes, and whether it is read-only. */
export const describeMount = ({ readOnly, source, target, type }: Mount): string =>
  `${type} ${source} -> ${target} ${readOnly.origin} ${readOnly.value}`;

export const describeSetting = ({ origin, value }: Setting<boolean>): string => `${origin} ${value}`;

/** The text with edits made; what was refused throws. */
export function edited(text: string, edits: Edits): string {
  const changed = isRefusal(edits) ? edits : applyEdits(text, edits);
  if (typeof changed !== 'string') throw new Error(changed.refused);
  return changed;
}

export const pin = ({ resolved, site }: ImageUse): Edits => site.replace(`${resolved}@${digest}`);
