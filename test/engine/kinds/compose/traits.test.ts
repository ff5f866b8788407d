// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compose } from '../../../../server/src/engine/kinds/compose/index.ts';
import type { Facts } from '../../../../server/src/engine/model/facts.ts';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { YamlPiece } from '../../../../server/src/engine/yaml/parse.ts';
import { apply, fileOf, readCompose, refusalOf, workloadIn } from '../../yaml/read.ts';

const web = (lines: string): string => `services:\n  web:\n    ${lines.replaceAll('\n', '\n    ')}\n`;

const webIn = (text: string) => workloadIn(readCompose(text), 'service web');

/** The facts of a file with others beside it. */
function readBeside(name: string, text: string, beside: Readonly<Record<string, string>>): Facts {
  const file = { ...fileOf(`/shop/${name}`, text), companions: new Map(Object.entries(beside)) };
  return compose.extract(new YamlPiece(text), file);
}

describe('new privileges', () => {
  const table: readonly (readonly [
    text: string,
    value: boolean | undefined,
    origin: string,
    fixed?: string,
  ])[] = [
    [web('image: a'), true, 'default', web('image: a\nsecurity_opt:\n  - no-new-privileges:true')],
    [web('image: a\nsecurity_opt: [no-new-privileges]'), false, 'explicit'],
    [web('image: a\nsecurity_opt: ["no-new-privileges:true"]'), false, 'explicit'],
    [web('image: a\nsecurity_opt: ["no-new-privileges=1"]'), false, 'explicit'],
    [
      web('image: a\nsecurity_opt: ["no-new-privileges:false"]'),
      true,
      'explicit',
      web('image: a\nsecurity_opt: ["no-new-privileges:true"]'),
    ],
    [
      web('image: a\nsecurity_opt:\n  - apparmor:x'),
      true,
      'default',
      web('image: a\nsecurity_opt:\n  - apparmor:x\n  - no-new-privileges:true'),
    ],
    [web('image: a\nsecurity_opt: ["${X}"]'), undefined, 'unknown'],
    [web('image: a\nextends: {file: b.yaml, service: c}'), undefined, 'unknown'],
    [`x-s: &s [no-new-privileges]\n${web('image: a\nsecurity_opt: *s')}`, false, 'merged'],
    [`${web('image: a\nextends: base')}  base:\n    security_opt: [no-new-privileges]\n`, false, 'merged'],
  ];
  for (const [text, value, origin, fixed] of table) {
    test(JSON.stringify(text), () => {
      const setting = webIn(text).privilegeEscalation;
      assert.deepEqual([setting?.value, setting?.origin], [value, origin]);
      if (fixed) assert.equal(apply(text, setting?.set(false) ?? []), fixed);
    });
  }

  test('are decided by the file that is merged in', () => {
    const { workloads } = readBeside('compose.yaml', web('image: a'), {
      'compose.override.yaml': web('security_opt: [no-new-privileges]'),
    });
    assert.equal(workloads[0]?.privilegeEscalation?.origin, 'unknown');
    assert.match(refusalOf(workloads[0]?.privilegeEscalation?.set(false) ?? []), /compose\.override\.yaml/);
  });

  test('are not set for one service in a list that several have', () => {
    const text = `x-s: &s ["no-new-privileges:false"]\n${web('image: a\nsecurity_opt: *s')}`;
    assert.match(refusalOf(webIn(text).privilegeEscalation?.set(false) ?? []), /shared/);
  });
});

test('input and terminal', () => {
  const { interactive } = webIn(web('image: a\nstdin_open: true'));
  assert.deepEqual([interactive?.stdin.value, interactive?.tty.value], [true, false]);
});

