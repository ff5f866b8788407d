import { quotedIn } from './lexemes.ts';

/** The line breaks of YAML 1.1 that are ordinary characters in YAML 1.2: next line, line separator, paragraph separator. */
export const otherBreaks = /[\u0085\u2028\u2029]/;

/** A byte order mark, or a line break that only YAML 1.1 knows. */
const oddCharacter = /[\uFEFF\u0085\u2028\u2029]/;

/** Whether readers may differ on where the lines of a text begin. A byte order mark at its very start is nothing odd. */
export const hasOddLines = (text: string): boolean => {
  const at = text.search(oddCharacter);
  return at > 0 || (at === 0 && (text[0] !== '\uFEFF' || oddCharacter.test(text.slice(1))));
};

/**
 * The text as the parser takes it, every offset kept: it knows no lone CR as a line break (YAML 1.2.2, section 5.4), and it
 * counts a byte order mark as indentation. The line breaks of YAML 1.1 become ordinary ones, as what deploys manifests reads
 * them so: go-yaml (`yamlprivateh.go`, `is_break`), libyaml, Psych and YamlDotNet.
 */
export function forParser(text: string): string {
  const read = withoutLoneReturns(hasOddLines(text) ? withOrdinaryBreaks(text) : text);
  const unmarked = read.startsWith('\uFEFF') ? `\n${read.slice(1)}` : read;
  return unmarked.includes('\uFEFF') ? withoutMarks(unmarked) : unmarked;
}

/**
 * Within quotes a line break is white space. The parser wants the line behind it indented, which those who read YAML 1.1 do not: a space
 * stands for it there, as far as one can tell without them what is in quotes.
 */
function withOrdinaryBreaks(text: string): string {
  const quoted = quotedIn(forNewReader(text));
  let next = 0;
  let isCertain = true;
  return text.replace(/[\u0085\u2028\u2029]/g, (_, at: number) => {
    while ((quoted[next]?.end ?? at + 1) <= at) next++;
    isCertain &&= (quoted[next]?.start ?? at + 1) < at;
    return isCertain ? ' ' : '\n';
  });
}

/** The text as a reader of YAML 1.2 takes it, every offset kept. */
export const forNewReader = (text: string): string =>
  withoutLoneReturns(text.startsWith('\uFEFF') ? `\n${text.slice(1)}` : text);

const withoutLoneReturns = (text: string): string =>
  text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text;

/**
 * A byte order mark at the start of a line takes a column of it (libyaml, `yaml_parser_scan_to_next_token`). Before the content of a
 * document it takes none: whoever splits a stream first, as kubectl does, meets it at the start of a text.
 */
function withoutMarks(text: string): string {
  const start = /^(?:[ \t]*(?:---[ \t]*)?(?:[#%].*)?\r?\n)*/.exec(text)?.[0].length ?? 0;
  const head = text[start] === '\uFEFF' ? `${text.slice(0, start)}\n${text.slice(start + 1)}` : text;
  return head.replace(/\n\uFEFF/g, '\n ');
}
