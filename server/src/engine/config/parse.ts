import type { RegistrySettings } from '../ports.ts';
import { SourceText } from '../text/source-text.ts';
import { type Span, shiftSpan } from '../text/span.ts';
import type { YamlValue } from '../yaml/lookup.ts';
import { YamlPiece } from '../yaml/parse.ts';
import { splitDocuments } from '../yaml/split.ts';
import {
  expiresFault,
  extendsFault,
  isInlineKey,
  keyOrPathFault,
  variableFault,
  variableValueFault,
  withoutEnd,
} from './faults.ts';
import { isKindId } from './files.ts';
import { ignoreTest } from './ignore.ts';
import {
  emptyLayer,
  type FilePatterns,
  type Override,
  type PolicyLayer,
  type PolicyWaiver,
} from './policy.ts';
import { policyShape } from './schema.ts';
import { isRuleLevel, pinStyles, profiles, type Settings } from './settings.ts';
import { type Complain, type FoundBy, mostMistakes, validate } from './validate.ts';

/** One thing that is wrong with a configuration. */
export interface Mistake {
  /** Offsets into the text. */
  readonly span: Span;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** What is wrong and what would be right, in whole sentences. */
  readonly message: string;
  readonly by: FoundBy;
}

/** A file that a configuration names. */
export interface FileReference {
  /** Relative to the configuration. */
  readonly path: string;
  readonly span: Span;
}

/** The text of a configuration taken apart. With any mistake in it, the rest is only what could be made out. */
export interface ParsedPolicy {
  readonly layer: PolicyLayer;
  readonly extends: readonly FileReference[];
  /** Demands whose key is in a file, in the place of those of the layer. */
  readonly keyFiles: readonly { readonly images: string; readonly file: FileReference }[];
  /** In the order of the text. */
  readonly mistakes: readonly Mistake[];
}

/** Reads the text of a `.holdfast.yaml`. Never throws, and reads no other file. */
export function parsePolicy(text: string): ParsedPolicy {
  const source = new SourceText(text);
  const mistakes: Mistake[] = [];
  let parsed: Omit<ParsedPolicy, 'mistakes'> | null = null;
  for (const at of splitDocuments(text)) {
    const complain: Complain = (where, message, by) => {
      if (mistakes.length < mostMistakes)
        mistakes.push(mistakeAt(source, shiftSpan(where, at.start), message, by));
    };
    const { problems, root } = new YamlPiece(text.slice(at.start, at.end));
    // Further problems mostly follow from the first.
    if (problems[0]) complain(problems[0].span, `This is not valid YAML: ${problems[0].message}.`, 'yaml');
    if (root === null || root.type === 'null' || problems.length > 0) continue;
    if (parsed) {
      complain(root.span, 'A second document begins here; the configuration is one document.', 'policy');
      continue;
    }
    validate(root, policyShape, complain);
    // What is too large to be looked through is not read either.
    parsed = mistakes.some(({ by }) => by === 'size') ? nothing : readRoot(root, at.start);
    if (parsed !== nothing) contradictions(root, complain);
  }
  mistakes.sort((a, b) => a.span.start - b.span.start);
  return { ...(parsed ?? nothing), mistakes };
}

/** Whether a text can be a configuration: a mapping that has none of its settings is a file of something else. */
export function mayBePolicy(text: string): boolean {
  const [first] = splitDocuments(text);
  const root = first ? new YamlPiece(text.slice(first.start, first.end)).root : null;
  const keys = root?.entries() ?? [];
  return keys.length === 0 || keys.some(({ key }) => Object.hasOwn(policyShape.keys, key));
}

const nothing: Omit<ParsedPolicy, 'mistakes'> = { layer: emptyLayer, extends: [], keyFiles: [] };

export function mistakeAt(source: SourceText, span: Span, message: string, by: FoundBy): Mistake {
  const { column, line } = source.placeAt(span.start);
  return { span, line: line + 1, column: column + 1, message, by };
}

/** What each says is right, and together they say nothing. */
function contradictions(root: YamlValue, complain: Complain): void {
  for (const override of itemsOf(root.get('overrides'))) {
    const says = override.get('profile') ?? override.get('rules')?.entries()[0];
    const key = override.entries()[0];
    if (key && !says) {
      complain(
        key.keySpan,
        'This override changes nothing: add rules or a profile, or take it out.',
        'policy',
      );
    }
  }
}

