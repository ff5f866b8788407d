import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath, peerBinary } from './peers.ts';
import { median, table } from './stats.ts';

interface Run {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const rounds = 5;

const seconds = ({ args, command }: Run): number => {
  const from = performance.now();
  const { error } = spawnSync(command, args, { stdio: 'ignore', maxBuffer: Number.POSITIVE_INFINITY });
  if (error) throw error;
  return (performance.now() - from) / 1000;
};

function manifests(folder: string, matches: (name: string) => boolean): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => matches(name.split(/[\\/]/).at(-1) ?? ''))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

const bytes = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);

/** Whole-process times: Holdfast with all its threads and with one, and, for the same files, each peer that is installed. */
export function audit(root: string, corpus: string, peers: string | null): string {
  const cli = join(root, 'dist/cli.cjs');
  const ours = (...paths: string[]): Run => ({
    name: 'holdfast audit',
    command: process.execPath,
    args: [cli, 'audit', '--fail-on', 'never', '--format', 'json', ...paths],
  });
  const compose = manifests(corpus, (name) => /^(docker-)?compose.*\.ya?ml$/.test(name));
  const docker = manifests(corpus, (name) => /^Dockerfile$/.test(name));
  const large = join(corpus, 'argo-cd/manifests/ha/install.yaml');
  const everything = manifests(corpus, (name) => /\.(ya?ml|json)$|dockerfile|containerfile/i.test(name));
  const groups: { title: string; files: string[]; runs: Run[] }[] = [
    {
      title: 'whole corpus',
      files: everything,
      runs: [ours(corpus), { ...ours('--jobs', '1', corpus), name: 'holdfast audit --jobs 1' }],
    },
    {
      title: 'one 2 MB manifest',
      files: [large],
      runs: [
        ours(large),
        ...installed('kube-score', ['score', large]),
        ...installed('kube-linter', ['lint', large]),
      ],
    },
    {
      title: 'Compose files',
      files: compose,
      runs: [
        ours(...compose),
        ...(peers === null
          ? []
          : [{ name: 'dclint', command: peerBinary(peers, 'dclint'), args: ['-r', ...compose] }]),
      ],
    },
    {
      title: 'Dockerfiles',
      files: docker,
      runs: [ours(...docker), ...installed('hadolint', ['--no-fail', ...docker])],
    },
  ];
  const rows = [['work', 'files', 'MB', 'tool', 'seconds', 'MB/s', 'ours / peer']];
  for (const { files, runs, title } of groups.filter((group) => group.files.length > 0)) {
    const size = bytes(files) / 1e6;
    const measured = runs.map((run) => ({ run, times: [] as number[] }));
    for (let round = 0; round < rounds; round++) {
      for (const { run, times } of measured) times.push(seconds(run));
    }
    const first = median(measured[0]?.times ?? []);
    for (const [index, { run, times }] of measured.entries()) {
      const time = median(times);
      const heading = index === 0 ? [title, String(files.length), size.toFixed(1)] : ['', '', ''];
      const ratio = index === 0 ? '' : (first / time).toFixed(3);
      rows.push([...heading, run.name, time.toFixed(2), (size / time).toFixed(1), ratio]);
    }
  }
  return table(rows);
}

const installed = (program: string, args: readonly string[]): Run[] =>
  isOnPath(program) ? [{ name: program, command: program, args }] : [];
