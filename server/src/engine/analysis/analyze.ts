import { defaultSettings, levelOf, type Settings, type Waiver } from '../config/settings.ts';
import { keysFor } from '../config/signatures.ts';
import { waiverOf } from '../config/waivers.ts';
import { trialEdits } from '../fix/pin.ts';
import { type ImageName, repositoryName } from '../image/name.ts';
import { kinds } from '../kinds/index.ts';
import type { DocumentKind, Part, SourceFile } from '../kinds/kind.ts';
import type { Comment, Facts, ImageUse, Skip } from '../model/facts.ts';
import { type Finding, type Fix, isPinFix, type Related, type Report } from '../model/finding.ts';
import { uniqueKey } from '../model/key.ts';
import { placeFix, placeImage, placeRelated } from '../model/place.ts';
import { isPulled, pinnedTag } from '../model/pulled.ts';
import type { SuppressionComment } from '../model/suppression.ts';
import type {
  FileSummary,
  Observation,
  WorkspaceContext,
  WorkspaceView,
} from '../model/workspace-context.ts';
import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { longestMessage } from '../rules/support/words.ts';
import {
  placeComment,
  type Readable,
  readSuppressions,
  SuppressionMatcher,
  type Suppressions,
} from '../suppression/suppress.ts';
import { isRefusal, refuse } from '../text/edit.ts';
import { partition } from '../text/partition.ts';
import { SourceText } from '../text/source-text.ts';
import { type Span, shiftSpan, span } from '../text/span.ts';
import { shortened, told } from '../text/visible.ts';
import {
  type AskedNeighbours,
  alone,
  joinPins,
  saysNothing,
  type WorkspaceIndex,
} from '../workspace/workspace-index.ts';
import { readComments } from '../yaml/comments.ts';
import { cutList, itemText } from '../yaml/list.ts';
import { YamlPiece } from '../yaml/parse.ts';
import { splitDocuments } from '../yaml/split.ts';

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
  readonly workspace?: WorkspaceIndex;
  /** What a registry once said of an image; asks for nothing. */
  readonly observed?: (image: ImageName) => Observation | undefined;
}

/** A finding that the policy lets pass. */
export interface WaivedFinding {
  readonly finding: Finding;
  readonly waiver: Waiver;
}

/** A finding that a comment in the text silences. */
export interface SuppressedFinding {
  readonly finding: Finding;
  /** The comment's. */
  readonly reason: string;
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
  readonly suppressed: readonly SuppressedFinding[];
  /** What it tells other files. */
  readonly outline: FileSummary;
  /** What the other files told it; where they would tell something else by now, it is out of date. */
  readonly workspaceView: AskedNeighbours;
  readonly skipped: readonly Skip[];
  /** What opens a comment in it; null where the format has none. */
  readonly commentMark: '#' | '//' | null;
  /** Its `holdfast-ignore` comments, and what came of them. */
  readonly suppressions: readonly SuppressionComment[];
  /** Its comments. Read on demand: suppressions and the check of an edit need them. */
  comments(): readonly Comment[];
  commentCount(): number;
  /** As in `Facts`. Read on demand. */
  units(): readonly Span[];
  /** How many characters are read again for a change at an offset. */
  readAgainAt(offset: number): number;
  /** A comment can stand behind other text in the line of an offset. */
  takesTrailingComment(offset: number): boolean;
  /** The pieces by text, for the next analysis of the same document. */
  readonly pieces: Pieces;
}

/** One text can be a document in one place and an item of a list in another. */
type Pieces = Readonly<Record<Part, ReadonlyMap<string, Chunk>>>;

/** What one piece of text came to; offsets are into the piece, so it holds wherever the piece stands. */
interface Chunk {
  /** It takes something over from another item of its list, so that the list has to be read in one go. */
  readonly leans: boolean;
  readonly kind: string | null;
  readonly facts: Facts | null;
  readonly reports: readonly { readonly rule: Rule; readonly report: Report }[];
  readonly suppressions: Suppressions | null;
  /** What was passed over. */
  readonly skipped: readonly Skip[];
}

const unclaimed: Chunk = {
  leans: false,
  kind: null,
  facts: null,
  reports: [],
  suppressions: null,
  skipped: [],
};

