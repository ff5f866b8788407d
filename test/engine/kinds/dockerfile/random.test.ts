// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { digest, imagesIn, pinAll, read } from './read.ts';
import { sample } from './sample.ts';

/** Reads a text, looks at everything that is found, and checks what holds for every text. */
function check(text: string): void {
  const facts = read(text);
  const inText = ({ end, start }: { start: number; end: number }): void => {
    assert.ok(0 <= start && start <= end && end <= text.length, `${start}-${end} of ${text.length}`);
  };
  for (const comment of facts.comments()) {
    assert.equal(comment.text, text.slice(comment.span.start, comment.span.end));
    assert.match(comment.text, /^#[^\n]*$/);
  }
  for (const { span } of facts.skipped) inText(span);
  for (const { path, reading, resolved, site } of facts.images) {
    inText(site.span);
    for (const seen of site.seenFrom) inText(seen);
    if (site.verbatim) assert.equal(text.slice(site.verbatim.start, site.verbatim.end), site.value);
    if (reading.state === 'unknown')
      for (const hole of reading.holes) assert.ok(resolved.includes(hole), path);
    const edits = site.replace(`${resolved}@${digest}`);
    if (isRefusal(edits)) continue;
    const changed = applyEdits(text, edits);
    assert.ok(typeof changed === 'string');
    const after = read(changed).images.find((use) => use.path === path);
    assert.equal(after?.resolved, `${resolved}@${digest}`);
  }
}

test('the sample cut off anywhere', () => {
  for (let end = 0; end <= sample.length; end++) check(sample.slice(0, end));
  for (let start = 1; start <= sample.length; start++) read(sample.slice(start)).comments();
});

test('a quote that is left open is no part of a reference', () => {
  for (const text of ["COPY --from=$':", 'FROM $/"FROM ', "FROM 'node:20", 'FROM "node:20']) check(text);
});

test('any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void read(text).comments()));
});

test('any mixture of what Dockerfiles are made of', () => {
  const bit = fc.constantFrom(
    ...[
      'FROM ',
      'ARG ',
      'COPY ',
      'RUN ',
      'ONBUILD ',
      '--from=',
      '--mount=',
      '--platform=',
      'from=',
      ',',
      ' AS ',
      '\n',
    ],
    ...[
      '\\\n',
      '\\',
      '`',
      '`\n',
      '\r\n',
      '"',
      "'",
      '$',
      '${',
      '}',
      ':-',
      ':+',
      'A',
      'B',
      '=',
      'node:20',
      'x',
      ' ',
    ],
    ...[
      '#',
      '# syntax=',
      '# escape=`\n',
      '<<',
      '<<-',
      'EOF',
      '\nEOF\n',
      '@',
      ':',
      '/',
      '\t',
      '\uFEFF',
      '{{',
      '[',
      ']',
      '0',
    ],
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 40 }), (bits) => check(bits.join(''))),
    { numRuns: 2000 },
  );
});

test('one reference written in many ways is one reference', () => {
  const reference = fc.constantFrom('node', 'node:20.11.1', 'reg:5000/team/app', 'ghcr.io/a/b:1.2.3-x');
  const gap = fc.constantFrom(' ', '\t', '  ', ' \\\n', ' \\\n  # a comment\n\n  ', ' \\ \r\n\t');
  const quote = fc.constantFrom('', '"', "'");
  const flags = fc.array(fc.constantFrom('--platform=$BUILDPLATFORM', '--platform="linux/amd64"'), {
    maxLength: 2,
  });
  const variable = fc.constantFrom('$B', '${B}', '${B:-x}', '${X:-$B}', '${B:-${X}}', '"${B}"', '${X-"$B"}');
  fc.assert(
    fc.property(
      reference,
      gap,
      quote,
      flags,
      fc.option(variable),
      fc.boolean(),
      (image, space, mark, before, name, lower) => {
        const word = lower ? 'from' : 'FROM';
        const written = `${mark}${image}${mark}`;
        const base = [word, ...before, name ?? written, 'AS', 'x'].join(space);
        const text = `${name === null ? '' : `ARG${space}B=${written}\n`}${base}\nRUN true\n`;
        const [use, ...more] = read(text).images;
        assert.deepEqual([use?.resolved, more], [image, []], text);
        const pinned = pinAll(text);
        assert.deepEqual(pinned.refused, [], text);
        assert.equal(pinned.text.replace(`@${digest}`, ''), text);
        assert.deepEqual(imagesIn(pinned.text), [`base ${image}@${digest} digest`]);
      },
    ),
    { numRuns: 500 },
  );
});

test('hostile texts are read in a moment', () => {
  const many = 20_000;
  const texts = [
    `FROM ${'${A:-'.repeat(many)}`,
    `FROM ${'${A:-'.repeat(many)}${'}'.repeat(many)}`,
    `FROM ${'$A'.repeat(many)}`,
    `ARG A=${'x'.repeat(4000)}\n${'ARG A=$A$A\n'.repeat(200)}FROM $A`,
    `ARG A\n${'ARG A=${A}$B\n'.repeat(2000)}FROM $A`,
    'FROM \\\n'.repeat(many),
    '\\\n'.repeat(many),
    `FROM a:1 AS x\n${'FROM x${Y}z AS b\n'.repeat(1000)}`,
    `${'ARG A=\n'.repeat(1000)}${'FROM $A\n'.repeat(1000)}`,
    `RUN ${'<<EOF '.repeat(many)}`,
    `RUN ${'<'.repeat(many)}`,
    `RUN --mount=${'from=x,'.repeat(many)}`,
    `COPY ${'--from=x:1 '.repeat(2000)}`,
    `FROM ${'"'.repeat(many)}`,
    `# syntax=${' '.repeat(many)}x`,
    `#${' '.repeat(many)}x`,
    ' '.repeat(many * 5),
  ];
  for (const text of texts) {
    const facts = read(text);
    facts.comments();
    for (const { site } of facts.images.slice(0, 10)) site.replace('x:1');
  }
});
