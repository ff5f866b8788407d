import {
  closest,
  type PageBlock,
  pageUrl,
  type Rule,
  readPageBlocks,
  rules,
  rulesLike,
  withoutMarks,
  wrapped,
} from '../engine/index.ts';
import { pageText } from '../pages.ts';
import type { ExplainOptions } from './args.ts';
import { type Boundary, exitCodes } from './environment.ts';
import { tellErrors, useColor } from './terminal.ts';

/** Lines of prose are no longer than this, however wide the terminal. */
const widest = 100;

/** `holdfast explain`: the pages of some rules, or the list of all. */
export function explain({ color, operands }: ExplainOptions, boundary: Boundary): number {
  const { stdout } = boundary;
  const found = operands.flatMap((name) => named(name).map((rule) => ({ name, rule })));
  const unknown = found.filter(({ rule }) => rule === undefined).map(({ name }) => unknownRule(name));
  if (unknown.length > 0) return tellErrors(unknown, boundary);
  const width = Math.min(widest, stdout.columns ?? widest);
  const bold = useColor(stdout, boundary, color)
    ? (text: string): string => `\u001b[1m${text}\u001b[0m`
    : (text: string): string => text;
  const pages = found.flatMap(({ rule }) => (rule ? page(rule, width, bold) : []));
  stdout.write(operands.length === 0 ? list(width, bold) : pages.join('\n\n'));
  return exitCodes.ok;
}

/** The rule of that name, or those that take the place of a rule of another tool. */
function named(name: string): readonly (Rule | undefined)[] {
  const own = rules.find(({ id }) => id === name);
  const like = own ? [] : rulesLike(name);
  return like.length === 0 ? [own] : rules.filter(({ id }) => like.includes(id));
}

function unknownRule(name: string): string {
  const near = closest(
    name,
    rules.map(({ id }) => id),
  );
  return `there is no rule ${JSON.stringify(name)}.${near === undefined ? ' holdfast explain lists them all.' : ` Did you mean ${near}?`}`;
}

type Bold = (text: string) => string;

function list(width: number, bold: Bold): string {
  const idWidth = Math.max(...rules.map(({ id }) => id.length));
  const levelWidth = Math.max(...rules.map(({ severity }) => severity.length));
  const before = idWidth + levelWidth + 4;
  const entries = rules.map(({ id, severity, title }) => {
    const lines = wrapped(withoutMarks(title), Math.max(24, width - before)).join(`\n${' '.repeat(before)}`);
    return `${bold(id)}${' '.repeat(idWidth - id.length)}  ${severity.padEnd(levelWidth)}  ${lines}\n`;
  });
  return `${entries.join('')}\nholdfast explain RULE shows the page of a rule.\n`;
}

function page(rule: Rule, width: number, bold: Bold): string {
  const blocks = readPageBlocks(pageText(rule.id));
  const title = wrapped(`${rule.id}: ${withoutMarks(rule.title)}.`, width).join('\n');
  const shown = blocks.map((block, index) => show(block, blocks[index + 1], width, bold));
  return `${bold(title)}\n\n${shown.join('')}Online: ${pageUrl(rule.id)}\n`;
}

/** A block, with the blank line after it; the items of a list stand together. */
function show(block: PageBlock, next: PageBlock | undefined, width: number, bold: Bold): string {
  switch (block.type) {
    case 'heading':
      return block.level === 2 ? `${bold(block.text)}\n\n` : `  ${block.text}\n\n`;
    case 'table':
      return `${facts(block.rows, width)}\n\n`;
    case 'code':
      return `${code(block)}\n\n`;
    case 'prose':
      return `${prose(block, width)}\n${block.isItem && next?.type === 'prose' && next.isItem ? '' : '\n'}`;
  }
}

function prose({ isItem, text }: Extract<PageBlock, { type: 'prose' }>, width: number): string {
  const mark = isItem ? '  - ' : '  ';
  return mark + wrapped(withoutMarks(text), width - mark.length).join(`\n${' '.repeat(mark.length)}`);
}

/** `Severity  warning`, a line for each column of the table. */
function facts(rows: readonly (readonly string[])[], width: number): string {
  const [names = [], values = []] = rows;
  const nameWidth = Math.max(...names.map((name) => name.length)) + 2;
  return names
    .map((name, index) => {
      const lines = wrapped(withoutMarks(values[index] ?? ''), width - nameWidth - 2);
      return `  ${name.padEnd(nameWidth)}${lines.join(`\n${' '.repeat(nameWidth + 2)}`)}`;
    })
    .join('\n');
}

/** What stands around the next example, by the label of its block. */
const surroundings: readonly (readonly [RegExp, string])[] = [
  [/ policy$/, 'In .holdfast.yaml:'],
  [/ registry$/, 'What the registry said:'],
  [/ beside=/, 'In $1, beside it:'],
];

function code({ label, lines }: Extract<PageBlock, { type: 'code' }>): string {
  const told = surroundings.find(([pattern]) => pattern.test(label))?.[1];
  const file = /beside=(.+)$/.exec(label)?.[1] ?? '';
  const head = told === undefined ? [] : [`  ${told.replace('$1', file)}`, ''];
  return [...head, ...lines.map((line) => (line === '' ? '' : `      ${line}`))].join('\n');
}