describe('variables', () => {
  const told = (text: string) =>
    readCompose(text).workloads.flatMap(({ variables }) =>
      variables.map(({ isLiteral, name, value }) => [
        `${name.value}=${value.value}`,
        isLiteral,
        `${text.slice(name.span.start, name.span.end)}=${text.slice(value.span.start, value.span.end)}`,
      ]),
    );

  test('in both forms', () => {
    const map = web('image: a\nenvironment:\n  A: "b"\n  C: $$d\n  E: ${F:-g}\n  H:');
    assert.deepEqual(told(map), [
      ['A=b', true, 'A=b'],
      ['C=$d', true, 'C=$$d'],
      ['E=${F:-g}', false, 'E=${F:-g}'],
    ]);
    const list = web('image: a\nenvironment:\n- A=b=c\n- "D=e"\n- F\n- G=');
    assert.deepEqual(told(list), [
      ['A=b=c', true, 'A=b=c'],
      ['D=e', true, 'D=e'],
      ['G=', true, 'G='],
    ]);
  });

  test('that several services share are told once', () => {
    const shared =
      'x-e: &e {A: b}\nservices:\n  a: {image: x, environment: *e}\n  b: {image: x, environment: {<<: *e, C: d}}\n';
    assert.deepEqual(
      told(shared).map(([text]) => text),
      ['A=b', 'C=d'],
    );
  });
});

describe('readiness', () => {
  const table: readonly (readonly [db: string, needs: string, present: boolean | null])[] = [
    ['image: db', '[db]', false],
    ['image: db', '{db: {condition: service_started}}', false],
    ['image: db\n    healthcheck: {test: x}', '[db]', true],
    ['image: db\n    healthcheck: {interval: 1s}', '[db]', true],
    ['image: db\n    healthcheck: {test: [NONE]}', '[db]', false],
    ['image: db\n    healthcheck: {disable: true}', '{db: {condition: service_healthy}}', false],
    // A pulled image whose health somebody waits for has a check of its own.
    ['image: db', '{db: {condition: service_healthy}}', null],
    ['build: .', '{db: {condition: service_healthy}}', false],
    ['build: https://github.com/a/b.git', '[db]', null],
    ['image: db', '{db: {condition: service_completed_successfully}}', null],
    ['image: db', '[other]', null],
    ['image: db\n    extends: {file: x.yaml, service: y}', '[db]', null],
  ];
  for (const [db, needs, present] of table) {
    test(`${JSON.stringify(db)}, depends_on: ${needs}`, () => {
      const text = `services:\n  db:\n    ${db}\n  web: {image: a, depends_on: ${needs}}\n`;
      const { readiness } = workloadIn(readCompose(text), 'service db');
      assert.equal(readiness?.present ?? null, present);
      if (readiness) assert.equal(readiness.because, 'service web waits for it');
    });
  }

  test('says how many wait', () => {
    const text = `services:\n  db: {image: a}\n  b: {image: b, depends_on: [db]}\n  c: {image: c, depends_on: [db]}\n`;
    assert.equal(
      workloadIn(readCompose(text), 'service db').readiness?.because,
      'service b and 1 more wait for it',
    );
  });

  test('sees who waits in the file beside it, and its health check there', () => {
    const base = web('image: a');
    const waits = 'services:\n  cron: {image: b, depends_on: [web]}\n';
    const checked = `${waits}  web:\n    healthcheck: {test: x}\n`;
    const present = (over: string) =>
      readBeside('compose.yaml', base, { 'compose.override.yaml': over }).workloads[0]?.readiness?.present;
    assert.equal(present(waits), false);
    assert.equal(present(checked), true);
  });
});

test('files that are copied in while a service runs', () => {
  const text = web(
    'image: a\ndevelop:\n  watch:\n  - {action: sync, path: ./a, target: /a}\n  - {action: rebuild, path: ./b}\n  - {action: sync+restart, path: ./c}\n  - {action: restart, path: ./d}',
  );
  assert.deepEqual(
    webIn(text).watches.map(({ path, span, value }) => [value, text.slice(span.start, span.end), path]),
    [
      ['./a', './a', 'services.web.develop.watch.0'],
      ['./c', './c', 'services.web.develop.watch.2'],
    ],
  );
});

