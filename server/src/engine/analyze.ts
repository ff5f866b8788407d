import { defaultSettings, levelOf, type Settings, type Waiver } from './config/settings.ts';
import { waiverOf } from './config/waivers.ts';
import type { ImageName } from './image/name.ts';
import { kinds } from './kinds/index.ts';
import type { DocumentKind, SourceFile } from './kinds/kind.ts';
import type { Facts, ImageUse, Skip } from './model/facts.ts';
import type { Finding, Report } from './model/finding.ts';
import { uniqueKey } from './model/key.ts';
import { placeFix, placeImage, placeRelated } from './model/place.ts';
import { isPulled } from './model/pulled.ts';
import type { Observation, Outline, OutlinePin, Surroundings } from './model/surroundings.ts';
import { alone, type WorkspaceOutline } from './neighbours.ts';
import { trialEdits } from './pin.ts';
import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import { readSuppressions, type Suppressions } from './suppress.ts';
import { isRefusal } from './text/edit.ts';
import { SourceText } from './text/source-text.ts';
import { type Span, shiftSpan, span } from './text/span.ts';
import { YamlPiece } from './yaml/parse.ts';
import { splitDocuments } from './yaml/split.ts';

/** A text to analyse, with what tells its kind. */
export interface Input {
  /** Decoded path with forward slashes: see `SourceFile.path`. */
  readonly path: string;
  readonly languageId?: string;
  /** Id of the kind that the user's settings say it is of; that kind alone is then asked. One that does not exist counts as none said. */
  readonly kind?: string;
  readonly text: string;
  /** The texts of the files that `companionsOf` names, where they exist. */
  readonly companions?: ReadonlyMap<string, string>;
  /** What is known of the other files of the workspace. */
  readonly workspace?: WorkspaceOutline;
  /** What a registry once said of an image; asks for nothing. */
  readonly observed?: (image: ImageName) => Observation | undefined;
}

/** A finding that the policy lets pass. */
export interface WaivedFinding {
  readonly finding: Finding;
  readonly waiver: Waiver;
}

/** All that is known about one document at one moment. Offsets are into `source.text`. */
export interface Analysis {
  readonly input: Input;
  readonly settings: Settings;
  readonly source: SourceText;
  /** The kinds found in it; empty for a file that is no container manifest. */
  readonly kinds: readonly string[];
  readonly images: readonly (ImageUse & { readonly kind: string })[];
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  /** What it tells other files. */
  readonly outline: Outline;
  readonly skipped: readonly Skip[];
  /** What opens a comment in it; null where the format has none. */
  readonly commentMark: '#' | '//' | null;
  /** Counted on demand: the check of an edit compares it. */
  commentCount(): number;
  /** The pieces by text, for the next analysis of the same document. */
  readonly pieces: ReadonlyMap<string, Piece>;
}

/** What one piece of text came to; offsets are into the piece, so it holds wherever the piece stands. */
interface Piece {
  readonly kind: string | null;
  readonly facts: Facts | null;
  readonly reports: readonly { readonly rule: Rule; readonly report: Report }[];
  readonly suppressions: Suppressions | null;
}

const unclaimed: Piece = { kind: null, facts: null, reports: [], suppressions: null };

/**
 * Reads a document: detect → parse → extract → rules → suppress. Never throws on any text.
 * `previous`, an earlier analysis of the same document, spares the pieces that have not changed.
 */
export function analyze(input: Input, settings: Settings = defaultSettings, previous?: Analysis): Analysis {
  const source = previous?.source.text === input.text ? previous.source : new SourceText(input.text);
  const file = fileOf(input);
  const claiming = kindsOf(input, file);
  const candidates = claiming.filter((kind) => kind.syntax === claiming[0]?.syntax);
  const known = previous && isSameButForText(previous.input, input) ? previous.pieces : null;
  const pieces = new Map<string, Piece>();
  const placed = cut(input.text, candidates).map((at) => {
    const text = input.text.slice(at.start, at.end);
    let piece = pieces.get(text) ?? known?.get(text);
    const key = piece ? text : unshared(text, input.text);
    piece ??= readPiece(key, file, candidates);
    pieces.set(key, piece);
    return { offset: at.start, piece };
  });
  return assemble({ input, settings, source, pieces, placed });
}

