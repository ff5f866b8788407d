import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze, planFix, planPins, planSuppression, type Registry } from '../../server/src/engine/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;

function registryThat(fails: (repository: string) => boolean = () => false): Registry & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async resolve({ repository }) {
      asked.push(repository);
      if (fails(repository)) return { ok: false, code: 'not-found', message: 'It is not there.' };
      return { ok: true, digest, mediaType: '', at: 0 };
    },
    known: () => undefined,
    tags: async () => ({ ok: true, tags: [] }),
  };
}

const first = <T>([one]: readonly T[]): T => {
  assert.ok(one !== undefined);
  return one;
};

test('of two findings with one name either can be fixed', async () => {
  const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27.3\n';
  const document = analyze({ path: '/w/pods.yaml', text: `${pod}---\n${pod}` });
  const found = document.findings.filter(({ rule }) => rule === 'unpinned-image');
  assert.equal(found.length, 2);
  for (const finding of found) {
    const plan = await planFix(document, finding, first(finding.fixes()), { registry: registryThat() });
    assert.ok(plan.ok);
    assert.equal(plan.text.indexOf(digest) > pod.length, finding === found[1]);
    const silenced = planSuppression(document, finding, 'it is tested');
    assert.ok(silenced.ok);
  }
});

test('one image that cannot be looked up does not keep the others from being pinned', async () => {
  const text = 'FROM gone:1.0.0 AS a\nFROM there:1.0.0 AS b\nARG V=1.0.0\nFROM there:${V}\n';
  const registry = registryThat((repository) => repository.endsWith('gone'));
  const plan = await planPins(analyze({ path: '/w/Dockerfile', text }), { registry });
  assert.equal(plan.pinned, 1);
  assert.equal(plan.text, text.replace('there:1.0.0', `there:1.0.0@${digest}`));
  assert.deepEqual(
    plan.failures.map(({ cause, image }) => [image, cause]),
    [['gone:1.0.0', 'lookup'], ...(plan.failures.length > 1 ? [['there:1.0.0', 'refused']] : [])],
  );
  assert.equal(
    registry.asked.filter((one) => one.endsWith('there')).length,
    1,
    'asked only for what can be written',
  );
});

test('a large file is pinned in one go, and each suppression is found', { timeout: 60_000 }, async () => {
  const services = Array.from({ length: 2000 }, (_, i) => `  s${i}:\n    image: a${i}:1.0.0\n`);
  const text = `services:\n${services.join('')}`;
  const plan = await planPins(analyze({ path: '/w/compose.yaml', text }), { registry: registryThat() });
  assert.equal(plan.pinned, 2000);
  const comments = '# holdfast-ignore floating-tag -- tested\n'.repeat(50_000);
  const { findings } = analyze({ path: '/w/Dockerfile', text: `${comments}FROM a:1\nFROM b:1\n` });
  assert.equal(findings.length, 1);
});

test('a Helm template is told in one pass', { timeout: 60_000 }, () => {
  for (const text of [
    `x: "${'{{ '.repeat(500_000)}`,
    'x: "{{ a }}\n'.repeat(50_000),
    '{'.repeat(1_000_000),
  ]) {
    for (const path of ['/w/a.yaml', '/w/templates/a.yaml']) analyze({ path, text });
  }
});
