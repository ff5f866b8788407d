/** Where the rules' pages are read online. */
const pages = 'https://github.com/holdfast-dev/holdfast/blob/main/server/src/engine/rules';

/** The page of a rule, for the link beside a finding. */
export const pageUrl = (rule: string): string => `${pages}/${rule}.md`;

/** A part of a page. `heading` levels are those below the page's own: 2 and 3. */
export type PageBlock =
  | { readonly type: 'heading'; readonly level: 2 | 3; readonly text: string }
  /** Prose on one line. A list is a block an item. */
  | { readonly type: 'prose'; readonly text: string; readonly isItem: boolean }
  /** `label` is what stands behind the fence: a language and, mostly, the kind of file. */
  | { readonly type: 'code'; readonly label: string; readonly lines: readonly string[] }
  | { readonly type: 'table'; readonly rows: readonly (readonly string[])[] };

/** Takes a rule's page apart; its first heading and the sentence below it are left out, for they say what the rule itself says. */
export function readPageBlocks(text: string): readonly PageBlock[] {
  const blocks: PageBlock[] = [];
  const lines = text.split('\n');
  let open: { text: string; isItem: boolean } | null = null;
  const close = (): void => {
    if (open) blocks.push({ type: 'prose', ...open });
    open = null;
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = /^```(.*)$/.exec(line);
    const heading = /^(#{1,3}) (.+)$/.exec(line);
    if (fence) {
      close();
      const end = lines.indexOf('```', at + 1);
      const last = end === -1 ? lines.length : end;
      blocks.push({ type: 'code', label: fence[1] ?? '', lines: lines.slice(at + 1, last) });
      at = last;
    } else if (heading) {
      close();
      const level = heading[1]?.length;
      if (level === 2 || level === 3) blocks.push({ type: 'heading', level, text: heading[2] ?? '' });
    } else if (line.startsWith('|')) {
      close();
      const rows: string[][] = [];
      for (; lines[at]?.startsWith('|'); at++) rows.push(cells(lines[at] ?? ''));
      at--;
      blocks.push({ type: 'table', rows: rows.filter((row) => !row.every((cell) => /^-+$/.test(cell))) });
    } else if (line.trim() === '') {
      close();
    } else {
      const item = /^- (.*)$/.exec(line);
      if (item) close();
      open = {
        text: open ? `${open.text} ${line.trim()}` : (item?.[1] ?? line.trim()),
        isItem: open ? open.isItem : item !== null,
      };
    }
  }
  close();
  const first = blocks.findIndex(({ type }) => type === 'heading' || type === 'table');
  return blocks.slice(Math.max(0, first));
}

const cells = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** What an editor shows beside a finding, each in a paragraph of Markdown. */
export interface PageDigest {
  readonly why: string;
  /** Why there is no fix, or what it is about; null where the page shows fixes only. */
  readonly fix: string | null;
  readonly safety: string;
}

/** The first words of a page on each question. */
export function digestOf(text: string): PageDigest {
  const blocks = readPageBlocks(text);
  const fix = sectionOf(blocks, 'Fix');
  const isShown = fix.some(({ type }) => type === 'code');
  return {
    why: firstProse(sectionOf(blocks, 'Why')) ?? '',
    // A sentence that leads to a list says nothing without it.
    fix: isShown ? null : (firstProse(fix)?.replace(/ [^.]*:$/, '') ?? null),
    safety: firstProse(sectionOf(blocks, 'Safety')) ?? '',
  };
}

function sectionOf(blocks: readonly PageBlock[], name: string): readonly PageBlock[] {
  const isHeading = (block: PageBlock): boolean => block.type === 'heading' && block.level === 2;
  const start = blocks.findIndex((block) => isHeading(block) && 'text' in block && block.text === name);
  if (start === -1) return [];
  const rest = blocks.slice(start + 1);
  const end = rest.findIndex(isHeading);
  return end === -1 ? rest : rest.slice(0, end);
}

const firstProse = (blocks: readonly PageBlock[]): string | null =>
  blocks.flatMap((block) => (block.type === 'prose' && !block.isItem ? block.text : []))[0] ?? null;

/** Links of a page lead to places relative to it; these lead there from anywhere. */
export const withAbsoluteLinks = (markdown: string): string =>
  markdown.replace(/\]\((?!https?:)([^)]+)\)/g, `](${pages}/$1)`);

/** Text without the marks of Markdown that pages use: links give their target where it is somewhere else, emphasis and code lose theirs. */
export const withoutMarks = (markdown: string): string =>
  markdown
    .replace(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '$1: $2')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replaceAll('`', '');