function readRoot(root: YamlValue, start: number): Omit<ParsedPolicy, 'mistakes'> {
  const waivers = itemsOf(root.get('waivers')).flatMap((value) => readWaiver(value, start));
  const demands = itemsOf(root.get('signatures')).flatMap((value) => {
    const images = value.textAt('images');
    const key = value.get('key');
    return images !== null && key?.text && keyOrPathFault(key.text) === null
      ? [{ images, key: key.text, span: shiftSpan(key.span, start) }]
      : [];
  });
  return {
    layer: {
      profile: profileOf(root.textAt('profile')),
      rules: readRules(root.get('rules')),
      overrides: itemsOf(root.get('overrides')).flatMap((value) => readOverride(value, start)),
      ignore: textsOf(root.get('ignore')),
      files: readFiles(root.get('files')),
      trusted:
        root.get('trusted-registries')?.type === 'sequence' ? textsOf(root.get('trusted-registries')) : null,
      variables: readVariables(root.get('variables')),
      registries: readRegistries(root.get('registries')),
      pinStyle: pinStyles.find((style) => style === root.textAt('pin', 'style')) ?? null,
      signatures: demands.flatMap(({ images, key }) => (isInlineKey(key) ? [{ images, key }] : [])),
      waivers,
      mayLoosen: flagOf(root.at('editor', 'may-loosen')),
      isRoot: flagOf(root.get('root')),
    },
    extends: listOf(root.get('extends')).flatMap((value) =>
      value.text !== null && extendsFault(value.text) === null
        ? [{ path: value.text, span: shiftSpan(value.span, start) }]
        : [],
    ),
    keyFiles: demands.flatMap(({ images, key, span }) =>
      isInlineKey(key) ? [] : [{ images, file: { path: key, span } }],
    ),
  };
}

function readRules(value: YamlValue | undefined): Settings['rules'] {
  const levels = (value?.entries() ?? []).flatMap(({ key, value: { text } }) =>
    text !== null && isRuleLevel(text) ? [[key, text] as const] : [],
  );
  return Object.fromEntries(levels);
}

function readOverride(value: YamlValue, start: number): readonly Override[] {
  const files = patternsOf(value.get('files'), start);
  return files
    ? [{ files, rules: readRules(value.get('rules')), profile: profileOf(value.textAt('profile')) }]
    : [];
}

function readFiles(value: YamlValue | undefined): Settings['files'] {
  const kinds = (value?.entries() ?? []).flatMap(({ key, value: { text } }) =>
    text !== null && isKindId(text) ? [[key, text] as const] : [],
  );
  return Object.fromEntries(kinds);
}

function readRegistries(value: YamlValue | undefined): Settings['registries'] {
  const found = (value?.entries() ?? []).map(({ key, value: entry }): [string, RegistrySettings] => {
    const mirror = entry.textAt('mirror');
    const insecure = flagOf(entry.get('insecure'));
    return [key, { ...(mirror !== null && { mirror }), ...(insecure !== null && { insecure }) }];
  });
  return Object.fromEntries(found);
}

const readVariables = (value: YamlValue | undefined): Settings['variables'] =>
  Object.fromEntries(
    (value?.entries() ?? []).flatMap(({ key, value: { text } }) =>
      text !== null && variableFault(key) === null && variableValueFault(text) === null ? [[key, text]] : [],
    ),
  );

function readWaiver(value: YamlValue, start: number): readonly PolicyWaiver[] {
  const expires = value.get('expires');
  const last = expires?.text;
  if (!expires || !last || expiresFault(last) !== null) return [];
  return [
    {
      rules: textsOf(value.get('rules')),
      files: patternsOf(value.get('files'), start),
      image: value.textAt('image'),
      reason: value.textAt('reason') ?? '',
      approvedBy: value.textAt('approved-by') ?? '',
      expires: last === withoutEnd ? null : last,
      span: shiftSpan(value.span, start),
      expiresAt: shiftSpan(expires.span, start),
    },
  ];
}

const itemsOf = (value: YamlValue | undefined): readonly YamlValue[] => value?.items() ?? [];

/** The items of a list, or the one value in its place. */
function listOf(value: YamlValue | undefined): readonly YamlValue[] {
  if (value === undefined) return [];
  return value.type === 'sequence' ? value.items() : [value];
}

const textsOf = (value: YamlValue | undefined): readonly string[] =>
  listOf(value).flatMap(({ text }) => text ?? []);

function patternsOf(value: YamlValue | undefined, start: number): FilePatterns | null {
  if (value === undefined) return null;
  const written = listOf(value).filter(({ text }) => text !== null);
  const patterns = written.flatMap(({ text }) => text ?? []);
  return { patterns, places: written.map(({ span }) => shiftSpan(span, start)), fits: ignoreTest(patterns) };
}

const profileOf = (text: string | null) => profiles.find((profile) => profile === text) ?? null;

function flagOf(value: YamlValue | undefined): boolean | null {
  return value?.text === 'true' ? true : value?.text === 'false' ? false : null;
}