describe('builds', () => {
  const table: readonly (readonly [build: string, dockerfile: string | null, target?: string])[] = [
    ['.', '/shop/Dockerfile'],
    ['./api/', '/shop/api/Dockerfile'],
    ['../api', '/api/Dockerfile'],
    ['/srv/api', '/srv/api/Dockerfile'],
    [
      '{context: api, dockerfile: docker/Prod.Dockerfile, target: run}',
      '/shop/api/docker/Prod.Dockerfile',
      'run',
    ],
    ['{context: api, dockerfile: ../Dockerfile}', '/shop/Dockerfile'],
    ['{dockerfile: x}', '/shop/x'],
    ['{context: "${DIR:-api}"}', '/shop/api/Dockerfile'],
    ['{context: "${DIR}"}', null],
    ['{context: api, target: "${T}"}', null],
    ['https://github.com/a/b.git', null],
    ['git@github.com:a/b.git', null],
    ['github.com/a/b', null],
    ['{dockerfile_inline: FROM a}', '/shop/compose.yaml#services.web.build.dockerfile_inline'],
  ];
  for (const [build, dockerfile, target] of table) {
    test(build, () => {
      const { outline, workloads } = readCompose(web(`image: shop/web\nbuild: ${build}`));
      const source = dockerfile === null ? null : { dockerfile, target: target ?? null };
      assert.deepEqual(workloads[0]?.build, source);
      assert.deepEqual(outline.builds, source ? [{ images: ['docker.io/shop/web:latest'], ...source }] : []);
    });
  }

  test('without a name for the image are told for their Dockerfile', () => {
    const plain = [{ images: [], dockerfile: '/shop/Dockerfile', target: null }];
    assert.deepEqual(readCompose(web('build: .')).outline.builds, plain);
    assert.deepEqual(readCompose(web('build: .\nimage: "a:${TAG}"')).outline.builds, plain);
    const tagged = readCompose(web('build: {context: ., tags: ["a:1", "ghcr.io/b/c:2"]}'));
    assert.deepEqual(
      tagged.outline.builds.map(({ images }) => images),
      [['docker.io/library/a:1', 'ghcr.io/b/c:2']],
    );
  });

  test('are those of another service that names the image', () => {
    const text = `${web('image: shop/web:1')}  worker:\n    image: shop/web:1\n    build: ./web\n`;
    assert.equal(webIn(text).build?.dockerfile, '/shop/web/Dockerfile');
    assert.equal(webIn(web('image: shop/web:1')).build, null);
  });

  test('are joined over the files that are merged', () => {
    const over = { 'compose.override.yaml': web('build: {target: dev}') };
    assert.deepEqual(readBeside('compose.yaml', web('build: ./api'), over).workloads[0]?.build, {
      dockerfile: '/shop/api/Dockerfile',
      target: 'dev',
    });
  });
});

/** When and where a script runs, and its commands with the text that each stands for. */
type Told = readonly [where: string, commands: readonly (readonly [words: string, at: string])[]];

