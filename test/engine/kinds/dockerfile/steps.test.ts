// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBuild } from '../../../../server/src/engine/dockerfile/build.ts';
import { splitDockerfile } from '../../../../server/src/engine/dockerfile/dockerfile.ts';
import { readBases } from '../../../../server/src/engine/dockerfile/images.ts';
import type { BuildStep } from '../../../../server/src/engine/model/build.ts';
import { MappedText } from '../../../../server/src/engine/text/mapped-text.ts';
import { shown as shownCommand } from '../../shell/read.ts';
import { read } from './read.ts';
import { sample } from './sample.ts';

const flagsOf = (flags: readonly { readonly name: string; readonly value: string }[]): readonly string[] =>
  flags.map(({ name, value }) => `--${name}=${value}`);

function shown(step: BuildStep): string {
  const start = `${step.onBuild ? 'ONBUILD ' : ''}${step.keyword.value}`;
  switch (step.type) {
    case 'script': {
      const { moment, unread } = step.script;
      const commands = unread ?? step.script.commands().map(shownCommand).join('; ');
      return [start, ...flagsOf(step.flags), `${moment}:`, commands].join(' ');
    }
    case 'copy':
      return [
        start,
        ...flagsOf(step.flags),
        ...step.sources.map(({ value }) => `[${value}]`),
        `→ ${step.target?.value ?? '?'}`,
      ].join(' ');
    case 'variable':
      return `${start} ${step.name.value}=${step.value ? `[${step.value.value}]` : '?'}`;
    case 'plain':
      return [start, ...step.words.map(({ value }) => `[${value}]`)].join(' ');
  }
}

const cases: readonly (readonly [text: string, ...steps: string[]])[] = [
  ['RUN a && b', 'RUN build: a; b'],
  ['run a \\\n # why\n && b', 'RUN build: a; b'],
  ['RUN ["a", "b c", "\\"d\\""]', 'RUN build: a b c "d"'],
  ['RUN ["sh", "-c", "a \\"b\\"; c"]', 'RUN build: a b; c'],
  ["RUN ['a']", 'RUN build: [a]'],
  [
    'RUN --mount=type=cache,target=/x --network=none a',
    'RUN --mount=type=cache,target=/x --network=none build: a',
  ],
  ['RUN <<E\na\nb\nE\nRUN c', 'RUN build: a; b', 'RUN build: c'],
  ['RUN <<-"E"\n\ta $B\n\tE', 'RUN build: a $B~'],
  ['RUN <<E\n#!/bin/bash -e\na\nE', 'RUN build: a'],
  ['RUN <<E\n#!/usr/bin/env -S python3 -u\na\nE', 'RUN build: it is written for `python3`'],
  ['RUN cat <<E > /x && b\nc $(d)\nE', 'RUN build: cat << c $(d)\n > /x; b; d'],
  ['RUN bash <<E && a\nb\nE', 'RUN build: a; b'],
  ['RUN python3 <<E\nimport os\nE', 'RUN build: python3 << import os\n'],
  ['RUN a <<E b <<F\n1\nE\n2\nF\nRUN c', 'RUN build: a b << 1\n << 2\n', 'RUN build: c'],
  ['RUN', 'RUN build: '],
  ['CMD a', 'CMD start: a'],
  ['CMD ["a", "-b"]\nENTRYPOINT ["/c.sh"]', 'CMD start: a -b', 'ENTRYPOINT start: c.sh'],
  ['HEALTHCHECK --interval=5s CMD a || exit 1', 'HEALTHCHECK --interval=5s probe: a; exit 1'],
  ['HEALTHCHECK CMD ["a"]', 'HEALTHCHECK probe: a'],
  ['HEALTHCHECK NONE', 'HEALTHCHECK [NONE]'],
  ['ONBUILD RUN a', 'ONBUILD RUN build: a'],
  ['ONBUILD COPY a b', 'ONBUILD COPY [a] → b'],
  ['COPY --chown=a --link b "c" d/', 'COPY --chown=a --link= [b] [c] → d/'],
  ['ADD ["a b", "c"]', 'ADD [a b] → c'],
  ['ADD https://x/$V.tgz /', 'ADD [https://x/$V.tgz] → /'],
  ['COPY a <<E /x\ntext\nE', 'COPY [a] → /x'],
  ['COPY a', 'COPY [a] → ?'],
  ['COPY', 'COPY → ?'],
  ['ENV A=b C="d e" F=g\\ h', 'ENV A=[b]', 'ENV C=[d e]', 'ENV F=[g h]'],
  ['ENV A b  c=d', 'ENV A=[b  c=d]'],
  ['ENV A=', 'ENV A=[]'],
  ['ENV A', 'ENV A=[]'],
  ['ENV'],
  ['ARG A\nARG B=$C D="e f"', 'ARG A=?', 'ARG B=[$C]', 'ARG D=[e f]'],
  ['EXPOSE 22 80/tcp $P', 'EXPOSE [22] [80/tcp] [$P]'],
  ['VOLUME /a "/b"', 'VOLUME [/a] [/b]'],
  ['VOLUME ["/a b", "/c"]', 'VOLUME [/a b] [/c]'],
  ['USER a:b', 'USER [a:b]'],
  ['WORKDIR /a b', 'WORKDIR [/a b]'],
  ['LABEL a=b "c d"="e f"', 'LABEL [a=b] [c d=e f]'],
  [
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a',
    'SHELL [/bin/bash] [-o] [pipefail] [-c]',
    'RUN build: a',
  ],
  [
    'SHELL ["pwsh", "-Command"]\nRUN a\nRUN ["b"]\nCMD c\nSHELL ["/bin/sh", "-c"]\nRUN d',
    'SHELL [pwsh] [-Command]',
    'RUN build: it is written for PowerShell',
    'RUN build: b',
    'CMD start: it is written for PowerShell',
    'SHELL [/bin/sh] [-c]',
    'RUN build: d',
  ],
  ['SHELL ["python", "-c"]\nRUN a', 'SHELL [python] [-c]', 'RUN build: it is written for `python`'],
  ['SHELL ["conda", "run", "bash", "-c"]\nRUN a', 'SHELL [conda] [run] [bash] [-c]', 'RUN build: a'],
  ['ONBUILD SHELL ["pwsh"]\nRUN a', 'ONBUILD SHELL [pwsh]', 'RUN build: a'],
  ['SHELL ["cmd", "/S", "/C"]\nRUN a', 'SHELL [cmd] [/S] [/C]', 'RUN build: it runs on Windows'],
  ['NONSENSE a b', 'NONSENSE [a] [b]'],
];

