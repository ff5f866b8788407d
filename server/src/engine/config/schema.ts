import { severities } from '../model/finding.ts';
import { rules } from '../rules/index.ts';
import { pageUrl } from '../rules/page.ts';
import { hasLetters } from '../text/letters.ts';
import { daysAfter } from './dates.ts';
import {
  expiresFault,
  extendsFault,
  filesFault,
  imageFault,
  keyOrPathFault,
  kindPatternFault,
  mirrorFault,
  registryFault,
  trustedFault,
  variableFault,
  variableValueFault,
  withoutEnd,
} from './faults.ts';
import { kindIds } from './files.ts';
import { pinStyles, profiles, ruleLevels } from './settings.ts';
import type {
  ChoiceShape,
  Key,
  ListShape,
  MappingShape,
  Option,
  Shape,
  TableShape,
  TextShape,
} from './shape.ts';

/** Where rules, and what else has too many names for a message, are listed. */
const rulesPage = 'https://github.com/holdfast-dev/holdfast/blob/main/docs/rules/README.md';

/** The documentation of the configuration. */
export const policyPage = 'https://github.com/holdfast-dev/holdfast/blob/main/docs/policy.md';

const levelWords: Readonly<Record<(typeof ruleLevels)[number], string>> = {
  off: 'Not looked for.',
  error: 'The most severe; `holdfast audit` fails at every `--fail-on` but `never`.',
  warning: 'From here on `holdfast audit` fails where nothing else is asked for.',
  information: 'Shown, and worth a look.',
  hint: 'Shown in the faintest way.',
};

const profileWords: Readonly<Record<(typeof profiles)[number], string>> = {
  recommended: 'Every rule at the severity its page tells.',
  strict:
    'Every rule more severe by one step: hints become information, information warnings, warnings errors.',
};

const pinWords: Readonly<Record<(typeof pinStyles)[number], string>> = {
  'tag-and-digest': '`nginx:1.27.3@sha256:…`: the tag stays for people, the digest decides.',
  'digest-only': '`nginx@sha256:…`: for tools that take no tag beside a digest.',
  'digest-with-comment':
    '`nginx@sha256:…` with the tag in a comment, for tools that take no tag beside a digest.',
};

const options = <T extends string>(
  words: readonly T[],
  told: Readonly<Record<T, string>>,
): readonly Option[] => words.map((value) => ({ value, description: told[value] }));

const ruleOptions: readonly Option[] = rules.map(({ id, severity, title }) => ({
  value: id,
  description: `${title}. Default: ${severity}.`,
  page: pageUrl(id),
}));

const level: ChoiceShape = {
  type: 'choice',
  options: options(ruleLevels, levelWords),
  noun: 'level',
  listedAt: `there is ${severities.join(', ')} and off`,
};

const ruleId: ChoiceShape = {
  type: 'choice',
  options: ruleOptions,
  noun: 'rule',
  listedAt: `the rules are listed at ${rulesPage}`,
};

const kind: ChoiceShape = {
  type: 'choice',
  options: kindIds.map((value) => ({
    value,
    description: `Read as \`${value}\`, whatever its name and content.`,
  })),
  noun: 'kind',
  listedAt: `there is ${kindIds.join(', ')}`,
};

const profile: ChoiceShape = {
  type: 'choice',
  options: options(profiles, profileWords),
  noun: 'profile',
  listedAt: '',
};

const text = (
  pattern: string | null,
  fault: TextShape['fault'],
  suggest?: TextShape['suggest'],
): TextShape => ({ type: 'text', pattern, fault, ...(suggest && { suggest }) });

const notBlank = '\\S';
const prose = (missing: string): TextShape =>
  text(notBlank, (written) => (hasLetters(written) ? null : missing));

const levels: TableShape = {
  type: 'table',
  names: ruleOptions,
  noun: 'rule',
  listedAt: `the rules are listed at ${rulesPage}`,
  value: level,
  wants: 'rules gives rules their levels, as in unpinned-image: error.',
  optional: true,
};

/** Patterns of files, of which there has to be one. */
const someFiles: ListShape = {
  type: 'list',
  item: text('^(?!#)[\\s\\S]*\\S', filesFault),
  wants: 'files is a pattern as in .gitignore, as in deploy/, or a list of them.',
  single: true,
  optional: false,
};

const override: MappingShape = {
  type: 'mapping',
  lacks: 'An override has no setting',
  wants:
    'An override says what is different for some files, as in {files: test/, rules: {floating-tag: off}}.',
  optional: false,
  keys: {
    files: {
      description:
        'The files it is for: patterns as in `.gitignore`, relative to the folder of `.holdfast.yaml`.',
      example: '[deploy/, "!deploy/local/"]',
      shape: someFiles,
      required: 'An override has to say for which files it is: add files, as in files: deploy/.',
    },
    rules: {
      description: 'The levels of rules in these files. Rules that are not named keep the level they have.',
      example: '{floating-tag: error}',
      shape: levels,
    },
    profile: {
      description: 'The profile of these files.',
      example: 'strict',
      shape: profile,
    },
  },
};