describe('scripts', () => {
  const told = (text: string): readonly Told[] =>
    readCompose(text).scripts.map((script) => [
      `${script.moment} ${script.path.replace('services.web.', '')}`,
      script
        .commands()
        .map(({ name, span, words }) => [
          [name, ...words.map((word) => word.text)].join(' '),
          text.slice(span.start, span.end),
        ]),
    ]);
  const table: readonly (readonly [lines: string, expected: readonly Told[]])[] = [
    ['command: npm start', [['start command', [['npm start', 'npm start']]]]],
    ['command: [npm, run, "a b"]', [['start command', [['npm run a b', 'npm, run, "a b']]]]],
    ['command: npm "run x" && true', [['start command', [['npm run x', 'npm "run x']]]]],
    [
      `command: sh -c "echo $$HOME; ls"`,
      [
        [
          'start command',
          [
            ['echo $HOME', 'echo $$HOME'],
            ['ls', 'ls'],
          ],
        ],
      ],
    ],
    [
      'command:\n- sh\n- -c\n- |\n  apk add curl\n  exec x',
      [
        [
          'start command',
          [
            ['apk add curl', 'apk add curl'],
            ['x', 'exec x'],
          ],
        ],
      ],
    ],
    [
      'entrypoint: [/bin/sh, -ec]\ncommand: ["apk add curl"]',
      [['start command', [['apk add curl', 'apk add curl']]]],
    ],
    [
      'entrypoint: npm\ncommand: install',
      [['start command', [['npm install', 'npm\n    command: install']]]],
    ],
    ['entrypoint: [npm]', [['start entrypoint', [['npm', 'npm']]]]],
    [
      'healthcheck: {test: "curl x || exit 1"}',
      [
        [
          'probe healthcheck.test',
          [
            ['curl x', 'curl x'],
            ['exit 1', 'exit 1'],
          ],
        ],
      ],
    ],
    ['healthcheck: {test: [CMD, curl, x]}', [['probe healthcheck.test', [['curl x', 'curl, x']]]]],
    ['healthcheck: {test: [CMD-SHELL, "curl x"]}', [['probe healthcheck.test', [['curl x', 'curl x']]]]],
    ['healthcheck: {test: [NONE]}', []],
    ['post_start: [{command: ./up.sh}]', [['hook post_start.0', [['up.sh', './up.sh']]]]],
    ['pre_stop: [{command: [a, b]}]', [['hook pre_stop.0', [['a b', 'a, b']]]]],
    ['command:', []],
    ['command: []', []],
    ['command: ""', []],
  ];
  for (const [lines, expected] of table) {
    test(lines, () => {
      assert.deepEqual(told(web(`image: a\n${lines}`)), expected);
    });
  }

  test('on Windows are not read, with the reason', () => {
    const { scripts } = readCompose(web('image: a\nplatform: windows/amd64\ncommand: npm install'));
    assert.deepEqual(
      scripts.map((script) => [script.unread, script.commands()]),
      [['it runs on Windows', []]],
    );
  });

  test('that several services share are told once', () => {
    const text = 'x-b: &b {image: a, command: npm install}\nservices:\n  a: *b\n  b: {<<: *b}\n';
    assert.equal(readCompose(text).scripts.length, 1);
  });

  test('that the file merged in replaces are left out', () => {
    const over = { 'compose.override.yaml': web('command: b') };
    assert.deepEqual(readBeside('compose.yaml', web('image: a\ncommand: a'), over).scripts, []);
  });
});

describe('scratch space', () => {
  const table: readonly (readonly [
    written: string,
    size: string | undefined,
    executable: boolean | undefined,
    noexec: string,
  ])[] = [
    ['/t', '50%', false, '/t:noexec'],
    ['/t:size=64m,exec', '64m', true, '/t:size=64m,noexec'],
    ['/t:exec,noexec', '50%', false, '/t:noexec'],
    ['/t:noexec,exec', '50%', true, '/t:noexec'],
    ['/t:mode=1777', '50%', false, '/t:mode=1777,noexec'],
  ];
  for (const [written, size, executable, noexec] of table) {
    test(written, () => {
      const text = web(`image: a\ntmpfs: ["${written}"]`);
      const [mount] = webIn(text).mounts;
      assert.deepEqual([mount?.sizeLimit?.value, mount?.executable?.value], [size, executable]);
      assert.equal(apply(text, mount?.executable?.set(false) ?? []), text.replace(written, noexec));
    });
  }

  test('behind a variable is not known', () => {
    const [mount] = webIn(web('image: a\ntmpfs: "/t:${X}"')).mounts;
    assert.deepEqual([mount?.executable?.origin, mount?.sizeLimit?.origin], ['unknown', 'unknown']);
    assert.match(refusalOf(mount?.executable?.set(false) ?? []), /\$\{X\} decides/);
  });

  test('in long form has a size, and no other options', () => {
    const text = web(
      'image: a\nvolumes:\n- {type: tmpfs, target: /t, tmpfs: {size: 64m}}\n- {type: volume, target: /v}',
    );
    const [tmpfs, volume] = webIn(text).mounts;
    assert.deepEqual([tmpfs?.sizeLimit?.value, tmpfs?.executable?.value], ['64m', false]);
    assert.deepEqual([volume?.sizeLimit, volume?.executable], [null, null]);
    assert.equal(apply(text, tmpfs?.sizeLimit?.set('1g') ?? []), text.replace('64m', '1g'));
    assert.match(refusalOf(tmpfs?.executable?.set(true) ?? []), /long form/);
  });
});

