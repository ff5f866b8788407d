/** Writes a value as YAML in a random style: the same data in the many ways that people write it. */

export type Data = string | boolean | null | { readonly [key: string]: Data } | readonly Data[];

export interface Written {
  readonly text: string;
  /** The comments in it, in order. */
  readonly comments: readonly string[];
}

export interface StyleOptions {
  /** Mappings whose keys may be moved to an anchored fragment and merged back: recognised by this test. */
  readonly mayMerge?: (value: Data) => boolean;
  /** The same scalar may be written once with an anchor and referred to. */
  readonly anchors?: boolean;
}

const isList = (value: Data): value is readonly Data[] => Array.isArray(value);
const isMap = (value: Data): value is { readonly [key: string]: Data } =>
  typeof value === 'object' && value !== null && !isList(value);

/** A small generator of numbers from a seed (mulberry32), so that a failing style can be written again. */
export function chooser(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The data as YAML, in a style that depends on the seed alone. */
export function writeYaml(value: Data, seed: number, options: StyleOptions = {}): Written {
  return new Writer(seed, options).write(value);
}

const pad = (columns: number): string => ' '.repeat(columns);

class Writer {
  readonly #choose: (below: number) => number;
  readonly #options: StyleOptions;
  readonly #unit: number;
  readonly #dash: number;
  readonly #json: boolean;
  readonly #commented: boolean;
  readonly #comments: string[] = [];
  readonly #anchors = new Map<string, string>();
  readonly #fragments: string[] = [];
  #names = 0;
  /** The whole document is: then there is no place for fragments. */
  #inBrackets = false;

  constructor(seed: number, options: StyleOptions) {
    this.#choose = chooser(seed);
    this.#options = options;
    this.#unit = 1 + this.#choose(4);
    this.#dash = this.#choose(2) * this.#unit;
    this.#json = this.#maybe(8);
    this.#commented = !this.#json && !this.#maybe(3);
  }

  write(value: Data): Written {
    if (this.#json) return this.#finish(this.#jsonText(value));
    const indent = this.#maybe(10) ? 2 : 0;
    this.#inBrackets = !isMap(value) || this.#maybe(12);
    const body = isMap(value) && !this.#inBrackets ? this.#entries(value, indent) : [this.#flow(value, 0)];
    const head = this.#maybe(4) ? ['---'] : [];
    // Fragments come first: an alias stands behind its anchor.
    const fragments = this.#fragments.flatMap((lines) => lines.split('\n')).map((line) => pad(indent) + line);
    return this.#finish([...head, ...fragments, ...body].join('\n') + (this.#maybe(4) ? '' : '\n'));
  }

  #finish(text: string): Written {
    const ends = this.#maybe(4) ? text.replaceAll('\n', '\r\n') : text;
    const whole = this.#maybe(8) ? `\uFEFF${ends}` : ends;
    const comments = this.#comments
      .map((comment) => ({ comment, at: text.indexOf(comment) }))
      .filter(({ at }) => at !== -1)
      .toSorted((a, b) => a.at - b.at);
    return { text: whole, comments: comments.map(({ comment }) => comment) };
  }

  /** True once in `of` times. */
  #maybe(of: number): boolean {
    return this.#choose(of) === 0;
  }

  #jsonText(value: Data): string {
    const style = this.#choose(3);
    if (style === 0) return JSON.stringify(value);
    return JSON.stringify(value, null, style === 1 ? '\t' : this.#unit) + (this.#maybe(2) ? '\n' : '');
  }

  #comment(): string {
    const comment = `# note ${this.#comments.length}.`;
    this.#comments.push(comment);
    return comment;
  }

  #trailing(): string {
    return this.#commented && this.#maybe(6) ? ` ${this.#comment()}` : '';
  }

  #above(indent: number): readonly string[] {
    if (!this.#commented || !this.#maybe(8)) return this.#maybe(20) ? [''] : [];
    return [pad(indent) + this.#comment()];
  }

  #key(key: string): string {
    const style = this.#choose(12);
    if (style === 0) return `"${key}"`;
    return style === 1 ? `'${key}'` : key;
  }

  #entries(map: { readonly [key: string]: Data }, indent: number): string[] {
    const { own, merged } = this.#split(map);
    const lines = Object.entries(own).flatMap(([key, value]) => this.#entry(key, value, indent));
    if (merged === null) return lines;
    const merge = `${pad(indent)}<<: ${merged}${this.#trailing()}`;
    return this.#maybe(2) ? [merge, ...lines] : [...lines, merge];
  }

  #entry(key: string, value: Data, indent: number): string[] {
    const name = `${pad(indent)}${this.#key(key)}:`;
    const above = this.#above(indent);
    const block = this.#blockText(value, indent);
    if (block) return [...above, `${name} ${block[0]}`, ...block.slice(1)];
    if (isScalar(value)) {
      const text = this.#scalar(value, false);
      const gap =
        text.startsWith('*') || text === '' || !this.#maybe(12) ? ' ' : `\n${pad(indent + this.#unit)}`;
      return [...above, `${name}${text === '' ? '' : gap}${text}${this.#trailing()}`];
    }
    if (isEmpty(value) || this.#maybe(6)) {
      return [...above, `${name} ${this.#flow(value, indent)}${this.#trailing()}`];
    }
    const inner = isList(value)
      ? this.#items(value, indent + this.#dash)
      : this.#entries(value, indent + this.#unit);
    return [...above, `${name}${this.#trailing()}`, ...inner];
  }

  #items(list: readonly Data[], indent: number): string[] {
    return list.flatMap((item) => {
      const above = this.#above(indent);
      if (isScalar(item))
        return [...above, `${pad(indent)}- ${this.#scalar(item, false)}${this.#trailing()}`];
      if (isEmpty(item) || this.#maybe(6)) return [...above, `${pad(indent)}- ${this.#flow(item, indent)}`];
      if (isMap(item) && this.#maybe(8))
        return [...above, `${pad(indent)}-`, ...this.#entries(item, indent + 3)];
      const lines = isList(item) ? this.#items(item, indent + 2) : this.#entries(item, indent + 2);
      const first = lines.findIndex((line) => /^\s*[^\s#]/.test(line));
      const [head = '', ...rest] = lines.slice(first);
      return [...above, ...lines.slice(0, first), `${pad(indent)}- ${head.trimStart()}`, ...rest];
    });
  }

  /** Some of a mapping's entries, and the alias of a fragment that has the others. */
  #split(map: { readonly [key: string]: Data }): {
    own: { readonly [key: string]: Data };
    merged: string | null;
  } {
    const entries = Object.entries(map);
    if (this.#inBrackets || !this.#options.mayMerge?.(map) || !this.#maybe(2) || entries.length < 2)
      return { own: map, merged: null };
    const name = `f${this.#names++}`;
    const moved = entries.filter(() => this.#maybe(2));
    const own = entries.filter((entry) => !moved.includes(entry));
    const [first, ...others] = moved;
    if (!first) return { own: map, merged: null };
    // Keys that are written in the mapping win over those merged into it.
    const hidden: readonly (readonly [string, Data])[] =
      own.length > 0 && this.#maybe(2) ? [[own[0]?.[0] ?? '', 'hidden']] : [];
    if (others.length > 0 && this.#maybe(2)) {
      this.#fragment(`${name}a`, [first]);
      this.#fragment(`${name}b`, others);
      return { own: Object.fromEntries(own), merged: `[*${name}a, *${name}b]` };
    }
    this.#fragment(name, [...moved, ...hidden]);
    return { own: Object.fromEntries(own), merged: `*${name}` };
  }

  #fragment(name: string, entries: readonly (readonly [string, Data])[]): void {
    const fragment = Object.fromEntries(entries);
    const lines = this.#maybe(3)
      ? [`x-${name}: &${name} ${this.#flow(fragment, 0)}`]
      : [`x-${name}: &${name}`, ...this.#entries(fragment, this.#unit)];
    this.#fragments.push(...lines);
  }

  #flow(value: Data, indent: number): string {
    if (isScalar(value)) return this.#scalar(value, true);
    const inner = isList(value)
      ? value.map((item) => this.#flow(item, indent + 1))
      : Object.entries(value).map(([key, child]) => `${this.#key(key)}: ${this.#flow(child, indent + 1)}`);
    const [open, close] = isList(value) ? '[]' : '{}';
    if (inner.length === 0) return `${open}${close}`;
    const comma = this.#maybe(5) ? ',' : '';
    if (!this.#maybe(4)) {
      const space = pad(this.#choose(2));
      return `${open}${space}${inner.join(', ')}${comma}${space}${close}`;
    }
    const column = pad(indent + this.#unit + 1);
    const lines = inner.map((item, index) => {
      const last = index === inner.length - 1;
      return `${column}${item}${last ? comma : ','}${this.#trailing()}`;
    });
    return [open, ...lines, pad(indent + 1) + close].join('\n');
  }

  #scalar(value: string | boolean | null, inFlow: boolean): string {
    if (typeof value === 'boolean') return String(value);
    if (value === null) return inFlow || this.#maybe(2) ? 'null' : '';
    const known = this.#anchors.get(value);
    if (known !== undefined && this.#maybe(2)) return inFlow ? `*${known} ` : `*${known}`;
    const text = this.#text(value, inFlow);
    if (this.#inBrackets || !this.#options.anchors || known !== undefined || !this.#maybe(3)) return text;
    // In a fragment the anchor stands in front of what uses it; anywhere else the order of writing is that of the text.
    const name = `s${this.#names++}`;
    this.#fragments.push(`x-${name}: &${name} ${this.#text(value, false)}`);
    this.#anchors.set(value, name);
    return inFlow ? `*${name} ` : `*${name}`;
  }

  #text(value: string, inFlow: boolean): string {
    const style = this.#choose(4);
    if (style === 0) return JSON.stringify(value);
    if (style === 1) return `'${value.replaceAll("'", "''")}'`;
    const plain =
      /^[\w./][\w./:@+-]*[\w./]$/.test(value) && !/^[\d.]+$|^(?:true|false|null|yes|no)$/.test(value);
    return plain || (!inFlow && /^[\d.]+$/.test(value)) ? value : JSON.stringify(value);
  }

  #blockText(value: Data, indent: number): string[] | null {
    if (typeof value !== 'string' || !/^\S+$/.test(value) || !this.#maybe(10)) return null;
    const header = this.#choose(2) === 0 ? '>-' : '|-';
    return [`${header}${this.#trailing()}`, pad(indent + this.#unit) + value];
  }
}

const isScalar = (value: Data): value is string | boolean | null =>
  typeof value !== 'object' || value === null;

const isEmpty = (value: Data): boolean => Object.keys(value ?? {}).length === 0;
