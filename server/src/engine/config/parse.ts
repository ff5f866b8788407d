import { parseReference } from '../image/reference.ts';
import type { RegistrySettings } from '../ports.ts';
import { rules } from '../rules/index.ts';
import { SourceText } from '../text/source-text.ts';
import { type Span, shiftSpan } from '../text/span.ts';
import type { Entry, YamlValue } from '../yaml/lookup.ts';
import { YamlPiece } from '../yaml/parse.ts';
import { splitDocuments } from '../yaml/split.ts';
import { closest } from './closest.ts';
import { isKindId, kindIds } from './files.ts';
import { defaultSettings, isRuleLevel, type RuleLevel, ruleLevels, type Settings } from './settings.ts';

/** One thing that is wrong with a configuration. */
export interface ConfigError {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** What is wrong and what would be right, in whole sentences. */
  readonly message: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly settings: Settings }
  /** In the order of the text. At least one. */
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** Called for each mistake; reading goes on, so that all of them are told at once. */
type Complain = (at: Span, message: string) => void;

/** Reads the text of a `.holdfast.yaml`. Never throws; a text with any mistake gives no settings. */
export function parseConfig(text: string): ConfigResult {
  const source = new SourceText(text);
  const errors: ConfigError[] = [];
  const complainAt = (offset: number, message: string): void => {
    const { column, line } = source.placeAt(offset);
    errors.push({ line: line + 1, column: column + 1, message });
  };
  let settings: Settings | null = null;
  for (const at of splitDocuments(text)) {
    const piece = new YamlPiece(text.slice(at.start, at.end));
    const complain: Complain = (where, message) => complainAt(shiftSpan(where, at.start).start, message);
    const { problems, root } = piece;
    // Further problems mostly follow from the first.
    if (problems[0]) complain(problems[0].span, `This is not valid YAML: ${problems[0].message}.`);
    if (root === null || root.type === 'null' || problems.length > 0) continue;
    if (settings !== null)
      complain(root.span, 'A second document begins here; the configuration is one document.');
    settings ??= readSettings(root, complain);
  }
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, settings: settings ?? defaultSettings };
}

const sections = ['rules', 'ignore', 'registries', 'files'] as const;

function readSettings(root: YamlValue, complain: Complain): Settings {
  if (!root.isMap) {
    complain(root.span, `The configuration is a mapping with the keys ${listed(sections, 'and')}.`);
    return defaultSettings;
  }
  for (const { key, keySpan } of root.entries()) {
    if (!sections.some((section) => section === key)) {
      complain(keySpan, `There is no setting ${quoted(key)}${instead(key, sections)}`);
    }
  }
  return {
    ...defaultSettings,
    rules: readRules(root.get('rules'), complain),
    ignore: readIgnore(root.get('ignore'), complain),
    registries: readRegistries(root.get('registries'), complain),
    files: readFiles(root.get('files'), complain),
  };
}

function readRules(value: YamlValue | undefined, complain: Complain): Settings['rules'] {
  const ids = rules.map(({ id }) => id);
  const levels: [string, RuleLevel][] = [];
  for (const { key, keySpan, value: level } of mapping(
    value,
    complain,
    'rules gives rules their levels, as in unpinned-image: error.',
  )) {
    if (!ids.includes(key)) complain(keySpan, `There is no rule ${quoted(key)}${instead(key, ids)}`);
    else if (level.text === null || !isRuleLevel(level.text))
      complain(level.span, levelFault(key, level.text));
    else levels.push([key, level.text]);
  }
  return Object.fromEntries(levels);
}

const levelFault = (rule: string, level: string | null): string =>
  level === null
    ? `The level of ${rule} is missing; it is ${listed(ruleLevels, 'or')}.`
    : `${quoted(level)} is no level${instead(level, ruleLevels)}`;

function readIgnore(value: YamlValue | undefined, complain: Complain): readonly string[] {
  if (value === undefined || value.type === 'null') return [];
  if (value.type !== 'sequence') {
    complain(value.span, 'ignore is a list of patterns as in .gitignore, each after a hyphen: - charts/.');
    return [];
  }
  return value.items().flatMap((item) => {
    if (item.text !== null) return item.text;
    complain(item.span, 'A pattern is text, as in charts/ or "*.test.yaml".');
    return [];
  });
}

