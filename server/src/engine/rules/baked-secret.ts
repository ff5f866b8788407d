import type { BuildStep, CopyStep, VariableStep } from '../model/build.ts';
import type { Located } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { Command, Script, Word } from '../model/script.ts';
import type { Span } from '../text/span.ts';
import { shortened } from '../text/visible.ts';
import type { FactsRule } from './rule.ts';
import { finalChain } from './support/chain.ts';
import { fileName } from './support/files.ts';
import { Ordinals } from './support/ordinals.ts';
import { downloadCall } from './support/programs.ts';
import { secretFile } from './support/secret-files.ts';
import { isSecretValue, type Secret, secretIn } from './support/secrets.ts';
import { code } from './support/words.ts';

export const bakedSecret: FactsRule = {
  reads: 'facts',
  id: 'baked-secret',
  title: 'A secret that a build puts into the image or its history',
  severity: 'error',
  kinds: ['dockerfile'],
  sameAs: {
    'hadolint DL3064':
      'It goes by the name alone, so it reports an `ARG` without a value, placeholders and `USERNAME` too, and neither files nor tokens in a `RUN`.',
    'Trivy DS-0031':
      'It looks at the last stage, goes by names, so that it reports an `ARG` without a value too, and knows fewer files; tokens are found by its scanner for secrets.',
    'KICS Passwords And Secrets': 'It goes by patterns over the text of any file.',
    'BuildKit SecretsUsedInArgOrEnv':
      'It goes by the name alone, so it reports an `ARG` without a value and placeholders too, and neither files nor tokens in a `RUN`.',
  },
  fixSafety: null,
  check: ({ stages }) => {
    const final = finalChain(stages);
    return stages.flatMap((stage) => stage.steps.flatMap((step) => inStep(step, final.has(stage))));
  },
};

function inStep(step: BuildStep, reachesImage: boolean): readonly Report[] {
  switch (step.type) {
    case 'variable':
      return inVariable(step);
    case 'copy':
      return reachesImage ? inCopy(step) : [];
    case 'script':
      return inScript(step.script);
    default:
      return step.keyword.value === 'LABEL' ? step.words.flatMap(inLabel) : [];
  }
}

const longestName = 25;

/** What stands in the text, to begin a sentence, and what to do about it. */
function messageOf(secret: Secret, name: string): string {
  if (secret.by === 'form')
    return `A ${secret.what} stands in the Dockerfile. Revoke it, and mount a new one as a secret.`;
  if (secret.by === 'address')
    return 'A password stands in this address. Change it, and mount the new one as a secret.';
  return `${code(shortened(name, longestName))} has its secret in the Dockerfile. Mount it as a secret instead.`;
}

function inVariable({ name, value }: VariableStep): readonly Report[] {
  const secret = value && secretIn(name.value, value.value, !value.value.includes('$'));
  return value && secret
    ? [{ path: name.path, span: value.span, message: messageOf(secret, name.value) }]
    : [];
}

function inLabel(word: Located<string>): readonly Report[] {
  const secret = secretIn('', word.value, false);
  return secret ? [{ path: word.path, span: word.span, message: messageOf(secret, '') }] : [];
}

/** What one stage takes from another can be a part of a build, and is reported where it comes in. */
function inCopy({ flags, sources, target }: CopyStep): readonly Report[] {
  if (flags.some(({ name }) => name === 'from')) return [];
  return sources.flatMap((source) => {
    const what = secretFile(source.value, target?.value ?? '');
    if (what === null || (isNpmrc(source) && sources.some(isManifest))) return [];
    return {
      path: source.path,
      span: source.span,
      message: `${code(shortened(fileName(source.value), longestName))} usually holds ${what}. Mount it as a secret instead.`,
    };
  });
}

/** Beside the manifest of a project it is a part of that project, where it holds settings of pnpm, or the address of a registry. */
const isNpmrc = ({ value }: Located<string>): boolean => /(?:^|\/)\.npmrc$/.test(value);

const isManifest = ({ value }: Located<string>): boolean =>
  /(?:^|\/)(?:package(?:-lock|[\w-]*\*[\w-]*)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(?:lock|workspace)\.yaml)$/.test(
    value,
  );

function inScript(script: Script): readonly Report[] {
  const ordinals = new Ordinals();
  return script.commands().flatMap((command) => {
    const given = givenSecret(command);
    if (given) return { path: ordinals.next(`${script.path}/${command.name}`), ...given };
    return [
      ...assigned(command).flatMap(({ name, value }) => {
        const secret = secretIn(name, value.text, value.isLiteral);
        if (secret?.by !== 'name') return [];
        const path = ordinals.next(`${script.path}/${name}`);
        return { path, span: value.span, message: messageOf(secret, name) };
      }),
      ...textsOf(command).flatMap(({ span, text }) => {
        const written = writtenSecret(text);
        const secret = secretIn('', text, false) ?? (written === null ? null : { by: 'name' as const });
        if (!secret) return [];
        return {
          path: ordinals.next(`${script.path}/${secret.by}`),
          span,
          message: messageOf(secret, written ?? ''),
        };
      }),
    ];
  });
}

