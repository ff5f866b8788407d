import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Analysis,
  analyze,
  defaultSettings,
  planFix,
  planPins,
  planSuppression,
  type Registry,
  type Settings,
} from '../../server/src/engine/index.ts';
import { everyImage } from '../rules/registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;

/** Gives every image the same digest. */
const registry: Registry = {
  ...everyImage,
  resolve: async () => ({ ok: true, digest, mediaType: '', at: 0 }),
};

const read = (path: string, text: string, settings: Partial<Settings> = {}): Analysis =>
  analyze({ path, text }, { ...defaultSettings, ...settings });

/** `line:rule`, of the rules about images and about comments. */
const found = ({ findings, source }: Analysis): readonly string[] =>
  findings
    .filter(({ rule }) => /image|tag|latest|suppression|privileged/.test(rule))
    .map(({ rule, span }) => `${source.placeAt(span.start).line + 1}:${rule}`);

const dockerfile = (...lines: readonly string[]): Analysis => read('/w/Dockerfile', `${lines.join('\n')}\n`);

const pod = (image: string, behind = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      ${image}${behind}\n`;

describe('what a comment speaks about', () => {
  test('the next line that is no comment, its own line behind text, and the whole file', () => {
    assert.deepEqual(
      found(
        dockerfile(
          '# holdfast-ignore floating-tag -- a',
          '',
          '# another comment',
          'FROM node:20 AS a',
          'FROM node:22 AS b',
        ),
      ),
      ['5:floating-tag'],
    );
    const compose = (behind: string): Analysis =>
      read('/w/compose.yaml', `services:\n  a:\n    image: node:20 ${behind}\n  b:\n    image: node:22\n`);
    assert.deepEqual(found(compose('# holdfast-ignore floating-tag -- a')), ['5:floating-tag']);
    assert.deepEqual(found(compose('# holdfast-ignore-file floating-tag -- a')), []);
  });

  test('all of an instruction that goes on over lines, and a part of it from within', () => {
    const above = dockerfile(
      '# holdfast-ignore unpinned-image -- mirrored',
      'RUN --mount=from=nginx:1.27.3,target=/a \\',
      '  --mount=from=redis:7.4.1,target=/b \\',
      '  make',
    );
    assert.deepEqual(found(above), []);
    const within = dockerfile(
      'RUN --mount=from=nginx:1.27.3,target=/a \\',
      '# holdfast-ignore unpinned-image -- mirrored',
      '  --mount=from=redis:7.4.1,target=/b \\',
      '  make',
    );
    assert.deepEqual(found(within), ['1:unpinned-image']);
  });

  test('a text of several lines, from the line where it begins', () => {
    for (const image of ['image: |-\n        nginx:1.27.3', 'image: >-\n        nginx:1.27.3']) {
      assert.deepEqual(
        found(read('/w/a.yaml', pod(`# holdfast-ignore unpinned-image -- a\n      ${image}`))),
        [],
      );
      const header = image.replace('-\n', '- # holdfast-ignore unpinned-image -- a\n');
      assert.deepEqual(found(read('/w/a.yaml', pod(header))), []);
    }
  });

  test('a Dockerfile that stands in another file, from the key it stands under', () => {
    const text =
      'services:\n  a:\n    build:\n      # holdfast-ignore unpinned-image -- a\n      dockerfile_inline: |\n        FROM nginx:1.27.3 AS a\n        FROM redis:7.4.1\n';
    assert.deepEqual(found(read('/w/compose.yaml', text)), []);
  });

  test('what looks like a comment in a text is none', () => {
    const text = pod(
      'image: nginx:1.27.3\n      args:\n        - |\n          # holdfast-ignore-file unpinned-image -- a',
    );
    assert.deepEqual(found(read('/w/a.yaml', text)), ['8:unpinned-image']);
    assert.deepEqual(
      found(
        dockerfile(
          'FROM nginx:1.27.3 # holdfast-ignore unpinned-image -- a',
          'RUN <<EOF',
          '# holdfast-ignore-file unpinned-image -- a',
          'EOF',
        ),
      ),
      ['1:unpinned-image', '1:unused-suppression'],
    );
  });

  test('the file, from a document of the stream that is no manifest too', () => {
    const other = 'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\n';
    const text = `# holdfast-ignore-file unpinned-image -- mirrored\n${other}---\n${pod('image: nginx:1.27.3')}`;
    assert.deepEqual(found(read('/w/a.yaml', text)), []);
    const unused = text.replace('unpinned-image', 'floating-tag');
    assert.deepEqual(found(read('/w/a.yaml', unused)), ['1:unused-suppression', '14:unpinned-image']);
    assert.deepEqual(found(read('/w/b.yaml', `# holdfast-ignore-file floating-tag -- a\n${other}`)), []);
  });
});

