/** A source of random numbers that gives the same ones for the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below `below`. */
  number(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  one<T>(list: readonly [T, ...T[]]): T;
  one<T>(list: readonly T[]): T | undefined;
  one<T>(list: readonly T[]): T | undefined {
    return list[this.number(list.length)];
  }

  chance(percent: number): boolean {
    return this.number(100) < percent;
  }
}

/** A text, and the kind of file it is to be read as. */
export interface Sample {
  readonly kind: 'kubernetes' | 'compose' | 'gitlab-ci' | 'kustomize' | 'helm-values' | 'github-actions';
  readonly path: string;
  readonly text: string;
}

const digest = `sha256:${'a'.repeat(64)}`;
const good = `nginx:1.27.1@${digest}`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {note: &note image, flag: &flag true}
spec:
  revisionHistoryLimit: 3
  template:
    spec:
      containers:
      - name: web
        image: ${good} # pinned
        imagePullPolicy: IfNotPresent
        securityContext:
          readOnlyRootFilesystem: true
          allowPrivilegeEscalation: false # no
          privileged: false
`;

const pod = `apiVersion: v1
kind: Pod
metadata: {generateName: web-}
spec:
  restartPolicy: Never
  containers:
    - name: web
      image: "${good}"
      securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false}
      volumeMounts:
      - {name: data, mountPath: /data, readOnly: true}
  volumes:
  - name: data
    hostPath: {path: /srv}
`;

const list = `kind: List
apiVersion: v1
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: web}
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: web
  immutable: true
  data:
    text: |
      kind: Pod
      image: x
`;

const composeFile = `x-base: &base
  read_only: true
services:
  web:
    image: ${good} # pinned
    read_only: true
    privileged: false
  api:
    <<: *base
    image: '${good}'
`;

const pipeline = `default:
  image: ${good}
.base: &base
  image: "${good}"
test:
  <<: *base
  script: [make]
  services:
  - name: ${good} # pinned
