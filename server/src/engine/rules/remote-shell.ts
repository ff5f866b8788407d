import type { BuildStage, BuildStep } from '../model/build.ts';
import type { Facts, Located, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { Command, Script } from '../model/script.ts';
import { isGitSource } from '../packages/git-source.ts';
import { packageAction } from '../packages/index.ts';
import type { Span } from '../text/span.ts';
import type { FactsRule } from './rule.ts';
import { remembered, sparedIfEmpty } from './support/remembered.ts';
import { code, sentenceLabel } from './support/words.ts';

const portAlone =
  'It reports the port of a Dockerfile alone; ours also a server that is installed or started, and it passes over servers for git and files.';

export const remoteShell: FactsRule = {
  reads: 'facts',
  id: 'remote-shell',
  title: 'A container that people can log in to over the network',
  severity: 'warning',
  kinds: ['dockerfile', 'compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Checkov CKV_DOCKER_1': portAlone,
    'Trivy DS-0004': portAlone,
    'kube-linter ssh-port':
      'It reports the port of a container alone; ours also a server that is installed or started.',
    'KICS Exposing Port 22 (SSH)': portAlone,
  },
  fixSafety: null,
  check: (facts) => [...inBuild(facts), ...facts.workloads.flatMap(inWorkload(facts))],
};

/** One sign of a server to log in to. */
interface Sign {
  readonly path: string;
  readonly span: Span;
  /** To begin a sentence. */
  readonly what: string;
}

/** One report for a whole stage or workload: its signs are about the same server. */
function reportOf([first, ...others]: readonly Sign[], instead: string): readonly Report[] {
  if (!first) return [];
  return [
    {
      path: first.path,
      span: first.span,
      message: `${first.what}; use ${instead} instead.`,
      related: others.map(({ span, what }) => ({ span, message: `${what}.` })),
    },
  ];
}

function inBuild({ stages }: Facts): readonly Report[] {
  const reports = stages.flatMap(inStage);
  return reports.length > 0 && stages.some(({ steps }) => steps.some(mentionsMpi)) ? [] : reports;
}

/** MPI starts the processes of a job on the other machines over SSH, so its containers cannot do without. */
const mpi = /(?:^|[^a-z])(?:open-?mpi|mpich|mpi(?:exec|run|user)?|horovod)(?:[^a-z]|$)/i;
const isMpi = (text: string): boolean => mpi.test(text.slice(0, 300));
const runsMpi = remembered((script) =>
  script.commands().some(({ words }) => words.some(({ text }) => isMpi(text))),
);
const mentionsMpi = (step: BuildStep): boolean =>
  step.type === 'script' ? runsMpi(step.script) : textsOf(step).some(({ value }) => isMpi(value));

function inStage(stage: BuildStage): readonly Report[] {
  const servesGit = isGitServer(stage.base?.resolved ?? '') || stage.steps.some(hasHomeOfGit);
  const signs = stage.steps.flatMap((step) =>
    step.type === 'script' && !servesGit ? inScript(step.script) : [],
  );
  return reportOf(
    [...signs, ...exposedBy(stage)].sort((a, b) => a.span.start - b.span.start),
    code('docker exec'),
  );
}

function exposedBy(stage: BuildStage): readonly Sign[] {
  const ports = stage.steps.flatMap((step) =>
    step.type === 'plain' && step.keyword.value === 'EXPOSE'
      ? step.words.filter(({ value }) => /^22(?:\/tcp)?$/i.test(value))
      : [],
  );
  if (ports.length === 0 || isGitServer(stage.base?.resolved ?? '') || stage.steps.some(mentionsGit))
    return [];
  return ports.map(({ path, span }) => ({ path, span, what: 'Port 22 is that of SSH' }));
}

/** A stage with a home of the user `git`, or with the name of such a server in a label. */
const mentionsGit = (step: BuildStep): boolean =>
  textsOf(step).some(({ value }) => gitWord.test(value.slice(0, 300)));

const hasHomeOfGit = (step: BuildStep): boolean =>
  textsOf(step).some(({ value }) => /^\/home\/git(?:\/|$)/.test(value));

function textsOf(step: BuildStep): readonly Located<string>[] {
  if (step.type === 'plain') return step.words;
  // What is cloned is no sign of what it serves.
  if (step.type === 'copy')
    return [
      ...step.sources.filter(({ value }) => !isGitSource(value)),
      ...(step.target ? [step.target] : []),
    ];
  return step.type === 'variable' && step.value ? [step.value] : [];
}

const gitWord = /(?:^|[/=@._-])(?:git|git-shell|gitea|gitlab|gogs|forgejo|gerrit)(?:$|[/:._-])/i;

const inScript = sparedIfEmpty((script: Script): readonly Sign[] => {
  if (script.moment === 'probe') return [];
  return script
    .commands()
    .flatMap((command) => [
      ...(script.moment === 'build' ? installed(script, command) : []),
      ...started(script, command),
    ]);
});

const servers: ReadonlySet<string> = new Set([
  'dropbear',
  'dropbear-run',
  'inetutils-telnetd',
  'openssh-server',
  'openssh-server-pam',
  'rsh-server',
  'telnet-server',
  'telnetd',
  'telnetd-ssl',
  'tinyssh',
]);

function installed({ path }: Script, command: Command): readonly Sign[] {
  const action = packageAction(command);
  if (action?.verb !== 'install' || !action.manager.isSystem) return [];
  return action.items
    .filter(({ name }) => servers.has(name))
    .map(({ name, span }) => ({
      path: `${path}/${name}`,
      span,
      what: `${code(name)} is a server to log in to`,
    }));
}

const daemons: ReadonlySet<string> = new Set([
  'sshd',
  'dropbear',
  'telnetd',
  'in.telnetd',
  'tinysshd',
  'rlogind',
]);
const services = /^(?:sshd?|dropbear|telnetd?)(?:\.service|\.socket)?$/;
const managers: ReadonlySet<string> = new Set(['service', 'systemctl', 'rc-service', 'rc-update']);

function started({ path }: Script, { name, nameSpan, words }: Command): readonly Sign[] {
  const texts = words.map(({ text }) => text);
  const sign = (program: string): readonly Sign[] => [
    { path: `${path}/${program}`, span: nameSpan, what: `${code(program)} lets people log in` },
  ];
  // `sshd -t` and `-T` check its settings, `-i` and the rest run it.
  if (daemons.has(name)) return texts.some((text) => /^-[tTVh]$/.test(text)) ? [] : sign(name);
  if (!managers.has(name) || texts.some((text) => /^(?:stop|disable|mask|del|delete|status)$/.test(text)))
    return [];
  const service = texts.find((text) => services.test(text));
  return service === undefined ? [] : sign(`${name} … ${service}`);
}

function inWorkload(facts: Facts): (workload: Workload) => readonly Report[] {
  const scripts = scriptsByWorkload(facts);
  return (workload) => {
    const own = scripts.get(workload) ?? [];
    const signs = [...own.flatMap(inScript), ...exposed(workload)];
    if (signs.length > 0 && own.some(runsMpi)) return [];
    return reportOf(signs, `${code('docker exec')} or ${code('kubectl exec')}`);
  };
}

/** Those that the manifest has a workload run: the path of one begins with the workload's. */
function scriptsByWorkload({ scripts, workloads }: Facts): ReadonlyMap<Workload, readonly Script[]> {
  const byPath = new Map(workloads.toReversed().map((workload) => [workload.path, workload]));
  const found = new Map<Workload, Script[]>();
  for (const script of scripts) {
    if (script.moment === 'build') continue;
    let { path } = script;
    while (path !== '' && !byPath.has(path)) {
      path = path.slice(0, Math.max(0, path.lastIndexOf('/'), path.lastIndexOf('.')));
    }
    const workload = byPath.get(path);
    if (!workload) continue;
    const known = found.get(workload);
    if (known) known.push(script);
    else found.set(workload, [script]);
  }
  return found;
}

function exposed(workload: Workload): readonly Sign[] {
  if (isGitServer(workload.image?.resolved ?? '')) return [];
  return workload.ports
    .filter(({ value }) => value === 22)
    .map(({ path, span }: Located<number>) => ({
      path,
      span,
      what: `${sentenceLabel(workload)} opens port 22, that of SSH`,
    }));
}

/** Programs that take commits over SSH, and offer no shell there. */
const gitServer =
  /(?:^|\/)[\w.-]*(?:git|forgejo|gogs|gerrit|bitbucket|onedev|sftp|soft-serve)[\w.-]*(?=[:@]|$)/i;

const isGitServer = (image: string): boolean => gitServer.test(image.slice(0, 300));
