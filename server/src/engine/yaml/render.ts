import type { Layout } from './layout.ts';
import { renderText } from './scalar.ts';

/** A value to be written into a document. */
export type Fresh = string | boolean | { readonly [key: string]: Fresh } | readonly Fresh[];

const isList = (value: Fresh): value is readonly Fresh[] => Array.isArray(value);

const isScalarValue = (value: Fresh): value is string | boolean =>
  typeof value === 'string' || typeof value === 'boolean';

const renderScalar = (value: string | boolean, layout: Layout): string => {
  if (typeof value === 'boolean') return String(value);
  return layout.quoted ? JSON.stringify(value) : renderText(value);
};

const pad = (columns: number): string => ' '.repeat(columns);

/** `key: value` as block lines; the first is at `column` too. */
export function entryLines(key: string, value: Fresh, column: number, layout: Layout): readonly string[] {
  const name = `${pad(column)}${renderScalar(key, layout)}:`;
  if (isScalarValue(value)) return [`${name} ${renderScalar(value, layout)}`];
  if (isEmpty(value)) return [`${name} ${renderFlow(value, layout)}`];
  return [name, ...blockLines(value, column + (isList(value) ? layout.dash : layout.unit), layout)];
}

/** A mapping or sequence as block lines, all indented to `column`. */
export function blockLines(value: Fresh, column: number, layout: Layout): readonly string[] {
  if (isScalarValue(value) || isEmpty(value)) return [pad(column) + renderFlow(value, layout)];
  if (isList(value)) return value.flatMap((item) => itemLines(item, column, layout));
  return Object.entries(value).flatMap(([key, child]) => entryLines(key, child, column, layout));
}

/** `- item` as block lines; a mapping begins on the line of its dash. */
export function itemLines(item: Fresh, column: number, layout: Layout): readonly string[] {
  const [first = '', ...rest] = blockLines(item, column + 2, layout);
  return [`${pad(column)}- ${first.slice(column + 2)}`, ...rest];
}

function isEmpty(value: Fresh): boolean {
  return !isScalarValue(value) && Object.keys(value).length === 0;
}

/** On one line, in brackets. */
export function renderFlow(value: Fresh, layout: Layout): string {
  if (isScalarValue(value)) return renderScalar(value, layout);
  if (isEmpty(value)) return isList(value) ? '[]' : '{}';
  if (isList(value)) return `[${value.map((item) => renderFlow(item, layout)).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, child]) => flowEntry(key, child, layout))
    .join(', ')} }`;
}

const flowEntry = (key: string, value: Fresh, layout: Layout): string =>
  `${renderScalar(key, layout)}: ${renderFlow(value, layout)}`;

/**
 * In brackets with an entry a line, as JSON is usually printed. The first line is not indented: it stands behind something.
 * `indent` is the indentation of the line it begins on, `step` what each level adds.
 */
export function flowLines(value: Fresh, indent: string, step: string, layout: Layout): string {
  if (isScalarValue(value) || isEmpty(value)) return renderFlow(value, layout);
  const inner = indent + step;
  const entries = isList(value)
    ? value.map((item) => flowLines(item, inner, step, layout))
    : Object.entries(value).map(
        ([key, child]) => `${renderScalar(key, layout)}: ${flowLines(child, inner, step, layout)}`,
      );
  const [open, close] = isList(value) ? '[]' : '{}';
  const lines = entries.map((entry) => inner + entry).join(`,${layout.eol}`);
  return `${open}${layout.eol}${lines}${layout.eol}${indent}${close}`;
}
