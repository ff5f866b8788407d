import type { Span } from '../text/span.ts';
import { type Spot, spotAt } from './cursor-context.ts';
import { policyShape } from './schema.ts';
import { type Option, type Shape, valueShape } from './shape.ts';

/** Something that can be written at a place. */
export interface Proposal {
  readonly label: string;
  readonly kind: 'key' | 'value';
  /** Markdown. */
  readonly description: string;
  /** Where more is told. */
  readonly page: string | null;
  /** What takes the place of the span. */
  readonly newText: string;
}

export interface Proposals {
  readonly span: Span;
  readonly items: readonly Proposal[];
}

/** What can be written at an offset of a configuration, whole or half-written. `today`: the day in UTC as `2027-03-31`. */
export function policyProposals(text: string, offset: number, today: string): Proposals | null {
  const spot = spotAt(text, offset);
  const shape = spot && shapeAt(spot.path);
  if (!spot || !shape) return null;
  const items = proposals(shape, spot, today);
  return items.length > 0 ? { span: spot.span, items } : null;
}

/** What a word of a configuration means. */
export interface Explained {
  readonly span: Span;
  readonly word: string;
  /** Markdown. */
  readonly description: string;
  readonly example: string | null;
  readonly page: string | null;
}

export function explainPolicyWord(text: string, offset: number): Explained | null {
  const spot = spotAt(text, offset);
  const shape = spot && shapeAt(spot.path);
  if (!spot || !shape) return null;
  const { span, word } = spot;
  if (spot.part === 'key' && shape.type === 'mapping') {
    const key = Object.hasOwn(shape.keys, word) ? shape.keys[word] : undefined;
    return key
      ? { span, word, description: key.description, example: `${word}: ${key.example}`, page: null }
      : null;
  }
  const option = optionsOf(shape, spot.part === 'key').find(({ value }) => value === word);
  return option
    ? { span, word, description: option.description, example: null, page: option.page ?? null }
    : null;
}

function shapeAt(path: Spot['path']): Shape | undefined {
  let shape: Shape | undefined = policyShape;
  for (const step of path) {
    if (!shape) return undefined;
    shape = step === null ? (shape.type === 'list' ? shape.item : undefined) : valueShape(shape, step);
  }
  return shape;
}

/** The words that may stand in the place of a value, or as keys in it. */
function optionsOf(shape: Shape, asKeys: boolean): readonly Option[] {
  if (asKeys) return shape.type === 'table' && !('type' in shape.names) ? shape.names : [];
  if (shape.type === 'choice') return shape.options;
  return shape.type === 'list' && shape.single ? optionsOf(shape.item, false) : [];
}

function proposals(shape: Shape, spot: Spot, today: string): readonly Proposal[] {
  switch (shape.type) {
    case 'mapping':
      if (!holdsKeys(spot)) return [];
      return Object.entries(shape.keys)
        .filter(([key]) => isFree(key, spot))
        .map(([key, { description, shape: under }]) => keyProposal(key, { description }, under, spot));
    case 'table':
      if ('type' in shape.names || !holdsKeys(spot)) return [];
      return shape.names
        .filter(({ value }) => isFree(value, spot))
        .map((name) => keyProposal(name.value, name, shape.value, spot));
    case 'list':
      // In a line of its own an item begins with a hyphen.
      if (spot.opensLine) {
        const items = proposals(shape.item, { ...spot, part: 'word', taken: [] }, today);
        return items.map((item) => ({ ...item, newText: `- ${item.newText}` }));
      }
      return shape.single ? proposals(shape.item, spot, today) : [];
    case 'choice':
      return shape.options.map((option) => valueProposal(option, spot));
    case 'text':
      return (shape.suggest?.(today) ?? []).map((option) => valueProposal(option, spot));
    case 'flag':
      return ['true', 'false'].map((value) => valueProposal({ value, description: '' }, spot));
  }
}

/** Behind a key no other key may stand in the same line, unless a bracket opens first. */
const holdsKeys = ({ inBrackets, opensLine }: Spot): boolean => opensLine || inBrackets;

const isFree = (key: string, { part, taken, word }: Spot): boolean =>
  !taken.includes(key) || (part === 'key' && key === word);

const keyProposal = (
  label: string,
  { description, page }: Omit<Option, 'value'>,
  under: Shape,
  { inBrackets, part }: Spot,
): Proposal => ({
  label,
  kind: 'key',
  description,
  page: page ?? null,
  newText: part === 'key' ? label : isWrittenBelow(under) && !inBrackets ? `${label}:` : `${label}: `,
});

/** Whether the value usually stands in the lines below. */
const isWrittenBelow = (shape: Shape): boolean =>
  shape.type === 'mapping' || shape.type === 'table' || (shape.type === 'list' && !shape.single);

const valueProposal = ({ description, page, value }: Option, { afterColon }: Spot): Proposal => ({
  label: value,
  kind: 'value',
  description,
  page: page ?? null,
  newText: afterColon ? ` ${value}` : value,
});
