import type { Facts } from '../model/facts.ts';
import type { Variables } from '../model/variables.ts';
import type { YamlPiece } from '../yaml/parse.ts';

/** A file as kinds see it: enough to recognise it by name or by what stands in it. */
export interface SourceFile {
  /** Decoded, with forward slashes on every platform: `/c:/shop/compose.yaml`. For patterns, never for opening files. */
  readonly path: string;
  /** The last segment of `path`. */
  readonly name: string;
  /** The editor's language id, where an editor gave one. */
  readonly languageId: string | undefined;
  readonly text: string;
  /** Other files that were asked for (see `DocumentKind.companions`) and found: the path as asked → text. */
  readonly companions: ReadonlyMap<string, string>;
  /** What the policy says of variables that no file sets. */
  readonly variables?: Variables;
  /** The user's settings say that the file is of this kind, so its name says nothing. */
  readonly assigned?: boolean;
  /** What was read of an earlier version of the same file, where it was one piece: for kinds that hand parts of it on. */
  readonly before?: Facts;
}

interface KindBase {
  readonly id: string;
  /** What opens a comment; `#` where nothing is said. */
  readonly commentMark?: '//';
  /** A comment has a line of its own: behind other text its mark is a part of that text. */
  readonly commentsStandAlone?: true;
  /** What deploys its files may put an image that it built in the place of one by its name, as Skaffold does. */
  readonly takesReplacements?: true;
  /** Its files hold nothing to check: they are read for what they tell others, and nobody has to say that one is of this kind. */
  readonly onlyTells?: true;
  /** Base names a walk through folders opens for this kind. A file that was named or opened is asked about whatever its name. */
  readonly names: RegExp;
  /** Could this file be of the kind, or hold such documents? Asked once a file, before anything is parsed. */
  claims(file: SourceFile): boolean;
  /**
   * Files beside this one that its meaning depends on (a Compose file's `.env`), as paths relative to its folder with
   * forward slashes. Whoever calls the engine reads them; what is not there is left out.
   */
  companions?(file: SourceFile): readonly string[];
}

/** A kind whose files are read in one go. */
export interface WholeFileKind extends KindBase {
  readonly syntax: 'whole';
  extract(file: SourceFile): Facts;
}

/** A piece of a document: all of it, an item of its list, or what stands around the items. */
export type Part = 'document' | 'item' | 'frame';

/** A kind written in YAML or JSON: each document of a stream is claimed, read and cached by itself. */
export interface YamlKind extends KindBase {
  readonly syntax: 'yaml';
  /** Is a document of the kind, and a list whose items can be read one by one? `around` is the document without them. */
  isList?(around: YamlPiece, file: SourceFile): boolean;
  /** Is this document of the kind? Cheap tests on `piece.text` come first: most documents of a large file hold no image. */
  claimsPiece(piece: YamlPiece, file: SourceFile): boolean;
  /** `part` is `document` but for kinds that have lists. */
  extract(piece: YamlPiece, file: SourceFile, part?: Part): Facts;
}

/** A family of files with one meaning. A new kind is a folder beside this file and a line in `index.ts`. */
export type DocumentKind = WholeFileKind | YamlKind;
