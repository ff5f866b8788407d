import type { BuildStep, CopyStep, VariableStep } from '../model/build.ts';
import type { Located } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { Command, Script, Word } from '../model/script.ts';
import type { FactsRule } from './rule.ts';
import { finalChain } from './support/command-chain.ts';
import { Ordinals } from './support/ordinals.ts';
import { sparedIfEmpty } from './support/remembered.ts';
import { givenSecrets, secretsInText } from './support/secret-arguments.ts';
import { secretFile } from './support/secret-files.ts';
import { type Secret, secretIn } from './support/secrets.ts';
import { code, fitted } from './support/words.ts';
import { writtenBy } from './support/written.ts';

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
      return [...(reachesImage ? inCopy(step) : []), ...step.heredocs.flatMap(inFile)];
    case 'script':
      return inScript(step.script);
    default:
      return step.keyword.value === 'LABEL' ? step.words.flatMap(inLabel) : [];
  }
}

/** What is said of a secret, and what to do about it. It is known to whoever read the file. */
function messageOf(secret: Secret, name: string): string {
  if (secret.by === 'form')
    return `A ${secret.what} stands in the Dockerfile: revoke it, and mount a new one as a secret.`;
  if (secret.by === 'address')
    return 'A password stands in this address: change it, and mount the new one as a secret.';
  return fitted(
    name,
    (shown) => `${code(shown)} stands in the Dockerfile: change it, and mount it as a secret.`,
  );
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

/** A file that stands in the Dockerfile. */
function inFile({ path, span, value: text }: Located<string>): readonly Report[] {
  const secret = secretIn('', text, false);
  const named = secret ? [{ span, message: messageOf(secret, '') }] : [];
  const given = secret ? [] : secretsInText({ span, text }, true);
  return [
    ...named,
    ...given.map((one) => ({ span: one.span, message: messageOf({ by: 'name' }, one.name) })),
  ].map((report, at) => ({ ...report, path: `${path}/${at}` }));
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
      message: fitted(source.value, (shown) => `${code(shown)} holds ${what}: mount it as a secret instead.`),
    };
  });
}

/** Beside the manifest of a project it is a part of that project, where it holds settings of pnpm, or the address of a registry. */
const isNpmrc = ({ value }: Located<string>): boolean => /(?:^|\/)\.npmrc$/.test(value);

const isManifest = ({ value }: Located<string>): boolean =>
  /(?:^|\/)(?:package(?:-lock|[\w-]*\*[\w-]*)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(?:lock|workspace)\.yaml)$/.test(
    value,
  );

const inScript = sparedIfEmpty((script: Script): readonly Report[] => {
  const ordinals = new Ordinals();
  const commands = script.commands();
  const isWritten = writtenBy(commands);
  return commands.flatMap((command) => {
    const told = textsOf(command).flatMap(({ span, text }) => {
      const secret = secretIn('', text, false);
      return secret ? { path: secret.by, span, message: messageOf(secret, '') } : [];
    });
    // A token that a command is given is told by its form.
    const given = givenSecrets(command, isWritten(command)).filter(
      ({ span: at }) => !told.some(({ span }) => span.start <= at.end && at.start <= span.end),
    );
    return [
      ...given.map(({ name, span }) => ({
        path: command.name,
        span,
        message: messageOf({ by: 'name' }, name),
      })),
      ...told,
    ].map((report) => ({ ...report, path: ordinals.next(`${script.path}/${report.path}`) }));
  });
});

const textsOf = ({ assignments, redirects, words }: Command): readonly Pick<Word, 'text' | 'span'>[] => [
  ...assignments.map(({ value }) => value),
  ...words,
  ...redirects.filter(({ operator }) => operator.startsWith('<<')).map(({ target }) => target),
];
