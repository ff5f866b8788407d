import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCredentials } from '../../server/src/registry/index.ts';

const home = join('/', 'home', 'alice');
const docker = join(home, '.docker', 'config.json');
const podman = join(home, '.config', 'containers', 'auth.json');

test('where Docker and Podman have stored a sign-in is told without starting anything', async () => {
  const files: Readonly<Record<string, unknown>> = {
    [docker]: {
      auths: { 'https://index.docker.io/v1/': {}, 'ghcr.io': { auth: 'YTpi' } },
      credHelpers: { 'registry.test:5000': 'pass' },
      credsStore: 'desktop',
    },
    [podman]: { auths: { 'quay.io/team/app': { auth: 'YTpi' }, 'ghcr.io': { auth: 'YTpi' }, '': {} } },
  };
  const { stored } = createCredentials({
    machine: {
      env: {},
      home,
      readText: async (path) => (files[path] === undefined ? null : JSON.stringify(files[path])),
      run: () => Promise.reject(new Error('A helper was started.')),
    },
    clock: Date,
  });
  assert.deepEqual(await stored?.(), [
    { host: 'docker.io', place: docker },
    { host: 'ghcr.io', place: docker },
    { host: 'registry.test:5000', place: docker },
    { host: 'quay.io', place: podman },
  ]);
});