describe('updates', () => {
  const table: readonly (readonly [deploy: string, canGoBack: boolean | 'unknown' | null])[] = [
    ['{replicas: 2, update_config: {parallelism: 1}}', false],
    ['{replicas: 2, update_config: {failure_action: pause}}', false],
    ['{replicas: 2, update_config: {failure_action: rollback}}', true],
    ['{replicas: 2, update_config: {failure_action: "${A}"}}', 'unknown'],
    ['{mode: replicated, replicas: 2, update_config: {}}', false],
    ['{mode: global, replicas: 2, update_config: {}}', null],
    ['{replicas: 1, update_config: {}}', null],
    ['{update_config: {}}', null],
    ['{replicas: "${N}", update_config: {}}', null],
    ['{replicas: "${N:-3}", update_config: {}}', false],
    ['{replicas: 2}', null],
  ];
  for (const [deploy, canGoBack] of table) {
    test(deploy, () => {
      const [rollout] = readCompose(web(`image: a\ndeploy: ${deploy}`)).rollouts;
      const told = rollout ? (rollout.canGoBack.value ?? 'unknown') : null;
      assert.equal(told, canGoBack);
    });
  }

  test('are made to go back', () => {
    const text = web('image: a\ndeploy:\n  replicas: 2\n  update_config:\n    parallelism: 1 # c');
    const [rollout] = readCompose(text).rollouts;
    assert.equal(rollout?.type, 'automatic');
    assert.equal(
      apply(text, rollout?.canGoBack.set(true) ?? []),
      text.replace('# c\n', '# c\n        failure_action: rollback\n'),
    );
  });
});

describe('whether a file deploys', () => {
  const text = web('image: a');
  const why = (path: string, content = text) =>
    compose.extract(new YamlPiece(content), fileOf(path, content)).deploys;
  const names: readonly (readonly [path: string, reason: string | null])[] = [
    ['/shop/compose.yaml', null],
    ['/shop/compose.prod.yaml', 'its name says "prod"'],
    ['/shop/docker-compose.Production.yml', 'its name says "production"'],
    ['/shop/docker-compose-staging.yml', 'its name says "staging"'],
    ['/shop/docker-stack.yml', 'its name is that of a stack of a swarm'],
    ['/shop/compose.full-stack.yml', null],
    ['/shop/compose.prod-local.yml', null],
    ['/shop/compose.product.yml', null],
    ['/prod/compose.yaml', 'it stands in a folder called "prod"'],
    ['/prod/compose.dev.yaml', null],
    ['/prod/shop/compose.yaml', null],
  ];
  for (const [path, reason] of names) test(path, () => assert.equal(why(path), reason));

  test('is told by what only a swarm reads', () => {
    const swarm = web('image: a\ndeploy: {placement: {constraints: [x]}}');
    assert.equal(why('/shop/compose.yaml', swarm), 'only a swarm reads its `placement`');
    assert.equal(why('/shop/compose.yaml', web('image: a\ndeploy: {replicas: 2}')), null);
  });
});

