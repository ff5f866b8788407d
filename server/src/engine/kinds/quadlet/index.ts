import type { Facts } from '../../model/facts.ts';
import { noFacts } from '../../model/no-facts.ts';
import type { WholeFileKind } from '../kind.ts';
import { readContainer, readImageMounts } from './container.ts';
import { readImages } from './images.ts';
import { readUnit, type Section } from './unit.ts';
import { readUnitName, type UnitName, unitNameBySection } from './unit-name.ts';

/** Podman Quadlet: systemd units that Podman makes services of. Format: podman-systemd.unit(5). */
export const quadlet: WholeFileKind = {
  id: 'quadlet',
  syntax: 'whole',
  names: /\.(?:container|image|volume|build|conf)$/,
  claims({ path, text }) {
    const name = readUnitName(path);
    return name !== null && hasSection(text, name);
  },
  extract({ path, text }) {
    const { comments, sections } = readUnit(text);
    const name = readUnitName(path) ?? unitNameBySection(path, sections.keys());
    const section = name && sections.get(name.section);
    return {
      ...noFacts,
      kind: 'quadlet',
      ...(section ? readSection(section, name) : { images: [], workloads: [] }),
      comments: () => comments,
    };
  },
};

/** Other programs use these file names too. */
const hasSection = (text: string, { section }: UnitName): boolean =>
  new RegExp(`^\\uFEFF?[ \\t]*\\[${section}\\][ \\t]*\\r?$`, 'm').test(text);

function readSection(section: Section, name: UnitName): Pick<Facts, 'images' | 'workloads'> {
  if (name.type !== 'container') return { images: readImages(section, name), workloads: [] };
  const workload = readContainer(section, name);
  const mounted = readImageMounts(section, name);
  return { images: workload.image ? [workload.image, ...mounted] : mounted, workloads: [workload] };
}