describe('a comment is unused', () => {
  const unused = (analysis: Analysis): readonly string[] =>
    found(analysis).filter((one) => one.endsWith('unused-suppression'));

  test('where its rule finds nothing, whatever the settings say of the rule', () => {
    const idle = '# holdfast-ignore floating-tag -- a\nFROM nginx:1.27.3\n';
    const busy = '# holdfast-ignore floating-tag -- a\nFROM nginx:1\n';
    for (const rules of [{}, { 'floating-tag': 'off' }] as const) {
      assert.deepEqual(unused(read('/w/Dockerfile', idle, { rules })), ['1:unused-suppression']);
      assert.deepEqual(unused(read('/w/Dockerfile', busy, { rules })), []);
    }
  });

  test('not where the policy waives the finding too', () => {
    const waiver = {
      rules: ['floating-tag'],
      image: null,
      reason: 'a',
      approvedBy: 'the team',
      expires: null,
      expired: false,
    };
    const analysis = read('/w/Dockerfile', '# holdfast-ignore floating-tag -- a\nFROM nginx:1\n', {
      waivers: [waiver],
    });
    assert.deepEqual(analysis.findings, []);
  });

  test('not where what the rule needs may be missing', () => {
    const pinned = `nginx:1.27.3@${digest}`;
    for (const rule of ['drifted-pin', 'missing-digest', 'mismatched-digests', 'untrusted-registry']) {
      assert.deepEqual(unused(dockerfile(`# holdfast-ignore ${rule} -- a`, `FROM ${pinned}`)), [], rule);
      assert.deepEqual(unused(dockerfile(`# holdfast-ignore-file ${rule} -- a`, `FROM ${pinned}`)), [], rule);
    }
  });

  test('not where a variable or a template decides', () => {
    assert.deepEqual(unused(dockerfile('ARG T', '# holdfast-ignore floating-tag -- a', 'FROM nginx:$T')), []);
    assert.deepEqual(
      unused(dockerfile('# holdfast-ignore-file floating-tag -- a', 'ARG T', 'FROM nginx:$T')),
      [],
    );
    const template = '# holdfast-ignore-file floating-tag -- a\nFROM nginx:{{ tag }}\n';
    assert.deepEqual(unused(read('/w/Dockerfile.j2', template)), []);
  });

  test('not where the file is broken or was not read whole', () => {
    const broken =
      'services:\n  web:\n    # holdfast-ignore floating-tag -- a\n    image: nginx:1.27.3\n    x: "\n';
    assert.deepEqual(unused(read('/w/compose.yaml', broken)), []);
    const open = '# holdfast-ignore floating-tag -- a\nFROM nginx:1.27.3\nRUN <<EOF\n';
    assert.deepEqual(unused(read('/w/Dockerfile', open)), []);
  });

  test('where another one, nearer or before it, does its work', () => {
    assert.deepEqual(
      unused(
        dockerfile(
          '# holdfast-ignore-file floating-tag -- a',
          '# holdfast-ignore floating-tag -- b',
          '# holdfast-ignore floating-tag -- c',
          'FROM node:20',
        ),
      ),
      ['1:unused-suppression', '3:unused-suppression'],
    );
  });

  test('for a name that stands twice, that is no rule, or that nothing silences', () => {
    const messages = dockerfile(
      '# holdfast-ignore floating-tag, floating-tag floatingtag nonsense-name unused-suppression -- a',
      'FROM node:20',
    ).findings.map(({ message }) => message);
    assert.equal(messages.length, 4);
    assert.match(messages[0] ?? '', /names `floating-tag` twice/);
    assert.match(messages[1] ?? '', /no rule `floatingtag`.* write `floating-tag` if/);
    assert.match(messages[2] ?? '', /no rule `nonsense-name`; correct the name/);
    assert.match(messages[3] ?? '', /No comment silences `unused-suppression`/);
  });

  test('and a comment without a name is told so', () => {
    for (const comment of ['# holdfast-ignore', '# holdfast-ignore -- why', '# holdfast-ignore-file']) {
      assert.deepEqual(found(dockerfile(comment, 'FROM scratch')), ['1:unused-suppression'], comment);
    }
    assert.deepEqual(
      found(dockerfile('# holdfast-ignored x', '# holdfast-ignore-files x', 'FROM scratch')),
      [],
    );
  });

  test('and one in other words, or with a rule where the words could be prose', () => {
    const messageOf = (comment: string): string | undefined =>
      dockerfile(`# ${comment}`, 'FROM node:20').findings.find(({ rule }) => rule === 'unused-suppression')
        ?.message;
    for (const words of [
      'holdfast-disable',
      'holdfast:ignore',
      'holdfast ignore',
      'holdfast-ignore-next-line',
      'Holdfast-Ignore',
      'holdfast_skip',
    ]) {
      assert.match(
        messageOf(`${words} floating-tag`) ?? '',
        new RegExp(
          `\`${words.slice(0, 17)}.* silences nothing; write \`holdfast-ignore floating-tag -- why\``,
        ),
      );
    }
    assert.match(messageOf('holdfast-ignore=floating-tag') ?? '', /^`holdfast-ignore=` silences nothing/);
    assert.match(messageOf('holdfast:disable') ?? '', /write `holdfast-ignore RULE -- why`/);
    assert.match(
      messageOf('holdfast-disable-file floating-tag') ?? '',
      /write `holdfast-ignore-file floating-tag -- why`\.$/,
    );
    for (const prose of [
      'holdfast is great',
      'holdfast ignore the next line',
      'holdfast ignores floating-tag here',
      'holdfast: ignore what it says',
      'holdfast-disable is a word of others',
      'we holdfast-disable floating-tag',
    ]) {
      assert.equal(messageOf(prose), undefined, prose);
    }
  });

  test('and one that is no comment in its place', () => {
    const lines = (analysis: Analysis): readonly string[] =>
      unused(analysis).map((one) => one.slice(0, one.indexOf(':')));
    assert.deepEqual(
      lines(
        dockerfile(
          'FROM nginx:1.27.3 # holdfast-ignore unpinned-image -- a',
          'RUN make "# holdfast-ignore remote-shell" \\',
          "  && echo 'see # holdfast-ignore remote-shell' # holdfast-ignore remote-shell -- a",
          'RUN <<EOF # holdfast-ignore remote-shell',
          'x # holdfast-ignore remote-shell',
          'EOF',
        ),
      ),
      ['1', '3', '4'],
    );
    const unit =
      '[Container]\nImage=docker.io/library/nginx:1.27.3 # holdfast-ignore unpinned-image -- a\n# see # holdfast-ignore unpinned-image\nExec=sh -c "a # holdfast-ignore unpinned-image"\n';
    const [finding] = read('/w/web.container', unit).findings.filter(
      ({ rule }) => rule === 'unused-suppression',
    );
    assert.match(
      finding?.message ?? '',
      /no comment; put `# holdfast-ignore unpinned-image -- why` on the line above/,
    );
    assert.deepEqual(lines(read('/w/web.container', unit)), ['2']);
  });

  test('and says where its rule finds something near it that no other comment silences', () => {
    const compose = (between: string, behind = ''): Analysis =>
      read(
        '/w/compose.yaml',
        `services:\n  web:\n    # holdfast-ignore unpinned-image -- a\n    restart: always\n${between}    image: nginx:1.27.3${behind}\n`,
      );
    const [near] = compose('').findings.filter(({ rule }) => rule === 'unused-suppression');
    assert.match(near?.message ?? '', /This comment silences nothing here; move it to line 5/);
    assert.equal(near?.fixable, false);
    assert.equal(near?.related.length, 1);
    for (const other of [
      compose('    # x\n'.repeat(20)),
      compose('', ' # holdfast-ignore unpinned-image -- b'),
    ]) {
      const [far] = other.findings.filter(({ rule }) => rule === 'unused-suppression');
      assert.match(far?.message ?? '', /silences nothing in the lines/);
      assert.equal(far?.fixable, true);
    }
    const second = read(
      '/w/a.yaml',
      `${pod('image: redis:7.4.1')}---\n${pod('# holdfast-ignore unpinned-image -- a\n      tty: true\n      image: nginx:1.27.3')}`,
    ).findings.find(({ rule }) => rule === 'unused-suppression');
    assert.match(second?.message ?? '', /move it to line 19/);
  });

  test('and nothing silences that', () => {
    for (const rule of ['unused-suppression', 'suppression-without-reason']) {
      const analysis = dockerfile(
        `# holdfast-ignore-file ${rule} -- a`,
        '# holdfast-ignore floating-tag',
        'FROM node:20',
      );
      assert.deepEqual(found(analysis), [
        '1:unused-suppression',
        '2:suppression-without-reason',
        '3:floating-tag',
      ]);
    }
  });
});