describe('steps', () => {
  for (const [text, ...steps] of cases) {
    test(JSON.stringify(text), () => {
      for (const document of [text, text.replaceAll('\n', '\r\n')]) {
        if (document !== text && text.includes('<<')) continue;
        const [stage] = read(`FROM x\n${document}`).stages;
        assert.deepEqual(stage?.steps.map(shown), steps);
      }
    });
  }
});

test('arguments before the first FROM stand in the first stage', () => {
  const { stages } = read('ARG A=1\nFROM x\nARG B\nFROM y\nARG C');
  assert.deepEqual(
    stages.map(({ steps }) => steps.map(shown)),
    [['ARG A=[1]', 'ARG B=?'], ['ARG C=?']],
  );
});

test('stages: labels, paths, bases, parents', () => {
  const text =
    'ARG P=first\nFROM node:20 AS First\nFROM scratch\nFROM first as b\nFROM $P\nFROM ${X}\nRUN a\nRUN b';
  const { images, scripts, stages } = read(text);
  assert.deepEqual(
    stages.map(({ base, isFinal, label, parent, path, span }) => [
      label,
      path,
      text.slice(span.start, span.end),
      base?.resolved ?? null,
      parent,
      isFinal,
    ]),
    [
      ['stage first', 'stage/first', 'node:20', 'node:20', null, false],
      ['stage 1', 'stage/1', 'scratch', null, null, false],
      ['stage b', 'stage/b', 'first', null, 0, false],
      ['stage 3', 'stage/3', '$P', null, 0, false],
      ['final stage', 'stage/4', '${X}', '${X}', null, true],
    ],
  );
  assert.equal(stages[0]?.base, images[0]);
  assert.deepEqual(
    scripts.map(({ owner, path }) => [owner, path]),
    [
      ['final stage', 'stage/4/run/0'],
      ['final stage', 'stage/4/run/1'],
    ],
  );
});

describe('stages for Windows', () => {
  const texts: readonly (readonly [text: string, ...windows: boolean[]])[] = [
    ['FROM mcr.microsoft.com/windows/servercore:ltsc2022', true],
    ['FROM mcr.microsoft.com/windows:1809', true],
    ['FROM mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-ltsc2022', true],
    ['FROM golang:1.22-windowsservercore', true],
    ['FROM microsoft/nanoserver', true],
    ['FROM --platform=windows/amd64 x', true],
    ['# escape=`\nFROM x', true],
    ['FROM microsoft/nanoserver AS a\nFROM a\nFROM debian', true, true, false],
    ['FROM x\nSHELL ["powershell", "-Command"]\nFROM y', true, false],
    ['FROM mcr.microsoft.com/dotnet/sdk:8.0', false],
    ['FROM team/windows-tools', false],
    ['FROM --platform=$TARGETPLATFORM x', false],
  ];
  for (const [text, ...windows] of texts) {
    test(JSON.stringify(text), () => {
      const { scripts, stages } = read(`${text}\nRUN a\nCMD ["b"]`);
      assert.deepEqual(
        stages.map((stage) => stage.windows),
        windows,
      );
      const unread = windows.at(-1) ? 'it runs on Windows' : null;
      for (const script of scripts) assert.equal(script.unread, unread);
    });
  }
});

