// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitDockerfile } from '../../../../server/src/engine/dockerfile/dockerfile.ts';
import { type Analysis, analyze } from '../../../../server/src/engine/index.ts';
import { dockerfile } from '../../../../server/src/engine/kinds/dockerfile/index.ts';
import type { Facts } from '../../../../server/src/engine/model/facts.ts';
import type { Command, Script, Word } from '../../../../server/src/engine/model/script.ts';
import { unreadScript } from '../../../../server/src/engine/shell/script.ts';
import { MappedText } from '../../../../server/src/engine/text/mapped-text.ts';
import { sample } from './sample.ts';

// An edited file is read with what is known of the version before. What comes of it is what reading it anew gives.

const text = `# syntax=docker/dockerfile:1
ARG BASE=node:20
FROM \${BASE} AS build
# how it is built
RUN apt-get update && \\
  # a comment inside
  apt-get install -y curl=7.* jq | tee /log
RUN curl -k https://example.com/a.sh | tee "$(cat)" > /out 2>&1
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /uv
RUN <<EOF bash
FROM=$(date) npm install left-pad
echo "$FROM" >> /x
EOF
ENV TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345
FROM build
RUN apt-get update && \\
  # a comment inside
  apt-get install -y curl=7.* jq | tee /log
CMD ["sh", "-c", "sshd -D; \\"x\\""]
`;

function read(text: string, before?: Facts): Facts {
  const file = {
    path: '/w/Dockerfile',
    name: 'Dockerfile',
    languageId: undefined,
    text,
    companions: new Map(),
  };
  return dockerfile.extract(before ? { ...file, before } : file);
}

/** All that is known of a file, as plain data. Commands in commands go by their number. */
function plain(facts: Facts): unknown {
  const { comments, images, scripts, seemingComments, skipped, stages, units } = facts;
  return JSON.parse(
    JSON.stringify({
      images: images.map((use) => ({
        ...use,
        seenFrom: use.site.seenFrom,
        edits: use.site.replace('a:b@c'),
      })),
      stages: stages.map(({ steps, ...stage }) => ({
        ...stage,
        steps: steps.map((step) =>
          step.type === 'script' ? { ...step, script: plainScript(step.script) } : step,
        ),
      })),
      scripts: scripts.map(plainScript),
      said: [skipped, comments(), seemingComments(), units()],
    }),
  );
}

function plainScript(one: Script): unknown {
  const commands = one.commands();
  const numbers = new Map(commands.map((command, at) => [command, at]));
  const word = (of: Word) => ({ ...of, substitutions: of.substitutions.map((inner) => numbers.get(inner)) });
  const command = (of: Command) => ({
    name: of.name,
    span: of.span,
    nameSpan: of.nameSpan,
    words: of.words.map(word),
    pipedFrom: of.pipedFrom.map((other) => numbers.get(other)),
    redirects: of.redirects.map(({ operator, target }) => [operator, word(target)]),
    assignments: of.assignments.map(({ name, value }) => [name, word(value)]),
  });
  const { moment, owner, path, span, unread } = one;
  return { moment, owner, path, span, unread, commands: commands.map(command) };
}

const findings = (analysis: Analysis): unknown =>
  analysis.findings.map(({ key, message, span }) => ({ key, message, span }));

interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}

const bit = fc.constantFrom(
  ...[
    'x',
    ' ',
    '\n',
    '#',
    '"',
    '$',
    '\\\n',
    '<<EOF',
    '\nEOF\n',
    '--from=a:1 ',
    '\nRUN a | b\n',
    '\nFROM c\n',
  ],
  ...[
    'SHELL ["powershell"]\n',
    '# escape=`\n',
    'RUN apt-get update && \\\n  # a comment inside\n',
    'CMD []\n',
  ],
);

const edits = fc.array(
  fc.record({ at: fc.nat(1200), removed: fc.oneof(fc.constant(0), fc.nat(40)), added: bit }),
  { minLength: 1, maxLength: 6 },
);

function edited(text: string, { added, at, removed }: Edit): string {
  const from = at % (text.length + 1);
  return text.slice(0, from) + added + text.slice(from + removed);
}

test('a version that is read after another one gives what it gives alone', () => {
  const sameAsAlone = (first: string, all: readonly Edit[]): void => {
    let current = first;
    let facts = read(first);
    let analysis = analyze({ path: '/w/Dockerfile', text: first });
    for (const edit of all) {
      current = edited(current, edit);
      facts = read(current, facts);
      assert.deepEqual(plain(facts), plain(read(current)));
      const input = { path: '/w/Dockerfile', text: current };
      analysis = analyze(input, undefined, analysis);
      assert.deepEqual(findings(analysis), findings(analyze(input)));
    }
  };
  fc.assert(fc.property(fc.constantFrom(text, sample), edits, sameAsAlone), { numRuns: 150 });
});

test('a keystroke reads one instruction again', () => {
  const seen = unreadScript({ moment: 'build', owner: '', path: '' }, { start: 0, end: 0 }, 'seen');
  const before = splitDockerfile(text);
  for (const one of before.instructions) one.script(() => seen);
  const again = (changed: string): readonly string[] => {
    const read: string[] = [];
    for (const one of splitDockerfile(changed, before).instructions) {
      one.script(() => {
        read.push(one.text.text.slice(0, 20));
        return seen;
      });
    }
    return read;
  };
  assert.deepEqual(again(text), []);
  assert.deepEqual(again(text.replace('curl -k', 'curl -kx')), ['RUN curl -kx https:/']);
  assert.deepEqual(again(text.replace('/x\nEOF', '/xy\nEOF')), ['RUN <<EOF bash']);
  assert.deepEqual(again(text.replace('ARG', '# a comment\nARG')), []);
  assert.deepEqual(again(text.replace('FROM build', 'USER root\nFROM build')), ['USER root']);
});

test('another escape character makes other instructions of the same text', () => {
  const ticked = 'RUN a \\\nRUN b\n';
  const [joined, ...none] = splitDockerfile(ticked).instructions;
  assert.deepEqual([joined?.rest.text, none], ['a RUN b', []]);
  const after = splitDockerfile(`# escape=\`\n${ticked}`, splitDockerfile(ticked)).instructions;
  assert.deepEqual(
    after.map(({ rest }) => rest.text),
    ['a \\', 'b'],
  );
});

test('a text in another file is read by itself', () => {
  const mapped = MappedText.of(`xx${text}`, 2, text.length + 2);
  const [first] = splitDockerfile(mapped, splitDockerfile(text)).instructions;
  assert.deepEqual(first?.text.span, { start: 31, end: 47 });
});

test('commands that were moved are still the same ones to each other', () => {
  const first = read(text);
  for (const script of first.scripts) script.commands();
  const moved = read(text.replace('ARG', '# one line more\nARG'), first);
  const seen: string[] = [];
  for (const script of moved.scripts) {
    const commands = new Set(script.commands());
    for (const { pipedFrom, words } of commands) {
      for (const one of [...pipedFrom, ...words.flatMap(({ substitutions }) => substitutions)]) {
        assert.ok(commands.has(one), one.name);
        seen.push(one.name);
      }
    }
  }
  assert.ok(seen.includes('curl'), 'a command of a pipe');
  assert.ok(seen.includes('cat'), 'a command of a substitution');
});
