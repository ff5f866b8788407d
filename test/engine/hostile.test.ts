import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Analysis, analyze } from '../../server/src/engine/index.ts';

const read = (text: string, path = '/w/a.yaml'): Analysis => analyze({ path, text });

/** Each of these once took seconds, minutes, or threw. */
const slow: Readonly<Record<string, string>> = {
  'a root indented by 40,000 spaces': `${' '.repeat(40_000)}services: {a: {image: b}}\n`,
  'anchors that lead back to themselves': Array.from(
    { length: 300 },
    (_, i) => `apiVersion: v1\nkind: Pod\nimage: x # ${i}\nspec: &r\n  a: *r\n  b: *r\n  c: *r\n`,
  ).join('---\n'),
  'a long list of merged mappings': `x: &a {b: c}\ny: &l [${'*a,'.repeat(20_000)}*a]\nservices:\n${Array.from(
    { length: 200 },
    (_, i) => `  s${i}: {image: a, <<: *l}\n`,
  ).join('')}`,
  'half an expression a hundred thousand times': `apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: "${'${'.repeat(100_000)}"}]}\n`,
};

for (const [what, text] of Object.entries(slow)) {
  test(`${what}`, { timeout: 60_000 }, () => {
    read(text);
  });
}

test('nesting of any depth is read or said to be too deep', { timeout: 60_000 }, () => {
  for (const depth of [99, 101, 4_000, 8_000, 30_000]) {
    for (const spec of [`\n${'- '.repeat(depth)}a`, ` ${'['.repeat(depth)}${']'.repeat(depth)}`]) {
      read(`services:${spec}\n`, '/w/compose.yaml').commentCount();
      read(`apiVersion: v1\nkind: Pod\nimage: x\nspec:${spec}\n`).commentCount();
    }
  }
});

test('long runs, many stages and large neighbours are read in one pass', { timeout: 60_000 }, () => {
  read(`image: {registry: "${'/'.repeat(300_000)}x", repository: a/b, tag: "1"}\n`, '/w/values.yaml');
  const stages = Array.from({ length: 20_000 }, (_, i) => `FROM a\${X}b AS s${i}\n`);
  read(stages.join(''), '/w/Dockerfile');
  const services = Array.from({ length: 5_000 }, (_, i) => `  s${i}: {image: a}\n`);
  const companions = new Map([
    ['compose.override.yaml', `services:\n${services.join('')}`],
    ['.env', 'A=1\n'.repeat(50_000)],
  ]);
  analyze({ path: '/w/compose.yaml', text: '---\na: i\n'.repeat(300), companions });
});

test('the name of a machine image is no reference at fault', () => {
  assert.deepEqual(read('image: "Canonical:UbuntuServer:18.04-LTS:latest"\n', '/w/values.yaml').findings, []);
});

test('keys that every object of JavaScript has are keys like others', () => {
  for (const key of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
    const task = `apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  ${key}: [{image: a}]\n`;
    assert.deepEqual(read(task).findings, []);
    const odd = `apiVersion: ${key}/v1\nkind: ${key}\nmetadata: {name: t}\nspec: {containers: [{name: ${key}, image: a}]}\n`;
    assert.ok(read(odd).findings.every(({ message }) => !message.includes('native code')));
  }
});

test('no fix changes a part of the file that others reach through an alias', () => {
  for (const text of [
    'services:\n  a:\n    image: a:1.0.0\n    volumes: &v [./a:/x]\n  b: {image: b:1.0.0, volumes: *v}\n',
    'services:\n  a: &a\n    image: a:1.0.0\n    volumes: [./a:/x]\n  b: *a\n',
  ]) {
    const mounts = read(text, '/w/compose.yaml').findings.filter(
      ({ rule }) => rule === 'writable-host-mount',
    );
    assert.ok(mounts.length > 0);
    for (const { fixable } of mounts) assert.equal(fixable, false);
  }
});