describe('a reason', () => {
  test('is behind two hyphens; without it the finding stays as it is, and the comment has one of its own', () => {
    for (const comment of [
      'floating-tag',
      'floating-tag --',
      'floating-tag -- ',
      'floating-tag because',
      'floating-tag - why',
      'floating-tag — why',
      'floating-tag --why',
    ]) {
      const analysis = dockerfile(`# holdfast-ignore ${comment}`, 'FROM node:20');
      assert.deepEqual(found(analysis), ['1:suppression-without-reason', '2:floating-tag'], comment);
      assert.doesNotMatch(analysis.findings[1]?.message ?? '', /holdfast-ignore/);
    }
    assert.deepEqual(found(dockerfile('#holdfast-ignore floating-tag -- a -- b', 'FROM node:20')), []);
  });

  test('goes where it is missing, in the place of what is not set off', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['# holdfast-ignore floating-tag', '# holdfast-ignore floating-tag -- why'],
      ['# holdfast-ignore floating-tag --  ', '# holdfast-ignore floating-tag -- why  '],
      ['# holdfast-ignore floating-tag - because', '# holdfast-ignore floating-tag -- why'],
      [
        '# holdfast-ignore-file floating-tag, implicit-latest ',
        '# holdfast-ignore-file floating-tag, implicit-latest -- why ',
      ],
    ];
    for (const [before, after] of cases) {
      const analysis = dockerfile(before, 'FROM node:20 AS a', 'FROM node AS b');
      const finding = analysis.findings.find(({ rule }) => rule === 'suppression-without-reason');
      assert.ok(finding);
      const plan = planSuppression(analysis, finding, 'why');
      assert.ok(plan.ok, plan.ok ? '' : plan.message);
      assert.equal(plan.text, `${after}\nFROM node:20 AS a\nFROM node AS b\n`);
    }
  });

  test('is written into the comment that is there when its finding is suppressed', () => {
    const analysis = dockerfile('# holdfast-ignore floating-tag', 'FROM node:20');
    const finding = analysis.findings.find(({ rule }) => rule === 'floating-tag');
    assert.ok(finding);
    const plan = planSuppression(analysis, finding, 'why');
    assert.ok(plan.ok);
    assert.equal(plan.text, '# holdfast-ignore floating-tag -- why\nFROM node:20\n');
  });

  test('goes into the comment about this finding, where another one of the same name has one too', () => {
    const text = (one: string, two: string): string =>
      `${pod(`# holdfast-ignore unpinned-image${one}\n      image: nginx:1.27.3`)}---\n${pod(`# holdfast-ignore unpinned-image${two}\n      image: nginx:1.27.3`)}`;
    const analysis = read('/w/a.yaml', text('', ''));
    const findings = analysis.findings.filter(({ rule }) => rule === 'unpinned-image');
    assert.equal(findings.length, 2);
    for (const [index, finding] of findings.entries()) {
      const plan = planSuppression(analysis, finding, 'why');
      assert.equal(plan.ok && plan.text, index === 0 ? text(' -- why', '') : text('', ' -- why'));
    }
  });

  test('is one line, whatever is given', () => {
    const analysis = read('/w/a.yaml', pod('image: nginx:1.27.3'));
    const finding = analysis.findings.find(({ rule }) => rule === 'unpinned-image');
    assert.ok(finding);
    const plan = planSuppression(analysis, finding, ' a\r\nimage: b\u0085c\u2028d\u0000 ');
    assert.ok(plan.ok);
    assert.match(plan.text, /# holdfast-ignore unpinned-image -- a image: b c d\n/);
  });
});

