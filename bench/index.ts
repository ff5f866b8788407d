import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/build.ts';
import { audit } from './audit.ts';
import { latency } from './latency.ts';
import { installPeers, isOnPath } from './peers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const corpus = resolve(process.argv[2] ?? process.env.HOLDFAST_CORPUS ?? join(root, '../shared/corpus'));

if (!existsSync(corpus)) {
  console.error(
    `There is no folder ${corpus}. Name a folder of manifests to measure on: npm run bench -- FOLDER`,
  );
  process.exit(2);
}

await build();
const peers = installPeers(root);
const absent = [
  ...(peers === null
    ? [
        'yaml-language-server, dockerfile-language-server, compose-language-service, dclint (npm registry not reached)',
      ]
    : []),
  ...['docker-language-server', 'kube-score', 'kube-linter', 'hadolint'].filter(
    (program) => !isOnPath(program),
  ),
];

console.log(`Medians on ${corpus}. A ratio below 1 means Holdfast took less.\n`);
console.log(
  `Edit to diagnostics, each server's own debounce included\n${await latency(root, corpus, peers)}\n`,
);
console.log(`Audit, whole process\n${audit(root, corpus, peers)}`);
if (absent.length > 0) console.log(`\nLeft out, not installed: ${absent.join(', ')}`);
