// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of manifests are what is tested
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import type { IGrammar } from 'vscode-textmate';
import { dockerfileHost, yamlHost } from './hosts.ts';

// Both packages are CommonJS bundles whose names cannot be imported one by one.
const require = createRequire(import.meta.url);
const oniguruma: typeof import('vscode-oniguruma') = require('vscode-oniguruma');
const textmate: typeof import('vscode-textmate') = require('vscode-textmate');

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const hosts = { dockerfile: dockerfileHost, yaml: yamlHost };
type Host = keyof typeof hosts;

function readInjection(host: Host): string {
  return readFileSync(new URL(`../../syntaxes/holdfast.${host}.tmLanguage.json`, import.meta.url), 'utf8');
}

async function loadGrammar(host: Host, injected: boolean): Promise<IGrammar> {
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (line) => new oniguruma.OnigString(line),
    }),
    loadGrammar: async (scopeName) =>
      textmate.parseRawGrammar(
        scopeName === hosts[host].scopeName ? JSON.stringify(hosts[host]) : readInjection(host),
        `${scopeName}.json`,
      ),
    getInjections: (scopeName) =>
      injected && scopeName === hosts[host].scopeName ? [`holdfast.${host}`] : undefined,
  });
  const grammar = await registry.loadGrammar(hosts[host].scopeName);
  assert.ok(grammar);
  return grammar;
}

interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
}

function tokenize(grammar: IGrammar, source: string): Token[] {
  const tokens: Token[] = [];
  let state = textmate.INITIAL;
  for (const line of source.split('\n')) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const { endIndex, scopes, startIndex } of result.tokens) {
      tokens.push({ text: line.slice(startIndex, endIndex), scopes });
    }
  }
  return tokens;
}

/** Short names for the scopes, for the tables below. */
const labels: Readonly<Record<string, string>> = {
  'variable.other.constant.tag.image.holdfast': 'tag',
  'constant.numeric.digest.image.holdfast': 'digest',
  'keyword.other.suppression.holdfast': 'keyword',
  'variable.parameter.rule.suppression.holdfast': 'rule',
  'string.unquoted.reason.suppression.holdfast': 'reason',
};

function marked(grammar: IGrammar, source: string): string[] {
  return tokenize(grammar, source).flatMap(({ scopes, text }) => {
    const label = labels[scopes.at(-1) ?? ''];
    return label === undefined ? [] : [`${label} ${text}`];
  });
}

type Row = readonly [source: string, ...marks: string[]];

const dockerfile: readonly Row[] = [
  ['FROM nginx:1.25', 'tag 1.25'],
  ['from nginx:1.25', 'tag 1.25'],
  ['FROM nginx:1.25 AS web', 'tag 1.25'],
  ['  FROM --platform=$BUILDPLATFORM reg:5000/a/b:1.25-alpine as web', 'tag 1.25-alpine'],
  [`FROM nginx:1.25@${digest}`, 'tag 1.25', `digest ${digest}`],
  [`FROM nginx@${digest} AS web`, `digest ${digest}`],
  ['FROM ${REG}/app:1.2', 'tag 1.2'],
  ['FROM nginx'],
  ['FROM reg:5000/app'],
  ['FROM app:${TAG}'],
  ['FROM ${IMAGE:-nginx:1.25}'],
  ['FROM nginx@sha256:0123'],
  [`FROM nginx@${digest.toUpperCase()}`],
  [`FROM nginx@${digest}0`],
  ['FROM \\'],
  ['COPY --from=busybox:1.36 /a:b /c:d', 'tag 1.36'],
  ['COPY --chown=1:2 --from=busybox:1.36 /a /b', 'tag 1.36'],
  [`ONBUILD COPY --from=busybox@${digest} /a /b`, `digest ${digest}`],
  ['COPY --from=build /a:b /c'],
  ['COPY a:b c:d'],
  ['RUN --mount=type=bind,from=alpine:3.19,target=/x make', 'tag 3.19'],
  ['RUN --mount=type=cache,target=/x:y tool --from=a:b from=c:d'],
  ['RUN echo FROM nginx:1.25'],
  ['LABEL x="\nFROM nginx:1.25\n"'],
  ['ARG X=nginx:1.25'],
  ['# syntax=docker/dockerfile:1.7', 'tag 1.7'],
  ['#syntax = docker/dockerfile:1', 'tag 1'],
  ['# see nginx:1.25'],
  [
    '# holdfast-ignore floating-tag -- rebuilt: daily',
    'keyword holdfast-ignore',
    'rule floating-tag',
    'reason rebuilt: daily',
  ],
  ['  ## holdfast-ignore-file a, b', 'keyword holdfast-ignore-file', 'rule a', 'rule b'],
  ['# holdfast-ignored a'],
  ['# see holdfast-ignore a'],
];

