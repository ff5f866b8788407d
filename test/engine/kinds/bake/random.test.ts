import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { digest, edited, imagesIn, pin, read } from './read.ts';
import { sample } from './sample.ts';

/** Reads a text, looks at everything that is found, and checks what holds for every text. */
function check(text: string): void {
  const facts = read(text);
  for (const { span, text: comment } of facts.comments()) {
    assert.equal(comment, text.slice(span.start, span.end));
    assert.match(comment, /^(?:#|\/\/|\/\*)/);
  }
  facts.images.forEach((use, at) => {
    const { reading, resolved, site } = use;
    const { end, start } = site.span;
    assert.ok(0 <= start && start <= end && end <= text.length, `${start}-${end} of ${text.length}`);
    if (site.verbatim) assert.equal(text.slice(site.verbatim.start, site.verbatim.end), site.value);
    if (reading.state === 'unknown') for (const hole of reading.holes) assert.ok(resolved.includes(hole));
    const edits = reading.state === 'parsed' ? pin(use) : { refused: 'no reference' };
    if (isRefusal(edits)) return;
    const changed = applyEdits(text, edits);
    assert.ok(typeof changed === 'string');
    assert.equal(read(changed).images[at]?.resolved, `${resolved}@${digest}`);
  });
}

test('the sample cut off anywhere', () => {
  for (let end = 0; end <= sample.length; end++) {
    check(sample.slice(0, end));
    read(sample.slice(0, end).replaceAll('\n', '\r\n'));
    read(sample.slice(end));
  }
});

test('any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check));
});

test('any mixture of what Bake files are made of', () => {
  const bit = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '"',
      '"',
      '=',
      ':',
      ',',
      '\n',
      '\n',
      '\r\n',
      ' ',
      '\\',
      '${',
      '%{',
      '$${',
      '}',
    ],
    ...[
      '#',
      '//',
      '/*',
      '*/',
      '<<EOT\n',
      '\nEOT\n',
      '?',
      '.',
      '1',
      'null',
      'for ',
      'V',
      '\uFEFF',
      '\\u003a',
      '{"',
    ],
    ...[
      'target "a" {\n',
      'contexts = {',
      'cache-from = [',
      'tags = [',
      'matrix = {',
      'variable "V" { default = ',
    ],
    ...[
      '"docker-image://x:1"',
      'b = "docker-image://${V}"',
      '"type=registry,ref=',
      'x/y:1',
      'type = "registry"',
    ],
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 40 }), (bits) => check(`target "t" {\n${bits.join('')}`)),
    { numRuns: 3000 },
  );
});

test('one reference written in many ways is one reference', () => {
  const reference = fc.constantFrom('node', 'node:20.11.1', 'reg:5000/team/app', 'ghcr.io/a/b:1.2.3-x');
  const space = fc.constantFrom('', ' ', '\t', ' /* "x" */ ');
  const gap = fc.constantFrom('', ' ', '\n', '\n# "docker-image://c:1"\n', '\n\n// }\n');
  const key = fc.constantFrom('base', '"base"', '"a:1"', 'über-base');
  const around = fc.constantFrom(
    '',
    'a = "."',
    'a = f("b", [1, {}])',
    'a = x ? "1" : "}"',
    'a = <<EOT\n"}\nEOT',
    'a = ["b",\n"c"]',
  );
  const whole = fc.constantFrom(
    (body: string) => `target "app" {\n${body}\n}\n`,
    (body: string) => `group "x" { targets = [] }\ntarget app {\n${body}\n}`,
    (body: string) => `target "app" {${body}}`,
  );
  const eol = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(
      fc.tuple(reference, space, space, gap, gap, key, around, around, whole, fc.constantFrom('=', ':'), eol),
      ([image, left, right, open, close, name, before, after, write, sign, lineBreak]) => {
        const pair = `${name}${left}${sign}${right}"docker-image://${image}"${left}`;
        const entries = `{${open}${before}\n${pair}\n${after}\n${close}}`;
        const text = write(`contexts${right}=${left}${entries}`).replaceAll('\n', lineBreak);
        const [use, ...more] = read(text).images;
        assert.ok(use, text);
        assert.deepEqual([use.resolved, more], [image, []], text);
        const changed = edited(text, pin(use));
        assert.equal(changed.replace(`@${digest}`, ''), text);
        assert.deepEqual(imagesIn(changed), [`build-context ${image}@${digest} digest`]);
      },
    ),
    { numRuns: 1000 },
  );
});

test('hostile texts are read in a moment', { timeout: 60_000 }, () => {
  const many = 20_000;
  const unknowns = Array.from({ length: 480 }, (_, at) => `\${h${at}}`).join('');
  const doubled = Array.from({ length: 40 }, (_, at) => `V${at} = "\${V${at + 1}}\${V${at + 1}}"\n`).join('');
  const texts = [
    '['.repeat(many),
    '{'.repeat(many),
    `${'a {'.repeat(many)}`,
    `x = ${'[{a='.repeat(many)}`,
    `x = ${'('.repeat(many)}`,
    `x = "${'${'.repeat(many)}`,
    `x = "${'${"'.repeat(many)}`,
    `x = "${'${a}'.repeat(many)}"`,
    `x = "${'\\'.repeat(many)}"`,
    `${'"'.repeat(many)}`,
    `${'"\n'.repeat(many)}`,
    `${'/*'.repeat(many)}`,
    `${'<<A\n'.repeat(many)}`,
    `${'target "a" {}\n'.repeat(many)}`,
    `${'a '.repeat(many)}{`,
    `target "a" { tags = [${'"x:1",'.repeat(many)}] }`,
    `target "a" { tags = [${'"${X}${Y}",'.repeat(many)}] }`,
    `${doubled}target "a" { contexts = { b = "docker-image://\${V0}" } }`,
    `V = "${'${V}'.repeat(many)}"\ntarget "a" { contexts = { b = "docker-image://\${V}" } }`,
    `target "a" { contexts = { b = "docker-image://${'${V}'.repeat(many)}" } }`,
    `V = "${unknowns}"\ntarget "a" { tags = [${'"${V}",'.repeat(many)}] }`,
    `target "a" { cache-from = ["${'type=registry,'.repeat(many)}"] }`,
    ' '.repeat(many),
  ];
  for (const text of texts) {
    const facts = read(text);
    facts.comments();
    for (const use of facts.images.slice(0, 10)) pin(use);
  }
});

test('a text of more variables than a reference can have is unknown as a whole', { timeout: 60_000 }, () => {
  const holesOf = (count: number) => {
    const unknowns = Array.from({ length: count }, (_, at) => `\${h${at}}`).join('');
    const { images } = read(`V = "${unknowns}"\ntarget "a" { tags = ["\${V}"] }`);
    const reading = images[0]?.reading;
    return reading?.state === 'unknown' ? reading.holes : [];
  };
  assert.equal(holesOf(20).length, 20);
  assert.deepEqual(holesOf(480), ['${V}']);
});
