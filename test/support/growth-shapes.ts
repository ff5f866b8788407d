// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the formats look like that

/** A family of texts that differ in length alone, and the way they are read. */
export interface Shape {
  readonly name: string;
  readonly path: string;
  /** The number that makes about 8,000 characters. */
  readonly unit: number;
  text(count: number): string;
}

const times = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join('');

const listed = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join(', ');

type Text = Shape['text'];

const shape = (path: string, name: string, text: Text): Shape => {
  const sample = text(64).length - text(32).length;
  return { name, path: `/w/${path}`, text, unit: Math.max(1, Math.round((8_000 * 32) / sample)) };
};

const at = (path: string, texts: Readonly<Record<string, Text>>): readonly Shape[] =>
  Object.entries(texts).map(([name, text]) => shape(path, name, text));

const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n${spec}`;

const deployment = (index: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `web-${index}`, namespace: 'shop' },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'web', image: `nginx:1.${index}`, env: [{ name: 'A', value: 'b' }] },
          { name: 'side', image: 'busybox' },
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    },
  },
});

const listOf = (count: number): object => ({
  apiVersion: 'v1',
  kind: 'List',
  items: Array.from({ length: count }, (_, index) => deployment(index)),
});

const deploymentYaml = (index: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-${index}
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx:1.${index}
          volumeMounts:
            - {name: data, mountPath: /data}
        - name: side
          image: busybox
      volumes:
        - name: data
          emptyDir: {}
`;

const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

const listItem = (index: number): string => indented(deploymentYaml(index), '    ').replace(/^ {4}/, '  - ');