const yaml: readonly Row[] = [
  ['image: nginx:1.25', 'tag 1.25'],
  ['  - image: "nginx:1.25"', 'tag 1.25'],
  ["image: 'reg:5000/app:latest'", 'tag latest'],
  [`image: app:v1@${digest} # note`, 'tag v1', `digest ${digest}`],
  ['image: &app nginx:1.25', 'tag 1.25'],
  ['image:   nginx:1.25', 'tag 1.25'],
  ['initImage: a/b:c', 'tag c'],
  ['base_image: a/b:c', 'tag c'],
  ['image: ${REG:-docker.io}/app:1.2', 'tag 1.2'],
  ['image: ${{ env.REG }}/app:1.2', 'tag 1.2'],
  ['image: "{{ .Values.name }}:1.2"', 'tag 1.2'],
  ['x: { image: nginx:1.25, "image": "b:2" }', 'tag 1.25', 'tag 2'],
  ['- uses: docker://alpine:3.8', 'tag 3.8'],
  ['- uses: actions/checkout@v4'],
  ['newTag: v1.2', 'tag v1.2'],
  ['newTag: "1.25"', 'tag 1.25'],
  [`digest: ${digest}`, `digest ${digest}`],
  ['digest: sha256:0123'],
  ['image: nginx'],
  ['image: reg:5000/app'],
  ['image: app:${TAG:-1.2}'],
  ['image: app@sha256:0123'],
  ['image:1.2'],
  ['tag: v1.2'],
  ['imagePullPolicy: Always'],
  ['url: http://x/image:1.2'],
  ['command: "echo image: nginx:1.25"'],
  ['ports: ["8080:80"]'],
  ['# image: nginx:1.25'],
  ['text: |\n      image: nginx:1.25\n      # holdfast-ignore a -- b\nimage: a:b', 'tag b'],
  [
    'image: a:b # holdfast-ignore floating-tag unpinned-image -- x: y',
    'tag b',
    'keyword holdfast-ignore',
    'rule floating-tag',
    'rule unpinned-image',
    'reason x: y',
  ],
  ['# holdfast-ignore-file a', 'keyword holdfast-ignore-file', 'rule a'],
  ['# see holdfast-ignore a'],
];

before(async () => {
  const wasm = readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(new Uint8Array(wasm).buffer);
});

for (const [host, rows] of [
  ['dockerfile', dockerfile],
  ['yaml', yaml],
] as const) {
  describe(host, () => {
    let plain: IGrammar;
    let injected: IGrammar;
    before(async () => {
      plain = await loadGrammar(host, false);
      injected = await loadGrammar(host, true);
    });

    for (const [source, ...marks] of rows) {
      it(source, () => assert.deepEqual(marked(injected, source), marks));
    }

    it('keeps every scope of the host grammar', () => {
      for (const [source] of rows) {
        assert.deepEqual(perCharacter(injected, source), perCharacter(plain, source), source);
      }
    });

    it('long hostile lines are tokenized', () => {
      const fronts = ['', 'FROM ', 'COPY --from=', 'RUN --mount=', '# holdfast-ignore ', 'image: ', 'x: "'];
      for (const front of fronts) {
        for (const piece of ['a:', '${', '${{', 'a, ', 'from=', '@', 'a- ', '&a ', ' ']) {
          const source = front + piece.repeat(4000 / piece.length);
          const whole = tokenize(injected, source).map(({ text }) => text);
          assert.equal(whole.join(''), source);
        }
      }
    });
  });
}

/** The host's scopes of each character. */
function perCharacter(grammar: IGrammar, source: string): string[] {
  return tokenize(grammar, source).flatMap(({ scopes, text }) => {
    const own = scopes.filter((scope) => !scope.endsWith('.holdfast')).join(' ');
    return [...text].map((character) => `${character} ${own}`);
  });
}
