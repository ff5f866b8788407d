import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architectureIn, platformKey } from '../../../server/src/engine/image/architecture.ts';

test('an architecture is a word of its own', () => {
  const table: Readonly<Record<string, string | null>> = {
    'base-amd64': 'amd64',
    'Dockerfile.arm64': 'arm64',
    'stage/build-aarch64/from': 'arm64',
    'services.web_x86_64.image': 'amd64',
    'web-x86-64': 'amd64',
    ARM64: 'arm64',
    'arm64v8/Dockerfile': 'arm64',
    'app-armhf': 'arm',
    'linux/386': '386',
    charm: null,
    'alarm-service': null,
    farm64: null,
    amd640: null,
    'services.web.image': null,
    '': null,
  };
  for (const [text, expected] of Object.entries(table)) assert.equal(architectureIn(text), expected, text);
});

test('platforms are compared by system and architecture', () => {
  assert.equal(platformKey('linux/arm64/v8'), platformKey('arm64'));
  assert.equal(platformKey('linux/amd64'), platformKey('x86_64'));
  assert.notEqual(platformKey('windows/amd64'), platformKey('linux/amd64'));
  assert.equal(platformKey('windows'), 'windows any');
  assert.equal(platformKey('local'), null);
});
