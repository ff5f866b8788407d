import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze, defaultSettings } from '../../server/src/engine/index.ts';
import { trustTest } from '../../server/src/engine/rules/support/trust.ts';

const isTrusted = (pattern: string, name: string): boolean => {
  const slash = name.indexOf('/');
  return trustTest([pattern])({ registry: name.slice(0, slash), repository: name.slice(slash + 1) });
};

test('a pattern speaks for a registry, or for a part of it and all below', () => {
  for (const [pattern, name] of [
    ['ghcr.io', 'ghcr.io/acme/app'],
    ['ghcr.io/*', 'ghcr.io/acme/deep/app'],
    ['ghcr.io/acme/*', 'ghcr.io/acme/deep/app'],
    ['ghcr.io/acme', 'ghcr.io/acme/app'],
    ['ghcr.io/acme/app', 'ghcr.io/acme/app'],
    ['docker.io/library/*', 'docker.io/library/nginx'],
    ['docker.io/library/python*', 'docker.io/library/python'],
    ['*.example.com', 'eu.example.com/app'],
    ['localhost:5000', 'localhost:5000/app'],
    ['GHCR.io', 'ghcr.io/acme/app'],
    ['*', 'quay.io/any/thing'],
  ] as const) {
    assert.ok(isTrusted(pattern, name), `${pattern} covers ${name}`);
  }
});

test('a pattern speaks for nothing else, however alike it looks', () => {
  for (const [pattern, name] of [
    ['ghcr.io', 'ghcr.io.evil.test/app'],
    ['ghcr.io', 'docker.io/ghcr.io/app'],
    ['ghcr.io/acme', 'ghcr.io/acme-evil/app'],
    ['ghcr.io/acme/*', 'ghcr.io/acme'],
    ['ghcr.io/acme/*', 'ghcr.io/evil/acme/app'],
    ['*.example.com', 'example.com/app'],
    ['*.example.com', 'evil.test/x.example.com/app'],
    ['*.example.com/app', 'evil.test/x.example.com/app'],
    ['localhost:5000', 'localhost:5001/app'],
    ['docker.io/library/*', 'docker.io/stranger/nginx'],
  ] as const) {
    assert.ok(!isTrusted(pattern, name), `${pattern} does not cover ${name}`);
  }
  assert.equal(trustTest([])({ registry: 'docker.io', repository: 'library/nginx' }), false);
});

test('a kustomization is asked about the names it gives, not about those it keeps', () => {
  const { findings } = analyze(
    {
      path: '/shop/kustomization.yaml',
      text: 'images:\n- {name: api, newTag: 2.4.1}\n- {name: web, newName: quay.io/stranger/web, newTag: 1.0.0}\n',
    },
    { ...defaultSettings, trusted: ['ghcr.io'] },
  );
  const untrusted = findings.filter(({ rule }) => rule === 'untrusted-registry');
  assert.deepEqual(
    untrusted.map(({ key }) => key),
    ['untrusted-registry images.web'],
  );
});