/** A document of a stream that no kind claims may still hold what its author says of the whole file. */
function readUnclaimed(text: string, isYaml: boolean): Chunk {
  if (!isYaml || !text.includes('holdfast-ignore-file')) return unclaimed;
  const read = readSuppressions(text, () => ({ comments: readComments(text), seeming: [], units: [] }));
  return {
    ...unclaimed,
    suppressions: read && { ...read, all: read.all.filter((one) => one.isFileWide), astray: [] },
  };
}

/**
 * Reads a document: detect → parse → extract → rules → suppress. Never throws on any text.
 * `previous`, an earlier analysis of the same document, spares the pieces that have not changed.
 */
export function analyze(input: Input, settings: Settings = defaultSettings, previous?: Analysis): Analysis {
  const source = previous?.source.text === input.text ? previous.source : new SourceText(input.text);
  const file = fileOf(input, settings.variables);
  const candidates = candidatesFor(input, file);
  const known = previous && isSameButForText(previous, input, settings) ? previous.pieces : null;
  const before = known?.document.size === 1 ? known.document.values().next().value?.facts : null;
  const pieces = {
    document: new Map<string, Chunk>(),
    item: new Map<string, Chunk>(),
    frame: new Map<string, Chunk>(),
  };
  const place = ({ document, part, span: at }: CutPiece): Placed => {
    const written = input.text.slice(at.start, at.end);
    const text = part === 'item' ? itemText(written) : written;
    let piece = pieces[part].get(text) ?? known?.[part].get(text);
    const key = piece ? text : unshared(text, input.text);
    piece ??= readPiece(key, before ? { ...file, before } : file, candidates, part);
    pieces[part].set(key, piece);
    return { document, offset: at.start, length: text.length, piece };
  };
  const placed = cut(input.text, candidates).flatMap((at) => {
    const parts = cutParts(input.text, at, file, candidates)?.map(place);
    return parts?.every(({ piece }) => !piece.leans)
      ? parts
      : [place({ document: at.start, part: 'document', span: at })];
  });
  return assemble({ before: previous?.outline, input, settings, source, pieces, placed });
}

/** What a file tells others, without a look at what is to be said of the file itself. Never throws on any text. */
export function readSummary(
  input: Omit<Input, 'workspace' | 'observed'>,
  { variables }: Pick<Settings, 'variables'> = defaultSettings,
): FileSummary {
  const { text } = input;
  const file = fileOf(input, variables);
  const candidates = candidatesFor(input, file);
  const placed = cut(text, candidates).map((at) => ({
    offset: at.start,
    piece: { facts: extract(new YamlPiece(text.slice(at.start, at.end)), file, candidates, 'document') },
  }));
  return summaryOf(input, new SourceText(text), placed);
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
  const asking = kinds.filter(({ companions }) => companions);
  return kindsOf(input, file, asking).flatMap((kind) => kind.companions?.(file) ?? []);
}

function candidatesFor(input: Input, file: SourceFile): readonly DocumentKind[] {
  const claiming = kindsOf(input, file);
  return claiming.filter((kind) => kind.syntax === claiming[0]?.syntax);
}

function kindsOf(
  input: Omit<Input, 'companions'>,
  file: SourceFile,
  among: readonly DocumentKind[] = kinds,
): readonly DocumentKind[] {
  const assigned = kinds.find(({ id }) => id === input.kind);
  return assigned ? [assigned] : among.filter((kind) => kind.claims(file));
}

const fileOf = (
  { companions, kind, languageId, path, text }: Input,
  variables: Settings['variables'] = {},
): SourceFile => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  languageId,
  text,
  companions: companions ?? new Map(),
  variables: new Map(Object.entries(variables)),
  assigned: kinds.some(({ id }) => id === kind),
});

