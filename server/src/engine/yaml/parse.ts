import { Composer, type Document, Parser, type YAMLError } from 'yaml';
import { type Span, span } from '../text/span.ts';
import { forParser, hasOddLines } from './for-parser.ts';
import { Tree, YamlValue } from './lookup.ts';
import { readPlain } from './plain.ts';
import { resolveTexts } from './resolve.ts';

/** Something that keeps a document from being read whole. */
export interface Problem {
  readonly span: Span;
  /** What is wrong, as part of a sentence: `a quoted text is not closed`. */
  readonly message: string;
}

interface Parsed {
  readonly root: YamlValue | null;
  readonly problems: readonly Problem[];
}

/** One document of a YAML stream, parsed when first asked for. Never throws: broken text gives as much of a tree as can be told. */
export class YamlPiece {
  readonly text: string;
  #parsed: Parsed | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** The document's content; null where there is none. */
  get root(): YamlValue | null {
    return this.#read().root;
  }

  /** What is wrong with the text, in its order. */
  get problems(): readonly Problem[] {
    return this.#read().problems;
  }

  #read(): Parsed {
    this.#parsed ??= parse(this.text);
    return this.#parsed;
  }
}

function parse(text: string): Parsed {
  const plain = readPlain(text);
  if (plain) return { root: YamlValue.ofRoot(new Tree(text, plain, false)), problems: [] };
  const documents = compose(forParser(text));
  if (!documents) {
    return {
      root: null,
      problems: [{ span: span(0, text.length), message: tooDeep }],
    };
  }
  const [document, second] = documents;
  if (!document) return { root: null, problems: [] };
  const problems = document.errors.map(toProblem);
  if (second) {
    const [start, end] = second.range;
    problems.push({ span: span(start, end), message: 'a second document begins here without `---`' });
  }
  if (!document.contents) return { root: null, problems };
  const aliased = resolveTexts(document.contents, text);
  // Where some editors see no line break, new lines could end up anywhere too.
  const tree = new Tree(text, document.contents, problems.length > 0 || hasOddLines(text), aliased);
  for (const alias of text.includes('*') ? tree.danglingAliases : []) {
    problems.push({
      span: alias.span,
      message: `the alias *${alias.name} has no anchor &${alias.name} before it`,
    });
  }
  return { root: YamlValue.ofRoot(tree), problems: problems.sort((a, b) => a.span.start - b.span.start) };
}

/** Null where the text is nested so deeply that the parser's recursion fails. */
export function compose(text: string): readonly Document.Parsed[] | null {
  // Every scalar keeps its text: what `1.10` or `yes` means depends on who reads it.
  const composer = new Composer({
    keepSourceTokens: true,
    uniqueKeys: false,
    schema: 'failsafe',
    logLevel: 'silent',
    prettyErrors: false,
  });
  try {
    return [...composer.compose(new Parser().parse(text), true, text.length)];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const tooDeep = 'it is nested too deeply to be read';

/** The parser's findings by its error code, in words for people who do not know its terms. */
const plainWords: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_ALIAS: 'an alias (*name) is not written correctly',
  BAD_COLLECTION_TYPE: 'a tag does not fit the value it stands before',
  BAD_DIRECTIVE: 'a directive (%…) is not written correctly',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is not followed by a known escape',
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BAD_SCALAR_START: 'a value begins with a character that must be quoted',
  BLOCK_AS_IMPLICIT_KEY:
    'a second `key: value` begins in the middle of a value; quote the value or fix the indentation',
  BLOCK_IN_FLOW: 'an indented block stands inside brackets',
  MULTILINE_IMPLICIT_KEY: 'a key is not followed by a colon on its line',
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: 'a tab is used for indentation; YAML wants spaces',
};

function toProblem({ code, message, pos }: YAMLError): Problem {
  return { span: span(pos[0], pos[1]), message: inPlainWords(message) ?? plainWords[code] ?? notAllowed };
}

/** Some are known by their message alone. */
function inPlainWords(message: string): string | null {
  if (/Missing closing .quote/.test(message)) return 'a quoted text is not closed';
  if (/end with a [\]}]/.test(message))
    return 'a bracket or brace is not closed, or the lines in it are not indented enough';
  if (/must be separated by a ,|Missing , /.test(message)) return 'a comma is missing';
  if (/indicated with a :|Implicit map keys need/.test(message)) return 'a key is not followed by a colon';
  return null;
}

const notAllowed = 'something stands here that YAML does not allow in this place';
