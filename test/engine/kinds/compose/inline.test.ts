// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, isRefusal, planSuppression } from '../../../../server/src/engine/index.ts';
import { exercise, imagesIn, pinAll, saved, withDigests } from '../analyzed.ts';

const path = '/shop/compose.yaml';
const web = (inline: string): string =>
  `services:\n  web:\n    read_only: true\n    build:\n      dockerfile_inline: ${inline.replaceAll('\n', '\n      ')}\n`;

const whole = [
  'services:',
  '  web:',
  '    read_only: true',
  '    build:',
  '      dockerfile_inline: |',
  '        # syntax=docker/dockerfile:1@@',
  '',
  '        ARG BASE=node:20.1.0@@',
  '        FROM $$BASE AS build',
  '          RUN --mount=from=alpine:3.19@@,target=/x make \\',
  '            && true',
  '        FROM --platform=linux/amd64 \\',
  '          debian:12.5@@ AS last  # none',
  '        COPY --from=build /a /a',
  '        COPY --from=busybox:1.36@@ /a /b',
  '        # done',
  '  api: {image: nginx:1.27.3@@, read_only: true} # c',
  '',
].join('\n');

describe('a Dockerfile in a Compose file', () => {
  test('has its images found, with their service', () => {
    const { images } = analyze({ path, text: whole.replaceAll('@@', '') });
    assert.deepEqual(
      images.map(({ owners, path: at, resolved, role }) => [
        role,
        resolved,
        at.split('.').slice(-1).join(),
        ...owners,
      ]),
      [
        ['frontend', 'docker/dockerfile:1', 'syntax', 'service web'],
        ['base', 'node:20.1.0', 'stage/build/from', 'service web'],
        ['mount-source', 'alpine:3.19', 'stage/build/mount-from/0', 'service web'],
        ['base', 'debian:12.5', 'stage/last/from', 'service web'],
        ['copy-source', 'busybox:1.36', 'stage/last/copy-from/0', 'service web'],
        ['workload', 'nginx:1.27.3', 'image', 'service api'],
      ],
    );
  });

  for (const [number, save] of saved.entries()) {
    test(`is pinned where it stands (${['LF', 'BOM', 'CRLF'][number]})`, () => {
      const before = save(whole.replaceAll('@@', ''));
      const { refused, text } = pinAll(path, before);
      assert.equal(text, save(withDigests(whole)));
      assert.deepEqual(refused, []);
    });
  }

  const table: readonly (readonly [
    name: string,
    text: string,
    images: readonly string[],
    after: string | RegExp,
  ])[] = [
    ['plain', web('FROM nginx:1.27.3'), ['base nginx:1.27.3 tag'], web('FROM nginx:1.27.3@@')],
    ['quotes', web('"FROM nginx:1.27.3"'), ['base nginx:1.27.3 tag'], web('"FROM nginx:1.27.3@@"')],
    [
      'no line break at the end',
      web('|-\n  FROM nginx'),
      ['base nginx implicit'],
      web('|-\n  FROM nginx:latest@@'),
    ],
    [
      'a comment behind the header',
      web('| # c\n  FROM nginx'),
      ['base nginx implicit'],
      web('| # c\n  FROM nginx:latest@@'),
    ],
    [
      'a number in the header',
      web('|2\n    FROM nginx'),
      ['base nginx implicit'],
      web('|2\n    FROM nginx:latest@@'),
    ],
    [
      'kept line breaks',
      web('|+\n  FROM nginx\n\n'),
      ['base nginx implicit'],
      web('|+\n  FROM nginx:latest@@\n\n'),
    ],
    [
      'blank lines first',
      web('|\n\n  FROM nginx'),
      ['base nginx implicit'],
      web('|\n\n  FROM nginx:latest@@'),
    ],
    ['escapes', web('"FROM nginx:1.27.3\\nRUN x"'), ['base nginx:1.27.3 tag'], /written with escapes/],
    ['folded', web('>\n  FROM nginx:1.27.3\n\n  RUN x'), ['base nginx:1.27.3 tag'], /over several lines/],
    ['a variable of Compose', web('|\n  FROM nginx:${TAG}'), ['base nginx:${TAG} unknown'], /nothing to pin/],
    [
      'an argument that Compose fills',
      web('|\n  ARG TAG=1.27.3\n  FROM nginx:${TAG}'),
      ['base nginx:${TAG} unknown'],
      /nothing to pin/,
    ],
    [
      'a default of Compose',
      web('|\n  FROM nginx:${TAG:-1.27.3}'),
      ['base nginx:1.27.3 tag'],
      /\$\{TAG\} decides this value/,
    ],
    [
      'an argument in two parts',
      web('|\n  ARG TAG=1.27.3\n  FROM nginx:$${TAG}'),
      ['base nginx:1.27.3 tag'],
      /put together from TAG/,
    ],
    [
      'scratch and stages',
      web('|\n  FROM scratch AS a\n  FROM a'),
      [],
      web('|\n  FROM scratch AS a\n  FROM a'),
    ],
    [
      'texts of a heredoc',
      web('|\n  FROM scratch\n  RUN <<E\n  FROM x\n  E'),
      [],
      web('|\n  FROM scratch\n  RUN <<E\n  FROM x\n  E'),
    ],
    ['reset', web('!reset null'), [], web('!reset null')],
    ['nothing yet', web('|'), [], web('|')],
    ['no text', web('[FROM x]'), [], web('[FROM x]')],
  ];
  for (const [name, text, images, after] of table) {
    test(name, () => {
      for (const save of saved) {
        assert.deepEqual(imagesIn(analyze({ path, text: save(text) })), images);
        const pinned = pinAll(path, save(text));
        if (typeof after === 'string') assert.equal(pinned.text, save(withDigests(after)));
        else {
          assert.match(pinned.refused.join(), after);
          assert.equal(pinned.text, save(text));
        }
      }
    });
  }

  for (const [args, expected] of [
    ['{TAG: latest}', 'base nginx:latest floating'],
    ['[TAG=latest]', 'base nginx:latest floating'],
    ['{TAG: "${T:-latest}"}', 'base nginx:latest floating'],
    ['{TAG: "${T}"}', 'base nginx:${TAG} unknown'],
    ['[TAG]', 'base nginx:${TAG} unknown'],
    ['{OTHER: x}', 'base nginx:1.27.3 tag'],
  ] as const) {
    test(`with the arguments ${args}`, () => {
      const text = web('|\n  ARG TAG=1.27.3\n  FROM nginx:$${TAG}').replace(
        'build:',
        `build:\n      args: ${args}`,
      );
      assert.deepEqual(imagesIn(analyze({ path, text })), [expected]);
      const { refused, text: after } = pinAll(path, text);
      assert.equal(after, text);
      if (expected.includes('latest')) assert.match(refused.join(), /`build\.args` decides this value/);
    });
  }

  test('takes what .env says', () => {
    const text = web('|\n  FROM nginx:${TAG}\n  COPY --from=busybox:1.36.1 /a /a');
    const analysis = analyze({ path, text, companions: new Map([['.env', 'TAG=1.27.3']]) });
    assert.deepEqual(imagesIn(analysis), ['base nginx:1.27.3 tag', 'copy-source busybox:1.36.1 tag']);
    const spans = analysis.images.map(({ site }) => text.slice(site.span.start, site.span.end));
    assert.deepEqual(spans, ['nginx:${TAG}', 'busybox:1.36.1']);
    const edits = analysis.images[1]?.site.replace('x:1');
    assert.ok(edits && !isRefusal(edits));
  });

  test('is read once however often it is used', () => {
    const text =
      'x-b: &b\n  dockerfile_inline: |\n    FROM nginx\nservices:\n  web: {build: *b }\n  api: {build: *b }\n';
    const { images } = analyze({ path, text });
    assert.deepEqual(
      images.map(({ owners, site }) => [...owners, site.seenFrom.length]),
      [['service web', 'service api', 2]],
    );
  });

  test('is not built where an override file takes the build away', () => {
    const companions = new Map([['compose.override.yaml', 'services: {web: {build: !reset null}}\n']]);
    const { findings } = analyze({ path, text: web('|\n  FROM nginx'), companions });
    assert.deepEqual(
      findings.filter(({ rule }) => rule === 'implicit-latest'),
      [],
    );
  });

  test('is not built where an override file brings another', () => {
    for (const build of [
      '{dockerfile: other}',
      '{dockerfile_inline: FROM scratch}',
      '!override {context: .}',
    ]) {
      const companions = new Map([['compose.override.yaml', `services: {web: {build: ${build}}}\n`]]);
      const { findings } = analyze({ path, text: web('|\n  FROM nginx'), companions });
      assert.deepEqual(
        findings.filter(({ rule }) => rule === 'implicit-latest'),
        [],
      );
    }
  });

  test('has its findings silenced by a comment of its own', () => {
    const text = web('|\n  FROM nginx\n  RUN x');
    const analysis = analyze({ path, text });
    const finding = analysis.findings.find(({ rule }) => rule === 'implicit-latest');
    assert.ok(finding);
    const plan = planSuppression(analysis, finding, 'why');
    assert.ok(plan.ok);
    const left = analyze({ path, text: plan.text }).findings;
    assert.deepEqual(
      left.filter(({ rule }) => rule === 'implicit-latest'),
      [],
    );
    assert.deepEqual(imagesIn(analyze({ path, text: plan.text })), ['base nginx implicit']);
  });

  test('cut off anywhere is read as far as it goes', () => {
    for (const save of saved) {
      const text = save(whole.replaceAll('@@', ''));
      for (let end = 0; end <= text.length; end++) exercise(path, text.slice(0, end));
    }
  });
});
