import { type ChildProcess, execFile } from 'node:child_process';

/** Programs the tests need, and the Debian packages they come in. */
const packages = {
  'docker-registry': 'docker-registry',
  skopeo: 'skopeo',
  htpasswd: 'apache2-utils',
  openssl: 'openssl',
  squid: 'squid',
} as const;

export type Program = keyof typeof packages;

export interface RunOptions {
  /** What it reads; nothing where absent. */
  readonly input?: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the program printed. Rejects with what it complained about, or with the package that is missing. */
export function runProgram(
  program: Program,
  args: readonly string[],
  { env = {}, input = '' }: RunOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'buffer', env: { ...process.env, ...env } } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.code === 'ENOENT') reject(missing(program));
      else reject(new Error(`${program} ${args[0] ?? ''} failed: ${stderr.toString('utf8')}`));
    });
    child.stdin?.on('error', () => {
      // It ended without reading; its exit code tells the rest.
    });
    child.stdin?.end(input);
  });
}

export function missing(program: Program): Error {
  const name = packages[program];
  return new Error(
    `${program} is not installed. Install the Debian package ${name}: apt-get install ${name}`,
  );
}

/** Resolves once a program has ended that `stop` tells to. */
export function ended(child: ChildProcess, stop: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    stop();
  });
}