function isSameButForText({ input: a, settings }: Analysis, b: Input, { variables }: Settings): boolean {
  return (
    (settings.variables === variables || JSON.stringify(settings.variables) === JSON.stringify(variables)) &&
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

/** A piece of a text that is read by itself. */
interface CutPiece {
  /** Where its document begins. */
  readonly document: number;
  readonly part: Part;
  readonly span: Span;
}

/** Shorter documents are read in one go as fast. */
const shortest = 4_000;

/** The items of a list of documents, and what stands around them, in the order of the text; null for anything else. */
function cutParts(
  text: string,
  { end, start }: Span,
  file: SourceFile,
  candidates: readonly DocumentKind[],
): readonly CutPiece[] | null {
  const lists = candidates.some((kind) => kind.syntax === 'yaml' && kind.isList);
  const list = lists && !file.assigned && end - start >= shortest ? cutList(text.slice(start, end)) : null;
  if (!list) return null;
  const around = new YamlPiece(list.around);
  const claiming = candidates.find(
    (kind) => kind.syntax === 'yaml' && (kind.isList?.(around, file) || kind.claimsPiece(around, file)),
  );
  if (claiming?.syntax !== 'yaml' || !claiming.isList?.(around, file)) return null;
  // Where programs may differ on what the list is, all of it is looked at.
  if (around.problems.length > 0 || claiming.extract(around, file, 'frame').ambiguities().length > 0)
    return null;
  return [
    ...list.frame.map((at): CutPiece => ({ document: start, part: 'frame', span: shiftSpan(at, start) })),
    ...list.items.map((at): CutPiece => ({ document: start, part: 'item', span: shiftSpan(at, start) })),
  ].sort((a, b) => a.span.start - b.span.start);
}

/** A copy that does not keep the text it was cut from alive: pieces outlive the version they were read in. */
function unshared(part: string, whole: string): string {
  return part.length === whole.length ? part : structuredClone(part);
}

/** The facts of the first kind that claims a piece; null where none does. */
function extract(
  yaml: YamlPiece,
  file: SourceFile,
  candidates: readonly DocumentKind[],
  part: Part,
): Facts | null {
  for (const kind of candidates) {
    if (kind.syntax === 'whole') return kind.extract({ ...file, text: yaml.text });
    // What stands around the items was claimed for all of them.
    const claims = part === 'document' ? file.assigned || kind.claimsPiece(yaml, file) : kind.isList;
    if (claims) return kind.extract(yaml, file, part);
  }
  return null;
}

function readPiece(text: string, file: SourceFile, candidates: readonly DocumentKind[], part: Part): Chunk {
  const yaml = new YamlPiece(text);
  const facts = extract(yaml, file, candidates, part);
  if (facts) {
    const reports = rules.flatMap((rule) =>
      rule.reads === 'facts' ? Array.from(rule.check(facts), (report) => ({ rule, report })) : [],
    );
    const read = () => ({
      comments: facts.comments(),
      seeming: facts.seemingComments(),
      units: facts.units(),
    });
    return {
      leans: part !== 'document' && text.includes('*') && (yaml.root?.tree.danglingAliases.length ?? 0) > 0,
      kind: facts.kind,
      facts,
      reports,
      suppressions: readSuppressions(text, read),
      skipped: [...skipsIn(facts), ...strayBytes(text, candidates)],
    };
  }
  return readUnclaimed(
    text,
    candidates.some(({ syntax }) => syntax === 'yaml'),
  );
}

/** A byte that is no text: `files/` hands those that are not UTF-8 on as lone surrogates. */
const strayByte = /\0|(?<![\ud800-\udbff])[\udc80-\udcff]/;

/** YAML and JSON take characters alone (YAML 1.2.2, section 5.1); builders and systemd take bytes. */
function strayBytes(text: string, candidates: readonly DocumentKind[]): readonly Skip[] {
  const at = candidates[0]?.syntax === 'yaml' ? text.search(strayByte) : -1;
  if (at < 0) return [];
  const what = text[at] === '\0' ? 'a zero byte' : 'a byte that is not UTF-8';
  return [{ span: span(at, at + 1), reason: `it has ${what}, which no reader of YAML takes`, broken: true }];
}

interface Parts extends Pick<Analysis, 'input' | 'settings' | 'source' | 'pieces'> {
  /** The summary of the version before. */
  readonly before: FileSummary | undefined;
  readonly placed: readonly Placed[];
}

/** A piece where it stands. */
interface Placed {
  /** Where its document begins. */
  readonly document: number;
  readonly offset: number;
  readonly length: number;
  readonly piece: Chunk;
}

/** RFC 8259 knows no comments, though the YAML parser that reads JSON would take them: only a kind that has its own does. */
function commentMarkOf(placed: Parts['placed'], { languageId, path }: Input): Analysis['commentMark'] {
  const own = kinds.find(
    ({ commentMark, id }) => commentMark && placed.some(({ piece }) => piece.kind === id),
  );
  if (own?.commentMark) return own.commentMark;
  return languageId === 'json' || path.toLowerCase().endsWith('.json') ? null : '#';
}

function assemble({ before, input, settings, source, pieces, placed }: Parts): Analysis {
  const outline = summaryOf(input, source, placed, before);
  const workspaceView = input.workspace?.around(outline) ?? alone(outline);
  const around = surroundingsOf(input, settings, workspaceView);
  const silences = new SuppressionMatcher(placed.map(({ piece }) => readable(piece)));
  const taken = new Map<string, number>();
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const add = (found: PlacedReport): void => {
    const { finding, waiver } = toFinding(found, settings, workspaceView);
    if (!finding) return;
    if (waiver && !waiver.expired) waived.push({ finding, waiver });
    else findings.push(finding);
  };
  for (const { offset, piece } of placed) {
    for (const { report, rule } of allReports(piece, around)) {
      const key = uniqueKey(nameOf(rule, report), taken);
      // Asked of every report, whatever its level: a comment is in use where its rule is off too.
      const reason = silences.reasonFor(piece.suppressions, rule.id, report.span);
      if (isAboutPull(rule) && report.image && isReplaced(piece, report.image, workspaceView)) continue;
      if (reason === null) {
        add({ rule, report, offset, key });
        continue;
      }
      const { finding } = toFinding({ rule, report, offset, key }, settings, workspaceView);
      if (finding) suppressed.push({ finding, reason });
    }
  }
  const isRead = placed.some(({ piece }) => piece.kind !== null);
  const suppressions: SuppressionComment[] = [];
  for (const { offset, piece } of isRead ? placed : []) {
    const comments = silences.judge(readable(piece), source.placeAt(offset).line);
    suppressions.push(...comments.map((comment) => placeComment(comment, offset)));
    for (const { report, rule } of suppressionReports(comments)) {
      add({ rule, report, offset, key: uniqueKey(nameOf(rule, report), taken) });
    }
  }
  findings.sort((a, b) => a.span.start - b.span.start);
  const pieceAt = (at: number) => placed[partition(placed, ({ offset }) => offset <= at) - 1];
  return {
    input,
    settings,
    source,
    pieces,
    kinds: [...new Set(placed.flatMap(({ piece }) => piece.kind ?? []))],
    images: placed.flatMap(({ offset, piece }) =>
      (piece.facts?.images ?? []).map((use) => ({
        ...placeImage(use, offset),
        ...(isReplaced(piece, use, workspaceView) && { mutability: 'none' as const }),
        kind: piece.kind ?? '',
      })),
    ),
    findings,
    waived,
    suppressed,
    outline,
    workspaceView,
    skipped: skippedIn(placed),
    commentMark: commentMarkOf(placed, input),
    suppressions,
    comments: once(() =>
      placed.flatMap(({ offset, piece }) =>
        commentsOf(piece).map(({ span: at, text }) => ({ span: shiftSpan(at, offset), text })),
      ),
    ),
    commentCount: () => placed.reduce((sum, { piece }) => sum + commentsOf(piece).length, 0),
    units: once(() =>
      placed.flatMap(({ offset, piece }) => (piece.facts?.units() ?? []).map((at) => shiftSpan(at, offset))),
    ),
    readAgainAt: (offset) => pieceAt(offset)?.length ?? 0,
    takesTrailingComment(offset) {
      const { piece } = pieceAt(offset) ?? {};
      return !kinds.some(({ commentsStandAlone, id }) => commentsStandAlone && id === piece?.kind);
    },
  };
}

/** Of what speaks of the file as a whole, the first. Of commands that nobody reads a document says once why, also where its items are read one by one. */
function skippedIn(placed: readonly Placed[]): readonly Skip[] {
  const said = new Set<string>();
  return placed.flatMap(({ document, offset, piece }) =>
    piece.skipped.flatMap((skip) => {
      const name = skip.once ? skip.reason : skip.commandsOnly ? `${document} ${skip.reason}` : null;
      if (name !== null && said.has(name)) return [];
      if (name !== null) said.add(name);
      return { ...skip, reason: told(skip.reason), span: shiftSpan(skip.span, offset) };
    }),
  );
}

/** What every kind has a rule for is the reference of an image. */
const isAboutPull = ({ isAboutPull: isSaid, kinds: about }: Rule): boolean =>
  about === 'every' || isSaid === true;

const replaceable: ReadonlySet<string | null> = new Set(
  kinds.filter(({ takesReplacements }) => takesReplacements).map(({ id }) => id),
);

/** Whether an image of the workspace takes the place of this one. Skaffold leaves one with a digest as it is. */
function isReplaced({ kind }: Chunk, use: ImageUse, workspaceView: WorkspaceView): boolean {
  const { reading, replaceable: named } = use;
  if (named && workspaceView.replacedIn(named.dockerfile, named.names).extent === 'all') return true;
  if (!replaceable.has(kind) || reading.state !== 'parsed' || !isPulled(use)) return false;
  return (
    reading.reference.digest === undefined && workspaceView.isReplaced(repositoryName(reading.reference))
  );
}

/** BuildKit finds a build context by the reference as it is written: a digest would bring back the image that the context replaces. */
function guarded(fix: Fix, workspaceView: WorkspaceView): Fix {
  const named = isPinFix(fix) ? fix.pin.replaceable : undefined;
  if (!named || !isPinFix(fix)) return fix;
  const { extent, path } = workspaceView.replacedIn(named.dockerfile, named.names);
  if (extent !== 'some') return fix;
  const by = path.slice(path.lastIndexOf('/') + 1);
  const replace = () =>
    refuse(
      `A build context replaces this image in \`${by}\`, and no longer would with a digest: pin the context.`,
    );
  return { ...fix, pin: { ...fix.pin, site: { ...fix.pin.site, replace } } };
}

/** `read`, which is asked for one time at most. */
function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}

/** Of a document that is not read, those alone that silence something. */
const commentsOf = ({ facts, suppressions }: Chunk): readonly Comment[] =>
  facts?.comments() ?? suppressions?.all.map(({ span: at }) => ({ span: at, text: '' })) ?? [];

const readable = ({ facts, skipped, suppressions }: Chunk): Readable => ({
  suppressions,
  isWhole: skipped.length === 0,
  hasUnknownImages: facts?.images.some(({ mutability }) => mutability === 'unknown') ?? false,
});

interface PlacedReport extends RuleReport {
  readonly offset: number;
  readonly key: string;
}

/** Of a path; what names in a file add to it beyond that is left out, as every finding carries its key. */
const longestPath = 500;

const nameOf = ({ id }: Rule, { path }: Report): string => `${id} ${path.slice(0, longestPath)}`;

/** No finding where the rule is off. */
function toFinding(
  { key, offset, report, rule }: PlacedReport,
  settings: Settings,
  workspaceView: WorkspaceView,
): { readonly finding: Finding | null; readonly waiver: Waiver | undefined } {
  const severity = levelOf(settings, rule);
  const waiver = waiverOf(settings.waivers, rule.id, report.image?.resolved ?? null);
  if (severity === null) return { finding: null, waiver };
  const fixes = once(
    () => report.fixes?.().map((fix) => placeFix(shownFix(guarded(fix, workspaceView)), offset)) ?? [],
  );
  const finding: Finding = {
    rule: rule.id,
    severity,
    key,
    span: shiftSpan(report.span, offset),
    // Rules cut names so that the whole sentence fits; this holds for names that nobody thought of.
    message: told(`${shortened(report.message, longestMessage)}${waiver ? waiverNote(waiver) : ''}`),
    related: report.related?.map((related) => placeRelated(shownRelated(related), offset)) ?? [],
    ...(report.unfinishedAt !== undefined && { unfinishedAt: report.unfinishedAt + offset }),
    get fixable() {
      return fixes().some((fix) => !isRefusal(trialEdits(fix)));
    },
    fixes,
  };
  return { finding, waiver };
}

/** Longer titles fit in no menu. */
const longestTitle = 200;

/** What a fix says of itself may quote the file. */
function shownFix(fix: Fix): Fix {
  const { description, title } = fix;
  return {
    ...fix,
    title: shortened(told(title), longestTitle),
    ...(description && { description: told(description) }),
  };
}

const shownRelated = (related: Related): Related => ({ ...related, message: told(related.message) });

const suppressionReports = (comments: readonly SuppressionComment[]): readonly RuleReport[] =>
  rules.flatMap((rule) =>
    rule.reads === 'suppressions' && comments.length > 0
      ? Array.from(rule.check(comments), (report) => ({ rule, report }))
      : [],
  );

const waiverNote = ({ expired, expires }: Waiver): string =>
  expired ? ` (Its waiver expired on ${expires}.)` : '';

type RuleReport = Chunk['reports'][number];

/** What the text alone decides, then what lies around it. */
function allReports({ facts, reports }: Chunk, around: WorkspaceContext): readonly RuleReport[] {
  if (!facts) return reports;
  const wider = rules.flatMap((rule) =>
    rule.reads === 'context' ? Array.from(rule.check(facts, around), (report) => ({ rule, report })) : [],
  );
  return [...reports, ...wider];
}

function summaryOf(
  { path }: Pick<Input, 'path'>,
  source: SourceText,
  placed: readonly { readonly offset: number; readonly piece: Pick<Chunk, 'facts'> }[],
  before?: FileSummary,
): FileSummary {
  const facts = placed.flatMap(({ piece }) => piece.facts ?? []);
  // Only the first place of a pin is told: looking for the others would cost each of an ARG's readers a look at all of them.
  const lines = new Map<string, number>();
  const pins = placed.flatMap(({ offset, piece }) =>
    (piece.facts?.images ?? []).flatMap((use) => {
      const pin = pinnedTag(use, path);
      if (!pin) return [];
      const key = `${pin.name}@${pin.digest}`;
      const line = lines.get(key) ?? source.placeAt(placeOfDigest(use, pin.digest, source, offset)).line + 1;
      lines.set(key, line);
      return { ...pin, line };
    }),
  );
  const includes = facts.flatMap(({ outline }) => outline.includes ?? []);
  const said: FileSummary = {
    path,
    pins: joinPins(pins),
    built: facts.flatMap(({ outline }) => outline.built),
    builds: facts.flatMap(({ outline }) => outline.builds),
    consumes: facts.flatMap(({ outline }) => outline.consumes),
    replaced: facts.flatMap(({ outline }) => outline.replaced),
    ...(includes.length > 0 && { includes }),
  };
  if (before && JSON.stringify(before) === JSON.stringify(said)) return before;
  // A part of a string keeps the whole text alive; a copy does not.
  return saysNothing(said) && includes.length === 0 ? said : structuredClone(said);
}

/** Where a digest is written: in the reference itself, or in what supplies it, such as an ARG. */
function placeOfDigest({ site }: ImageUse, digest: string, { text }: SourceText, offset: number): number {
  const holds = ({ end, start }: Span): boolean => text.slice(start + offset, end + offset).includes(digest);
  const supplier = holds(site.span) ? undefined : site.seenFrom.find(holds);
  return (supplier ?? site.span).start + offset;
}

const surroundingsOf = (
  { observed, path }: Input,
  { pinStyle, signatures, trusted }: Settings,
  workspaceView: AskedNeighbours,
): WorkspaceContext => ({
  path,
  workspaceView,
  observed: observed ?? (() => undefined),
  trusted,
  keepsTags: pinStyle === 'tag-and-digest',
  demandsSignature: (image) => keysFor({ signatures }, image).length > 0,
});

/** What a kind could not read, and the commands that nobody reads, once for each reason of what runs them. */
function skipsIn(facts: Facts): readonly Skip[] {
  const unread = new Map<string, Skip>();
  for (const { owner, span: at, unread: why } of facts.scripts) {
    if (why === null) continue;
    const reason = `the commands of ${owner} were not checked: ${why}`;
    if (!unread.has(reason)) unread.set(reason, { span: at, reason, commandsOnly: true });
  }
  return [...facts.skipped, ...unread.values()];
}