const compose: Readonly<Record<string, Text>> = {
  'Compose: services': (n) =>
    `services:\n${times(n, (i) => `  s${i}:\n    image: nginx:1.${i}\n    read_only: false\n    volumes:\n      - ./a${i}:/a\n`)}`,
  'Compose: services in brackets on one line': (n) =>
    `{services: {${listed(n, (i) => `s${i}: {image: "nginx:1.${i}", volumes: ["./a:/a"]}`)}}}`,
  'Compose: services in JSON on one line': (n) =>
    JSON.stringify({
      services: Object.fromEntries(
        Array.from({ length: n }, (_, i) => [`s${i}`, { image: `nginx:1.${i}`, volumes: ['./a:/a'] }]),
      ),
    }),
  'Compose: services in pretty JSON': (n) =>
    JSON.stringify(
      {
        services: Object.fromEntries(
          Array.from({ length: n }, (_, i) => [`s${i}`, { image: `nginx:1.${i}`, volumes: ['./a:/a'] }]),
        ),
      },
      null,
      2,
    ),
  'Compose: chain of merge keys': (n) =>
    `services:\n  s0: &s0 {image: nginx}\n${times(n, (i) => `  s${i + 1}: &s${i + 1} {<<: *s${i}}\n`)}`,
  'Compose: chain of merge keys with keys of their own': (n) =>
    `services:\n  s0: &s0 {image: nginx}\n${times(n, (i) => `  s${i + 1}: &s${i + 1} {<<: *s${i}, x-${i}: a}\n`)}`,
  'Compose: chain of merged lists': (n) =>
    `services:\n  s0: &s0 {image: nginx}\n  s1: &s1 {image: nginx}\n${times(n, (i) => `  s${i + 2}: &s${i + 2} {<<: [*s${i}, *s${i + 1}]}\n`)}`,
  'Compose: one mapping merged into all': (n) =>
    `x-a: &a {image: nginx, restart: always}\nservices:\n${times(n, (i) => `  s${i}: {<<: *a}\n`)}`,
  'Compose: one long mapping merged into all': (n) =>
    `x-a: &a\n${times(n, (i) => `  x-k${i}: v\n`)}  image: nginx\nservices:\n${times(n, (i) => `  s${i}: {<<: *a}\n`)}`,
  'Compose: all mappings merged into one': (n) =>
    `${times(n, (i) => `x-a${i}: &a${i} {labels: {a: b}}\n`)}services:\n  s: {image: nginx, <<: [${listed(n, (i) => `*a${i}`)}]}\n`,
  'Compose: aliases of one service': (n) =>
    `services:\n  s: &a {image: nginx, volumes: ["./a:/a"]}\n${times(n, (i) => `  s${i}: *a\n`)}`,
  'Compose: aliases of one environment': (n) =>
    `x-e: &e\n${times(n, (i) => `  E${i}: v\n`)}services:\n${times(n, (i) => `  s${i}: {image: nginx, environment: *e}\n`)}`,
  'Compose: aliases of one list of volumes': (n) =>
    `x-v: &v\n${times(n, (i) => `  - ./v${i}:/v${i}\n`)}services:\n${times(n, (i) => `  s${i}: {image: nginx, volumes: *v}\n`)}`,
  'Compose: one alias each': (n) =>
    `${times(n, (i) => `x-a${i}: &a${i} nginx:1.${i}\n`)}services:\n${times(n, (i) => `  s${i}: {image: *a${i}}\n`)}`,
  'Compose: aliases of aliases': (n) =>
    `x-0: &a0 {image: nginx}\n${times(n, (i) => `x-${i + 1}: &a${i + 1} {l: *a${i}, r: *a${i}}\n`)}services: {a: *a${n}}\n`,
  'Compose: chain of extends': (n) =>
    `services:\n  s0: {image: nginx}\n${times(n, (i) => `  s${i + 1}: {extends: {service: s${i}}}\n`)}`,
  'Compose: all extend one': (n) =>
    `services:\n  a: {image: nginx, volumes: ["./a:/a"]}\n${times(n, (i) => `  s${i}: {extends: {service: a}}\n`)}`,
  'Compose: services that build': (n) =>
    `services:\n${times(n, (i) => `  s${i}: {build: {context: ./s${i}, target: t${i}}, image: app:${i}, depends_on: [s${i - 1}]}\n`)}`,
  'Compose: volumes of one service': (n) =>
    `services:\n  s:\n    image: nginx\n    volumes:\n${times(n, (i) => `      - ./a${i}:/a${i}\n`)}`,
  'Compose: named volumes': (n) =>
    `services:\n  s:\n    image: nginx\n    read_only: true\n    volumes:\n${times(n, (i) => `      - v${i}:/v${i}\n`)}volumes:\n${times(n, (i) => `  v${i}: {driver_opts: {o: bind, device: /v${i}}}\n`)}`,
  'Compose: variables of one service': (n) =>
    `services:\n  s:\n    image: nginx\n    environment:\n${times(n, (i) => `      - PASSWORD${i}=abcdefgh${i}\n`)}`,
  'Compose: ports of one service': (n) =>
    `services:\n  s:\n    image: nginx\n    ports:\n${times(n, (i) => `      - "${i}:80"\n`)}`,
  'Compose: nested variables': (n) => `services:\n  s:\n    image: ${'${A:-'.repeat(n)}b${'}'.repeat(n)}\n`,
  'Compose: open variables': (n) => `services:\n  s:\n    image: "${'${A:-'.repeat(n)}"\n`,
  'Compose: variables in a row': (n) => `services:\n  s:\n    image: "a:${times(n, (i) => `\${A${i}}`)}"\n`,
  'Compose: Dockerfiles within': (n) =>
    `services:\n${times(n, (i) => `  s${i}:\n    build:\n      dockerfile_inline: |\n        FROM nginx:1.${i}\n        RUN apt-get update\n`)}`,
  'Compose: one Dockerfile within': (n) =>
    `services:\n  s:\n    build:\n      dockerfile_inline: |\n        FROM nginx:1\n${times(n, (i) => `        RUN apt-get install a${i}\n`)}`,
  'Compose: one script': (n) =>
    `services:\n  s:\n    image: nginx\n    command: ["sh", "-c", "${times(n, (i) => `curl https://a.io/${i} | sh; `)}"]\n`,
  'Compose: one folded script': (n) =>
    `services:\n  s:\n    image: nginx\n    command: >-\n${times(n, (i) => `      curl https://a.io/${i} -o f${i} &&\n`)}      true\n`,
  'Compose: suppressions': (n) =>
    `services:\n${times(n, (i) => `  s${i}:\n    # holdfast-ignore floating-tag -- why\n    image: nginx\n`)}`,
  'Compose: unused suppressions': (n) =>
    `services:\n${times(n, (i) => `  s${i}:\n    # holdfast-ignore floatingtag\n    image: a@sha256:${'0'.repeat(64)}\n`)}`,
  'Compose: suppressions of the file': (n) =>
    `${times(n, () => '# holdfast-ignore-file floating-tag -- why\n')}services:\n${times(n, (i) => `  s${i}: {image: nginx}\n`)}`,
  'Compose: misspelt suppressions': (n) =>
    `services:\n${times(n, (i) => `  s${i}:\n    # holdfast ignore: floating-tag\n    image: nginx\n`)}`,
  'Compose: suppressions behind one another': (n) =>
    `services:\n  s:\n${times(n, () => '    # holdfast-ignore floating-tag -- why\n')}    image: nginx\n`,
};