const registry: MappingShape = {
  type: 'mapping',
  lacks: 'A registry has no setting',
  wants: 'A registry has the settings mirror and insecure, as in {mirror: mirror.example.com}.',
  optional: true,
  keys: {
    mirror: {
      description:
        'The host that answers in its place, with a port or as an http(s) address. A path behind it stands before the repositories there, as in `harbor.example.com/proxy-cache`.',
      example: 'mirror.example.com',
      shape: text(notBlank, mirrorFault),
    },
    insecure: {
      description: 'Plain `http` is allowed. `localhost`, `127.0.0.1` and `[::1]` may always use it.',
      example: 'true',
      shape: { type: 'flag', wants: 'insecure is true or false.' },
    },
  },
};

const signature: MappingShape = {
  type: 'mapping',
  lacks: 'A demand for signatures has no setting',
  wants:
    'A demand for signatures names images and a key, as in {images: ghcr.io/acme/*, key: keys/cosign.pub}.',
  optional: false,
  keys: {
    images: {
      description:
        'The images that have to be signed: a reference in which `*` stands for any text. Without a tag in it, it is for every tag.',
      example: 'ghcr.io/acme/*',
      shape: text(notBlank, imageFault),
      required: 'It is not said which images have to be signed: add images, as in images: ghcr.io/acme/*.',
    },
    key: {
      description: 'The public key: the path of a PEM file, relative to this file, or the PEM itself.',
      example: 'keys/cosign.pub',
      shape: text(notBlank, keyOrPathFault),
      required:
        'It is not said who has to have signed: add key, the path of a public key, as in key: keys/cosign.pub.',
    },
  },
};

const waiver: MappingShape = {
  type: 'mapping',
  lacks: 'A waiver has no setting',
  wants: 'A waiver is a mapping with the keys rules, reason, approved-by and expires.',
  optional: false,
  keys: {
    rules: {
      description: 'The rule whose findings it lets pass, or a list of rules.',
      example: 'floating-tag',
      shape: {
        type: 'list',
        item: ruleId,
        wants: 'rules names the rules that the waiver is for, as in floating-tag.',
        single: true,
        optional: false,
      },
      required: 'A waiver has to say for which rules it is: add rules, as in rules: floating-tag.',
    },
    files: {
      description:
        'The files it is for: patterns as in `.gitignore`, relative to the folder of `.holdfast.yaml`. Every file where it is left out.',
      example: 'deploy/legacy/',
      shape: someFiles,
    },
    image: {
      description:
        'The images it is for: a reference in which `*` stands for any text. Without a tag in it, it is for every tag. Where it is left out, the waiver is for whatever the rules find.',
      example: 'docker.io/library/nginx',
      shape: text(notBlank, imageFault),
    },
    reason: {
      description: 'Why the exception is made, for those who come upon it later.',
      example: 'The vendor ships no other image; see the risk register',
      shape: prose('The reason is missing; write why the exception is made.'),
      required: 'A waiver has to say why it is made: add reason.',
    },
    'approved-by': {
      description: 'Who answers for it.',
      example: 'security@example.com',
      shape: prose('The name is missing; write who answers for the waiver.'),
      required: 'A waiver has to say who answers for it: add approved-by.',
    },
    expires: {
      description:
        'The last day on which it holds (UTC), as in `2027-03-31`. From the next day on its findings are reported again. `never` where it has no end.',
      example: '2027-03-31',
      shape: text('^(?:\\d{4}-\\d{2}-\\d{2}|never)$', expiresFault, (today) => [
        { value: daysAfter(today, 90), description: 'In 90 days.' },
        { value: daysAfter(today, 365), description: 'In a year.' },
        { value: withoutEnd, description: 'Holds until somebody takes it away.' },
      ]),
      required:
        'A waiver has to say until when it holds: add expires, as in expires: 2027-03-31, or expires: never.',
    },
  },
};

const list = (item: Shape, wants: string): ListShape => ({
  type: 'list',
  item,
  wants,
  single: false,
  optional: true,
});

