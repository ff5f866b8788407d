import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compose } from '../../../server/src/engine/kinds/compose/index.ts';
import { helm } from '../../../server/src/engine/kinds/helm/index.ts';
import { kubernetes } from '../../../server/src/engine/kinds/kubernetes/index.ts';
import type { Facts } from '../../../server/src/engine/model/facts.ts';
import { applyEdits, type Edits, isRefusal } from '../../../server/src/engine/text/edit.ts';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';
import { splitDocuments } from '../../../server/src/engine/yaml/split.ts';
import { digest, fileOf } from './read.ts';
import { composeSample, hostileSample, kubernetesSample } from './samples.ts';

/** Every edit that can be asked for. */
const everyEdit = ({ images, workloads }: Facts): readonly Edits[] => [
  ...images.map(({ resolved, site }) => site.replace(`${resolved}@${digest}`)),
  ...workloads.flatMap(({ mounts, privileged, provideScratch, pullPolicy, readOnlyRoot }) => [
    readOnlyRoot.set(true),
    privileged.set(false),
    pullPolicy?.set('Always') ?? [],
    provideScratch(['/tmp', '/var/cache']),
    ...mounts.map(({ readOnly }) => readOnly.set(true)),
  ]),
];

/** Reads a text as every kind would and asks for everything; all spans must lie in the text. */
function exercise(whole: string): void {
  for (const at of splitDocuments(whole)) {
    const text = whole.slice(at.start, at.end);
    const file = fileOf('/shop/templates/web.yml', text);
    const piece = new YamlPiece(text);
    for (const kind of [compose, kubernetes]) {
      if (kind.claims(file)) kind.claimsPiece(piece, file);
      check(text, kind.extract(piece, file));
    }
    helm.claims(file);
    check(text, helm.extract(piece, file));
  }
}

function check(text: string, facts: Facts): void {
  const spans = [
    ...facts.images.flatMap(({ site }) => [site.span, site.verbatim ?? site.span, ...site.seenFrom]),
    ...facts.workloads.flatMap(({ mounts, name, readOnlyRoot }) => [
      name,
      readOnlyRoot.underline,
      ...mounts.map(({ span }) => span),
    ]),
    ...facts.skipped.map(({ span }) => span),
    ...facts.comments().map(({ span }) => span),
  ];
  for (const { end, start } of spans) assert.ok(start >= 0 && start <= end && end <= text.length + 1);
  for (const { span, text: comment } of facts.comments()) {
    assert.equal(text.slice(span.start, span.end), comment);
  }
  for (const edits of everyEdit(facts)) {
    if (!isRefusal(edits)) assert.equal(typeof applyEdits(text, edits), 'string');
  }
}

describe('no text is too broken', () => {
  const samples = [
    { name: 'a Compose file', sample: composeSample, cuts: 250 },
    { name: 'manifests', sample: kubernetesSample, cuts: 250 },
    { name: 'aliases of aliases', sample: hostileSample, cuts: 25 },
  ];
  for (const { cuts, name, sample } of samples) {
    test(`${name}, cut anywhere`, () => {
      const step = Math.ceil(sample.length / cuts);
      for (let end = 0; end <= sample.length; end += step) exercise(sample.slice(0, end));
    });

    test(`${name}, with a piece missing or doubled`, () => {
      const size = fc.nat(sample.length);
      fc.assert(
        fc.property(size, fc.nat(40), fc.boolean(), (at, length, doubled) => {
          const rest = sample.slice(doubled ? at : at + length);
          exercise(sample.slice(0, at + (doubled ? length : 0)) + rest);
        }),
        { numRuns: cuts / 5 },
      );
    });
  }

  test('arbitrary text', () => {
    const word = fc.constantFrom(
      ...'- : ? | > |- >+ & * ! % @ # { } [ ] , " \' \n \r\n \r \t --- ... << services image apiVersion kind containers'.split(
        ' ',
      ),
      ' ',
      '  ',
      '\n  ',
      '\uFEFF',
      '\0',
      'spec:',
      'name: x',
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (words, other) => {
          exercise(words.join(''));
          exercise(`services:\n  web:\n    image: ${words.join('')}`);
          exercise(`apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: ${other}`);
          exercise(other);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('brackets and indentation without an end', () => {
    exercise('['.repeat(20_000));
    exercise('{a: '.repeat(20_000));
    exercise(Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'));
    exercise(`services: ${'- '.repeat(20_000)}`);
    exercise(`services:\n  web:\n    image: ${'${A:-'.repeat(5_000)}`);
  });
});