/** Whether a file found in a folder is worth reading, by its path (see `SourceFile.path`) alone. */
export function mayHoldManifest(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return kinds.some(({ names }) => names.test(name));
}

/**
 * The files beside this one that its meaning depends on, as paths relative to its folder with forward slashes: read them and hand
 * their texts to `analyze`.
 */
export function companionsOf(input: Omit<Input, 'companions'>): readonly string[] {
  const file = fileOf(input);
  return kindsOf(input, file).flatMap((kind) => kind.companions?.(file) ?? []);
}

function kindsOf(input: Omit<Input, 'companions'>, file: SourceFile): readonly DocumentKind[] {
  const assigned = kinds.find(({ id }) => id === input.kind);
  return assigned ? [assigned] : kinds.filter((kind) => kind.claims(file));
}

const fileOf = ({ companions, kind, languageId, path, text }: Input): SourceFile => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  languageId,
  text,
  companions: companions ?? new Map(),
  assigned: kinds.some(({ id }) => id === kind),
});

function isSameButForText(a: Input, b: Input): boolean {
  return (
    a.path === b.path &&
    a.languageId === b.languageId &&
    a.kind === b.kind &&
    haveSameCompanions(a.companions, b.companions)
  );
}

/** Whether two texts were read with the same files beside them. */
export function haveSameCompanions(a: Input['companions'], b: Input['companions']): boolean {
  return (a?.size ?? 0) === (b?.size ?? 0) && [...(b ?? [])].every(([path, text]) => a?.get(path) === text);
}

function cut(text: string, candidates: readonly DocumentKind[]): readonly Span[] {
  const first = candidates[0];
  if (!first) return [];
  return first.syntax === 'yaml' ? splitDocuments(text) : [span(0, text.length)];
}

/** A copy that does not keep the text it was cut from alive: pieces outlive the version they were read in. */
function unshared(part: string, whole: string): string {
  return part.length === whole.length ? part : structuredClone(part);
}

function readPiece(text: string, file: SourceFile, candidates: readonly DocumentKind[]): Piece {
  const yaml = new YamlPiece(text);
  for (const kind of candidates) {
    if (kind.syntax === 'yaml' && !file.assigned && !kind.claimsPiece(yaml, file)) continue;
    const facts = kind.syntax === 'yaml' ? kind.extract(yaml, file) : kind.extract({ ...file, text });
    const reports = rules.flatMap((rule) =>
      rule.reads === 'facts' ? Array.from(rule.check(facts), (report) => ({ rule, report })) : [],
    );
    return { kind: kind.id, facts, reports, suppressions: readSuppressions(text, () => facts.comments()) };
  }
  return unclaimed;
}

interface Parts extends Pick<Analysis, 'input' | 'settings' | 'source' | 'pieces'> {
  readonly placed: readonly { readonly offset: number; readonly piece: Piece }[];
}

/** RFC 8259 knows no comments, though the YAML parser that reads JSON would take them: only a kind that has its own does. */
function commentMarkOf(placed: Parts['placed'], { languageId, path }: Input): Analysis['commentMark'] {
  const own = kinds.find(
    ({ commentMark, id }) => commentMark && placed.some(({ piece }) => piece.kind === id),
  );
  if (own?.commentMark) return own.commentMark;
  return languageId === 'json' || path.toLowerCase().endsWith('.json') ? null : '#';
}

