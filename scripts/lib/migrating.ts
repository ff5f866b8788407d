import { type Rule, rules } from '../../server/src/engine/index.ts';
import { isList, type NotCovered, type Peer, peers } from './peers.ts';

/** One rule of a peer, with each of ours that takes its place and in what that differs. */
export interface PeerRule {
  readonly id: string;
  readonly ours: readonly { readonly rule: Rule; readonly difference: string }[];
}

/** The rules of a peer that have a counterpart, in the order of their ids. */
export function rulesOf({ name }: Pick<Peer, 'name'>): readonly PeerRule[] {
  const found = new Map<string, { rule: Rule; difference: string }[]>();
  for (const rule of rules) {
    for (const [key, difference] of Object.entries(rule.sameAs)) {
      if (!key.startsWith(`${name} `)) continue;
      const id = key.slice(name.length + 1);
      found.set(id, [...(found.get(id) ?? []), { rule, difference }]);
    }
  }
  return [...found]
    .map(([id, ours]) => ({ id, ours }))
    .sort((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));
}

/** Names in `sameAs` that belong to none of the peers with a table. */
export const elsewhere = (): readonly PeerRule[] => {
  const names = [...new Set(rules.flatMap((rule) => Object.keys(rule.sameAs)))];
  return names
    .filter((key) => !peers.some(({ name }) => key.startsWith(`${name} `)))
    .map((id) => ({
      id,
      ours: rules.flatMap((rule) => {
        const difference = rule.sameAs[id];
        return difference === undefined ? [] : [{ rule, difference }];
      }),
    }));
};

/** Rules of ours that no peer has. */
const onlyHere = (): readonly Rule[] => rules.filter(({ sameAs }) => Object.keys(sameAs).length === 0);

const link = ({ id }: Rule): string => `[${id}](../server/src/engine/rules/${id}.md)`;

/** Table cells end at a bar, whatever stands around it. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

function differences({ ours }: PeerRule): string {
  const told = new Set(ours.map(({ difference }) => difference));
  if (told.size <= 1) return [...told].join('');
  return ours
    .filter(({ difference }) => difference !== '')
    .map(({ difference, rule }) => `\`${rule.id}\`: ${difference}`)
    .join(' ');
}

function row(found: PeerRule, titles: Readonly<Record<string, string>>): string {
  const title = titles[found.id];
  const theirs = title === undefined ? found.id : `${found.id}: ${title}`;
  return `| ${cell(theirs)} | ${found.ours.map(({ rule }) => `${link(rule)} (${rule.severity})`).join(', ')} | ${cell(differences(found))} |`;
}

const table = (found: readonly PeerRule[], titles: Readonly<Record<string, string>>): string =>
  ['| Theirs | Ours | Difference |', '|---|---|---|', ...found.map((each) => row(each, titles))].join('\n');

function missing({ about, rules: ids }: NotCovered): string {
  const named = isList(ids) ? ids : Object.entries(ids).map(([id, words]) => `${id} (${words})`);
  return `- **${about}** ${named.join(', ')}`;
}

const section = (peer: Peer): string => `## ${peer.name}

${peer.about}

${table(rulesOf(peer), peer.titles)}

**Exceptions.** ${peer.exceptions}

Nothing takes the place of these:

${peer.notCovered.map(missing).join('\n')}
`;

/** The page for people who come from another tool. */
export const migratingPage = (): string => `# Coming from another tool

Which of your rules Holdfast has, what they are called here, and in what they differ. A difference says what the other rule does (*it*), what
the one of Holdfast does (*ours*), or both; where there is none, both mean the same. What Holdfast has nothing for is listed below each table:
it looks at what can change after review, so for style, network, resources and rights in the cluster keep the tool that you have.

- Comments and annotations with which other tools are silenced are **not read**: an exception is a decision about a rule, and the rules differ.
  Below each table stands what to write instead. The reason behind the two hyphens is required.
- Whether a rule counts, and how much, is said in [\`.holdfast.yaml\`](policy.md). To begin with, turn off what your tool did not ask for, and
  see what \`holdfast audit\` says.
- Behind each rule of ours stands its severity. \`holdfast audit\` fails from \`warning\` on: give a rule another level in the policy, or use \`--fail-on\`,
  where your pipeline is to fail on less.
- A rule of another tool may be several here, because they can be fixed in different ways: no tag, a tag that moves, a tag without a digest.

${peers.map(section).join('\n')}
## Others

${table(elsewhere(), {})}

## Only in Holdfast

None of the tools above has a rule like these:

${onlyHere()
  .map((rule) => `- ${link(rule)}: ${rule.title}.`)
  .join('\n')}
`;
