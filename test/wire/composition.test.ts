import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, type TextEdit } from '../../server/src/engine/index.ts';
import { Composition } from '../../server/src/lsp/fixes/compose-edits.ts';

const text = fc.string({ maxLength: 40 });

/** Edits of a text of that length, from numbers between 0 and 1: ordered, and never overlapping. */
function editsOf(length: number, cuts: readonly number[], inserts: readonly string[]): TextEdit[] {
  const offsets = cuts.map((cut) => Math.floor(cut * (length + 1))).sort((a, b) => a - b);
  return inserts.flatMap((newText, index) => {
    const [start, end] = offsets.slice(index * 2, index * 2 + 2);
    return start === undefined || end === undefined ? [] : [{ span: { start, end }, newText }];
  });
}

const round = fc.record({
  cuts: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 8 }),
  inserts: fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }),
});

test('edits made one after the other are the same as their composition made at once', () => {
  fc.assert(
    fc.property(text, fc.array(round, { maxLength: 5 }), (first, rounds) => {
      const composition = new Composition(first.length);
      let step = first;
      for (const { cuts, inserts } of rounds) {
        const edits = editsOf(step.length, cuts, inserts);
        const next = applyEdits(step, edits);
        assert.ok(typeof next === 'string');
        composition.apply(edits);
        step = next;
      }
      assert.equal(applyEdits(first, composition.edits()), step);
    }),
  );
});

test('what no edit touches is in no edit', () => {
  const composition = new Composition('image: nginx # web'.length);
  composition.apply([{ span: { start: 12, end: 12 }, newText: ':latest' }]);
  composition.apply([{ span: { start: 19, end: 19 }, newText: '@sha256:00' }]);
  composition.apply([{ span: { start: 0, end: 0 }, newText: 'read_only: true\n' }]);
  assert.deepEqual(composition.edits(), [
    { span: { start: 0, end: 0 }, newText: 'read_only: true\n' },
    { span: { start: 12, end: 12 }, newText: ':latest@sha256:00' },
  ]);
});