function assemble({ input, settings, source, pieces, placed }: Parts): Analysis {
  const outline = outlineOf(input, source, placed);
  const around = surroundingsOf(input, settings, outline);
  const fileWide = new Set(placed.flatMap(({ piece }) => [...(piece.suppressions?.fileWide ?? [])]));
  const taken = new Map<string, number>();
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [];
  for (const { offset, piece } of placed) {
    for (const { rule, report } of allReports(piece, around)) {
      const key = uniqueKey(`${rule.id} ${report.path}`, taken);
      const severity = levelOf(settings, rule);
      const silence = piece.suppressions?.at(rule.id, report.span.start);
      if (severity === null || fileWide.has(rule.id) || silence === 'silenced') continue;
      const waiver = waiverOf(settings.waivers, rule.id, report.image?.resolved ?? null);
      const fixes = (): ReturnType<Finding['fixes']> =>
        report.fixes?.().map((fix) => placeFix(fix, offset)) ?? [];
      const finding: Finding = {
        rule: rule.id,
        severity,
        key,
        span: shiftSpan(report.span, offset),
        message: `${report.message}${silence === 'reason-missing' ? reasonMissing : ''}${waiver ? waiverNote(waiver) : ''}`,
        related: report.related?.map((related) => placeRelated(related, offset)) ?? [],
        get fixable() {
          return fixes().some((fix) => !isRefusal(trialEdits(fix)));
        },
        fixes,
      };
      if (waiver && !waiver.expired) waived.push({ finding, waiver });
      else findings.push(finding);
    }
  }
  findings.sort((a, b) => a.span.start - b.span.start);
  return {
    input,
    settings,
    source,
    pieces,
    kinds: [...new Set(placed.flatMap(({ piece }) => piece.kind ?? []))],
    images: placed.flatMap(({ offset, piece }) =>
      (piece.facts?.images ?? []).map((use) => ({ ...placeImage(use, offset), kind: piece.kind ?? '' })),
    ),
    findings,
    waived,
    outline,
    skipped: placed.flatMap(({ offset, piece }) =>
      (piece.facts?.skipped ?? []).map((skip) => ({ ...skip, span: shiftSpan(skip.span, offset) })),
    ),
    commentMark: commentMarkOf(placed, input),
    commentCount: () => placed.reduce((sum, { piece }) => sum + (piece.facts?.comments().length ?? 0), 0),
  };
}

const reasonMissing = ' (The holdfast-ignore comment silences nothing until it gives a reason: `-- why`.)';

const waiverNote = ({ expired, expires }: Waiver): string =>
  expired ? ` (Its waiver expired on ${expires}.)` : '';

type RuleReport = Piece['reports'][number];

/** In the order of the rules' index, whatever they read. */
function allReports({ facts, reports }: Piece, around: Surroundings): readonly RuleReport[] {
  if (!facts) return reports;
  const wider = rules.flatMap((rule) =>
    rule.reads === 'surroundings'
      ? Array.from(rule.check(facts, around), (report) => ({ rule, report }))
      : [],
  );
  return [...reports, ...wider];
}

function outlineOf({ path }: Input, source: SourceText, placed: Parts['placed']): Outline {
  const facts = placed.flatMap(({ piece }) => piece.facts ?? []);
  const pins = placed.flatMap(({ offset, piece }) =>
    (piece.facts?.images ?? []).flatMap((use) => pinOf(use, source, offset)),
  );
  return {
    path,
    pins,
    built: facts.flatMap(({ outline }) => outline.built),
    builds: facts.flatMap(({ outline }) => outline.builds),
    consumes: facts.flatMap(({ outline }) => outline.consumes),
  };
}

function pinOf(use: ImageUse, source: SourceText, offset: number): readonly OutlinePin[] {
  if (use.reading.state !== 'parsed' || !isPulled(use)) return [];
  const { digest, registry, repository, tag } = use.reading.reference;
  if (digest === undefined || tag === undefined) return [];
  const { line } = source.placeAt(use.site.span.start + offset);
  return [{ name: `${registry}/${repository}:${tag}`, digest, line: line + 1 }];
}

const surroundingsOf = (
  { observed, path, workspace }: Input,
  { trusted }: Settings,
  own: Outline,
): Surroundings => ({
  path,
  neighbours: workspace?.around(own) ?? alone(own),
  observed: observed ?? (() => undefined),
  trusted,
  demandsSignature: () => false,
});
