import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { elsewhere, migratingPage, rulesOf } from '../../scripts/lib/migrating.ts';
import { idsOf, peers } from '../../scripts/lib/peers.ts';
import { analyze, rules } from '../../server/src/engine/index.ts';

const inTables = [...peers.flatMap((peer) => rulesOf(peer)), ...elsewhere()];

for (const peer of peers) {
  const covered = rulesOf(peer).map(({ id }) => id);

  test(`each rule of ${peer.name} stands once: with ours, or among those that nothing takes the place of`, () => {
    assert.notDeepEqual(covered, []);
    assert.notDeepEqual(peer.notCovered, []);
    const all = [...covered, ...peer.notCovered.flatMap(idsOf)];
    assert.deepEqual(
      all.filter((id, index) => all.indexOf(id) !== index),
      [],
    );
  });

  test(`the numbers of ${peer.name} are put in words, and no word is for nothing`, () => {
    const numbers = covered.filter((id) => /^[A-Z][A-Z0-9_]*[-_]?\d+$/.test(id));
    assert.deepEqual(Object.keys(peer.titles).sort(), [...numbers].sort());
  });
}

test('every rule of ours stands in a table, or is said to be only here', () => {
  const page = migratingPage();
  const only = page.slice(page.indexOf('## Only in Holdfast'));
  for (const { id, sameAs } of rules) {
    assert.ok(page.includes(`(../server/src/engine/rules/${id}.md)`), id);
    assert.equal(only.includes(`[${id}]`), Object.keys(sameAs).length === 0, id);
  }
});

test('a difference is a sentence', () => {
  for (const { id, sameAs } of rules) {
    for (const [peer, difference] of Object.entries(sameAs)) {
      if (difference === '') continue;
      assert.match(
        difference,
        /^(?:[A-Z]|`).*\.$/,
        `${id}, ${peer}: it begins with a capital and ends with a full stop`,
      );
      assert.ok(difference.length <= 240, `${id}, ${peer}: it is short`);
    }
  }
});

test('what the differences say of ours is so', () => {
  const pod = (mounts: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: x, volumeMounts: [${mounts}]}], ` +
    'volumes: [{name: v, hostPath: {path: /etc}}, {name: s, hostPath: {path: /var/run/docker.sock}}]}\n';
  const has = (rule: string, path: string, text: string): boolean =>
    analyze({ path, text }).findings.some((finding) => finding.rule === rule);
  const run = (command: string): boolean =>
    has('unpinned-package', '/Dockerfile', `FROM scratch\nRUN ${command}\n`);
  for (const reported of [
    "pip install 'flask>=3'",
    "pip install 'flask!=2'",
    'pipenv install black',
    'npm install a@latest',
    'npm install a@">=1.0.0"',
    'apk add "curl>8"',
  ]) {
    assert.equal(run(reported), true, reported);
  }
  for (const silent of ['go install example.com/a', 'go get -tool a@latest', 'npm install ./a.tgz']) {
    assert.equal(run(silent), false, silent);
  }
  for (const [rule, mount] of [
    ['writable-host-mount', '{name: v, mountPath: /v}'],
    ['container-socket-mount', '{name: s, mountPath: /s}'],
  ] as const) {
    assert.equal(has(rule, '/a.yaml', pod(mount)), true, rule);
    assert.equal(has(rule, '/a.yaml', pod('')), false, rule);
  }
  for (const placeholder of ['changeme', '<password>', '']) {
    assert.equal(
      has('baked-secret', '/Dockerfile', `FROM scratch\nENV DB_PASSWORD="${placeholder}"\n`),
      false,
    );
  }
  const compose = (value: string): string =>
    `services: {a: {image: x, environment: {DB_PASSWORD: "${value}"}}}\n`;
  assert.equal(has('inline-secret', '/compose.yaml', compose('kJ8mP2xQ9vT4')), true);
  assert.equal(has('inline-secret', '/compose.yaml', compose('<password>')), false);
});

test('the page has a row for each rule of a peer, with a link to each of ours', () => {
  const lines = migratingPage().split('\n');
  const rows = lines.filter((line) => /^\| (?!Theirs)/.test(line));
  assert.equal(rows.length, inTables.length);
  for (const { id, ours } of inTables) {
    const mine = rows.filter((line) => line.startsWith(`| ${id} |`) || line.startsWith(`| ${id}: `));
    assert.equal(mine.length, 1, id);
    for (const { rule } of ours)
      assert.ok(mine[0]?.includes(`(../server/src/engine/rules/${rule.id}.md)`), id);
  }
});

test('what is written in place of another tool’s comment names rules that exist', () => {
  const known = new Set(rules.map(({ id }) => id));
  for (const { exceptions, name } of peers) {
    for (const [, names = ''] of exceptions.matchAll(/# holdfast-ignore(?:-file)? ([a-z, -]+?) -- /g)) {
      for (const id of names.split(', ')) assert.ok(known.has(id), `${name}: ${id}`);
    }
  }
});

test('the README leads to the page', () => {
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  assert.match(readme, /\]\(docs\/migrating\.md\)/);
});