describe('a Dockerfile in the file', () => {
  const text = web(
    'build:\n  dockerfile_inline: |\n    ARG V=1\n    FROM node:${T:-20} AS run\n    VOLUME /data\n    RUN apk add curl=$$V \\\n      && echo ${T:-20}\n    HEALTHCHECK CMD true',
  );

  test('is read as one of its own', () => {
    const { outline, scripts, stages } = readCompose(text);
    const path = 'services.web.build.dockerfile_inline';
    assert.deepEqual(
      outline.built.map(({ target, volumes, hasHealthcheck }) => [target, volumes, hasHealthcheck]),
      [
        ['run', ['/data'], true],
        [null, ['/data'], true],
      ],
    );
    assert.equal(outline.built[0]?.dockerfile, `/shop/compose.yaml#${path}`);
    assert.equal(stages[0]?.path, `${path}.stage/run`);
    assert.equal(stages[0]?.base?.resolved, 'node:20');
    const commands = scripts[0]?.commands() ?? [];
    assert.deepEqual(
      commands.map(({ name, span, words }) => [
        [name, ...words.map((word) => word.text)].join(' '),
        text.slice(span.start, span.end),
      ]),
      [
        ['apk add curl=$V', 'apk add curl=$$V'],
        ['echo 20', 'echo ${T:-20}'],
      ],
    );
  });

  test('whose text is folded is found at the whole text', () => {
    const folded = text.replace('|', '>');
    const { scripts } = readCompose(folded);
    for (const { span } of scripts.flatMap((script) => script.commands())) {
      assert.ok(span.end <= folded.length && span.start >= folded.indexOf('ARG'));
    }
  });

  test('is not told of where another file replaces it', () => {
    const over = { 'compose.override.yaml': web('build: !override {context: .}') };
    const { outline, stages } = readBeside('compose.yaml', text, over);
    assert.deepEqual([outline.built, stages], [[], []]);
  });
});

test('a file cut off anywhere is read as far as it goes, in every way it is saved', () => {
  const whole = [
    'x-env: &env {TOKEN: $$a}',
    'services:',
    '  web:',
    '    build: {context: ./web, target: run, dockerfile_inline: "FROM a\\nRUN npm i"}',
    '    image: "shop/web:${T:-1}"',
    '    environment: {<<: *env, B: "${C}"}',
    '    security_opt: ["no-new-privileges:false"]',
    '    command: >',
    '      sh -c "echo $$X',
    '      && ls"',
    '    healthcheck: {test: ["CMD-SHELL", "x || y"]}',
    '    post_start: [{command: a b}]',
    '    tmpfs: ["/t:exec,size=${S}", /u]',
    '    develop: {watch: [{action: sync, path: ./a}]}',
    '    deploy: {replicas: 2, update_config: {order: start-first}}',
    '    depends_on: {db: {condition: service_healthy}}',
    '  db: {image: a, extends: {service: web}, environment: [A=b, C]}',
    '',
  ].join('\n');
  for (const text of [whole, `\uFEFF${whole}`, whole.replaceAll('\n', '\r\n')]) {
    for (let end = 0; end <= text.length; end++) {
      const cut = text.slice(0, end);
      const facts = compose.extract(new YamlPiece(cut), fileOf('/shop/compose.yaml', cut));
      const commands = facts.scripts.flatMap((script) => [script, ...script.commands()]);
      const spans = [
        ...commands.map(({ span }) => span),
        ...facts.workloads.flatMap(({ privilegeEscalation, variables, watches }) => [
          ...(privilegeEscalation ? [privilegeEscalation.underline] : []),
          ...variables.flatMap(({ name, value }) => [name.span, value.span]),
          ...watches.map(({ span }) => span),
        ]),
        ...facts.rollouts.map(({ canGoBack }) => canGoBack.underline),
      ];
      for (const span of spans) {
        assert.ok(span.start >= 0 && span.start <= span.end && span.end <= cut.length, cut);
      }
      const edits = [
        ...facts.workloads.flatMap(({ mounts, privilegeEscalation }) => [
          privilegeEscalation?.set(false) ?? [],
          ...mounts.flatMap(({ executable, sizeLimit }) => [
            executable?.set(false) ?? [],
            sizeLimit?.set('1m') ?? [],
          ]),
        ]),
        ...facts.rollouts.map(({ canGoBack }) => canGoBack.set(true)),
      ];
      for (const one of edits) if (!isRefusal(one)) assert.equal(typeof apply(cut, one), 'string');
    }
  }
});
