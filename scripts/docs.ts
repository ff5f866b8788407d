import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  policyJsonSchema,
  policyShape,
  type Rule,
  rules,
  type Shape,
  severities,
} from '../server/src/engine/index.ts';
import { migratingPage } from './lib/migrating.ts';
import { noticesPath, thirdPartyNotices } from './notices.ts';

/** A file that says again what the rules say, and how to bring it up to date. */
export interface Generated {
  /** Relative to the repository. */
  readonly path: string;
  /** The file as it should be; throws when its text has no place for what is generated. */
  update(current: string): string;
}

const rulesFolder = 'server/src/engine/rules';

const kindNames: Readonly<Record<string, string>> = {
  dockerfile: 'Dockerfile',
  compose: 'Compose',
  kubernetes: 'Kubernetes',
  quadlet: 'Quadlet',
  kustomize: 'Kustomize',
  'helm-values': 'Helm values',
  'gitlab-ci': 'GitLab CI',
  'github-actions': 'GitHub Actions',
};

const fixWords = {
  safe: 'safe',
  pin: 'pin',
  suggestion: 'suggestion',
  behaviour: 'changes behaviour',
  none: 'none',
};

const kindsOf = ({ kinds }: Rule): string =>
  kinds === 'every' ? 'every kind' : kinds.map((kind) => kindNames[kind] ?? kind).join(', ');
const fixOf = (rule: Rule): string => fixWords[rule.fixSafety ?? 'none'];
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The table under a page's summary. */
export const factsTable = (rule: Rule): string =>
  [
    row('Severity', 'Kinds', 'Fix', 'Same as'),
    '|---|---|---|---|',
    row(rule.severity, kindsOf(rule), fixOf(rule), Object.keys(rule.sameAs).join(', ') || '–'),
  ].join('\n');

/** All rules, each with a link to its page; `folder` is the way from the file to the pages. */
export const ruleTable = (folder: string): string =>
  [
    row('Rule', 'Flags', 'Severity', 'Kinds', 'Fix'),
    '|---|---|---|---|---|',
    ...rules.map((rule) =>
      row(`[${rule.id}](${folder}/${rule.id}.md)`, rule.title, rule.severity, kindsOf(rule), fixOf(rule)),
    ),
  ].join('\n');

/** The properties of the setting `holdfast.rules`, as JSON schema. */
export const rulesSchema = (): Readonly<Record<string, object>> =>
  Object.fromEntries(
    rules.map(({ id, severity, title }) => [
      id,
      {
        type: 'string',
        enum: [...severities, 'off'],
        markdownDescription: `${title}. Default: ${severity}.`,
      },
    ]),
  );

/** The JSON Schema of `.holdfast.yaml`. */
const policySchema = (): string => `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;

/** Every key of `.holdfast.yaml`, those of nested mappings below the key they stand under. */
export const policyKeys = (): string =>
  [row('Key', 'What it says', 'Example'), '|---|---|---|', ...keyRows(policyShape, '')].join('\n');

function keyRows(shape: Shape, above: string): readonly string[] {
  if (shape.type === 'list') return keyRows(shape.item, `${above}[].`);
  if (shape.type === 'table') return keyRows(shape.value, `${above}.*.`);
  if (shape.type !== 'mapping') return [];
  const prefix = above === '' || above.endsWith('.') ? above : `${above}.`;
  return Object.entries(shape.keys).flatMap(([name, { description, example, required, shape: under }]) => {
    const must = required === undefined ? '' : ' Required.';
    const rows = keyRows(under, `${prefix}${name}`);
    return [row(`\`${prefix}${name}\``, `${description}${must}`, `\`${name}: ${example}\``), ...rows];
  });
}

