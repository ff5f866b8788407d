import type { Facts, ImageUse, Variable } from '../model/facts.ts';
import type { Fix } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { type Secret, secretIn } from './support/secrets.ts';
import { code, fitted, isShort } from './support/words.ts';

const partOfName =
  'It goes by a part of the name and takes any value; ours by the end of the name, and it passes over placeholders and settings such as `TOKEN_TTL`.';

export const inlineSecret: FactsRule = {
  reads: 'facts',
  id: 'inline-secret',
  title: 'A secret in the text of a manifest',
  severity: 'error',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Trivy KSV-0109':
      'It goes by names, of keys and of settings in the text of an entry, whatever their value.',
    'kube-linter env-var-secret':
      'It reports a value of any kind, a placeholder too, under a name with `secret` in it.',
    'Polaris sensitiveContainerEnvVar': partOfName,
    'Polaris sensitiveConfigmapContent': partOfName,
    'KICS Passwords And Secrets': 'It goes by patterns over the text of any file.',
    'compose-lint CL-0020':
      'It goes by a part of the name; ours by its end, and it passes over values that everybody knows, such as `changeme`.',
    'compose-lint CL-0021': 'Ours passes over passwords that everybody knows, such as `postgres`.',
  },
  fixSafety: 'behaviour',
  check: (facts) => perPlace(places(facts), (place) => place.variables.flatMap(inPlace(place))),
};

interface Place {
  readonly label: string;
  readonly variables: readonly Variable[];
  readonly image?: ImageUse | null;
}

/** A Secret is where a secret belongs; whether its file is kept to oneself cannot be seen. */
const places = ({ configurations, workloads }: Facts): readonly Place[] => [
  ...workloads,
  ...configurations.filter(({ type }) => type === 'config'),
];

function inPlace({ image, label, variables }: Place): (variable: Variable) => readonly Draft[] {
  const known = new Set([
    ...variables.flatMap(({ name, value }) => (isKnown.test(name.value) ? value.value : [])),
    label.slice(label.lastIndexOf(' ') + 1),
    /[^/:@]*(?=(?:[:@][^/]*)?$)/.exec(image?.resolved.slice(0, 300) ?? '')?.[0] ?? '',
  ]);
  return ({ isLiteral, name, secretRef, value }) => {
    const secret = secretIn(name.value, value.value, isLiteral);
    if (!secret || (secret.by === 'name' && known.has(value.value))) return [];
    const isLong = value.value.trim().includes('\n');
    return [
      {
        path: value.path,
        span: isLong ? name.span : value.span,
        message: (owners) => messageOf(secret, name.value, owners.label),
        fixes: () => (secretRef ? [fixOf(secretRef)] : []),
      },
    ];
  };
}

const fixOf = ({ edits, key, name }: NonNullable<Variable['secretRef']>): Fix => ({
  id: 'secret-ref',
  title: `Read ${key} from the Secret ${name}`,
  description: `The container starts only where the Secret ${code(name)} with the key ${code(key)} exists: create it first, with a new value, since this one is known to whoever read the file.`,
  safety: 'behaviour',
  edits,
});

/** What is told to everybody; a password that is the same protects nothing. */
const isKnown = /(?:user|username|name|db|database|login)$/i;

function messageOf(secret: Secret, name: string, label: string): string {
  if (secret.by === 'form')
    return fitted(
      name,
      (shown) => `A ${secret.what} is in ${code(shown)}: revoke it, and keep a new one secret.`,
    );
  const where = secret.by === 'address' ? 'holds a password' : 'is in plain text';
  const messageFor = (subject: string): string => `${subject} ${where}: read it from a secret.`;
  const whole = messageFor(`${code(name)} of ${label}`);
  return isShort(whole) ? whole : fitted(name, (shown) => messageFor(code(shown)));
}