const keys: Readonly<Record<string, Key>> = {
  extends: {
    description:
      'Other configurations to begin with: a path, or a list of paths, relative to this file. What this file says comes after them and wins.',
    example: '../policies/strict.holdfast.yaml',
    shape: {
      type: 'list',
      item: text(notBlank, extendsFault),
      wants:
        'extends is the path of another configuration, as in ../policies/strict.holdfast.yaml, or a list of them.',
      single: true,
      optional: true,
    },
  },
  root: {
    description: 'Holds for every folder below: a policy there can make it stricter and cannot loosen it.',
    example: 'true',
    shape: { type: 'flag', wants: 'root is true or false.' },
  },
  profile: {
    description: 'The severity of the rules that no other setting names.',
    example: 'strict',
    shape: profile,
  },
  rules: {
    description: 'The level of each rule: `error`, `warning`, `information`, `hint` or `off`.',
    example: '{unpinned-image: error}',
    shape: levels,
  },
  overrides: {
    description: 'What is different for some files. Where several fit a file, the later one wins.',
    example: '[{files: test/, rules: {floating-tag: off}}]',
    shape: list(
      override,
      'overrides is a list, each item after a hyphen: - {files: test/, rules: {floating-tag: off}}.',
    ),
  },
  ignore: {
    description: 'Files that are not looked at: patterns as in `.gitignore`.',
    example: '[testdata/]',
    shape: list(
      text('^(?!#)[\\s\\S]*\\S', filesFault),
      'ignore is a list of patterns as in .gitignore, each after a hyphen: - charts/.',
    ),
  },
  files: {
    description:
      'What kind of manifest files are, whatever their name: a pattern as in `.gitignore`, and a kind.',
    example: '{"*.dockerfile.in": dockerfile}',
    shape: {
      type: 'table',
      names: text('^(?![!#])[\\s\\S]*\\S', kindPatternFault),
      noun: 'pattern',
      listedAt: '',
      value: kind,
      wants:
        'files tells the kind of files by patterns as in .gitignore, as in "*.dockerfile.in": dockerfile.',
      optional: true,
    },
  },
  'trusted-registries': {
    description:
      'Registries that images may come from, and repositories under them: `ghcr.io`, `ghcr.io/acme/*`, `docker.io/library/*`. Every registry where it is left out.',
    example: '[ghcr.io/acme/*, docker.io/library/*]',
    shape: list(
      text(notBlank, trustedFault),
      'trusted-registries is a list of registries, each after a hyphen: - ghcr.io/acme/*.',
    ),
  },
  registries: {
    description: 'How registries are reached, by the name that image references give them.',
    example: '{docker.io: {mirror: mirror.example.com}}',
    shape: {
      type: 'table',
      names: text(notBlank, registryFault),
      noun: 'registry',
      listedAt: '',
      value: registry,
      wants: 'registries tells how registries are reached, as in docker.io: {mirror: mirror.example.com}.',
      optional: true,
    },
  },
  variables: {
    description:
      'Values of variables that no file sets, such as those of a CI system: a name, and what it stands for in image references.',
    example: '{CI_REGISTRY: registry.acme.example}',
    shape: {
      type: 'table',
      names: text('^[A-Za-z_][A-Za-z0-9_]*$', variableFault),
      noun: 'variable',
      listedAt: '',
      value: text('^[\\w./:@+-]+$', variableValueFault),
      wants: 'variables tells what variables stand for, as in CI_REGISTRY: registry.acme.example.',
      optional: true,
    },
  },
  pin: {
    description: 'How images are pinned.',
    example: '{style: digest-only}',
    shape: {
      type: 'mapping',
      lacks: 'pin has no setting',
      wants: 'pin has the setting style, as in {style: tag-and-digest}.',
      optional: true,
      keys: {
        style: {
          description: 'What a fix writes in the place of a tag.',
          example: 'tag-and-digest',
          shape: { type: 'choice', options: options(pinStyles, pinWords), noun: 'style', listedAt: '' },
        },
      },
    },
  },
  signatures: {
    description: 'Images that have to be signed, each with the public key of who signs them.',
    example: '[{images: ghcr.io/acme/*, key: keys/cosign.pub}]',
    shape: list(
      signature,
      'signatures is a list, each item after a hyphen: - {images: ghcr.io/acme/*, key: keys/cosign.pub}.',
    ),
  },
  waivers: {
    description:
      'Exceptions that somebody answers for. What they let pass is counted and shown in every report.',
    example:
      '[{rules: floating-tag, reason: the vendor ships no versions, approved-by: ops@example.com, expires: 2027-03-31}]',
    shape: list(waiver, 'waivers is a list; each waiver begins with a hyphen: - rules: floating-tag.'),
  },
  editor: {
    description: 'What the settings of an editor may change.',
    example: '{may-loosen: true}',
    shape: {
      type: 'mapping',
      lacks: 'editor has no setting',
      wants: 'editor has the setting may-loosen, as in {may-loosen: true}.',
      optional: true,
      keys: {
        'may-loosen': {
          description:
            'The settings of an editor count before this file. Where it is `false` or left out, they can only make rules more severe.',
          example: 'true',
          shape: { type: 'flag', wants: 'may-loosen is true or false.' },
        },
      },
    },
  },
};

/** The whole of a `.holdfast.yaml`. Parser, JSON Schema, completion, hover and documentation follow from it. */
export const policyShape: MappingShape = {
  type: 'mapping',
  keys,
  lacks: 'There is no setting',
  wants: 'The configuration is a mapping of settings, as in profile: strict.',
  optional: true,
};

/** Parts of it that stand in several places, by a name of their own. */
export const sharedShapes: Readonly<Record<string, Shape>> = {
  level,
  levels,
  rule: ruleId,
  profile,
  kind,
  someFiles,
};