/** The list of rules that `docs/rules/README.md` is. */
export const rulesReadme = (): string => `# Rules

What Holdfast flags in Dockerfiles, Compose files and Kubernetes manifests. Each page says what its rule flags and
why, with examples, what it leaves alone, and what its fix does. The examples are tests: what is underlined on a page
is what the rule underlines. The digests on the pages are made up.

${ruleTable(`../../${rulesFolder}`)}

The column *Fix* says what the fix of a rule may change, of several the one that changes most:

- **safe**: what is built and run stays the same, and so does every value and every comment that a person wrote. *Fix all*
  (\`source.fixAll.holdfast\`) makes these alone, and asks nobody.
- **pin**: writes down what a tag, a branch or an address gives when it is asked. \`source.fixAll.holdfast.pin\`, the pin commands
  and \`holdfast pin\` make those of images; the others are offered alone.
- **suggestion**: what is built and run stays the same, but somebody's words go or are guessed at. Offered alone.
- **changes behaviour**: something else is built or run. Offered alone, and shown before it is made.

Silence one finding with a comment on the line above it, or at the end of its line. The reason is required:

\`\`\`yaml
# holdfast-ignore floating-tag -- the demo follows the newest release on purpose
image: nginx:latest
\`\`\`

\`# holdfast-ignore-file floating-tag -- reason\` silences a rule in the whole file. The setting \`holdfast.rules\`, and
\`rules\` in \`.holdfast.yaml\`, give a rule another severity or turn it \`off\`.
`;

/** Puts `content` between the two marker lines; throws when they are not there. */
export function replaceBetween(text: string, from: string, to: string, content: string): string {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  if (start === -1 || end === -1) throw new Error(`the markers ${from} and ${to} are missing`);
  return `${text.slice(0, start + from.length)}\n${content}\n${text.slice(end)}`;
}

/** Puts the rules into `contributes.configuration` of an extension manifest; throws when `holdfast.rules` is not declared there. */
export function withRulesSchema(manifest: string): string {
  const whole: unknown = JSON.parse(manifest);
  const sections = [at(at(whole, 'contributes'), 'configuration')].flat();
  const setting = sections.map((section) => at(at(section, 'properties'), 'holdfast.rules')).find(isRecord);
  if (!setting) throw new Error('contributes.configuration declares no setting holdfast.rules');
  setting.properties = rulesSchema();
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);

function withFactsTable(page: string, rule: Rule): string {
  const table = /^\| Severity \|.*\n\|[-|]+\|\n\|.*\|$/m;
  if (!table.test(page)) throw new Error('the table that begins with "| Severity |" is missing');
  return page.replace(table, () => factsTable(rule));
}

/** Everything that is generated from the rules. */
export const generated: readonly Generated[] = [
  ...rules.map((rule) => ({
    path: `${rulesFolder}/${rule.id}.md`,
    update: (page: string) => withFactsTable(page, rule),
  })),
  { path: 'docs/rules/README.md', update: rulesReadme },
  { path: 'docs/migrating.md', update: migratingPage },
  {
    path: 'README.md',
    update: (text) =>
      replaceBetween(text, '<!-- rules:start -->', '<!-- rules:end -->', ruleTable(`./${rulesFolder}`)),
  },
  { path: 'package.json', update: withRulesSchema },
  { path: 'schemas/holdfast.schema.json', update: policySchema },
  {
    path: 'docs/policy.md',
    update: (text) => replaceBetween(text, '<!-- keys:start -->', '<!-- keys:end -->', policyKeys()),
  },
];

/** Writes what is out of date, or with `check` only says so. Returns what is wrong, a line each. */
export function bringUpToDate(root: string, check: boolean, files = generated): readonly string[] {
  const faults: string[] = [];
  for (const { path, update } of files) {
    const file = `${root}/${path}`;
    const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
    try {
      const wanted = update(current);
      if (wanted === current) continue;
      if (check) faults.push(`${path} is out of date: run node scripts/docs.ts`);
      else writeFileSync(file, wanted);
    } catch (error) {
      faults.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return faults;
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const notices = await thirdPartyNotices();
  const files = [...generated, { path: noticesPath, update: () => notices }];
  const faults = bringUpToDate(root, process.argv.includes('--check'), files);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
