import type { Facts } from '../../model/facts.ts';
import { noFacts } from '../../model/no-facts.ts';
import type { WholeFileKind } from '../kind.ts';
import { readBuildRequests } from './builds.ts';
import { readContainer, readImageMounts } from './container.ts';
import { readContainerFollowers, readKubeFollowers } from './followers.ts';
import { readImages } from './images.ts';
import { readScripts } from './scripts.ts';
import { readSeemingComments, readUnit, type Section } from './unit.ts';
import { readUnitName, type UnitName, unitNameBySection } from './unit-name.ts';

/** Podman Quadlet: systemd units that Podman makes services of. Format: podman-systemd.unit(5). */
export const quadlet: WholeFileKind = {
  id: 'quadlet',
  syntax: 'whole',
  commentsStandAlone: true,
  names: /\.(?:container|image|volume|build|kube|conf)$/,
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
      ...(section && readSection(section, name, path)),
      comments: () => comments,
      seemingComments: () => readSeemingComments(text),
    };
  },
};

/** Other programs use these file names too. */
const hasSection = (text: string, { section }: UnitName): boolean =>
  new RegExp(`^\\uFEFF?[ \\t]*\\[${section}\\][ \\t]*\\r?$`, 'm').test(text);

function readSection(section: Section, name: UnitName, path: string): Partial<Facts> {
  if (name.type === 'kube') return { followers: readKubeFollowers(section, name) };
  if (name.type !== 'container') {
    const builds = name.type === 'build' ? readBuildRequests(section, path) : [];
    return { images: readImages(section, name), outline: { ...noFacts.outline, builds } };
  }
  const workload = readContainer(section, name);
  const mounted = readImageMounts(section, name);
  return {
    images: workload.image ? [workload.image, ...mounted] : mounted,
    workloads: [workload],
    scripts: readScripts(section, name),
    followers: readContainerFollowers(section, name, workload.image),
    deploys: 'systemd runs it as a service',
  };
}
