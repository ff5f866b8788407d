// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { holesOf, imagesIn, read } from './read.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What a text holds: `role reference class`. The texts are read with LF, with CRLF and with a byte order mark. */
const tables: Readonly<
  Record<string, readonly (readonly [name: string, text: string, ...images: string[]])[]>
> = {
  FROM: [
    ['tag', 'FROM node:20.11.1', 'base node:20.11.1 tag'],
    ['no tag', 'FROM nginx', 'base nginx implicit'],
    ['digest', `FROM nginx@${sha256}`, `base nginx@${sha256} digest`],
    ['port without tag', 'FROM reg:5000/app', 'base reg:5000/app implicit'],
    ['short digest', 'FROM nginx@sha256:0123', 'base nginx@sha256:0123 unknown'],
    ['a name with a dot', 'FROM library/node.js', 'base library/node.js implicit'],
    ['lower case', 'from node:20 as build', 'base node:20 floating'],
    ['indented, tabs between', '\t FROM\t\tnode:20\tAS\tx  ', 'base node:20 floating'],
    ['one flag', 'FROM --platform=linux/amd64 node:20', 'base node:20 floating'],
    ['two flags', 'FROM --platform=$BUILDPLATFORM --x=y node:20', 'base node:20 floating'],
    ['a quoted flag with a space', 'FROM --platform="a b" node:20', 'base node:20 floating'],
    ['end of flags', 'FROM -- node:20', 'base node:20 floating'],
    ['double quotes', 'FROM "node:20"', 'base node:20 floating'],
    ['single quotes', "FROM 'node:20'", 'base node:20 floating'],
    ['quotes inside', 'FROM node:"20"', 'base node:20 floating'],
    ['an escaped character', 'FROM node\\:20', 'base node:20 floating'],
    ['no variables in single quotes', "FROM '${A}'", 'base ${A} unknown'],
    ['nothing after it', 'FROM'],
    ['nothing after its flag', 'FROM --platform=linux/amd64'],
    ['an open flag', 'FROM --platform="linux/amd64 node:20'],
    ['text after the reference', 'FROM node:20 # comment', 'base node:20 floating'],
    ['scratch', 'FROM scratch\nFROM SCRATCH', 'base SCRATCH unknown'],
    ['scratch in quotes and by variable', 'ARG B=scratch\nFROM "scratch"\nFROM $B'],
    ['no reference at all', 'FROM https://github.com/x', 'base https://github.com/x unknown'],
  ],
  'continued lines': [
    ['between words', 'FROM \\\n  node:20 \\\n AS build', 'base node:20 floating'],
    ['inside the reference', 'FROM no\\\nde:20', 'base node:20 floating'],
    ['blanks after the mark', 'FROM \\ \t\n node:20', 'base node:20 floating'],
    ['comments and empty lines', 'FROM \\\n# one\n\n  # two\n\n  node:20', 'base node:20 floating'],
    ['mark on a line of its own', '\\\nFROM \\\n\\\nnode:20', 'base node:20 floating'],
    ['a doubled mark does not continue', 'RUN a \\\\\nFROM node:20', 'base node:20 floating'],
    ['comment between, not continued itself', 'RUN a \\\n# FROM x:1 \\\n&& b\nFROM y:1', 'base y:1 floating'],
    ['to the end of the text', 'FROM node:20 \\', 'base node:20 floating'],
    ['a continued RUN that says FROM', 'RUN echo \\\nFROM x\nFROM y:1', 'base y:1 floating'],
    [
      'backtick',
      '# escape=`\nFROM `\n node:20\nRUN dir C:\\\nFROM nginx',
      'base node:20 floating',
      'base nginx implicit',
    ],
    [
      'backtick is none by itself',
      'FROM node:20 `\nFROM nginx',
      'base node:20 floating',
      'base nginx implicit',
    ],
    ['escape directive with a blank before', ' \t# escape=`\nFROM `\n node:20', 'base node:20 floating'],
    [
      'escape directive behind one with a blank before',
      ' # syntax=x/y:1\n# escape=`\nFROM `\n node:20',
      'base node:20 floating',
    ],
    ['escape directive behind a shebang', '#!/x\n# escape=`\nFROM \\\n node:20', 'base node:20 floating'],
    ['escape directive with slashes', '// escape=`\nFROM \\\n node:20', 'base node:20 floating'],
    ['escape directive behind an empty line', '\n# escape=`\nFROM \\\n node:20', 'base node:20 floating'],
    ['escape directive too late', '# x\n# escape=`\nFROM \\\n node:20', 'base node:20 floating'],
    ['escape directive with another value', '# escape=x\nFROM \\\n node:20', 'base node:20 floating'],
  ],
  stages: [
    ['an earlier stage', 'FROM a:1 AS build\nFROM build', 'base a:1 floating'],
    ['in another case', 'FROM a:1 AS Build\nFROM BUILD\nCOPY --from=bUILD / /', 'base a:1 floating'],
    [
      'a later stage is an image',
      'FROM build\nFROM a:1 AS build',
      'base build implicit',
      'base a:1 floating',
    ],
    ['the name of its own base', 'FROM nginx AS nginx\nFROM nginx', 'base nginx implicit'],
    ['name with a tag is an image', 'FROM a:1 AS b\nFROM b:1', 'base a:1 floating', 'base b:1 floating'],
    ['by variable', 'ARG NEXT=build\nFROM a:1 AS build\nFROM ${NEXT}', 'base a:1 floating'],
    [
      'by the target platform',
      'FROM a:1 AS base-amd64\nFROM a:2 AS base-arm64\nFROM base-${TARGETARCH}',
      'base a:1 floating',
      'base a:2 floating',
    ],
    ['by the platform, in between', 'FROM a:1 AS x-amd64-y\nFROM x-${TARGETARCH}-y', 'base a:1 floating'],
    [
      'no stage fits the variable',
      'FROM a:1 AS base-amd64\nFROM last-${TARGETARCH}',
      'base a:1 floating',
      'base last-${TARGETARCH} unknown',
    ],
    [
      'a variable alone fits everything, so nothing',
      'ARG X\nFROM a:1 AS b\nFROM ${X}',
      'base a:1 floating',
      'base ${X} unknown',
    ],
    [
      'overlapping parts do not fit',
      'FROM a:1 AS ab\nFROM ab${X}b',
      'base a:1 floating',
      'base ab${X}b unknown',
    ],
  ],
  'ARG in FROM': [
    ['$A', 'ARG A=node:20\nFROM $A', 'base node:20 floating'],
    ['${A}', 'ARG A=node:20\nFROM ${A}', 'base node:20 floating'],
    ['in quotes', 'ARG A="node:20"\nFROM "${A}"', 'base node:20 floating'],
    ['a part', 'ARG V=20.11.1\nFROM node:${V}', 'base node:20.11.1 tag'],
    ['a suffix', 'ARG V=20.11.1\nFROM node:${V}-alpine', 'base node:20.11.1-alpine tag'],
    ['several', 'ARG R=ghcr.io\nARG V=20.11.1\nFROM $R/node:$V', 'base ghcr.io/node:20.11.1 tag'],
    ['several on a line', 'ARG R=ghcr.io V=20.11.1\nFROM $R/node:$V', 'base ghcr.io/node:20.11.1 tag'],
    ['from another ARG', 'ARG V=20.11.1\nARG B=node:${V}\nFROM ${B}', 'base node:20.11.1 tag'],
    ['${A:-x} unset', 'FROM ${A:-node:20}', 'base node:20 floating'],
    ['${A:-x} without default', 'ARG A\nFROM ${A:-node:20}', 'base node:20 floating'],
    ['${A:-x} empty', 'ARG A=\nFROM ${A:-node:20}', 'base node:20 floating'],
    ['${A:-x} set', 'ARG A=node:22\nFROM ${A:-node:20}', 'base node:22 floating'],
    ['${A-x} unset', 'FROM ${A-node:20}', 'base node:20 floating'],
    ['${A-x} empty', 'ARG A=\nFROM node${A-:20}', 'base node implicit'],
    ['${A:+x} set', 'ARG A=1\nFROM node${A:+:20}', 'base node:20 floating'],
    ['${A:+x} unset', 'FROM node${A:+:20}', 'base node implicit'],
    ['${A:+x} empty', 'ARG A=""\nFROM node${A:+:20}', 'base node implicit'],
    ['${A+x} empty', 'ARG A=\nFROM node${A+:20}', 'base node:20 floating'],
    ['${A:?x} set', 'ARG A=node:20\nFROM ${A:?needed}', 'base node:20 floating'],
    ['${A:?x} unset', 'FROM ${A:?needed}', 'base ${A:?needed} unknown'],
    ['nested', 'ARG B=20\nFROM node:${A:-${B:-18}}', 'base node:20 floating'],
    ['nested to the end', 'FROM ${A:-${B:-${C:-node:20}}}', 'base node:20 floating'],
    ['no default', 'ARG V\nFROM node:${V}', 'base node:${V} unknown'],
    ['not declared', 'FROM node:${V}', 'base node:${V} unknown'],
    ['the registry unknown, the tag not', 'ARG R\nFROM ${R}/app:1.2.3', 'base ${R}/app:1.2.3 tag'],
    ['a part of a value', 'ARG V=20-x\nFROM node:${V%-*}', 'base node:20 floating'],
    ['a part of an unknown value', 'ARG V\nFROM node:${V%-*}', 'base node:${V%-*} unknown'],
    ['no closing brace', 'ARG V=20\nFROM node:${V', 'base node:${V unknown'],
    ['no closing brace, default', 'FROM node:${V:-20', 'base node:${V:-20 unknown'],
    ['an escaped dollar', 'ARG V=20\nFROM node:\\$V', 'base node:$V unknown'],
    ['a dollar alone', 'FROM node:$', 'base node:$ unknown'],
    ['declared twice, the last counts', 'ARG V=18\nARG V=20\nFROM node:$V', 'base node:20 floating'],
    ['declared again without default', 'ARG V=20\nARG V\nFROM node:$V', 'base node:20 floating'],
    ['used before it is declared', 'ARG B=node:$V\nARG V=20\nFROM $B', 'base node:$V unknown'],
    [
      'an ARG of a stage does not count',
      'FROM a:1\nARG V=20\nFROM node:$V',
      'base a:1 floating',
      'base node:$V unknown',
    ],
    ['ENV does not count', 'ENV V=20\nFROM node:$V', 'base node:$V unknown'],
    ['names tell cases apart', 'ARG v=20\nFROM node:$V', 'base node:$V unknown'],
    ['an empty part', 'ARG R=\nFROM ${R}node:20', 'base node:20 floating'],
    ['an empty default is a value to bring', 'ARG B=""\nFROM ${B}', 'base ${B} unknown'],
    ['an empty tag is a value to bring', 'ARG V=\nFROM node:$V', 'base node:${V} unknown'],
    ['also behind another ARG', 'ARG R=\nARG B=$R/app:1.2.3\nFROM $B', 'base ${R}/app:1.2.3 tag'],
    ['a wrong default stays wrong', 'ARG B=Node:20\nFROM ${B}', 'base Node:20 unknown'],
    ['a digest', `ARG D=${sha256}\nFROM node@$D`, `base node@${sha256} digest`],
    ['continued default', 'ARG A=no\\\nde:20\nFROM $A', 'base node:20 floating'],
  ],
  'predefined arguments': [
    ['in the platform', 'FROM --platform=$TARGETPLATFORM node:20', 'base node:20 floating'],
    ['in the reference', 'FROM node:20-${TARGETARCH}', 'base node:20-${TARGETARCH} unknown'],
    ['they have a value', 'FROM node:20-${TARGETARCH:-amd64}', 'base node:20-${TARGETARCH:-amd64} unknown'],
    [
      'until a default takes over',
      'ARG TARGETARCH=amd64\nFROM x/${TARGETARCH}:1.2.3',
      'base x/amd64:1.2.3 tag',
    ],
  ],
  'COPY --from': [
    [
      'an image',
      'FROM a:1\nCOPY --from=nginx:1.27.3 /a /b',
      'base a:1 floating',
      'copy-source nginx:1.27.3 tag',
    ],
    [
      'an image without tag',
      'FROM a:1\nCOPY --from=nginx /a /b',
      'base a:1 floating',
      'copy-source nginx implicit',
    ],
    ['a stage', 'FROM a:1 AS b\nFROM a:1\nCOPY --from=b / /', 'base a:1 floating', 'base a:1 floating'],
    [
      'a stage that comes later',
      'FROM a:1\nCOPY --from=b / /\nFROM a:1 AS b',
      'base a:1 floating',
      'base a:1 floating',
    ],
    ['a stage with an underscore', 'FROM a:1 AS b_c\nCOPY --from=b_C / /', 'base a:1 floating'],
    ['a build context of the command line', 'COPY --from=b_c / /', 'copy-source b_c unknown'],
    ['a name with an underscore and a tag', 'COPY --from=b_c:1.2.3 / /', 'copy-source b_c:1.2.3 tag'],
    ['a name with an underscore of somebody', 'COPY --from=a/b_c / /', 'copy-source a/b_c implicit'],
    ['a number', 'FROM a:1\nCOPY --from=0 / /\nCOPY --from=7 / /', 'base a:1 floating'],
    ['scratch', 'FROM a:1\nCOPY --from=scratch / /', 'base a:1 floating'],
    ['other flags around it', 'COPY --link --from=x:1.2.3 --chown=a:b / /', 'copy-source x:1.2.3 tag'],
    ['quotes', 'COPY --from="x:1.2.3" / /', 'copy-source x:1.2.3 tag'],
    ['the JSON form', 'COPY --from=x:1.2.3 ["a", "b"]', 'copy-source x:1.2.3 tag'],
    ['continued', 'COPY \\\n --from=x:1.2.3 \\\n / /', 'copy-source x:1.2.3 tag'],
    ['nothing yet', 'COPY --from= / /\nCOPY --from / /'],
    ['not before the arguments', 'COPY / --from=x:1 /'],
    ['ADD has none', 'ADD --from=x:1 / /'],
    [
      'variables are not expanded',
      'ARG A=x:1\nFROM a:1\nCOPY --from=$A / /',
      'base a:1 floating',
      'copy-source $A unknown',
    ],
    ['a stage by platform', 'FROM a:1 AS b-amd64\nCOPY --from=b-${TARGETARCH} / /', 'base a:1 floating'],
  ],
  'RUN --mount': [
    ['an image', 'RUN --mount=type=bind,from=x:1.2.3,target=/x true', 'mount-source x:1.2.3 tag'],
    ['first option', 'RUN --mount=from=x:1.2.3,target=/x true', 'mount-source x:1.2.3 tag'],
    ['last option', 'RUN --mount=target=/x,from=x:1.2.3', 'mount-source x:1.2.3 tag'],
    ['in capitals', 'RUN --mount=FROM=x:1.2.3 true', 'mount-source x:1.2.3 tag'],
    ['a build context', 'RUN --mount=from=b_c,target=/x true', 'mount-source b_c unknown'],
    ['quotes', 'RUN --mount="type=bind,from=x:1.2.3" true', 'mount-source x:1.2.3 tag'],
    [
      'several',
      'RUN --mount=type=cache,target=/c --mount=from=x:1.2.3,target=/x \\\n  --network=none --mount=from=y,target=/y true',
      'mount-source x:1.2.3 tag',
      'mount-source y implicit',
    ],
    [
      'a stage, a number',
      'FROM a:1 AS b\nRUN --mount=from=B,target=/x --mount=from=0,target=/y true',
      'base a:1 floating',
    ],
    ['none', 'RUN --mount=type=secret,id=from=x true\nRUN --mount=type=tmpfs,target=/from true'],
    ['not in the command', 'RUN echo --mount=from=x:1'],
  ],
  ONBUILD: [
    ['COPY', 'ONBUILD COPY --from=x:1.2.3 / /', 'copy-source x:1.2.3 tag'],
    ['RUN', 'onbuild run --mount=from=x:1.2.3,target=/x true', 'mount-source x:1.2.3 tag'],
    ['a stage', 'FROM a:1 AS b\nONBUILD COPY --from=b / /', 'base a:1 floating'],
    ['FROM is not allowed', 'ONBUILD FROM x:1'],
    ['twice is not allowed', 'ONBUILD ONBUILD COPY --from=x:1 / /'],
  ],
  syntax: [
    ['frontend', '# syntax=docker/dockerfile:1', 'frontend docker/dockerfile:1 floating'],
    ['without tag', '# syntax=docker/dockerfile', 'frontend docker/dockerfile implicit'],
    ['close and wide', '#syntax   =   docker/dockerfile:1.7.0  ', 'frontend docker/dockerfile:1.7.0 tag'],
    ['any case', '# SYNTAX=docker/dockerfile:1.7.0', 'frontend docker/dockerfile:1.7.0 tag'],
    ['words for the frontend', '# syntax=x/y:1.2.3 --opt z', 'frontend x/y:1.2.3 tag'],
    ['behind other directives', '# escape=`\n# check=skip=all\n# syntax=x/y:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['behind a shebang', '#!/usr/bin/env docker build\n# syntax=x/y:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['the first of two', '# syntax=x/y:1.2.3\n# syntax=x/z:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['no variables', '# syntax=x/$Y:1.2.3', 'frontend x/$Y:1.2.3 unknown'],
    ['not behind a comment', '# a comment\n# syntax=x/y:1'],
    ['not behind an empty line', '\n# syntax=x/y:1'],
    ['not behind an instruction', 'FROM scratch\n# syntax=x/y:1'],
    ['not behind an unknown directive', '# other=1\n# syntax=x/y:1'],
    ['with slashes', '// syntax=x/y:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['with slashes, close', '//syntax=x/y:1.2.3 --opt\nservices: {}\n', 'frontend x/y:1.2.3 tag'],
    ['with slashes, behind others', '//check=a\n// syntax=x/y:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['with slashes, behind a shebang', '#!/x\n//syntax=x/y:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['with slashes, not behind another comment', '// a comment\n// syntax=x/y:1'],
    ['slashes and hash', '// syntax=x/z:1.2.3\n# syntax=x/y:1.2.3', 'frontend x/z:1.2.3 tag'],
    ['a hash before slashes', '# syntax=x/y:1.2.3\n// syntax=x/z:1.2.3', 'frontend x/y:1.2.3 tag'],
    ['in JSON', '{"syntax": "x/y:1.2.3", "a": {"syntax": "x/z:1"}}', 'frontend x/y:1.2.3 tag'],
    [
      'in JSON over lines',
      ' {\n  "a": ["syntax", {}],\n  "syntax": "x/y:1.2.3"\n}\n',
      'frontend x/y:1.2.3 tag',
    ],
    [
      'in JSON, the last of equal keys',
      '{"syntax": "x/z:1", "syntax": "x/y:1.2.3"}',
      'frontend x/y:1.2.3 tag',
    ],
    ['in JSON, with escapes', '{"\\u0073yntax": "x\\/y:1.2.3"}', 'frontend x/y:1.2.3 tag'],
    ['in JSON, no text', '{"syntax": 1}'],
    ['in JSON, deeper', '{"a": {"syntax": "x/y:1"}}'],
    ['in JSON, as a value', '{"a": "syntax", "b": "x/y:1"}'],
    ['in JSON that is broken', '{"syntax": "x/y:1"'],
    ['in a list', '["syntax", "x/y:1"]'],
    ['not with a blank before', ' # syntax=x/y:1'],
    ['not behind a directive with a blank before', ' # escape=`\n# syntax=x/y:1'],
    ['no value', '# syntax=\nFROM a:1', 'base a:1 floating'],
  ],
  heredocs: [
    ['RUN', 'RUN <<EOF\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['COPY', 'COPY <<a.txt /b\nFROM x:1\na.txt\nFROM y:1', 'base y:1 floating'],
    ['ADD', 'ADD <<EOF /b\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['ONBUILD RUN', 'ONBUILD RUN <<EOF\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['quotes', 'RUN <<"EOF"\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['quotes around two words', "RUN <<'THE END'\nFROM x:1\nTHE END\nFROM y:1", 'base y:1 floating'],
    ['blank before the word', 'RUN << EOF\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['a descriptor', 'RUN cat 3<<EOF\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['tabs come off with <<-', 'RUN <<-EOF\n\tFROM x:1\n\t\tEOF\nFROM y:1', 'base y:1 floating'],
    ['tabs stay without', 'RUN <<EOF\n\tEOF\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['two', 'RUN cat <<A <<B\nFROM x:1\nA\nFROM x:2\nB\nFROM y:1', 'base y:1 floating'],
    ['text after it', 'RUN cat <<EOF > /x && true\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['after continued lines', 'RUN a && \\\n cat <<EOF\nFROM x:1\nEOF\nFROM y:1', 'base y:1 floating'],
    ['marks inside do not continue', 'RUN <<EOF\na \\\nEOF\nFROM y:1', 'base y:1 floating'],
    ['with a mount', 'RUN --mount=from=z:1.2.3 <<EOF\nFROM x:1\nEOF', 'mount-source z:1.2.3 tag'],
    ['no heredoc in quotes', 'RUN echo "<<EOF"\nFROM y:1', 'base y:1 floating'],
    ['no heredoc inside a word', 'RUN echo $((1<<2)) a<<b\nFROM y:1', 'base y:1 floating'],
    ['no heredoc but a here-string', 'RUN cat <<<EOF\nFROM y:1', 'base y:1 floating'],
    ['none in the JSON form', 'RUN ["cat", "<<EOF"]\nFROM y:1', 'base y:1 floating'],
    ['none behind an open quote', "RUN echo it's <<EOF\nFROM y:1", 'base y:1 floating'],
    ['none in other instructions', 'CMD cat <<EOF\nFROM y:1', 'base y:1 floating'],
    ['never closed', 'RUN <<EOF\nFROM x:1\n'],
  ],
  'what is no reference': [
    ['comments', '# FROM x:1\n  # FROM x:1\nFROM y:1', 'base y:1 floating'],
    ['arguments', 'RUN docker run --from=x:1 nginx:1\nCMD ["FROM", "x:1"]\nLABEL from=x:1'],
    ['unknown instructions', 'FORM x:1\nFROM:x:1\nINCLUDE x:1'],
    ['nothing', ''],
    ['behind a byte order mark in the middle', '# x\n\uFEFFFROM x:1'],
    ['blank lines', '\n \n\t\n'],
  ],
};

const forms: Readonly<Record<string, (text: string) => string>> = {
  LF: (text) => text,
  CRLF: (text) => text.replaceAll('\n', '\r\n'),
  'byte order mark': (text) => `\uFEFF${text}`,
  'byte order mark and CRLF, final line break': (text) => `\uFEFF${text}\n`.replaceAll('\n', '\r\n'),
};

for (const [name, table] of Object.entries(tables)) {
  describe(name, () => {
    for (const [title, text, ...images] of table) {
      test(title, () => {
        for (const [form, write] of Object.entries(forms)) {
          // A final line break would complete what is cut off here.
          assert.deepEqual(imagesIn(write(text)), images, form);
        }
      });
    }
  });
}

test('a hole is the very text that is unknown', () => {
  const text = 'ARG R\nARG B="${R:?set it}/app"\nFROM ${B}:${V-}${W%%x}';
  const [use] = read(text).images;
  assert.ok(use);
  assert.equal(use.resolved, '${R:?set it}/app:${W%%x}');
  assert.deepEqual(holesOf(use), ['${R:?set it}', '${W%%x}']);
});

test('the site is the reference as written, without quotes and with its variables', () => {
  const text =
    'ARG A=node:20\nFROM --platform=x "${A}" AS b\nFROM \\\n  nginx:1.27.3 # x\nCOPY --from="x"y / /\nFROM no\\\nde';
  const sites = read(text).images.map(({ site: { span, value, verbatim } }) => [
    value,
    text.slice(span.start, span.end),
    verbatim && text.slice(verbatim.start, verbatim.end),
  ]);
  assert.deepEqual(sites, [
    ['${A}', '${A}', null],
    ['nginx:1.27.3', 'nginx:1.27.3', 'nginx:1.27.3'],
    ['xy', 'x"y', null],
    ['node', 'no\\\nde', null],
  ]);
});

test('paths are structural and owners are told in words', () => {
  const text = `# syntax=docker/dockerfile:1
COPY --from=early / /
FROM a:1 AS Build
COPY --from=c:1 / /
COPY --from=0 / /
RUN --mount=from=m:1 --mount=from=n:1 true
ONBUILD COPY --from=d:1 / /
FROM b:1
COPY --from=e:1 / /
FROM build
COPY --from=f:1 / /
`;
  assert.deepEqual(
    read(text).images.map(({ owners, path, resolved }) => [resolved, path, ...owners]),
    [
      ['docker/dockerfile:1', 'syntax', 'Dockerfile frontend'],
      ['early', 'copy-from/0', 'no stage'],
      ['a:1', 'stage/build/from', 'stage build'],
      ['c:1', 'stage/build/copy-from/0', 'stage build'],
      ['m:1', 'stage/build/mount-from/0', 'stage build'],
      ['n:1', 'stage/build/mount-from/1', 'stage build'],
      ['d:1', 'stage/build/copy-from/1', 'stage build'],
      ['b:1', 'stage/1/from', 'stage 1'],
      ['e:1', 'stage/1/copy-from/0', 'stage 1'],
      ['f:1', 'stage/2/copy-from/0', 'final stage'],
    ],
  );
});
