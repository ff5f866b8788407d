import {
  type Analysis,
  analyze,
  type Finding,
  type ImageName,
  parsePolicy,
  policyFor,
  type Span,
  WorkspaceIndex,
} from '../../server/src/engine/index.ts';
import { type Context, noContext } from './context.ts';
import { exampleFiles } from './page.ts';

/** Another way to save the same text. */
export interface Variant {
  readonly name: string;
  write(text: string): string;
}

const byteOrderMark = '\uFEFF';
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

export const variants: readonly Variant[] = [
  { name: 'CRLF', write: crlf },
  { name: 'BOM', write: (text) => byteOrderMark + text },
  { name: 'BOM and CRLF', write: (text) => byteOrderMark + crlf(text) },
];

/** The day on which pages are read. */
const today = '2026-01-02';

/** Analyses a text as an example of its kind, in the surroundings it has on its page. */
export function read(kind: string, text: string, context: Context = noContext): Analysis {
  const path = context.path ?? exampleFiles[kind];
  if (!path) throw new Error(`${kind} is no kind`);
  const { layer, mistakes } = parsePolicy(context.policy);
  if (mistakes[0]) throw new Error(`the policy of the page: ${mistakes[0].message}`);
  const workspace = new WorkspaceIndex();
  for (const [beside, other] of context.beside) workspace.put(analyze({ path: beside, text: other }).outline);
  const observed = ({ registry, repository, version }: ImageName) =>
    context.observed.get(`${registry}/${repository}${version.includes(':') ? '@' : ':'}${version}`);
  return analyze(
    { path, text, workspace, observed },
    policyFor({ layers: [layer] }, path.replace(/^\/page\//, ''), today),
  );
}

/** `3:8-15`: line and columns from 1, as an editor shows them; a byte order mark is not counted. Of several lines the first is told. */
export function place({ source }: Analysis, { start, end }: Span): string {
  const at = (offset: number): { line: number; column: number } => {
    const { line, column } = source.placeAt(offset);
    const hidden = line === 0 && source.text.startsWith(byteOrderMark) ? 1 : 0;
    return { line: line + 1, column: column + 1 - hidden };
  };
  const { line } = source.placeAt(start);
  const lineEnd = source.lineStart(line) + source.lineText(line).length;
  const from = at(start);
  return `${from.line}:${from.column}-${at(Math.min(end, lineEnd)).column}`;
}

export const describeFinding = (analysis: Analysis, { rule, span }: Finding): string =>
  `${place(analysis, span)} ${rule}`;

/** What the findings underline, each to the end of its line, in the order of the text: the same wherever lines have moved to. */
export const underlined = ({ findings, source }: Analysis): readonly string[] =>
  findings.map(({ rule, span }) => `${rule}: ${source.text.slice(span.start, span.end).split('\n')[0]}`);

/** Every `#` that opens a comment, to the end of its line. Directives such as `# syntax=` are none. */
export const commentsIn = (text: string): readonly string[] =>
  text.match(/(?<=^|\s)#(?!\s*(?:syntax|escape|check)\s*=).*$/gm) ?? [];

export function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let from = 0;
  return part.every((one) => {
    const at = whole.indexOf(one, from);
    from = at + 1;
    return at !== -1;
  });
}

/** The same manifest with a comment of its own above each line where one may stand. */
export function withComments(kind: string, text: string): string {
  const starts = kind === 'dockerfile' ? /^[A-Z]+ / : /^\s*(?:- )?[\w."'-]+:(?:\s|$)|^\s*- /;
  return text
    .split('\n')
    .map((line, at) => (starts.test(line) ? `${/^ */.exec(line)?.[0]}# kept ${at}\n${line}` : line))
    .join('\n');
}
