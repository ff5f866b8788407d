import type { ImageName } from '../image/name.ts';
import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { ImageUse } from './image-use.ts';

/** Of the Language Server Protocol; most severe first. */
export const severities = ['error', 'warning', 'information', 'hint'] as const;
export type Severity = (typeof severities)[number];

/**
 * What a fix may change, the least first; `planFix` holds a fix to it.
 *
 * - `safe`: what is built and run stays the same, and so does every value and every comment that a person wrote. Fix-all makes it.
 * - `pin`: writes down what a tag, a branch or an address gives at the moment it is asked. Commands that pin make those of images.
 * - `suggestion`: what is built and run stays the same, but a person's words go or are guessed at. Offered alone.
 * - `behaviour`: something else is built or run. Offered alone, and shown before it is made.
 */
export const safeties = ['safe', 'pin', 'suggestion', 'behaviour'] as const;
export type Safety = (typeof safeties)[number];

/** The safety that allows most among some; null for none. */
export const leastSafe = <S extends Safety>(some: readonly S[]): S | null =>
  some.toSorted((a, b) => safeties.indexOf(a) - safeties.indexOf(b)).at(-1) ?? null;

interface FixBase {
  /** Unique among the fixes of one finding, and stable: it travels to the editor and back. */
  readonly id: string;
  /** Imperative, for a menu: `Make the root filesystem read-only`. */
  readonly title: string;
  /** What the title has no room for, in whole sentences: why each place is changed, what to look out for. */
  readonly description?: string;
  readonly safety: Safety;
}

/** A change this file's text is enough for. `edits` is asked for only when somebody wants the fix. */
export interface LocalFix extends FixBase {
  readonly safety: Exclude<Safety, 'pin'>;
  edits(): Edits;
}

/** A change that needs the image's digest from its registry. */
export interface PinFix extends FixBase {
  readonly safety: 'pin';
  readonly pin: ImageUse;
}

/** Something only the network knows. */
export type Question =
  /** The digest that a tag names. */
  | { readonly ask: 'digest'; readonly image: ImageName }
  /** The tags that name a digest, most telling first. `image.version` is the digest. */
  | { readonly ask: 'tags'; readonly image: ImageName }
  /** The paths that an image declares as volumes. */
  | { readonly ask: 'volumes'; readonly image: ImageName }
  /** The SHA-256 of what an http(s) address gives, as `sha256:…`. */
  | { readonly ask: 'checksum'; readonly url: string }
  /** The commit that a branch or tag of a git repository names; an empty ref is the default branch. */
  | { readonly ask: 'commit'; readonly repository: string; readonly ref: string };

/** A change that needs the answer to a question. */
export interface LookupFix extends FixBase {
  readonly question: Question;
  /** An answer of the usual form: with it the change is tried before anything is asked. */
  readonly sample: readonly string[];
  /** `answer` has at least one text, except that an image may have no volumes. */
  edits(answer: readonly string[]): Edits;
}

export type Fix = LocalFix | PinFix | LookupFix;

export const isPinFix = (fix: Fix): fix is PinFix => 'pin' in fix;

export const isLookupFix = (fix: Fix): fix is LookupFix => 'question' in fix;

/** A fix that may be made without anybody choosing it: it is safe, and asks for nothing. */
export type AutomaticFix = LocalFix & { readonly safety: 'safe' };

export const isAutomaticFix = (fix: Fix): fix is AutomaticFix =>
  fix.safety === 'safe' && !isPinFix(fix) && !isLookupFix(fix);

/** A line of some file of the workspace. */
export interface FilePlace {
  /** As in `SourceFile.path`. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** A second place that explains a finding: in the same piece of text, or anywhere in the workspace. */
export type Related = { readonly message: string } & (
  | { readonly span: Span }
  | { readonly place: FilePlace }
);

/** What a rule says of a piece of text. */
export interface Report {
  /** Structural path of the thing found; with the rule's id it identifies the finding across edits elsewhere. */
  readonly path: string;
  readonly span: Span;
  /** What, why and what to do, in one or two sentences. */
  readonly message: string;
  readonly related?: readonly Related[];
  /** The image it speaks about: waivers can name it. */
  readonly image?: ImageUse;
  /** Where a value ends that more typing may set right; absent where it cannot. */
  readonly unfinishedAt?: number;
  /** Most wanted first. Asked for only when somebody looks at the finding. */
  fixes?(): readonly Fix[];
}

/** A report placed in its document, with the severity the configuration gives it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** `rule` + structural path, unique in the document. */
  readonly key: string;
  readonly span: Span;
  readonly message: string;
  readonly related: readonly Related[];
  /** Where a value ends that more typing may set right; absent where it cannot. */
  readonly unfinishedAt?: number;
  readonly fixable: boolean;
  fixes(): readonly Fix[];
}
