import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { startRegistry } from '../../test/support/registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The registries that the images of `examples/` come from. */
export const registries = ['docker.io', 'ghcr.io', 'gcr.io', 'registry.example.com'];

/**
 * Audits and pins `examples/` with the command line `cli` (program and first arguments), against a registry of its own on this computer.
 * Changes nothing and reaches no other computer. Gives whether everything went as it should.
 */
export async function showDemo(cli: readonly [program: string, ...args: string[]]): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  const registry = await startRegistry({ anyName: true });
  try {
    const config = join(folder, 'holdfast.yaml');
    const mirrors = registries.map((name) => [name, { mirror: registry.url }]);
    // JSON is YAML.
    await writeFile(config, JSON.stringify({ registries: Object.fromEntries(mirrors) }));
    // An empty Docker configuration: no password of the user is read, and nothing is kept of what this registry says.
    await mkdir(join(folder, 'docker'));
    const env = {
      ...process.env,
      DOCKER_CONFIG: join(folder, 'docker'),
      NO_PROXY: '127.0.0.1',
      HOLDFAST_CACHE_DIR: 'off',
    };
    const holdfast = async (...args: readonly string[]): Promise<unknown> => {
      const [program, ...first] = cli;
      const child = spawn(program, [...first, ...args, '--config', config], {
        cwd: root,
        env,
        stdio: 'inherit',
      });
      const [status] = await once(child, 'exit');
      return status;
    };

    heading('What can change after review', 'holdfast audit examples');
    const audited = await holdfast('audit', 'examples');

    heading('The images pinned to their digests', 'holdfast pin examples');
    say(`The digests come from a registry that this demo runs at ${registry.url}. It stands for`);
    say(`${registries.slice(0, -1).join(', ')} and ${registries.at(-1)}, so nothing leaves this computer.\n`);
    const pinned = await holdfast('pin', 'examples');

    // The examples have findings on purpose.
    return audited === 1 && pinned === 0;
  } finally {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line that stands out, and the command that prints what follows. */
export function heading(title: string, command?: string): void {
  say(`\n${styleText(['bold', 'underline'], title)}`);
  if (command !== undefined) say(styleText('dim', `$ ${command}`));
  say('');
}

export const say = (text: string): void => console.log(text);