describe('the quick fixes of an unused comment', () => {
  const fixed = async (path: string, text: string): Promise<string> => {
    const analysis = read(path, text);
    const finding = analysis.findings.find(({ rule }) => rule === 'unused-suppression');
    const [fix] = finding?.fixes() ?? [];
    assert.ok(finding && fix);
    const plan = await planFix(analysis, finding, fix, { registry });
    assert.ok(plan.ok, plan.ok ? '' : plan.message);
    return plan.text;
  };

  test('take its line where nothing else is on it, else the blanks before it', async () => {
    const comment = '# holdfast-ignore floating-tag -- a';
    const compose = '/w/compose.yaml';
    const rest = 'services:\n  web:\n    image: nginx:1.27.3\n';
    assert.equal(await fixed(compose, rest.replace('    image', `    ${comment}\n    image`)), rest);
    assert.equal(await fixed(compose, rest.replace('1.27.3', `1.27.3 \t ${comment}`)), rest);
    const windows = rest.replaceAll('\n', '\r\n');
    assert.equal(await fixed(compose, windows.replace('1.27.3', `1.27.3  ${comment}`)), windows);
    assert.equal(await fixed(compose, windows.replace('    image', `  ${comment}\r\n    image`)), windows);
    assert.equal(await fixed(compose, `\uFEFF${comment}\n${rest}`), `\uFEFF${rest}`);
    assert.equal(await fixed(compose, `${rest}${comment}`), rest);
    assert.equal(
      await fixed(
        '/w/.devcontainer/devcontainer.json',
        '{\n  /* holdfast-ignore implicit-latest -- a */ "image": "node:20"\n}\n',
      ),
      '{\n  "image": "node:20"\n}\n',
    );
  });

  test('take one name with what separates it', async () => {
    const text = (names: string): string => `# holdfast-ignore ${names} -- a\nFROM node:20\n`;
    const path = '/w/Dockerfile';
    assert.equal(await fixed(path, text('unpinned-image floating-tag')), text('floating-tag'));
    assert.equal(await fixed(path, text('floating-tag, unpinned-image')), text('floating-tag'));
    assert.equal(await fixed(path, text('floating-tag,floating-tag')), text('floating-tag'));
    assert.equal(await fixed(path, text('floating-tga')), text('floating-tag'));
  });
});

