import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join, posix } from 'node:path';

/** Programs the tests run for real, and the Debian package each comes in. */
const programs: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  'docker-registry': 'docker-registry',
  skopeo: 'skopeo',
  htpasswd: 'apache2-utils',
  openssl: 'openssl',
  squid: 'squid',
  git: 'git',
};

/** Modules of Debian's own Python that the tests read with, and their packages. */
const pythonModules: Readonly<Record<string, string>> = {
  yaml: 'python3-yaml',
};

/** Not one of another Python that comes first in the PATH: packages are installed for this one. */
const python = '/usr/bin/python3';

/** Debian puts servers where the PATH of ordinary users does not lead. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];

function isInstalled(program: string): boolean {
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A browser that the environment names takes the place of Debian's. */
const isReplaced = (program: string): boolean =>
  program === 'chromium' && process.env.HOLDFAST_CHROMIUM !== undefined;

const isImported = (module: string): boolean =>
  spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;

/** What starts these programs. */
const starters: ReadonlySet<string> = new Set([
  'scripts/lib/workbench.ts',
  'test/fuzz/oracle.ts',
  'test/support/git-server.ts',
  'test/support/registry-program.ts',
]);

/** Whether a file of the tests, or one that it imports, runs such programs. Paths are relative to the repository. */
export const needsPrograms = (file: string): boolean => reaches(file, new Set());

function reaches(file: string, seen: Set<string>): boolean {
  if (starters.has(file)) return true;
  if (seen.has(file) || !/^(?:test|scripts)\//.test(file) || !existsSync(file)) return false;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/\bfrom '(\.{1,2}\/[^']+)'/g);
  return [...imports].some(([, path = '']) => reaches(posix.join(posix.dirname(file), path), seen));
}

interface Part {
  readonly name: string;
  readonly packageName: string;
}

const missing = (): readonly Part[] => [
  ...partsOf(programs).filter(({ name }) => !isInstalled(name) && !isReplaced(name)),
  ...partsOf(pythonModules).filter(({ name }) => !isImported(name)),
];

const partsOf = (table: Readonly<Record<string, string>>): readonly Part[] =>
  Object.entries(table).map(([name, packageName]) => ({ name, packageName }));

/** Installs what is missing where that needs no question (root or passwordless sudo on Debian); else says what to install. */
export function ensurePrerequisites(): void {
  const packages = missing().map(({ packageName }) => packageName);
  if (packages.length === 0) return;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  console.log(`Installing ${packages.join(', ')} …`);
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const [command = '', ...rest] = [...apt, ...args];
    const result = spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (result.status !== 0) break;
  }
  const left = missing();
  if (left.length > 0) {
    throw new Error(
      `The tests use real parts and lack ${left.map(({ name }) => name).join(', ')}. Install them: sudo apt-get install ${left.map(({ packageName }) => packageName).join(' ')}`,
    );
  }
}