const kubernetes: Readonly<Record<string, Text>> = {
  'Kubernetes: stream of objects': (n) => times(n, (i) => `---\n${deploymentYaml(i)}`),
  'Kubernetes: tiny documents': (n) => `${times(n, () => '---\na: b\n')}---\n${deploymentYaml(0)}`,
  'Kubernetes: List': (n) => `apiVersion: v1\nkind: List\nitems:\n${times(n, listItem)}`,
  'Kubernetes: List in pretty JSON': (n) => JSON.stringify(listOf(n), null, 2),
  'Kubernetes: List in JSON on one line': (n) => JSON.stringify(listOf(n)),
  'Kubernetes: List in JSON, an item a line': (n) =>
    `{"apiVersion": "v1", "kind": "List", "items": [\n${Array.from({ length: n }, (_, i) => JSON.stringify(deployment(i))).join(',\n')}\n]}\n`,
  'Kubernetes: one object with aliases in a List': (n) =>
    `apiVersion: v1\nkind: List\nitems:\n  - &d\n${indented(deploymentYaml(0), '    ')}${times(n, () => '  - *d\n')}`,
  'Kubernetes: chain of merge keys': (n) =>
    pod(
      `  containers:\n  - &c0 {name: c0, image: nginx}\n${times(n, (i) => `  - &c${i + 1} {<<: *c${i}, name: c${i + 1}}\n`)}`,
    ),
  'Kubernetes: containers of one pod': (n) =>
    pod(`  containers:\n${times(n, (i) => `  - name: c${i}\n    image: nginx:1.${i}\n`)}`),
  'Kubernetes: containers and volumes of one pod': (n) =>
    pod(
      `  containers:\n${times(n, (i) => `  - name: c${i}\n    image: nginx:1.${i}\n    volumeMounts:\n    - {name: v${i}, mountPath: /v}\n`)}  volumes:\n${times(n, (i) => `  - name: v${i}\n    hostPath: {path: /var/run/docker.sock}\n`)}`,
    ),
  'Kubernetes: containers and volumes of one pod on one line': (n) =>
    `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [${listed(n, (i) => `{"name": "c${i}", "image": "nginx:1.${i}", "volumeMounts": [{"name": "v${i}", "mountPath": "/v"}]}`)}], "volumes": [${listed(n, (i) => `{"name": "v${i}", "hostPath": {"path": "/v${i}"}}`)}]}}`,
  'Kubernetes: mounts of one container': (n) =>
    pod(
      `  containers:\n  - name: c\n    image: nginx\n    volumeMounts:\n${times(n, (i) => `    - {name: v, mountPath: /v${i}, subPath: a}\n`)}  volumes:\n  - {name: v, hostPath: {path: /v}}\n`,
    ),
  'Kubernetes: variables of one container': (n) =>
    pod(
      `  containers:\n  - name: c\n    image: nginx\n    env:\n${times(n, (i) => `    - {name: PASSWORD${i}, value: abcdefgh${i}}\n`)}`,
    ),
  'Kubernetes: aliases of one env': (n) =>
    pod(
      `  containers:\n  - name: c\n    image: nginx\n    env: &e\n${times(n, (i) => `    - {name: E${i}, value: v}\n`)}${times(n, (i) => `  - {name: c${i}, image: nginx, env: *e}\n`)}`,
    ),
  'Kubernetes: one script': (n) =>
    pod(
      `  containers:\n  - name: c\n    image: nginx\n    command: [sh, -c]\n    args:\n    - |\n${times(n, (i) => `      curl https://a.io/${i} | sh\n`)}`,
    ),
  'Kubernetes: ConfigMap': (n) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n${times(n, (i) => `  k${i}: password=abcdefgh${i}\n`)}`,
  'Kubernetes: Template': (n) =>
    `apiVersion: v1\nkind: Template\nmetadata: {name: t}\nparameters:\n${times(n, (i) => `- {name: P${i}, value: "nginx:1.${i}"}\n`)}objects:\n${times(n, (i) => `- {apiVersion: v1, kind: Pod, metadata: {name: p${i}}, spec: {containers: [{name: c, image: "\${P${i}}"}]}}\n`)}`,
  'Kubernetes: steps of a Tekton task': (n) =>
    `apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  params:\n${times(n, (i) => `  - {name: p${i}, default: "nginx:1.${i}"}\n`)}  steps:\n${times(n, (i) => `  - {name: s${i}, image: $(params.p${i})}\n`)}`,
  'Kubernetes: deep mappings': (n) =>
    pod(
      `${times(Math.min(n, 90), (i) => `${' '.repeat(i + 2)}a:\n`)}${' '.repeat(94)}x: [${listed(n, (i) => `{image: a${i}}`)}]\n`,
    ),
  'Kubernetes: objects within an object': (n) =>
    `apiVersion: x.io/v1\nkind: Composition\nmetadata: {name: c}\nspec:\n  resources:\n${times(n, (i) => `  - base:\n${indented(deploymentYaml(i), '      ')}`)}`,
  'Kubernetes: half-written stream': (n) => times(n, (i) => `---\n${deploymentYaml(i)}  a: [b\n`),
  'Kubernetes: half-written List': (n) =>
    `apiVersion: v1\nkind: List\nitems:\n${times(n, (i) => `${listItem(i)}    a: "b\n`)}`,
};

const commands = (one: (index: number) => string, joint = ' && '): Text => {
  return (n) => `FROM debian:12\nRUN ${Array.from({ length: n }, (_, i) => one(i)).join(joint)}\n`;
};

const dockerfile: Readonly<Record<string, Text>> = {
  'Dockerfile: stages in a chain': (n) =>
    `FROM nginx AS s0\n${times(n, (i) => `FROM s${i} AS s${i + 1}\nRUN a\n`)}`,
  'Dockerfile: stages that copy from each other': (n) =>
    `FROM nginx AS s0\n${times(n, (i) => `FROM nginx:1.${i} AS s${i + 1}\nCOPY --from=s${i} /a /b\nUSER a\n`)}`,
  'Dockerfile: one stage copies from all': (n) =>
    `${times(n, (i) => `FROM nginx:1.${i} AS s${i}\n`)}FROM scratch\n${times(n, (i) => `COPY --from=s${i} /a /b\n`)}`,
  'Dockerfile: stages by number': (n) =>
    `${times(n, (i) => `FROM nginx:1.${i}\n`)}FROM scratch\n${times(n, (i) => `COPY --from=${i} /a /b\n`)}`,
  'Dockerfile: volumes of stages in a chain': (n) =>
    `FROM nginx AS s0\n${times(n, (i) => `FROM s${i} AS s${i + 1}\nVOLUME /v${i}\n`)}`,
  'Dockerfile: downloads in stages in a chain': (n) =>
    `FROM debian:12 AS s0\n${times(n, (i) => `FROM s${i} AS s${i + 1}\nRUN curl -o /f${i} https://a.io/${i}\n`)}RUN sh /f0\n`,
  'Dockerfile: images in ARGs': (n) =>
    `${times(n, (i) => `ARG I${i}=nginx:1.${i}\n`)}${times(n, (i) => `FROM $I${i}\n`)}`,
  'Dockerfile: one ARG in all stages': (n) => `ARG V=1.27\n${times(n, (i) => `FROM nginx:$V AS s${i}\n`)}`,
  'Dockerfile: ARGs of each other': (n) =>
    `ARG A0=nginx\n${times(n, (i) => `ARG A${i + 1}=$A${i}\n`)}FROM $A${n}\n`,
  'Dockerfile: ARGs that grow': (n) =>
    `ARG A0=nginx\n${times(n, (i) => `ARG A${i + 1}=\${A${i}}x\n`)}FROM $A${n}\n`,
  'Dockerfile: ENVs of each other': (n) =>
    `FROM nginx\nENV A0=a\n${times(n, (i) => `ENV A${i + 1}=$A${i}/x\n`)}`,
  'Dockerfile: ENVs in one instruction': (n) =>
    `FROM nginx\nENV${times(n, (i) => ` TOKEN${i}=abcdefgh${i} \\\n `)}\n`,
  'Dockerfile: unknown ARGs in all stages': (n) => times(n, (i) => `FROM a\${X}b AS s${i}\n`),
  'Dockerfile: chain of commands': commands((i) => `a${i} b`),
  'Dockerfile: chain of commands over lines': commands((i) => `a${i} b`, ' \\\n  && '),
  'Dockerfile: comments in an instruction': (n) =>
    `FROM nginx\nRUN a \\\n${times(n, (i) => `# c${i}\n  && a${i} \\\n`)}  b\n`,
  'Dockerfile: RUNs': (n) =>
    `FROM debian:12\n${times(n, (i) => `RUN apt-get update && apt-get install -y a${i}\n`)}`,
  'Dockerfile: packages of one command': (n) =>
    `FROM debian:12\nRUN apt-get install ${times(n, (i) => ` a${i}`)}\n`,
  'Dockerfile: packages of pip': (n) => `FROM debian:12\nRUN pip install ${times(n, (i) => ` a${i}`)}\n`,
  'Dockerfile: options of one command': (n) =>
    `FROM debian:12\nRUN curl ${times(n, (i) => ` -H a${i}`)} https://a.io | sh\n`,
  'Dockerfile: downloads and checks': commands(
    (i) => `curl -o f${i} https://a.io/${i} && sha256sum -c f${i}.sum`,
  ),
  'Dockerfile: downloads that run': commands((i) => `curl -o f${i} https://a.io/${i} && sh f${i}`),
  'Dockerfile: downloads before all runs': (n) =>
    `FROM debian:12\n${times(n, (i) => `RUN curl -o /f${i} https://a.io/${i}\n`)}${times(n, (i) => `RUN sh /f${i}\n`)}`,
  'Dockerfile: archives that are unpacked': commands(
    (i) => `wget https://a.io/${i}.tgz && tar xf ${i}.tgz -C d${i} && ./d${i}/install`,
  ),
  'Dockerfile: clones': commands((i) => `git clone https://a.io/${i} && cd ${i} && git checkout main`),
  'Dockerfile: pipes': commands((i) => `curl https://a.io/${i}`, ' | '),
  'Dockerfile: cd': commands((i) => `cd a${i}`),
  'Dockerfile: variables of a script': commands((i) => `A${i}=a${i}; curl $A${i} | sh`, '; '),
  'Dockerfile: heredocs': (n) =>
    `FROM debian:12\n${times(n, (i) => `RUN <<EOF\napt-get install a${i}\nEOF\n`)}`,
  'Dockerfile: one heredoc': (n) =>
    `FROM debian:12\nRUN <<EOF\n${times(n, (i) => `apt-get install a${i}\n`)}EOF\n`,
  'Dockerfile: open heredocs': (n) => `FROM debian:12\n${times(n, (i) => `RUN <<E${i}\n`)}`,
  'Dockerfile: heredocs of one instruction': (n) =>
    `FROM debian:12\nRUN${times(n, (i) => ` <<E${i}`)}\n${times(n, (i) => `a\nE${i}\n`)}`,
  'Dockerfile: heredocs in a command': (n) =>
    `FROM debian:12\nRUN <<X\n${times(n, (i) => `cat <<E${i}\na\nE${i}\n`)}X\n`,
  'Dockerfile: ADDs': (n) =>
    `FROM debian:12\n${times(n, (i) => `ADD https://a.io/${i}.tgz /a\nADD https://github.com/a/b.git#v${i} /b\n`)}`,
  'Dockerfile: COPY of many': (n) => `FROM debian:12\nCOPY ${times(n, (i) => `a${i} `)} /\n`,
  'Dockerfile: flags of one COPY': (n) => `FROM debian:12\nCOPY ${times(n, (i) => `--a${i}=b `)}c /\n`,
  'Dockerfile: names of one ARG': (n) => `FROM debian:12\nARG ${times(n, (i) => `A${i}="b c" `)}\n`,
  'Dockerfile: labels': (n) => `FROM debian:12\n${times(n, (i) => `LABEL a${i}="b" c${i}=d\n`)}`,
  'Dockerfile: comments': (n) => `${times(n, (i) => `# c${i}\n`)}FROM debian:12\n`,
  'Dockerfile: suppressions': (n) => times(n, () => '# holdfast-ignore floating-tag -- why\nFROM nginx\n'),
  'Dockerfile: unused suppressions': (n) =>
    times(n, () => '# holdfast-ignore floating-tag -- why\nFROM scratch\n'),
  'Dockerfile: suppressions of the file': (n) =>
    `${times(n, () => '# holdfast-ignore-file floating-tag -- why\n')}${times(n, () => 'FROM nginx\n')}`,
  'Dockerfile: names of one suppression': (n) =>
    `# holdfast-ignore ${times(n, (i) => `a-${i} `)}\nFROM nginx\n`,
  'Dockerfile: SHELLs': (n) => `FROM debian:12\n${times(n, (i) => `SHELL ["/bin/bash", "-c"]\nRUN a${i}\n`)}`,
  'Dockerfile: blank lines': (n) => `${'\n'.repeat(n)}FROM debian:12\n${'\n'.repeat(n)}`,
  'Dockerfile: one long word': (n) => `FROM ${'a'.repeat(n)}\nRUN ${'a'.repeat(n)}\n`,
  'Dockerfile: blanks': (n) => `FROM${' '.repeat(n)}nginx\nRUN${' '.repeat(n)}a\n`,
  'Dockerfile: backslashes': (n) => `FROM debian:12\nRUN ${'\\'.repeat(n)}\nENV a=${'\\'.repeat(n)}\n`,
  'Dockerfile: continued without end': (n) => `FROM debian:12\nRUN a${' \\\n'.repeat(n)}`,
};

/** What opens in a shell and never closes, and what nests. */
const open: readonly string[] = [
  '$((',
  '$(',
  '((',
  '(',
  '`',
  '"',
  "'",
  '"$(',
  '${a',
  '${a:-',
  '"${a:-',
  '$[',
  '{ ',
  '[[ ',
  '[[ a && ( ',
  'if ',
  'if a; then ',
  'while ',
  'for a in ',
  'case a in ',
  'case a in b) ',
  '<<E ',
  '<(',
  '<<<"',
  'f() { ',
  '! ',
  'a=(',
  '$(( a[',
  'a || ',
  '> ',
  '\\',
  "$'",
];

const shellShapes: readonly Shape[] = [
  ...open.map((text) =>
    shape('Dockerfile', `Dockerfile: open ${text.trim()}`, (n) => `FROM debian:12\nRUN ${text.repeat(n)}\n`),
  ),
  ...open.map((text) =>
    shape(
      'Dockerfile',
      `Dockerfile: lines of ${text.trim()}`,
      (n) => `FROM debian:12\nRUN <<X\n${`${text}\n`.repeat(n)}X\n`,
    ),
  ),
];

/** What a YAML text can be made of again and again. */
const yamlParts: readonly string[] = [
  '[',
  '{a: ',
  '- ',
  '? ',
  '? - ',
  '&a ',
  '!!a ',
  '*a ',
  '*a\n',
  '&a\n',
  '"',
  "'",
  '"a" ',
  '"a\n',
  '| ',
  '|\n',
  ']',
  '}',
  ', ',
  ': ',
  'a: ',
  'a:\n',
  'a: b: ',
  '#',
  '# ',
  ' #\n',
  '\t',
  '\t\n',
  ' ',
  ' \n',
  '\r',
  '\r\n',
  '\n',
  '%a\n',
  '---\n',
  '---',
  '...\n',
  '--- a\n',
  '--- |\n',
  'a\n',
  'a: |\n',
  'a: "\n',
  '- [\n',
  '- "a"b\n',
  '<<: *a\n',
  '<<: {<<: ',
  '\\',
  '{{ ',
  ' {{ a }}\n',
  'a: {{ b }}\n',
  '\uFEFF',
  '\0',
  '\u2028',
  'é',
];

const yamlShapes: readonly Shape[] = [
  ...yamlParts.map((part) =>
    shape(
      'a.yaml',
      `YAML: ${JSON.stringify(part)}`,
      (n) => `apiVersion: v1\nkind: Pod\nimage: a\nspec:\n${part.repeat(n)}`,
    ),
  ),
  ...yamlParts
    .filter((part) => !part.includes('\n'))
    .map((part) =>
      shape(
        'compose.yaml',
        `YAML value: ${JSON.stringify(part)}`,
        (n) => `services:\n  a:\n    image: ${part.repeat(n)}`,
      ),
    ),
];

const others: readonly Shape[] = [
  ...at('docker-bake.hcl', {
    'Bake: targets': (n) =>
      times(
        n,
        (i) =>
          `target "t${i}" {\n  tags = ["a:${i}"]\n  contexts = { b = "docker-image://nginx:1.${i}" }\n}\n`,
      ),
    'Bake: chain of inherits': (n) =>
      `target "t0" { contexts = { b = "docker-image://nginx" } }\n${times(n, (i) => `target "t${i + 1}" { inherits = ["t${i}"] }\n`)}`,
    'Bake: variables': (n) =>
      `${times(n, (i) => `variable "V${i}" { default = "nginx:1.${i}" }\n`)}${times(n, (i) => `target "t${i}" { contexts = { b = "docker-image://\${V${i}}" } }\n`)}`,
    'Bake: variables of each other': (n) =>
      `variable "V0" { default = "nginx" }\n${times(n, (i) => `variable "V${i + 1}" { default = "\${V${i}}" }\n`)}target "t" { contexts = { b = "docker-image://\${V${n}}" } }\n`,
    'Bake: group': (n) =>
      `group "default" { targets = [${listed(n, (i) => `"t${i}"`)}] }\n${times(n, (i) => `target "t${i}" { args = { A = "b" } }\n`)}`,
    'Bake: open brackets': (n) => `target "t" { tags = ${'['.repeat(n)}`,
    'Bake: open templates': (n) => `target "t" { tags = ["${'${"'.repeat(n)}`,
    'Bake: Dockerfiles within': (n) =>
      times(n, (i) => `target "t${i}" {\n  dockerfile-inline = <<EOT\nFROM nginx:1.${i}\nRUN a\nEOT\n}\n`),
    'Bake: open heredocs': (n) => times(n, (i) => `a = <<E${i}\n`),
    'Bake: comments': (n) => times(n, (i) => `# ${i}\n/* a */ // b\n`),
    'Bake: open comments': (n) => '/* '.repeat(n),
  }),
  ...at('docker-bake.json', {
    'Bake: JSON on one line': (n) =>
      JSON.stringify({
        target: Object.fromEntries(
          Array.from({ length: n }, (_, i) => [`t${i}`, { contexts: { b: `docker-image://nginx:1.${i}` } }]),
        ),
      }),
  }),
  ...at('web.container', {
    'Quadlet: volumes': (n) => `[Container]\nImage=nginx\n${times(n, (i) => `Volume=/a${i}:/a${i}\n`)}`,
    'Quadlet: variables': (n) =>
      `[Container]\nImage=nginx\n${times(n, (i) => `Environment=PASSWORD${i}=abcdefgh${i}\n`)}`,
    'Quadlet: variables on one line': (n) =>
      `[Container]\nImage=nginx\nEnvironment=${times(n, (i) => `PASSWORD${i}=abcdefgh${i} `)}\n`,
    'Quadlet: arguments': (n) =>
      `[Container]\nImage=nginx\nPodmanArgs=${times(n, (i) => `--volume /a${i}:/a${i} `)}\n`,
    'Quadlet: continued lines': (n) => `[Container]\nImage=nginx\nExec=${times(n, (i) => `a${i} \\\n`)}\n`,
    'Quadlet: sections': (n) => times(n, (i) => `[Container]\nImage=nginx:1.${i}\n`),
    'Quadlet: ports': (n) => `[Container]\nImage=nginx\n${times(n, (i) => `PublishPort=${i}:80\n`)}`,
  }),
  ...at('.gitlab-ci.yml', {
    'GitLab: jobs': (n) =>
      times(n, (i) => `j${i}:\n  image: nginx:1.${i}\n  script:\n    - apt-get install a${i}\n`),
    'GitLab: chain of extends': (n) =>
      `.j0: {image: nginx}\n${times(n, (i) => `.j${i + 1}: {extends: .j${i}}\n`)}j: {extends: .j${n}, script: [a]}\n`,
    'GitLab: all extend one': (n) =>
      `.a: {image: nginx}\n${times(n, (i) => `j${i}: {extends: .a, script: [a]}\n`)}`,
    'GitLab: jobs in a chain of extends': (n) =>
      `j0: {image: nginx, script: [a]}\n${times(n, (i) => `j${i + 1}: {extends: j${i}, script: [a]}\n`)}`,
    'GitLab: variables': (n) =>
      `variables:\n${times(n, (i) => `  V${i}: nginx:1.${i}\n`)}${times(n, (i) => `j${i}: {image: $V${i}, script: [a]}\n`)}`,
    'GitLab: variables of each other': (n) =>
      `variables:\n  V0: nginx\n${times(n, (i) => `  V${i + 1}: $V${i}\n`)}j: {image: $V${n}, script: [a]}\n`,
    'GitLab: variables that grow': (n) =>
      `variables:\n  V0: nginx\n${times(n, (i) => `  V${i + 1}: \${V${i}}x\n`)}j: {image: $V${n}, script: [a]}\n`,
    'GitLab: references': (n) =>
      `.a: {image: nginx, script: [a]}\n${times(n, (i) => `j${i}: {image: !reference [.a, image], script: [!reference [.a, script]]}\n`)}`,
    'GitLab: services of one job': (n) =>
      `j:\n  image: nginx\n  script: [a]\n  services:\n${times(n, (i) => `    - nginx:1.${i}\n`)}`,
    'GitLab: one script': (n) =>
      `j:\n  image: nginx\n  script:\n${times(n, (i) => `    - curl https://a.io/${i} | sh\n`)}`,
    'GitLab: chain of merge keys': (n) =>
      `.j0: &j0 {image: nginx}\n${times(n, (i) => `.j${i + 1}: &j${i + 1} {<<: *j${i}}\n`)}j: {<<: *j${n}, script: [a]}\n`,
    'GitLab: jobs with one environment': (n) =>
      `variables: &v\n${times(n, (i) => `  V${i}: a\n`)}${times(n, (i) => `j${i}: {image: "$V${i}", variables: *v, script: [a]}\n`)}`,
  }),
  ...at('.github/workflows/a.yml', {
    'GitHub: jobs': (n) =>
      `on: push\njobs:\n${times(n, (i) => `  j${i}:\n    runs-on: a\n    container: nginx:1.${i}\n    steps:\n      - uses: docker://nginx:1.${i}\n      - run: curl https://a.io | sh\n`)}`,
    'GitHub: steps of one job': (n) =>
      `on: push\njobs:\n  j:\n    runs-on: a\n    steps:\n${times(n, (i) => `      - uses: docker://nginx:1.${i}\n`)}`,
    'GitHub: one script': (n) =>
      `on: push\njobs:\n  j:\n    runs-on: a\n    container: nginx\n    steps:\n      - run: |\n${times(n, (i) => `          pip install a${i}\n`)}`,
  }),
  ...at('.devcontainer/devcontainer.json', {
    'devcontainer: features': (n) =>
      `{"image": "nginx", "features": {${listed(n, (i) => `"ghcr.io/a/b${i}:1": {}`)}}}`,
    'devcontainer: comments': (n) => `{\n${times(n, () => '// a\n')}"image": "nginx"}`,
  }),
  ...at('values.yaml', {
    'Helm values: images in parts': (n) =>
      times(n, (i) => `a${i}:\n  image:\n    repository: nginx\n    tag: "1.${i}"\n`),
    'Helm values: images': (n) => times(n, (i) => `a${i}:\n  image: nginx:1.${i}\n`),
    'Helm values: chain of merge keys': (n) =>
      `a0: &a0 {image: {repository: nginx, tag: a}}\n${times(n, (i) => `a${i + 1}: &a${i + 1} {<<: *a${i}}\n`)}`,
    'Helm values: aliases': (n) =>
      `a: &a {image: {repository: nginx, tag: a}}\n${times(n, (i) => `a${i}: *a\n`)}`,
    'Helm values: tag for all': (n) =>
      `tag: &t "1"\n${times(n, (i) => `a${i}: {image: {repository: nginx, tag: *t}}\n`)}`,
  }),
  ...at('kustomization.yaml', {
    'Kustomize: images': (n) => `images:\n${times(n, (i) => `  - name: a${i}\n    newTag: v${i}\n`)}`,
    'Kustomize: resources': (n) =>
      `resources:\n${times(n, (i) => `  - https://github.com/a/b//c?ref=v${i}\n`)}images: [{name: a, newTag: b}]\n`,
  }),
  ...at('skaffold.yaml', {
    'Skaffold: artifacts': (n) =>
      `apiVersion: skaffold/v4beta1\nkind: Config\nbuild:\n  artifacts:\n${times(n, (i) => `    - image: a${i}\n      docker: {dockerfile: D${i}}\n`)}`,
  }),
  ...at('templates/a.yaml', {
    'Helm template: actions in texts': (n) => `a:\n  b: c\n${times(n, () => '   {{ a }}\n')}`,
    'Helm template: actions in block text': (n) => times(n, (i) => `a${i}: |\n  {{ a }}\n`),
    'Helm template: actions in quotes': (n) => times(n, (i) => `a${i}: "{{ a }}"\n`),
    'Helm template: actions on one line': (n) => `a: "${'{{ a }}'.repeat(n)}"\n`,
    'Helm template: open actions': (n) => `a: "${'{{'.repeat(n)}"\n`,
  }),
];

/** Every way of growing that is watched: what people write by the thousand, and what somebody might write to keep a reader busy. */
export const growthShapes: readonly Shape[] = [
  ...at('compose.yaml', compose),
  ...at('a.yaml', kubernetes),
  ...at('Dockerfile', dockerfile),
  ...others,
  ...shellShapes,
  ...yamlShapes,
];
