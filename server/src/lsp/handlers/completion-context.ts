import type { Analysis, ImageUse, Span } from '../../engine/index.ts';

/** The part of an image reference that the user is writing. */
export type Spot = {
  /** The whole part, before and after the cursor. */
  readonly span: Span;
  /** What stands before the cursor. */
  readonly typed: string;
} & (
  | {
      readonly part: 'name';
      /** The reference itself, where it is one already. */
      readonly use: ImageUse | null;
    }
  | {
      readonly part: 'tag';
      /** What stands before the colon. */
      readonly name: string;
    }
);

/** Null where no name and no tag of an image is being written. */
export function spotAt(analysis: Analysis, offset: number): Spot | null {
  const { text } = analysis.source;
  const use = analysis.images.find(({ site: { verbatim } }) => covers(verbatim, offset)) ?? null;
  const value = use?.site.verbatim ?? valueAt(analysis, offset);
  return value && spotIn(text.slice(value.start, value.end), value.start, offset, use);
}

const covers = (span: Span | null, offset: number): boolean =>
  span !== null && span.start <= offset && offset <= span.end;

function spotIn(value: string, start: number, offset: number, use: ImageUse | null): Spot | null {
  const at = value.indexOf('@');
  const end = at < 0 ? value.length : at;
  const cursor = offset - start;
  if (cursor > end) return null;
  const colon = value.slice(0, end).indexOf(':', value.lastIndexOf('/', end - 1) + 1);
  const nameEnd = colon < 0 ? end : colon;
  return cursor <= nameEnd
    ? {
        part: 'name',
        span: { start, end: start + nameEnd },
        typed: value.slice(0, cursor),
        use,
      }
    : {
        part: 'tag',
        span: { start: start + colon + 1, end: start + end },
        typed: value.slice(colon + 1, cursor),
        name: value.slice(0, colon),
      };
}

const dockerfileValue = /^\s*(?:ONBUILD\s+)?FROM\s+(?:--\S+\s+)*(\S*)$/i;
const quadletValue = /^\s*Image\s*=\s*(\S*)$/;
const jsonValue = /^\s*(?:\{\s*)?"image"\s*:\s*"([^\s"]*)$/;
const yamlValue = /^\s*(?:-\s+)*(?:image|"image"|'image')\s*:\s+["']?([^\s"'#]*)$/;

/** What stands before the cursor in a line where an image is wanted, by kind; what other kinds write is YAML. */
const values: Readonly<Record<string, readonly RegExp[]>> = {
  dockerfile: [dockerfileValue],
  quadlet: [quadletValue],
  devcontainer: [jsonValue],
  bake: [],
};
const otherValues = [yamlValue, jsonValue];

/** Longer lines are not written by hand. */
const longestLine = 1_000;

/** A value that is empty, or too unfinished to be a reference: YAML takes `image: nginx:` for a key. */
function valueAt({ kinds, source }: Analysis, offset: number): Span | null {
  const { column, line } = source.placeAt(offset);
  const text = source.lineText(line);
  if (text.length > longestLine) return null;
  const before = text.slice(0, column);
  const patterns = kinds.flatMap((kind) => values[kind] ?? otherValues);
  const typed = patterns.map((pattern) => pattern.exec(before)?.[1]).find((found) => found !== undefined);
  if (typed === undefined) return null;
  const rest = /^[^\s"'#]*/.exec(text.slice(column))?.[0] ?? '';
  return { start: offset - typed.length, end: offset + rest.length };
}
