import type { Located, Mount, Workload } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { brief, code } from './support/words.ts';

export const developmentWatch: FactsRule = {
  reads: 'facts',
  id: 'development-watch',
  title: "A developer's source files reach the container in a file that deploys",
  severity: 'hint',
  kinds: ['compose'],
  sameAs: {},
  fixSafety: null,
  check: (facts) => (facts.deploys === null ? [] : perPlace(facts.workloads, reports)),
};

function reports(workload: Workload): readonly Draft[] {
  return [
    ...workload.watches.map(watched),
    ...workload.mounts.filter((mount) => isSource(mount, workload)).map(mounted),
  ];
}

const watched = (watch: Located<string>): Draft => ({
  path: watch.path,
  span: watch.span,
  message: () =>
    `${brief(watch.value)} changes what runs; keep ${code('develop.watch')} in an override file.`,
});

const mounted = (mount: Mount): Draft => ({
  path: `${mount.path}.source`,
  span: mount.span,
  message: () => `The program comes from ${brief(mount.source ?? '')} on the host; copy it in when building.`,
});

/** Folders that images keep the program in. */
const programFolder =
  /^\/(?:app|usr\/src(?:\/app)?|usr\/app|src|code|workspace|workspaces|application|opt\/app|srv\/app|home\/node\/app|var\/www(?:\/html)?|go\/src)(?:\/(?:src|app|lib|pages|public))?$/;

/** What folders are called that hold no program. */
const dataFolder =
  /^(?:\.?(?:config|configs|conf|conf\.d|settings|env|envs)|data|database|db|logs?|storage|uploads?|files|media|backups?|cache|caches|certs?|ssl|secrets?|keys|tmp|temp|volumes?|state|output|outputs|results|downloads?|models|dist|build)$/i;

/** A bind mount of a folder of the project over the folder that the program is in. */
function isSource({ source, target, type }: Mount, { build }: Workload): boolean {
  if (type !== 'host' || source === null || target === null || !/^\.{1,2}(?:\/|$)/.test(source)) return false;
  const names = source.split('/').filter((name) => !/^(?:\.{0,2})$/.test(name));
  const last = names.at(-1);
  const isProgramFolder = programFolder.test(target.replace(/(?<=.)\/$/, ''));
  // The whole project, over whatever folder of an image that is built from it.
  if (last === undefined) return isProgramFolder || (build !== null && target !== '/');
  return isProgramFolder && !last.includes('.') && !names.some((name) => dataFolder.test(name));
}
