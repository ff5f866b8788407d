import { type Span, span } from '../../text/span.ts';
import { readLongTexts } from '../../yaml/comments.ts';

/** Objects that only Helm gives to a template: https://helm.sh/docs/chart_template_guide/builtin_objects/ */
const helmObject =
  /\{\{[^{}]{0,200}?(?:\.(?:Values|Release|Chart|Capabilities|Template|Files)\b|\b(?:include|template|define|tpl|lookup)\b)/;

/**
 * The first action (`{{ … }}`) that makes a YAML file a template: one that stands where YAML has syntax. In quotes, in block
 * text and in comments an action is data of another tool (Argo, Prometheus), unless `inTemplates` and it speaks of Helm's objects.
 */
export function firstAction(text: string, inTemplates: boolean): Span | null {
  const above = new LinesAbove(text);
  let longTexts: readonly Span[] | null = null;
  let end = 0;
  // A line at a time: only its first action can stand where YAML has syntax, and whatever precedes that speaks for the rest.
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', end)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const newline = text.indexOf('\n', at);
    end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    const before = text.slice(start, at);
    if (/^[ \t]*#|[ \t]#/.test(before)) continue;
    if (inTemplates) {
      const helm = helmObject.exec(line);
      if (helm) return actionIn(line, start, helm.index);
    }
    if (text[at - 1] === '$' || !isBare(before)) continue;
    longTexts ??= readLongTexts(text);
    if (longTexts.some(({ end: textEnd, start: textStart }) => textStart < at && at < textEnd)) continue;
    above.readTo(start);
    if (above.isBlockText(indentOf(line))) continue;
    if (before.trim() !== '' || opensTemplate(text, at) || !above.isContinuedAt(before.length)) {
      return actionIn(line, start, before.length);
    }
  }
  return null;
}

/** At the start of a line or of a value: YAML would read two braces as nested mappings, which nobody writes. */
const isBare = (before: string): boolean =>
  /^[ \t]*(?:- +)*(?:[\w./"'-]+[ \t]*:[ \t]+)?(?:[!&][\w/-]+ +)*$/.test(before);

/** A statement or a comment of a template, which is never the rest of a text begun above. */
const opensTemplate = (text: string, at: number): boolean =>
  /^\{\{(?:-|\/\*|\s*(?:if|else|end|range|with|include|template|define|block|toYaml)\b)/.test(
    text.slice(at, at + 20),
  );

function actionIn(line: string, lineStart: number, column: number): Span {
  const carriage = line.indexOf('\r', column);
  const shown = line.slice(column, carriage === -1 ? line.length : carriage);
  const close = shown.indexOf('}}');
  const at = lineStart + column;
  return span(at, at + (close === -1 ? shown.length : close + 2));
}

const indentOf = (line: string): number => line.search(/[^ ]|$/);

/** A line that the lines below may belong to. */
interface Outer {
  readonly indent: number;
  /** What is indented deeper is block text. */
  readonly holdsText: boolean;
}

/** What the lines above a line say of it. They are read once, from the top. */
class LinesAbove {
  readonly #text: string;
  #at = 0;
  /** The lines that the last one belongs to, and itself, by growing indentation. */
  readonly #outer: Outer[] = [];
  /** The last line that is not blank. */
  #last: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads the lines before an offset where a line begins. */
  readTo(start: number): void {
    while (this.#at < start) {
      const end = this.#text.indexOf('\n', this.#at);
      this.#read(this.#text.slice(this.#at, end).trimEnd());
      this.#at = end + 1;
    }
  }

  /** A line indented so far would stand in block text. */
  isBlockText(indent: number): boolean {
    return this.#outer.findLast((one) => one.indent < indent)?.holdsText ?? false;
  }

  /** A line indented so far can be the rest of a text begun above: `message: Pod` and deeper `{{ $labels.pod }}`. */
  isContinuedAt(indent: number): boolean {
    const last = this.#last;
    return last !== null && indentOf(last) < indent && !/(?:^|\s)[:-]$|:$/.test(last);
  }

  #read(line: string): void {
    if (line === '') return;
    this.#last = line;
    const indent = indentOf(line);
    while ((this.#outer.at(-1)?.indent ?? -1) >= indent) this.#outer.pop();
    const isText = this.#outer.at(-1)?.holdsText ?? false;
    const isHeader = /(?:^|[:\-?][ \t]+|[ \t])[|>][-+\d]*[ \t]*(?:#.*)?$/.test(line);
    this.#outer.push({ indent, holdsText: isText || isHeader });
  }
}
