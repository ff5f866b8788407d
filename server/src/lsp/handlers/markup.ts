import { visible, withAbsoluteLinks, withoutMarks } from '../../engine/index.ts';

/** How text is marked up for one client. */
export interface Markup {
  /** A sentence that may quote a file: nothing in it is taken for markup. */
  prose(text: string): string;
  /** Text as it stands. */
  code(text: string): string;
  /** `text` is marked up already, `url` safe to open. */
  link(text: string, url: string): string;
  /** Markdown of our own pages. */
  own(markdown: string): string;
  strong(text: string): string;
  /** The name of a rule, and what leads to its page: in the name where that can be, else below. */
  heading(name: string, url: string): string;
  footing(url: string): string | null;
  /** Marked up already, one a line. */
  list(items: readonly string[]): string;
  /** Stands between parts that have nothing to do with each other. */
  readonly rule: string;
}

export const inMarkdown: Markup = {
  prose: (text) => text.replace(/[\\`*_{}[\]()<>#!|~&]|(?<=:)\/(?=\/)|(?<=\bwww)\./gi, '\\$&'),
  code(text) {
    const runs = text.match(/`+/g) ?? [];
    const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
    const room = runs.length > 0 ? ' ' : '';
    return `${fence}${room}${visible(text.replace(/\s+/g, ' '))}${room}${fence}`;
  },
  link: (text, url) => `[${text}](${withoutBrackets(url)})`,
  own: withAbsoluteLinks,
  strong: (text) => `**${text}**`,
  heading: (name, url) => `[**${name}**](${url})`,
  footing: () => null,
  list: (items) => items.map((item) => `- ${item}`).join('\n'),
  rule: '\n\n---\n\n',
};

export const inPlainText: Markup = {
  prose: (text) => text,
  code: visible,
  link: (text, url) => `${text}: ${url}`,
  own: withoutMarks,
  strong: (text) => text,
  heading: (name) => name,
  footing: (url) => `More: ${url}`,
  list: (items) => items.join('\n'),
  rule: '\n\n',
};

/** Any of these would end the target of a link, or change what it is. */
const withoutBrackets = (url: string): string =>
  url.replace(/[()<>[\]\\`'"\s]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
