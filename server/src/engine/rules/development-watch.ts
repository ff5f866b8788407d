import type { Facts, Located, Mount, Workload } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/places.ts';
import { code } from './support/words.ts';

export const developmentWatch: FactsRule = {
  reads: 'facts',
  id: 'development-watch',
  title: "A developer's source files reach the container in a file that deploys",
  severity: 'hint',
  kinds: ['compose'],
  sameAs: {},
  fixSafety: null,
  check: (facts) => (facts.deploys === null ? [] : perPlace(facts.workloads, (one) => reports(one, facts))),
};

function reports(workload: Workload, { deploys }: Facts): readonly Draft[] {
  const file = `This file deploys (${deploys})`;
  return [
    ...workload.watches.map((watch) => watched(watch, file)),
    ...workload.mounts.filter((mount) => isSource(mount, workload)).map((mount) => mounted(mount, file)),
  ];
}

const watched = (watch: Located<string>, file: string): Draft => ({
  path: watch.path,
  span: watch.span,
  message: ({ label }) =>
    `${file}, yet ${code(watch.value)} is copied into ${label} while it runs, so what runs is not its image. Keep \`develop.watch\` in a file for development, such as \`compose.override.yaml\`.`,
});

const mounted = (mount: Mount, file: string): Draft => ({
  path: `${mount.path}.source`,
  span: mount.span,
  message: ({ label, several }) =>
    `${file}, yet ${label} ${several ? 'take their' : 'takes its'} program from ${code(mount.source ?? '')} on the host, so what runs is not ${several ? 'their' : 'its'} image. Copy it in when the image is built, and mount it for development only.`,
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