test('the shell goes on to later stages', () => {
  const { scripts } = read('FROM x AS a\nSHELL ["pwsh", "-c"]\nFROM a\nRUN b\nFROM x\nRUN c');
  assert.deepEqual(
    scripts.map(({ unread }) => unread),
    ['it is written for PowerShell', null],
  );
});

test('what the stages leave behind', () => {
  const { outline } = read(`FROM x AS Base
VOLUME /a/ $B relative
USER app
HEALTHCHECK CMD true
ONBUILD VOLUME /no
FROM base AS next
VOLUME ["/c", "/a"]
HEALTHCHECK NONE
ONBUILD USER root
FROM y
USER $U`);
  const dockerfile = '/shop/Dockerfile';
  assert.deepEqual(outline.built, [
    { dockerfile, target: 'base', volumes: ['/a'], hasHealthcheck: true },
    { dockerfile, target: 'next', volumes: ['/a', '/c'], hasHealthcheck: false },
    { dockerfile, target: null, volumes: [], hasHealthcheck: false },
  ]);
});

test('a template has none of it', () => {
  const { outline, scripts, stages } = read('FROM {{ image }}\nRUN a');
  assert.deepEqual([outline.built, scripts, stages], [[], [], []]);
});

test('places', () => {
  const text = `FROM x\nONBUILD RUN --mount=type="a b" b \\\n  && "c d" <<E\nf\nE\nCOPY --link a "b" c\nENV A="b" C=\n`;
  const [run, copy, a, c] = read(text).stages[0]?.steps ?? [];
  const at = (
    one?: { readonly span: { readonly start: number; readonly end: number } } | null,
  ): string | undefined => (one ? text.slice(one.span.start, one.span.end) : undefined);
  assert.ok(
    run?.type === 'script' && copy?.type === 'copy' && a?.type === 'variable' && c?.type === 'variable',
  );
  assert.equal(at(run), text.slice(7, text.indexOf('\nCOPY')));
  assert.deepEqual(
    [at(run.keyword), run.keyword.path, ...run.flags.map(at)],
    ['RUN', 'stage/0/run/0', '--mount=type="a b"'],
  );
  assert.deepEqual(run.script.commands().map(at), ['b', '"c d" <<E']);
  assert.deepEqual([...copy.flags, ...copy.sources, copy.target].map(at), ['--link', 'a', 'b', 'c']);
  assert.deepEqual([a.name, a.value, c.name, c.value].map(at), ['A', 'b', 'C', '']);
});

test('a Dockerfile in another file has its places there', () => {
  const document = 'x:\n  FROM a\n  RUN b \\\n    && c\n  CMD ["d"]\n';
  const lines = [...document.matchAll(/^ {2}(.*\n)/gm)].map(({ 0: line, index }) =>
    MappedText.of(document, index + 2, index + line.length),
  );
  const file = splitDockerfile(MappedText.join(lines));
  const { built, scripts, stages } = readBuild(file, readBases(file), { dockerfile: 'y#x', prefix: 'x.' });
  const commands = scripts.flatMap((script) => script.commands());
  assert.deepEqual(
    commands.map(({ span }) => document.slice(span.start, span.end)),
    ['b', 'c', 'd'],
  );
  assert.deepEqual([stages[0]?.path, scripts[0]?.path], ['x.stage/0', 'x.stage/0/run/0']);
  assert.equal(document.slice(stages[0]?.span.start, stages[0]?.span.end), 'a');
  assert.equal(built[0]?.dockerfile, 'y#x');
});

test('the sample cut off anywhere: nothing throws, and all places lie in the text', () => {
  for (let end = 0; end <= sample.length; end++) {
    const text = sample.slice(0, end);
    for (const { span, steps } of read(text).stages) {
      const commands = steps.flatMap((step) => (step.type === 'script' ? step.script.commands() : []));
      for (const at of [span, ...[...steps, ...commands].map((one) => one.span)]) {
        assert.ok(0 <= at.start && at.start <= at.end && at.end <= end);
      }
    }
  }
});