interface Assigned {
  readonly name: string;
  readonly value: Pick<Word, 'isLiteral' | 'span' | 'text'>;
}

const declaring: ReadonlySet<string> = new Set(['declare', 'export', 'local', 'readonly', 'typeset']);

/** `TOKEN=… program`, `export TOKEN=…`. */
const assigned = ({ assignments, name, words }: Command): readonly Assigned[] => [
  ...assignments,
  ...(declaring.has(name)
    ? words.flatMap((word) => {
        const [, variable, text] = /^(\w+)=(.*)$/s.exec(word.text) ?? [];
        return variable === undefined ? [] : { name: variable, value: { ...word, text: text ?? '' } };
      })
    : []),
];

/** Secrets as the files and headers of programs have them: what each is called, and the form with the secret in its last group. */
const writings: readonly (readonly [what: string, form: RegExp])[] = [
  // https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration
  ['_authToken', /:_(?:authToken|auth|password)(?:[ \t]*=[ \t]*|[ \t]+)["']?([^\s"'\\]{3,300})/],
  // https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
  [
    '.netrc',
    /\bmachine\s{1,20}\S{1,200}\s{1,20}(?:login\s{1,20}\S{1,200}\s{1,20})?password\s{1,20}([^\s"'\\]{3,300})/,
  ],
  ['Authorization', /\bAuthorization:\s{0,20}(?:basic|bearer|token)\s{1,20}([^\s"'\\]{3,2000})/i],
  ['PRIVATE-TOKEN', /\b(?:PRIVATE|JOB|DEPLOY)-TOKEN:\s{0,20}([^\s"'\\]{3,300})/i],
];

const longestText = 100_000;

/** What a text holds a secret of; null where it holds none, or only a stand-in. */
function writtenSecret(text: string): string | null {
  if (text.length > longestText) return null;
  return writings.find(([, form]) => isSecretValue(form.exec(text)?.[1] ?? ''))?.[0] ?? null;
}

const textsOf = ({ assignments, redirects, words }: Command): readonly Pick<Word, 'text' | 'span'>[] => [
  ...assignments.map(({ value }) => value),
  ...words,
  ...redirects.filter(({ operator }) => operator.startsWith('<<')).map(({ target }) => target),
];

/** Their passwords are hashes, or what locks an account. */
const accounts: ReadonlySet<string> = new Set(['adduser', 'useradd', 'usermod']);

const asksSecret =
  /^--(?:api-?key|auth-token|http-password|passphrase|passwd|password|proxy-password|token)(?:=|$)/;

/** A password that a program is given as an option: `--password=…`, `curl -u name:…`. */
function givenSecret(command: Command): { readonly span: Span; readonly message: string } | null {
  if (accounts.has(command.name)) return null;
  const login = loginPassword(command);
  if (login) return { span: login.span, message: messageOf({ by: 'name' }, `${command.name} login`) };
  for (const [at, word] of command.words.entries()) {
    if (!word.text.startsWith('-')) continue;
    const name = asksSecret.exec(word.text)?.[0];
    if (name === undefined) continue;
    const value = name.endsWith('=') ? word : command.words[at + 1];
    const text = name.endsWith('=') ? word.text.slice(name.length) : (value?.text ?? '-');
    if (!value?.isLiteral || text.startsWith('-') || !isSecretValue(text)) continue;
    return { span: value.span, message: messageOf({ by: 'name' }, name.replace('=', '')) };
  }
  for (const { name, value, words } of downloadCall(command)?.options ?? []) {
    if (name !== '-u' && name !== '--user') continue;
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(value ?? '') ?? [];
    const word = words.at(-1);
    if (word?.isLiteral && password !== user && isSecretValue(password))
      return { span: word.span, message: messageOf({ by: 'name' }, `${command.name} ${name}`) };
  }
  return null;
}

/** Programs that sign in at registries; `-p` is the password. */
const registryClients: ReadonlySet<string> = new Set(
  'buildah crane docker helm nerdctl oras podman regctl skopeo'.split(' '),
);

function loginPassword({ name, words }: Command): Pick<Word, 'span'> | null {
  if (!registryClients.has(name) || !words.some(({ text }) => text === 'login')) return null;
  const at = words.findIndex(({ text }) => /^-p/.test(text));
  const word = words[at]?.text === '-p' ? words[at + 1] : words[at];
  const text = word?.text.replace(/^-p=?/, '') ?? '';
  return word?.isLiteral && isSecretValue(text) ? word : null;
}
