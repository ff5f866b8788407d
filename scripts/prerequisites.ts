import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

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

const isImported = (module: string): boolean =>
  spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;

interface Part {
  readonly name: string;
  readonly packageName: string;
}

const missing = (): readonly Part[] => [
  ...partsOf(programs).filter(({ name }) => !isInstalled(name)),
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