function readFiles(value: YamlValue | undefined, complain: Complain): Settings['files'] {
  const found: [string, string][] = [];
  for (const { key, keySpan, value: kind } of mapping(
    value,
    complain,
    'files tells the kind of files by patterns as in .gitignore, as in "*.dockerfile.in": dockerfile.',
  )) {
    const fault = patternFault(key);
    if (fault !== null) complain(keySpan, fault);
    if (kind.text === null) complain(kind.span, kindMissing(key));
    else if (!isKindId(kind.text))
      complain(kind.span, `${quoted(kind.text)} is no kind${instead(kind.text, kindIds)}`);
    else found.push([key, kind.text]);
  }
  return Object.fromEntries(found);
}

const kindMissing = (pattern: string): string =>
  `The kind of ${quoted(pattern)} is missing; it is ${listed(kindIds, 'or')}.`;

/** `.gitignore` takes these lines for something else than a pattern of files. */
function patternFault(pattern: string): string | null {
  if (pattern.trim() === '') return 'The pattern is missing; write one as in "*.dockerfile.in".';
  if (pattern.startsWith('!')) {
    return `${quoted(pattern)} begins with !, which takes files back; a pattern here says which files are meant.`;
  }
  return pattern.startsWith('#')
    ? `${quoted(pattern)} begins with #; write \\# in front of a name like that.`
    : null;
}

function readRegistries(value: YamlValue | undefined, complain: Complain): Settings['registries'] {
  const found: [string, RegistrySettings][] = [];
  for (const { key, keySpan, value: entry } of mapping(
    value,
    complain,
    'registries tells how registries are reached, as in docker.io: {mirror: mirror.example.com}.',
  )) {
    const fault = registryNameFault(key);
    if (fault !== null) complain(keySpan, fault);
    found.push([key, readRegistry(entry, complain)]);
  }
  return Object.fromEntries(found);
}

/** The key has to be what references say, or the entry would never be used. */
function registryNameFault(name: string): string | null {
  const parsed = parseReference(`${name}/image`);
  const reference = parsed.ok ? parsed.reference : null;
  if (reference?.domain !== name) {
    return `${quoted(name)} is no registry; write its host as image references do, as in ghcr.io or localhost:5000.`;
  }
  return reference.registry === name ? null : `Write ${reference.registry} instead of ${name}.`;
}

const registryKeys = ['mirror', 'insecure'] as const;

function readRegistry(value: YamlValue, complain: Complain): RegistrySettings {
  let settings: RegistrySettings = {};
  for (const { key, keySpan, value: setting } of mapping(
    value,
    complain,
    'A registry has the settings mirror and insecure, as in {mirror: mirror.example.com}.',
  )) {
    if (key === 'mirror') {
      const fault = mirrorFault(setting.text ?? '');
      if (fault !== null) complain(setting.span, fault);
      else settings = { ...settings, mirror: setting.text ?? '' };
    } else if (key === 'insecure') {
      if (setting.text !== 'true' && setting.text !== 'false')
        complain(setting.span, 'insecure is true or false.');
      else settings = { ...settings, insecure: setting.text === 'true' };
    } else complain(keySpan, `A registry has no setting ${quoted(key)}${instead(key, registryKeys)}`);
  }
  return settings;
}

function mirrorFault(mirror: string): string | null {
  const wanted =
    'mirror is a host with or without a port, as in mirror.example.com:5000, or its http(s) address.';
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(mirror) ? mirror : `https://${mirror}`;
  if (/\s/.test(mirror) || !URL.canParse(address)) return wanted;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') {
    return 'A password does not belong here; Holdfast takes it from the configuration of Docker (docker login).';
  }
  const isPlain = url.search === '' && url.hash === '' && ['http:', 'https:'].includes(url.protocol);
  return isPlain ? null : wanted;
}

/** The entries of a mapping; none where nothing is written. Anything else is a mistake, with `expected` as its message. */
function mapping(value: YamlValue | undefined, complain: Complain, expected: string): readonly Entry[] {
  if (value === undefined || value.type === 'null') return [];
  if (value.isMap) return value.entries();
  complain(value.span, expected);
  return [];
}

const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The end of a sentence that says there is no such word: what was meant, or what there is. */
function instead(word: string, names: readonly string[]): string {
  const near = closest(word, names);
  return near === undefined ? `; there is ${listed(names, 'and')}.` : `. Did you mean ${near}?`;
}

const listed = (names: readonly string[], last: 'and' | 'or'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
