import { booleanTag, numberTags } from './core-tags.ts';
import type { YamlValue } from './lookup.ts';

/** Booleans of YAML 1.1 in the writings that go-yaml knows (`resolve.go`, `resolveTable`). */
const yes: ReadonlySet<string> = new Set('y Y yes Yes YES true True TRUE on On ON'.split(' '));
const no: ReadonlySet<string> = new Set('n N no No NO false False FALSE off Off OFF'.split(' '));

/** The boolean that go-yaml sees in a value; undefined for a value of any other type. */
export function booleanOf(value: YamlValue): boolean | undefined {
  const { scalar } = value;
  if (!scalar || !isTyped(value, (tag) => tag === booleanTag)) return undefined;
  return yes.has(scalar.text) ? true : no.has(scalar.text) ? false : undefined;
}

/** The number that go-yaml sees in a value: `10`, `0xA`, `1e1`; undefined for a value of any other type. */
export function numberOf(value: YamlValue): number | undefined {
  const { scalar } = value;
  if (!scalar || !isTyped(value, (tag) => numberTags.has(tag))) return undefined;
  const text = scalar.text.replaceAll('_', '');
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  const size = numberIn(digits);
  return size === undefined ? undefined : sign === '-' ? 0 - size : size;
}

function numberIn(digits: string): number | undefined {
  if (/^0[xX][\da-fA-F]+$|^0[bB][01]+$|^0[oO][0-7]+$/.test(digits)) return Number(digits);
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  return /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits) ? Number(digits) : undefined;
}

/**
 * The text that Helm's templates and kustomize make of a value, which both read by go-yaml first: `1.1` of `1.10`, `false` of `no`. Empty for a
 * value that is no text.
 */
export function renderedText(value: YamlValue | undefined): string {
  const text = value?.text ?? '';
  if (!value || /^[1-9]\d*$/.test(text)) return text;
  return String(booleanOf(value) ?? numberOf(value) ?? text);
}

/** What stands in quotes or under `|` is a text, unless a tag says otherwise. */
const isTyped = ({ scalar, tag }: YamlValue, fits: (tag: string) => boolean): boolean =>
  tag === undefined ? scalar?.style === 'plain' : fits(tag);
