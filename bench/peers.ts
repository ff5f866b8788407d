import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Peers from the npm registry, installed into a folder of the bench's own: none is a dependency of the project. */
const packages = {
  'yaml-language-server': '2.0.0',
  'dockerfile-language-server-nodejs': '0.15.0',
  '@microsoft/compose-language-service': '1.0.0',
  dclint: '3.1.0',
} as const;

/** Installs the peers once; returns their folder, or null where the npm registry cannot be reached. */
export function installPeers(root: string): string | null {
  const folder = join(root, '.cache', 'bench-peers');
  const done = join(folder, 'installed.json');
  const wanted = JSON.stringify(packages);
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  const { status } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
    {
      cwd: folder,
      stdio: 'inherit',
    },
  );
  if (status !== 0) return null;
  writeFileSync(done, wanted);
  return folder;
}

export const peerBinary = (folder: string, name: string): string =>
  join(folder, 'node_modules', '.bin', name);

export const isOnPath = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
