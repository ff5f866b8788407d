import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withinRoot } from '../../server/src/engine/config/nested.ts';
import { defaultSettings } from '../../server/src/engine/index.ts';

test('of registries and variables a nested policy says only what the root does not', () => {
  const root = {
    ...defaultSettings,
    registries: { 'docker.io': { mirror: 'https://mirror.example' } },
    variables: { REG: 'registry.corp.example' },
  };
  const nested = {
    ...defaultSettings,
    registries: { 'docker.io': { mirror: 'https://other.example' }, 'quay.io': {} },
    variables: { REG: 'docker.io', TEAM: 'shop' },
  };
  const { settings } = withinRoot(root, nested);
  assert.deepEqual(settings.registries, { ...root.registries, 'quay.io': {} });
  assert.deepEqual(settings.variables, { REG: 'registry.corp.example', TEAM: 'shop' });
});