describe('pinning keeps a suppression with its finding', () => {
  const reason =
    'holdfast-ignore writable-root-filesystem privileged-container stale-pull-policy mismatched-digests -- kept';
  const files: Readonly<
    Record<string, (above: string, behind: string) => readonly [path: string, text: string]>
  > = {
    dockerfile: (above) => ['/w/Dockerfile', `${above && `# ${above}\n`}FROM nginx:1.27.3\n`],
    quadlet: (above) => [
      '/w/web.container',
      `[Container]\n${above && `# ${above}\n`}Image=docker.io/library/nginx:1.27.3\n`,
    ],
    compose: (above, behind) => [
      '/w/compose.yaml',
      `services:\n  web:\n    ${above && `# ${above}\n    `}image: nginx:1.27.3${behind && ` # ${behind}`}\n    read_only: true\n`,
    ],
    kubernetes: (above, behind) => [
      '/w/a.yaml',
      pod(`${above && `# ${above}\n      `}image: nginx:1.27.3`, behind && ` # ${behind}`),
    ],
    kustomize: (above, behind) => [
      '/w/kustomization.yaml',
      `images:\n  - name: nginx\n    ${above && `# ${above}\n    `}newTag: 1.27.3${behind && ` # ${behind}`}\n`,
    ],
    'helm-values': (above, behind) => [
      '/w/chart/values.yaml',
      `image:\n  repository: nginx\n  ${above && `# ${above}\n  `}tag: 1.27.3${behind && ` # ${behind}`}\n  digest: ""\n`,
    ],
    'github-actions': (above, behind) => [
      '/w/.github/workflows/a.yml',
      `on: push\njobs:\n  a:\n    runs-on: x\n    ${above && `# ${above}\n    `}container: nginx:1.27.3${behind && ` # ${behind}`}\n`,
    ],
    'gitlab-ci': (above, behind) => [
      '/w/.gitlab-ci.yml',
      `a:\n  ${above && `# ${above}\n  `}image: nginx:1.27.3${behind && ` # ${behind}`}\n  script: [x]\n`,
    ],
    devcontainer: (above, behind) => [
      '/w/.devcontainer/devcontainer.json',
      `{\n  ${above && `// ${above}\n  `}"image": "nginx:1.27.3"${behind && ` // ${behind}`}\n}\n`,
    ],
    bake: (above, behind) => [
      '/w/docker-bake.hcl',
      `target "app" {\n  ${above && `# ${above}\n  `}contexts = { base = "docker-image://nginx:1.27.3" }${behind && ` # ${behind}`}\n}\n`,
    ],
  };

  for (const [kind, write] of Object.entries(files)) {
    const hasBehind = write('', reason)[1] !== write('', '')[1];
    for (const [place, above, behind] of [
      ['above', reason, ''],
      ...(hasBehind ? [['behind', '', reason]] : []),
    ] as const) {
      test(`${place} the line, in ${kind}`, async () => {
        const [path, text] = write(above ?? '', behind ?? '');
        for (const pinStyle of ['tag-and-digest', 'digest-only', 'digest-with-comment'] as const) {
          const analysis = read(path, text, { pinStyle });
          assert.deepEqual(analysis.kinds, [kind]);
          const plan = await planPins(analysis, { registry });
          assert.equal(plan.pinned, 1, plan.failures[0]?.message);
          assert.ok(plan.text.includes(digest));
          const after = read(path, plan.text, { pinStyle });
          const [before] = analysis.suppressions;
          const [kept, ...more] = after.suppressions;
          assert.deepEqual(more, []);
          assert.equal(kept?.reason, 'kept');
          assert.deepEqual(
            kept.names.map(({ value }) => value),
            before?.names.map(({ value }) => value),
          );
          const image = after.images.find(({ mutability }) => mutability === 'digest');
          assert.ok(image);
          const line = after.source.placeAt(image.site.span.start).line;
          if (place === 'behind' && kind !== 'helm-values') {
            assert.equal(after.source.placeAt(kept.span.start).line, line, plan.text);
          }
        }
      });

      test(`and what it silences stays silent, ${place} the line in ${kind}`, async () => {
        const own = reason.replace(/ignore .* --/, 'ignore unpinned-image --');
        const [path, text] = write(above && own, behind && own);
        const analysis = read(path, text);
        assert.deepEqual(found(analysis), []);
        const plan = await planPins(analysis, { registry });
        assert.deepEqual([plan.pinned, plan.text], [0, text]);
      });
    }
  }
});

describe('where a comment goes', () => {
  const suppressed = (
    path: string,
    text: string,
    scope?: 'line' | 'file',
    rule = 'unpinned-image',
  ): string => {
    const analysis = read(path, text);
    const finding = analysis.findings.find((one) => one.rule === rule);
    assert.ok(finding);
    const plan = planSuppression(analysis, finding, 'why', scope);
    return plan.ok ? plan.text : plan.message;
  };
  const line = '# holdfast-ignore unpinned-image -- why\n';
  const file = '# holdfast-ignore-file unpinned-image -- why\n';

  test('above the key of a text over several lines', () => {
    const text = pod('image: |-\n        nginx:1.27.3');
    assert.equal(suppressed('/w/a.yaml', text), text.replace('image:', `${line}      image:`));
  });

  test('within an instruction that goes on, and above one with a heredoc', () => {
    const text = 'FROM scratch\nCOPY \\\n  --from=nginx:1.27.3 \\\n  /a /b\n';
    assert.equal(suppressed('/w/Dockerfile', text), text.replace('  --from', `  ${line}  --from`));
    const heredoc = 'FROM scratch\nRUN --mount=from=nginx:1.27.3,target=/a <<EOF\nx\nEOF\n';
    assert.equal(suppressed('/w/Dockerfile', heredoc), heredoc.replace('RUN', `${line}RUN`));
  });

  test('for what a heredoc does above its instruction, for a command of a chain above its line', () => {
    const rule = 'unpinned-package';
    const comment = '# holdfast-ignore unpinned-package -- why\n';
    const from = `FROM debian:12.8@${digest}\n`;
    const heredoc = `${from}RUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n`;
    assert.equal(suppressed('/w/Dockerfile', heredoc, 'line', rule), heredoc.replace('RUN', `${comment}RUN`));
    const chain = `${from}RUN apt-get update \\\n && apt-get install -y curl \\\n && rm x\n`;
    assert.equal(
      suppressed('/w/Dockerfile', chain, 'line', rule),
      chain.replace(' && apt', ` ${comment} && apt`),
    );
    const inline = `services:\n  a:\n    build:\n      dockerfile_inline: |\n${heredoc.replace(/^/gm, '        ').trimEnd()}\n`;
    assert.equal(
      suppressed('/w/compose.yaml', inline, 'line', rule),
      inline.replace('      dockerfile_inline', `      ${comment}      dockerfile_inline`),
    );
  });

  test('in the Dockerfile that stands in a Compose file', () => {
    const text =
      'services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM nginx:1.27.3\n        RUN x\n';
    assert.equal(suppressed('/w/compose.yaml', text), text.replace('FROM', `${line}        FROM`));
  });

  test('in brackets over several lines, and above those on one', () => {
    const text = 'services: {a: {\n  image: nginx:1.27.3}}\n';
    assert.equal(suppressed('/w/compose.yaml', text), text.replace('  image', `  ${line}  image`));
    const short = 'services: {a: {image: nginx:1.27.3}}\n';
    assert.equal(suppressed('/w/compose.yaml', short), line + short);
  });

  test('for the file on top, below what has to come first', () => {
    const from = 'FROM nginx:1.27.3\n';
    for (const first of [
      '',
      '\uFEFF',
      '# syntax=docker/dockerfile:1\n# escape=`\n',
      ' # escape=`\n',
      '#!/usr/bin/env docker\n',
      '\uFEFF# check=skip=all\n',
    ]) {
      assert.equal(suppressed('/w/Dockerfile', first + from, 'file'), first + file + from);
    }
    const windows = '# escape=`\r\nFROM nginx:1.27.3\r\n';
    assert.equal(
      suppressed('/w/Dockerfile', windows, 'file'),
      windows.replace('FROM', `${file.replace('\n', '\r\n')}FROM`),
    );
    const other = 'apiVersion: example.com/v1\nkind: Thing\n---\n';
    const stream = other + pod('image: nginx:1.27.3');
    assert.equal(suppressed('/w/a.yaml', stream, 'file'), file + stream);
    // The name of the rule in the comment makes this document look like one with images.
    const patch = `# a\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n---\n${pod('image: nginx:1.27.3')}`;
    assert.match(suppressed('/w/a.yaml', patch, 'file'), /holdfast-ignore-file unpinned-image -- why\n/);
    assert.equal(
      suppressed('/w/a.yaml', `%YAML 1.2\n---\n${pod('image: nginx:1.27.3')}`, 'file').startsWith(file),
      true,
    );
  });

  test('nowhere in JSON, and the reason is told', () => {
    const json =
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "web", "image": "nginx:1.27.3"}]}}\n';
    for (const scope of ['line', 'file'] as const)
      assert.match(suppressed('/w/pod.json', json, scope), /^JSON has no comments/);
    const dev = '{\n  "image": "nginx:1.27.3"\n}\n';
    assert.equal(
      suppressed('/w/.devcontainer/devcontainer.json', dev),
      dev.replace('  "', `  ${line.replace('#', '//')}  "`),
    );
  });
});

test('a reason has letters', () => {
  for (const [reason, counts] of [
    ['.', false],
    ['123', false],
    ['?!', false],
    ['😀', false],
    ['it is meant', true],
    ['因为', true],
  ] as const) {
    const text = `# holdfast-ignore implicit-latest -- ${reason}\nFROM nginx\n`;
    const { findings, suppressed } = analyze({ path: '/Dockerfile', text });
    assert.equal(suppressed.length, counts ? 1 : 0, reason);
    assert.equal(
      findings.some(({ rule }) => rule === 'suppression-without-reason'),
      !counts,
      reason,
    );
  }
});
