import type { Facts } from '../model/facts.ts';
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
}

/** A kind whose files are read in one go. */
export interface WholeFileKind {
  readonly id: string;
  readonly syntax: 'whole';
  claims(file: SourceFile): boolean;
  extract(file: SourceFile): Facts;
}

/** A kind written in YAML or JSON: each document of a stream is claimed, read and cached by itself. */
export interface YamlKind {
  readonly id: string;
  readonly syntax: 'yaml';
  /** Could this file hold such documents at all? Asked once a file, before anything is parsed. */
  claims(file: SourceFile): boolean;
  /** Is this document of the kind? Cheap tests on `piece.text` come first: most documents of a large file hold no image. */
  claimsPiece(piece: YamlPiece, file: SourceFile): boolean;
  extract(piece: YamlPiece, file: SourceFile): Facts;
}

/** A family of files with one meaning. A new kind is a folder beside this file and a line in `index.ts`. */
export type DocumentKind = WholeFileKind | YamlKind;
