// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readOurs, readTheirs } from './beside.ts';

// Our lines, each handed to dockerfile-ast by itself, beside what it makes of the whole file. What it gets wrong in whole files stands in
// docs/dockerfile-ast.md and is left out here.

function compare(text: string): void {
  assert.deepEqual(readOurs(text), readTheirs(text), JSON.stringify(text));
}

const word = fc.constantFrom(
  'a',
  'b/c',
  './x.y',
  '$A',
  '${B}',
  '${C:-d}',
  'e=f',
  'f#g',
  'é',
  'node:20',
  '-h',
  '日本',
);
const quoted = (token: string) =>
  fc.constantFrom(
    ...['A=1', 'B="c d"', "E='f g'", 'H=i"j k"l', 'M=${N:-o}', 'P='],
    `Q="r${token}"s"`,
    `T=u${token} v`,
  );
const json = fc.constantFrom('["a"]', '["/bin/x","-y"]', '[ "a", "b[c]" ]', '[]');
const flag = (...names: readonly string[]) =>
  fc
    .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '=', '=a', '=b,c=d')), { maxLength: 2 })
    .map((flags) => flags.map(([name, value]) => `--${name}${value}`));

const some = (one: fc.Arbitrary<string>) => fc.array(one, { minLength: 1, maxLength: 4 });
const lineEnd = fc.constantFrom('\n', '\r\n');

/** Blanks, or the end of a line that goes on. */
const gap = (token: string, end: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(' ', '  ', '\t') },
    fc.constantFrom(
      ` ${token}${end}  `,
      ` ${token} ${end}\t`,
      ` ${token}${end}# a comment${end} # another${end}  `,
      ` ${token}${end}${end}   `,
    ),
  );

const parts = (token: string) =>
  fc.oneof(
    fc
      .tuple(flag('platform'), some(word), fc.constantFrom('', 'AS x', 'as Y'))
      .map(([flags, [image], as]) => [
        'FROM',
        ...flags,
        image ?? '',
        ...as.split(' ').filter((one) => one !== ''),
      ]),
    fc.tuple(flag('mount', 'network'), some(word)).map(([flags, words]) => ['RUN', ...flags, ...words]),
    fc
      .tuple(fc.constantFrom('COPY', 'add'), flag('from', 'link', 'chown'), some(word))
      .map(([name, flags, words]) => [name, ...flags, ...words]),
    fc.tuple(fc.constantFrom('ENV', 'LABEL'), some(quoted(token))).map(([name, all]) => [name, ...all]),
    fc.tuple(some(word)).map(([words]) => ['ENV', 'OLD', ...words]),
    quoted(token).map((one) => ['ARG', one]),
    fc
      .tuple(fc.constantFrom('EXPOSE', 'USER', 'WORKDIR', 'STOPSIGNAL'), some(word))
      .map(([name, all]) => [name, ...all]),
    fc.tuple(fc.constantFrom('CMD', 'ENTRYPOINT', 'VOLUME', 'SHELL'), json).map((all) => [...all]),
    fc
      .tuple(flag('interval'), some(word))
      .map(([flags, words]) => ['HEALTHCHECK', ...flags, 'CMD', ...words]),
    fc.tuple(some(word)).map(([words]) => ['ONBUILD', 'RUN', ...words]),
  );

/** Lines of one instruction, or of what stands between two. */
const chunk = (token: string, end: string): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(parts(token), fc.array(gap(token, end), { minLength: 9, maxLength: 9 }))
        .map(
          ([words, gaps]) =>
            words.map((one, at) => (at === 0 ? one : (gaps[at % 9] ?? ' ') + one)).join('') + end,
        ),
    },
    fc.constantFrom(
      end,
      `# a comment${end}`,
      `  # indented ${end}`,
      `RUN <<EOF cat${end}FROM a ${token}${end}# b${end}EOF${end}`,
      `COPY <<-A <<-B /x/${end}a${end}\tA${end}b${end}B${end}`,
      `RUN <<'EOF'${end}$x${end}EOF${end}`,
      `ONBUILD RUN <<EOF${end}a${end}EOF${end}`,
    ),
  );

const dockerfile = fc
  .record({ token: fc.constantFrom('\\', '`'), end: lineEnd })
  .chain(({ end, token }) =>
    fc
      .array(chunk(token, end), { maxLength: 8 })
      .map((chunks) => (token === '`' ? `# escape=\`${end}` : `# syntax=a${end}`) + chunks.join('')),
  );

test('any Dockerfile', () => {
  fc.assert(fc.property(dockerfile, compare), { numRuns: 1000 });
});

const here = fileURLToPath(new URL('.', import.meta.url));
const corpus = resolve(process.env.HOLDFAST_CORPUS ?? join(here, '../../../../../shared/corpus'));

if (existsSync(corpus)) {
  test('the Dockerfiles of the corpus', () => {
    const files = readdirSync(corpus, { recursive: true, encoding: 'utf8', withFileTypes: true })
      // Templates are no Dockerfiles yet.
      .filter(
        (file) =>
          file.isFile() && /^(?:.*\.)?(?:docker|container)file(?:$|[.-](?!.*template))/i.test(file.name),
      );
    assert.ok(files.length > 100);
    let instructions = 0;
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      const text = readFileSync(path, 'utf8');
      const [ours, theirs] = [readOurs(text), readTheirs(text)];
      instructions += ours.instructions.length;
      assert.equal(ours.comments, theirs.comments, path);
      assert.equal(ours.instructions.length, theirs.instructions.length, path);
      for (const [at, one] of ours.instructions.entries()) {
        // It has no properties for an `ARG` of several names.
        if (!/^ARG .*properties \S+ \S/.test(one))
          assert.equal(one, theirs.instructions[at], `${basename(path)} ${at}`);
      }
    }
    assert.ok(instructions > 1000);
  });
}
