import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from '../scripts/build.ts';
import { audit } from './audit.ts';
import { dockerfile } from './dockerfile.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { installPeers, isOnPath } from './peers.ts';
import { registry, registryNeeds } from './registry.ts';

const parts = ['latency', 'dockerfile', 'audit', 'registry', 'growth'] as const;
const usage = `npm run bench -- [--only ${parts.join('|')}] [--shape TEXT] [--work NAME,…] [FOLDER]`;

const root = fileURLToPath(new URL('..', import.meta.url));
const { positionals, values } = parseArgs({
  options: { only: { type: 'string' }, shape: { type: 'string' }, work: { type: 'string' } },
  allowPositionals: true,
});
const corpus = resolve(positionals[0] ?? process.env.HOLDFAST_CORPUS ?? join(root, '../shared/corpus'));
const chosen = parts.filter((part) => values.only === undefined || values.only === part);
const onManifests = chosen.some((part) => part !== 'registry' && part !== 'growth');

function complain(message: string): never {
  console.error(message);
  process.exit(2);
}

if (chosen.length === 0) complain(`There is no part ${values.only}: ${usage}`);
if (onManifests && !existsSync(corpus)) {
  complain(`There is no folder ${corpus}. Name a folder of manifests to measure on: ${usage}`);
}

if (chosen.some((part) => part !== 'growth')) await build();
console.log('Medians. A ratio below 1 means Holdfast took less.\n');
const absent: string[] = [];

if (onManifests) {
  const peers = installPeers(root);
  if (peers === null) {
    absent.push(
      'yaml-language-server, dockerfile-language-server, compose-language-service, dclint (npm registry not reached)',
    );
  }
  absent.push(...missing('docker-language-server', 'kube-score', 'kube-linter', 'hadolint'));
  console.log(`Manifests of ${corpus}\n`);
  if (chosen.includes('latency')) {
    console.log(
      `Edit to diagnostics, each server's own debounce included\n${await latency(root, corpus, peers)}\n`,
    );
  }
  if (chosen.includes('dockerfile')) {
    console.log(`A keystroke in a Dockerfile, no debounce\n${await dockerfile(corpus, peers)}\n`);
  }
  if (chosen.includes('audit')) console.log(`Audit, whole process\n${audit(root, corpus, peers)}\n`);
}

if (chosen.includes('registry')) {
  absent.push(...missing(...registryNeeds, 'skopeo', 'crane'));
  if (missing(...registryNeeds).length === 0) console.log(`${await registry(join(root, 'dist/cli.cjs'))}\n`);
  else console.log(`Registries were left out: they take ${registryNeeds.join(' and ')}.\n`);
}

if (chosen.includes('growth')) {
  console.log('Growth, each text 1 to 32 times as long\n');
  console.log(`\n${await growth({ shape: values.shape ?? '', work: values.work ?? '' })}\n`);
}

if (absent.length > 0) console.log(`Left out, not installed: ${absent.join(', ')}`);
console.log(`One part alone: ${usage}`);

function missing(...programs: readonly string[]): string[] {
  return programs.filter((program) => !isOnPath(program));
}
