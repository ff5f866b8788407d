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

const missing = (): string[] => Object.keys(programs).filter((program) => !isInstalled(program));

/** Installs what is missing where that needs no question (root or passwordless sudo on Debian); else says what to install. */
export function ensurePrerequisites(): void {
  const packages = missing().map((program) => programs[program] ?? program);
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
      `The tests use real parts and lack ${left.join(', ')}. Install them: sudo apt-get install ${left.map((program) => programs[program]).join(' ')}`,
    );
  }
}
