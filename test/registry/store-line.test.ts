import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { RegistryTable } from '../../server/src/engine/ports.ts';
import { placeOf } from '../../server/src/registry/cache/cache-key.ts';
import { fromLine, maxLine, toLine } from '../../server/src/registry/cache/store/line.ts';
import type { StoredAnswer } from '../../server/src/registry/cache/store/store.ts';
import '../support/properties.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { contents, contentsOf, digestOf, found, gone, keyOf, mediaType } from '../support/stored-answers.ts';

/** Without its line ends. */
function lineOf(answer: StoredAnswer): Buffer {
  const line = toLine(answer);
  assert.ok(line, 'it is not kept');
  return line.subarray(1, -1);
}

/** As if it had been written by somebody else who knows the form. */
const forged = (text: string): Buffer => Buffer.from(`${digestOf(text).slice(7, 23)} ${text}`);

const answers: readonly StoredAnswer[] = [
  found('1.0', Date.UTC(2025, 0, 1)),
  { ...found('x'), key: keyOf(digestOf('x')), digest: digestOf('x') },
  gone('2.0', Date.UTC(2025, 0, 1)),
  contents('x'),
  { ...contents('x'), contents: { platforms: null, config: null } } as StoredAnswer,
  {
    ...found('1.0'),
    key: JSON.stringify([
      '[::1]:5000',
      'a/b',
      '1.0',
      'http://[::1]:5000',
      'https://[::1]:5000/a/path-of/a.mirror',
    ]),
  },
];

test('every kind of answer is read as it was written', () => {
  for (const answer of answers) assert.deepEqual(fromLine(lineOf(answer)), answer);
});

describe('whatever can be asked for can be kept', () => {
  const registries: RegistryTable = {
    'insecure.example': { insecure: true },
    'mirrored.example': { mirror: 'mirror.example:8443' },
    'below.example': { mirror: 'https://mirror.example/docker-hub/proxy_1' },
    'plain.example': { mirror: 'http://127.0.0.1:5000' },
  };
  for (const registry of [
    'docker.io',
    'ghcr.io',
    'localhost:5000',
    '[::1]:5000',
    '10.0.0.1:443',
    ...Object.keys(registries),
  ]) {
    for (const version of ['1.0', '_1.0-rc.1', digestOf('x'), `sha512:${'0'.repeat(128)}`]) {
      test(`${registry} ${version.slice(0, 10)}`, () => {
        const place = placeOf({ registry, repository: `${'a'.repeat(100)}/b__c-d.e`, version }, registries);
        assert.ok(place.ok);
        const digest = version.includes(':') ? version : digestOf('y');
        const answer = { ...found('1.0'), key: place.key, digest };
        assert.deepEqual(fromLine(lineOf(answer)), answer);
        assert.ok(fromLine(lineOf({ ...found('1.0'), key: place.keyOfDigest(digest), digest })));
      });
    }
  }
});

test('a line is text that people can read, with a line end on either side', () => {
  const line = toLine(found('1.0', 5))?.toString();
  assert.match(line ?? '', /^\n[0-9a-f]{16} \{"at":5,"image":\["docker\.io","team\/app","1\.0",.*\}\n$/);
});

test('a line that was changed in any way does not count', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...answers),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      (answer, where, change) => {
        const line = Buffer.from(lineOf(answer));
        const at = Math.floor(where * line.length);
        line[at] = (line[at] ?? 0) ^ change;
        assert.equal(fromLine(line), undefined);
      },
    ),
    { numRuns: 2000 },
  );
});

test('a part of a line does not count', () => {
  const line = lineOf(contents('x'));
  for (let end = 0; end < line.length; end++) {
    assert.equal(fromLine(line.subarray(0, end)), undefined);
    if (end > 0) assert.equal(fromLine(line.subarray(end)), undefined);
  }
});

describe('does not count, though the checksum holds', () => {
  const image = keyOf('1.0');
  const whole = `{"at":1,"image":${image},"digest":"${digestOf('x')}","type":"${mediaType}"}`;
  const changed = (from: string, to: string) => whole.replace(from, to);
  const inside = JSON.stringify(contentsOf());
  const texts: Readonly<Record<string, string>> = {
    'no JSON': whole.slice(0, -1),
    'no object': '[]',
    'no time': changed('"at":1,', ''),
    'a time in words': changed('"at":1', '"at":"1"'),
    'a time before all others': changed('"at":1', '"at":-1'),
    'a digest that is none': changed(digestOf('x'), 'sha256:abc'),
    'a digest in upper case': changed(digestOf('x'), digestOf('x').toUpperCase()),
    'another digest than the one asked for': changed('"1.0"', `"${digestOf('other')}"`),
    'no media type': changed(mediaType, 'text/html'),
    'no image': changed(image, '[]'),
    'an image without a place': changed(image, '["docker.io","team/app","1.0"]'),
    'a repository that leads elsewhere': changed('team/app', '../app'),
    'a version that is none': changed('"1.0"', '"1 0"'),
    'a place that is none': changed('https://registry-1.docker.io', 'file:///etc/passwd'),
    'contents of a tag': `{"at":1,"image":${image},"contents":${inside}}`,
    'contents without a form': `{"at":1,"image":${keyOf(digestOf('x'))},"contents":{}}`,
    'contents with a digest that is none': `{"at":1,"image":${keyOf(digestOf('x'))},"contents":${inside.replace('sha256:', 'sha256:0')}}`,
    'contents with labels that are no texts': `{"at":1,"image":${keyOf(digestOf('x'))},"contents":${inside.replace(/"labels":\{[^}]*\}/, '"labels":{"a":1}')}}`,
  };
  for (const [name, text] of Object.entries(texts)) {
    test(name, () => assert.equal(fromLine(forged(text)), undefined));
  }

  test('while the one they were made of does', () => assert.ok(fromLine(forged(whole))));
});

test('a user name or password is never kept', () => {
  const keys = [
    JSON.stringify(['docker.io', 'team/app', '1.0', `https://alice:${secret}@registry.example`]),
    JSON.stringify(['docker.io', 'team/app', '1.0', `https://registry.example/?token=${secret}`]),
    JSON.stringify(['docker.io', 'team/app', '1.0', `https://registry.example/#${secret}`]),
    JSON.stringify(['docker.io', 'team/app', '1.0', 'https://registry.example', `http://alice:${secret}@b`]),
    JSON.stringify([`alice:${secret}@registry.example`, 'team/app', '1.0', 'https://registry.example']),
    `["docker.io","team/app","1.0","https://registry.example"],"password":"${secret}"`,
  ];
  const lines = keys.map((key) => toLine({ ...found('1.0'), key }));
  assert.deepEqual(
    lines,
    keys.map(() => undefined),
  );
  assertNoSecret(lines.map(String));
});

test('what is too long for a line is not kept', () => {
  const long = { ...contentsOf(), platforms: null };
  const { config } = long;
  assert.ok(config);
  const labels = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`label-${index}`, 'x'.repeat(maxLine / 100)]),
  );
  const answer = contents('x');
  assert.ok(answer.kind === 'contents');
  assert.equal(toLine({ ...answer, contents: { ...long, config: { ...config, labels } } }), undefined);
  assert.equal(toLine({ ...found('1.0'), key: keyOf('1.0', 'a'.repeat(300)) }), undefined);
});