`;

const json = `{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"},
   "spec": {"restartPolicy": "Never", "containers": [{"name": "web", "image": "${good}",
     "securityContext": {"readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false}}]}}
]}
`;

const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
images:
- name: nginx
  newTag: 1.27.1 # newest
  digest: ${digest}
`;

const values = `image: &image
  repository: nginx
  tag: 1.27.1@${digest} # pinned
sidecar:
  image: {<<: *image, pullPolicy: IfNotPresent}
`;

const workflow = `on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    container: {image: "${good}"}
    steps:
    - uses: docker://${good} # pinned
`;

const bases: readonly [Sample, ...Sample[]] = [
  { kind: 'kubernetes', path: '/w/a.yaml', text: deployment },
  { kind: 'kubernetes', path: '/w/a.yaml', text: deployment },
  { kind: 'kubernetes', path: '/w/a.yaml', text: pod },
  { kind: 'kubernetes', path: '/w/a.yaml', text: list },
  { kind: 'kubernetes', path: '/w/a.yaml', text: `${pod}---\n${deployment}` },
  { kind: 'compose', path: '/w/compose.yaml', text: composeFile },
  { kind: 'compose', path: '/w/stack.yaml', text: composeFile },
  { kind: 'gitlab-ci', path: '/w/.gitlab-ci.yml', text: pipeline },
  { kind: 'kubernetes', path: '/w/a.json', text: json },
  { kind: 'kustomize', path: '/w/kustomization.yaml', text: kustomization },
  { kind: 'helm-values', path: '/w/values.yaml', text: values },
  { kind: 'github-actions', path: '/w/.github/workflows/ci.yaml', text: workflow },
];

const breaks = ['\u0085', '\u2028', '\u2029', '\r', '\n', '\r\n'] as const;
const marks = ['\uFEFF', '\uFEFF', '\u200b', '\u00a0', '\t', '\u0001', '\u007f'] as const;

/** What should not be passed over. */
const evil = [
  'image: evil/miner:latest',
  'privileged: true',
  'readOnlyRootFilesystem: false',
  'read_only: false',
  'allowPrivilegeEscalation: true',
  'kind: Pod',
  'kind: ClusterRole',
  'apiVersion: rbac.authorization.k8s.io/v1',
  'revisionHistoryLimit: 0',
  'readOnly: false',
  'hostPath: {path: /var/run/docker.sock}',
  'stdin: true',
  'immutable: false',
  'container: evil/miner:latest',
  'newTag: latest',
  'digest: ""',
  'tag: latest',
  'services: {a: {image: evil/miner:latest}}',
] as const;

const merges = [
  '<<: {image: evil/miner:latest}',
  '<<: {privileged: true, readOnlyRootFilesystem: false}',
  '<<: [{image: evil/miner:latest}, {privileged: true}]',
  '<<: {<<: {image: evil/miner:latest}, image: other}',
  '<<: {image: other, <<: {image: evil/miner:latest}}',
  '"<<": {image: evil/miner:latest}',
  '!!merge <<: {image: evil/miner:latest}',
  '! <<: {privileged: true}',
  '<<: *base',
  '<<: {kind: Pod}',
  '<<: {kind: ClusterRole, apiVersion: rbac.authorization.k8s.io/v1}',
  '<<:',
  '<<: *note',
] as const;

const truths = [
  'yes',
  'Yes',
  'y',
  'Y',
  'on',
  'ON',
  'TRUE',
  'True',
  'tRUE',
  'no',
  'N',
  'off',
  'Off',
  'n',
  'FALSE',
  '"true"',
  "'false'",
  '!!bool "false"',
  '!!bool "true"',
  '!!bool yes',
  '!!str true',
  '! true',
  '!x true',
  '!!binary dHJ1ZQ==',
  '!!binary "ZmFsc2U="',
  '1',
  '0',
  '~',
  'null',
  '',
  '*flag',
  '[]',
  '!!null true',
  '!!null ""',
  '|-\n            true',
  '!<tag:yaml.org,2002:bool> "false"',
  '>\n            false',
  '"tr\\x75e"',
] as const;

const numbers = [
  '0',
  '00',
  '0x0',
  '-0',
  '+0',
  '0.0',
  '.0',
  '0e1',
  '0o0',
  '0b0',
  '!!int "0"',
  '"0"',
  '0_0',
  '0:0',
  '!!float 0',
  '3',
] as const;

/** Openings of lines or of the whole text that once led readers astray. */
const openings = [
  '\n',
  '\n\n',
  ' \n',
  '\n {{x}}\n',
  '\n\n{{ x }}\n',
  '{{- if x }}\n',
  '\uFEFF',
  '\uFEFF\uFEFF',
  '---\n',
  '---\n\uFEFF',
  '# x\n\uFEFF',
  '%YAML 1.1\n---\n',
  '%YAML 1.2\n---\n',
  '%TAG ! tag:yaml.org,2002:\n---\n',
  '--- # x\n',
  '...\n',
  '--- !!map\n',
  '--- &root\n',
  '\u2028',
  '\u0085',
  '# x\u2028',
  '#',
  '{# x #}\n',
  '{% if x %}\n',
  '\t\n',
  'kind: ClusterRole\n',
  '? kind\n: ClusterRole\n',
  '!x\n',
  '"x',
  '- ',
  'x: "\nkind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n"\n',
  'x: {a: "\napiVersion: apiextensions.k8s.io/v1\n"}\n',
  "x: '\n---\n'\n",
  '|\n',
  'a: |\n  x\n',
  'a: |1\n  x\n',
  'a: >+2\n   x\n\n',
  'a: |-\n\n\n',
] as const;

const scraps = [
  '"',
  "'",
  ':',
  ': ',
  '#',
  ' #',
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '*note',
  '!',
  '!!str ',
  '|',
  '>',
  '-',
  '- ',
  '? ',
  '%',
  '@',
  '`',
  '\\',
  '\\x',
  '  ',
  ' ',
  '\t',
  '\n',
  '{{ x }}',
  '${X}',
  '$X',
  '<<',
  '~',
  '\n---\n',
  '\n...\n',
  '\n---x\n',
  '=',
  '\0',
  '"\\u0069mage"',
  '""',
] as const;

const escapeOf = (dice: Dice, char: string): string => {
  const code = char.charCodeAt(0).toString(16);
  return dice.one([
    `\\x${code.padStart(2, '0')}`,
    `\\u${code.padStart(4, '0')}`,
    `\\U${code.padStart(8, '0')}`,
    `\\\n   ${char}`,
    char,
  ]);
};

/** A key or value that means `word`, written in another way. */
function disguised(dice: Dice, word: string): string {
  const quotable = word.replaceAll(/["'\\]/g, '');
  switch (dice.number(10)) {
    case 0:
      return `"${quotable}"`;
    case 1:
      return `'${quotable}'`;
    case 2:
      return `"${[...quotable].map((char) => (dice.chance(20) ? escapeOf(dice, char) : char)).join('')}"`;
    case 3:
      return `!!binary ${base64(quotable)}`;
    case 4:
      return `!!str ${quotable}`;
    case 5:
      return `! ${quotable}`;
    case 6:
      return `!x ${quotable}`;
    case 7:
      return `&k${dice.number(3)} ${quotable}`;
    case 8:
      return `!<tag:yaml.org,2002:${dice.one(['str', 'binary'])}> ${dice.chance(50) ? base64(quotable) : quotable}`;
    default:
      return `*${dice.one(['note', 'flag', 'k0', 'k1'])} `;
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

type Change = (dice: Dice, lines: string[]) => void;

const indentOf = (line: string | undefined): string =>
  /^[ -]*/.exec(line ?? '')?.[0].replaceAll('-', ' ') ?? '';

/** A line of the text. */
const place = (dice: Dice, lines: readonly string[]): number => dice.number(lines.length);

const entry = /^([ -]*)([\w"']+)(: ?)(.*?)( #.*)?$/;

function changeEntry(
  dice: Dice,
  lines: string[],
  change: (key: string, value: string) => readonly [string, string],
): void {
  const at = place(dice, lines);
  const [, indent, key, colon, value = '', comment = ''] = entry.exec(lines[at] ?? '') ?? [];
  if (indent === undefined || key === undefined) return;
  const [newKey, newValue] = change(key, value);
  lines[at] = `${indent}${newKey}${colon === ':' && newValue !== '' ? ': ' : colon}${newValue}${comment}`;
}

const changes: readonly [Change, ...Change[]] = [
  // A line hidden behind an odd line break.
  (dice, lines) => {
    const at = place(dice, lines);
    const indent = dice.chance(80) ? indentOf(lines[at]) : ' '.repeat(dice.number(12));
    const comment = dice.chance(60) ? ' # c' : '';
    lines[at] += `${comment}${dice.one(breaks)}${indent}${dice.one(evil)}`;
  },
  (dice, lines) => {
    const at = place(dice, lines);
    const line = lines[at] ?? '';
    const where = dice.chance(50) ? 0 : dice.number(line.length + 1);
    lines[at] =
      `${line.slice(0, where)}${dice.chance(50) ? dice.one(marks) : dice.one(breaks)}${line.slice(where)}`;
  },
  (dice, lines) => {
    const at = place(dice, lines);
    lines.splice(at + dice.number(2), 0, `${indentOf(lines[at])}${dice.one(merges)}`);
  },
  (dice, lines) => {
    const at = place(dice, lines);
    lines.splice(at + dice.number(2), 0, `${indentOf(lines[at])}${dice.one(evil)}`);
  },
  (dice, lines) => changeEntry(dice, lines, (key, value) => [disguised(dice, key), value]),
  (dice, lines) => changeEntry(dice, lines, (key, value) => [key, disguised(dice, value)]),
  (dice, lines) =>
    changeEntry(dice, lines, (key, value) => [
      `? ${disguised(dice, key)}\n${' '.repeat(dice.number(8))}`,
      value,
    ]),
  (dice, lines) => {
    for (const [at, line] of lines.entries()) {
      if (/: (?:true|false)\b/.test(line) && dice.chance(40)) {
        lines[at] = line.replace(/(: )(?:true|false)\b/, (_, colon) => `${colon}${dice.one(truths)}`);
      } else if (/Limit: \d/.test(line) && dice.chance(60)) {
        lines[at] = line.replace(/\d+/, () => dice.one(numbers));
      }
    }
  },
  (dice, lines) => {
    const at = place(dice, lines);
    const line = lines[at] ?? '';
    lines[at] = dice.chance(50) ? ` ${line}` : line.replace(/^ /, '');
  },
  (dice, lines) => {
    const by = ' '.repeat(1 + dice.number(3));
    for (const [at, line] of lines.entries()) lines[at] = `${by}${line}`;
  },
  (dice, lines) => {
    lines.unshift(dice.one(openings).replace(/\n$/, ''));
  },
  (dice, lines) => {
    const at = place(dice, lines);
    lines.splice(at, 0, dice.one(openings));
  },
  (dice, lines) => {
    const at = place(dice, lines);
    const line = lines[at] ?? '';
    const where = dice.number(line.length + 1);
    lines[at] = `${line.slice(0, where)}${dice.one(scraps)}${line.slice(where + dice.number(2))}`;
  },
  (dice, lines) => {
    const at = place(dice, lines);
    if (dice.chance(50)) lines.splice(at, 1);
    else lines.splice(at, 0, lines[place(dice, lines)] ?? '');
  },
  // Chains of merge keys and aliases.
  (dice, lines) => {
    const length = 1 + dice.number(6);
    const chain = ['x0: &c0 {image: evil/miner:latest}'];
    for (let at = 1; at <= length; at++) {
      chain.push(
        dice.chance(50) ? `x${at}: &c${at} {<<: *c${at - 1}}` : `x${at}: &c${at} [*c${at - 1}, *c${at - 1}]`,
      );
    }
    lines.unshift(...chain);
    const at = chain.length + dice.number(lines.length - chain.length + 1);
    lines.splice(
      at,
      0,
      `${indentOf(lines[at])}${dice.one(['<<: ', 'a: ', '- '])}*c${dice.number(length + 1)}`,
    );
  },
  // A part in brackets.
  (dice, lines) => {
    const at = place(dice, lines);
    const [, indent, key] = /^([ -]*)(\w+):$/.exec(lines[at] ?? '') ?? [];
    if (indent === undefined || key === undefined) return;
    const inner = dice.one(evil);
    lines[at] = `${indent}${key}: {${inner}${dice.one([',\n', ', ', '\n,', '\n  '])}${dice.one(evil)}}`;
    while ((lines[at + 1]?.search(/\S/) ?? 0) > indent.length) lines.splice(at + 1, 1);
  },
];

/** The text that belongs to a seed: a manifest with nothing to find, changed in a few places. */
export function sampleOf(seed: number): Sample {
  const dice = new Dice(seed);
  const base = dice.one(bases);
  const lines = base.text.trimEnd().split('\n');
  for (let count = 1 + dice.number(3); count > 0; count--) dice.one(changes)(dice, lines);
  const feed = dice.chance(8) ? '\r\n' : '\n';
  return { ...base, text: `${lines.join(feed)}${dice.chance(90) ? feed : ''}` };
}
