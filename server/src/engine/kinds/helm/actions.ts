import { type Span, span } from '../../text/span.ts';

/** Objects that only Helm gives to a template: https://helm.sh/docs/chart_template_guide/builtin_objects/ */
const helmObject =
  /\{\{[^{}]{0,200}?(?:\.(?:Values|Release|Chart|Capabilities|Template|Files)\b|\b(?:include|template|define|tpl|lookup)\b)/;

/**
 * The first action (`{{ … }}`) that makes a YAML file a template: one that stands where YAML has syntax. In quotes, in block
 * text and in comments an action is data of another tool (Argo, Prometheus), unless `inTemplates` and it speaks of Helm's objects.
 */
export function firstAction(text: string, inTemplates: boolean): Span | null {
  let blockEnd = 0;
  let lineEnd = 0;
  // A line at a time: only its first action can stand where YAML has syntax, and whatever precedes that speaks for the rest.
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', lineEnd)) {
    const lineStart = text.lastIndexOf('\n', at) + 1;
    const newline = text.indexOf('\n', at);
    lineEnd = newline === -1 ? text.length : newline;
    const line = text.slice(lineStart, lineEnd);
    const before = text.slice(lineStart, at);
    if (/^[ \t]*#|[ \t]#/.test(before)) continue;
    if (inTemplates) {
      const helm = helmObject.exec(line);
      if (helm) return actionAt(text, lineStart + helm.index);
    }
    if (text[at - 1] === '$' || at < blockEnd || !isBare(before)) continue;
    const end = blockTextEnd(text, lineStart);
    if (end > at) blockEnd = end;
    else if (before.trim() !== '' || !continues(text, at, lineStart)) return actionAt(text, at);
  }
  return null;
}

/** At the start of a line or of a value: YAML would read two braces as nested mappings, which nobody writes. */
const isBare = (before: string): boolean =>
  /^[ \t]*(?:- +)*(?:[\w./"'-]+[ \t]*:[ \t]+)?(?:[!&][\w/-]+ +)*$/.test(before);

/** Whether a line that begins with an action can be the rest of a text begun above: `message: Pod` and deeper `{{ $labels.pod }}`. */
function continues(text: string, at: number, lineStart: number): boolean {
  if (
    /^\{\{(?:-|\/\*|\s*(?:if|else|end|range|with|include|template|define|block|toYaml)\b)/.test(
      text.slice(at, at + 20),
    )
  ) {
    return false;
  }
  let start = lineStart;
  while (start > 0) {
    start = text.lastIndexOf('\n', start - 2) + 1;
    const line = lineAt(text, start);
    if (line.trim() === '') continue;
    return indentAt(text, start) < at - lineStart && !/(?:^|\s)[:-]$|:$/.test(line.trimEnd());
  }
  return false;
}

function actionAt(text: string, at: number): Span {
  const close = text.indexOf('}}', at);
  const lineEnd = text.slice(at).search(/[\r\n]|$/) + at;
  return span(at, close === -1 || close + 2 > lineEnd ? lineEnd : close + 2);
}

/** Where the block text ends that the line belongs to; 0 where it belongs to none. */
function blockTextEnd(text: string, lineStart: number): number {
  let indent = indentAt(text, lineStart);
  for (let at = lineStart; at > 0 && indent > 0; ) {
    at = text.lastIndexOf('\n', at - 2) + 1;
    const line = lineAt(text, at);
    if (line.trim() === '') continue;
    const here = indentAt(text, at);
    if (here >= indent) continue;
    if (/(?:^|[:\-?][ \t]+|[ \t])[|>][-+\d]*[ \t]*(?:#.*)?$/.test(line))
      return skipIndented(text, lineStart, here);
    indent = here;
  }
  return 0;
}

const lineAt = (text: string, at: number): string => {
  const end = text.indexOf('\n', at);
  return text.slice(at, end === -1 ? text.length : end).replace(/\r$/, '');
};

const indentAt = (text: string, at: number): number => lineAt(text, at).search(/[^ ]|$/);

/** The start of the first line from `at` on that is not indented deeper than `indent`. */
function skipIndented(text: string, at: number, indent: number): number {
  let end = at;
  while (end < text.length) {
    const line = lineAt(text, end);
    if (line.trim() !== '' && indentAt(text, end) <= indent) return end;
    end += line.length + 1;
    if (text[end - 1] === '\r') end++;
  }
  return text.length;
}
