// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, companionsOf, isRefusal, pinEdits } from '../../../../server/src/engine/index.ts';
import { parseDotenv } from '../../../../server/src/engine/kinds/compose/dotenv.ts';
import { digest, refusalOf } from '../../yaml/read.ts';

describe('a .env file', () => {
  const table: readonly (readonly [written: string, values: Readonly<Record<string, string>>])[] = [
    ['A=1.2.3', { A: '1.2.3' }],
    ['A=1\nB=2\n', { A: '1', B: '2' }],
    ['# c\n\n  # d\nA=1', { A: '1' }],
    ['  A = 1  ', { A: '1' }],
    ['A: 1', { A: '1' }],
    ['A=', { A: '' }],
    ['A=x=y', { A: 'x=y' }],
    ['A=1 # c', { A: '1' }],
    ['A=1# no comment', { A: '1# no comment' }],
    ['A= # c', {}],
    ['export A=1', { A: '1' }],
    ['export\tA=1', { A: '1' }],
    ['exported=1', { exported: '1' }],
    ["A='x # y $B'", { A: 'x # y $B' }],
    ["A='it\\'s'", { A: "it's" }],
    ['A="x # y" # c', { A: 'x # y' }],
    ['A="say \\"x\\"\\ty\\\\z"', { A: 'say "x"\ty\\z' }],
    ['A="two\nlines"\nB=1', { A: 'two\nlines', B: '1' }],
    ['A="not closed\nB=1', { B: '1' }],
    ['A=1\nB=${A}.2', { A: '1', B: '1.2' }],
    ['A=1\nB="$A.2"', { A: '1', B: '1.2' }],
    ['A=1\nB="\\$A"', { A: '1', B: '$A' }],
    ['A=${SHELL}', {}],
    ['A=1\nA=${SHELL}', {}],
    ['A=${SHELL:-d}', { A: 'd' }],
    ['A=1\nA=2', { A: '2' }],
    ['A', {}],
    ['A B=1\nC=2', { C: '2' }],
    ['DB_PASSWORD=1\nA=2', { A: '2' }],
    ['aws_secret_access_key = 1', {}],
    ['API_TOKEN=1\nA=x-$API_TOKEN', {}],
    ['GITHUB_PAT=ghp_16C7e42F292c6912E7710c838347Ae178B4a\nA=2', { A: '2' }],
    ['X=prefix-glpat-aB3dE6gH9jK2mN5pQ8sT', {}],
    ['X="dckr_pat_aB3dE6gH9jK2mN5pQ8sT1vW4"\nA=x-$X', {}],
    ['X=q8Zt4LmN0vR7yBk2PwXs', {}],
    ['X=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', { X: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b' }],
    [
      'X=registry.example.com/Team-Release-2024/Images',
      { X: 'registry.example.com/Team-Release-2024/Images' },
    ],
    ['=1', {}],
    ['\uFEFFA=1', { A: '1' }],
    ['', {}],
  ];
  for (const [written, values] of table) {
    test(JSON.stringify(written), () => {
      assert.deepEqual(Object.fromEntries(parseDotenv(written)), values);
      assert.deepEqual(Object.fromEntries(parseDotenv(written.replaceAll('\n', '\r\n'))), values);
    });
  }

  test('cut off anywhere is read as far as it goes', () => {
    const text = table.map(([written]) => written).join('\n');
    for (let end = 0; end <= text.length; end++)
      assert.ok(parseDotenv(text.slice(0, end)) instanceof Map, `${end}`);
  });

  test('is read in one go however long it is', () => {
    assert.equal(parseDotenv('A="x\n'.repeat(100_000)).size < 100_000, true);
  });

  test('gives nothing where its variables add up to too much', { timeout: 60_000 }, () => {
    const file = (lines: number) =>
      `A=${'x'.repeat(9000)}\n${Array.from({ length: lines }, (_, at) => `B${at}=x$A\n`).join('')}`;
    assert.equal(parseDotenv(file(100)).size, 101);
    assert.equal(parseDotenv(file(20_000)).size, 0);
  });

  test('may be long by itself', { timeout: 60_000 }, () => {
    assert.equal(parseDotenv(`A=${'x'.repeat(2_000_000)}\nB=1`).size, 2);
  });

  test('does not grow without end', () => {
    const values = parseDotenv(`A=${'x'.repeat(100)}\n${'A=$A$A$A$A\n'.repeat(50)}B=1\n`);
    assert.deepEqual(Object.fromEntries(values), { B: '1' });
    const { images } = analysisOf('${A}'.repeat(500), `A=${'x'.repeat(5000)}`);
    assert.ok((images[0]?.resolved.length ?? 0) < 20_000);
  });
});

const path = '/shop/compose.yaml';
const analysisOf = (image: string, env?: string) =>
  analyze({
    path,
    text: `services: {web: {image: "${image}", read_only: true}}\n`,
    companions: new Map(env === undefined ? [] : [['.env', env]]),
  });

describe('variables that .env sets', () => {
  const table: readonly (readonly [image: string, env: string | undefined, expected: string])[] = [
    ['nginx:${TAG}', undefined, 'nginx:${TAG} unknown'],
    ['nginx:${TAG}', 'OTHER=1', 'nginx:${TAG} unknown'],
    ['nginx:${TAG}', 'TAG=1.27.3', 'nginx:1.27.3 tag'],
    ['nginx:$TAG', 'TAG=1.27.3', 'nginx:1.27.3 tag'],
    ['nginx:${TAG:?no tag}', 'TAG=1.27.3', 'nginx:1.27.3 tag'],
    ['nginx:${TAG:?no tag}', 'TAG=', 'nginx:${TAG:?no tag} unknown'],
    ['nginx:${TAG:-1.27.3}', 'TAG=latest', 'nginx:latest floating'],
    ['nginx:${TAG-1.27.3}', 'TAG=latest', 'nginx:latest floating'],
    ['nginx:${TAG:-1.27.3}', 'TAG=', 'nginx:1.27.3 tag'],
    ['nginx${TAG-:1.27.3}', 'TAG=', 'nginx implicit'],
    ['nginx${TAG:+:1.27.3}', 'TAG=x', 'nginx:1.27.3 tag'],
    ['nginx${TAG:+:1.27.3}', 'TAG=', 'nginx implicit'],
    ['nginx:${A:-${B}}', 'B=1.27.3', 'nginx:1.27.3 tag'],
    ['${IMAGE}', `IMAGE=nginx@${digest}`, `nginx@${digest} digest`],
    ['${REG}/app:${TAG}', 'REG=reg:5000', 'reg:5000/app:${TAG} unknown'],
    ['nginx:${TAG}', "TAG='$$X'", 'nginx:$$X unknown'],
    ['nginx:$$TAG', 'TAG=1', 'nginx:$TAG unknown'],
  ];
  for (const [image, env, expected] of table) {
    test(`${image} with ${JSON.stringify(env)}`, () => {
      const [use] = analysisOf(image, env).images;
      assert.equal(`${use?.resolved} ${use?.mutability}`, expected);
    });
  }

  test('are reported, and not pinned where they are used', () => {
    const { findings, images } = analysisOf('nginx:${TAG}', 'TAG=1.27.3');
    assert.deepEqual(
      findings.filter(({ rule }) => rule === 'unpinned-image').map(({ fixable }) => fixable),
      [false],
    );
    assert.ok(images[0]);
    assert.match(refusalOf(pinEdits(images[0], digest)), /\$\{TAG\} decides this value, and `\.env` sets it/);
  });

  test('decide settings and mounts too', () => {
    const text =
      'services:\n  web: {image: "${IMAGE}", read_only: "${RO}", volumes: ["${SRC}:/x:${MODE}"]}\n';
    const rules = (env: string) =>
      analyze({ path, text, companions: new Map([['.env', `IMAGE=a@${digest}\n${env}`]]) })
        .findings.map(({ rule }) => rule)
        .filter((rule) => rule.startsWith('writable-'));
    assert.deepEqual(rules(''), []);
    assert.deepEqual(rules('RO=false\nSRC=./x\nMODE=rw'), [
      'writable-root-filesystem',
      'writable-host-mount',
    ]);
    assert.deepEqual(rules('RO=true\nSRC=./x\nMODE=ro'), []);
  });

  test('are read again when .env changes', () => {
    const text = 'services: {web: {image: "nginx:${TAG}"}}\n';
    const first = analyze({ path, text, companions: new Map([['.env', 'TAG=1.27.3']]) });
    const second = analyze({ ...first.input, companions: new Map() }, first.settings, first);
    const third = analyze(
      { ...first.input, companions: new Map([['.env', 'TAG=latest']]) },
      first.settings,
      second,
    );
    assert.deepEqual(
      [first, second, third].map(({ images }) => images[0]?.mutability),
      ['tag', 'unknown', 'floating'],
    );
  });

  test('are asked for beside every Compose file', () => {
    const text = 'services: {web: {image: a}}\n';
    assert.deepEqual(companionsOf({ path: '/shop/stack.yml', text }).includes('.env'), true);
    assert.equal(companionsOf({ path, text }).includes('.env'), true);
    assert.deepEqual(companionsOf({ path: '/shop/compose.prod.yaml', text }), ['.env']);
  });

  test('a value cannot write into the file', () => {
    const { images } = analysisOf('${IMAGE}', 'IMAGE=nginx:1.27.3');
    assert.ok(images[0] && isRefusal(images[0].site.replace('x')));
  });
});
