import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Context, noContext, observationOf } from './context.ts';

/** Where the rules and their pages are. */
export const rulesFolder = fileURLToPath(new URL('../../server/src/engine/rules/', import.meta.url));

/** What a caret line says: this rule has a finding at these columns (from 0) of this line (from 0, caret lines not counted). A finding over several lines is marked on its first. */
export interface Mark {
  readonly rule: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A manifest on a page, with the findings its caret lines announce. */
export interface Example {
  readonly kind: string;
  readonly section: string;
  /** Line of the page (from 1) where the block opens. */
  readonly pageLine: number;
  /** What the blocks right before it say of its surroundings. */
  readonly context: Context;
  /** Without caret lines; ends with a line break. */
  readonly text: string;
  readonly marks: readonly Mark[];
  /** The diffs that follow it, each under the title of the fix that makes it. */
  readonly fixes: readonly { readonly title: string; readonly diff: string; readonly pageLine: number }[];
}

/** A rule's page taken apart. */
export interface Page {
  readonly heading: string;
  readonly summary: string;
  readonly sections: readonly string[];
  readonly examples: readonly Example[];
}

/** The file name that makes each kind claim an example. */
export const exampleFiles: Readonly<Record<string, string>> = {
  dockerfile: '/page/Dockerfile',
  compose: '/page/compose.yaml',
  kubernetes: '/page/manifest.yaml',
  quadlet: '/page/web.container',
  bake: '/page/docker-bake.hcl',
  kustomize: '/page/kustomization.yaml',
  'helm-values': '/page/values.yaml',
  'gitlab-ci': '/page/.gitlab-ci.yml',
  'github-actions': '/page/.github/workflows/ci.yml',
};

interface Block {
  /** The last word of the info string: a kind, `diff`, or anything else. */
  readonly language: string;
  /** The name of the file, where the info string gives one: `as=compose.prod.yaml`. */
  readonly name: string | null;
  readonly section: string;
  readonly pageLine: number;
  readonly lines: readonly string[];
  /** The last line of prose before it. */
  readonly lead: string;
}

export const readPage = (id: string): Page => parsePage(readFileSync(`${rulesFolder}${id}.md`, 'utf8'));

/** Reads a page; throws where a block is not of the form the harness can check. */
export function parsePage(text: string): Page {
  const lines = text.split('\n');
  const prose = lines.filter((line) => line.trim() !== '');
  return {
    heading: prose[0] ?? '',
    summary: prose[1] ?? '',
    sections: lines.flatMap((line) => /^## (.+)$/.exec(line)?.[1] ?? []),
    examples: examples(blocks(lines)),
  };
}

function blocks(lines: readonly string[]): readonly Block[] {
  const found: Block[] = [];
  let section = '';
  let lead = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = /^```(.*)$/.exec(line);
    if (!fence) {
      section = /^## (.+)$/.exec(line)?.[1] ?? section;
      if (line.trim() !== '') lead = line;
      continue;
    }
    const close = lines.indexOf('```', at + 1);
    if (close === -1) throw new Error(`line ${at + 1}: the block never ends`);
    const language = fence[1]?.split(' ').at(-1) ?? '';
    const name = / as=(\S+) /.exec(fence[1] ?? '')?.[1] ?? null;
    found.push({ language, name, section, pageLine: at + 1, lines: lines.slice(at + 1, close), lead });
    at = close;
  }
  return found;
}

function examples(found: readonly Block[]): readonly Example[] {
  const made: (Example & { fixes: { title: string; diff: string; pageLine: number }[] })[] = [];
  let context = noContext;
  for (const block of found) {
    const { name, section, pageLine } = block;
    const told = addContext(context, block);
    if (told) {
      context = told;
    } else if (block.language in exampleFiles) {
      const around = name === null ? context : { ...context, path: `/page/${name}` };
      made.push({
        kind: block.language,
        section,
        pageLine,
        context: around,
        ...withoutCarets(block),
        fixes: [],
      });
      context = noContext;
    } else if (block.language === 'diff') {
      const title = /^\*\*(.+)\*\*$/.exec(block.lead)?.[1];
      const example = made.at(-1);
      if (!title || !example)
        throw new Error(`line ${pageLine}: a diff needs an example and a title before it`);
      example.fixes.push({ title, diff: block.lines.join('\n'), pageLine });
    } else {
      throw new Error(`line ${pageLine}: a block of language "${block.language}" is not checked by anything`);
    }
  }
  return made;
}

/** A file beside the next example (`beside=api/Dockerfile`), the policy it is under, or what a registry once said; null for any other block. */
function addContext(context: Context, { language, lines }: Block): Context | null {
  const beside = /^beside=(.+)$/.exec(language)?.[1];
  if (beside) {
    return { ...context, beside: new Map([...context.beside, [`/page/${beside}`, `${lines.join('\n')}\n`]]) };
  }
  if (language === 'policy') return { ...context, policy: `${lines.join('\n')}\n` };
  if (language !== 'registry') return null;
  const said = lines.filter((line) => line !== '').map(observationOf);
  return { ...context, observed: new Map([...context.observed, ...said]) };
}

function withoutCarets({ lines }: Block): Pick<Example, 'text' | 'marks'> {
  const kept: string[] = [];
  const marks: Mark[] = [];
  for (const line of lines) {
    const caret = /^#(?<space> *)(?<carets>\^+) (?<rule>[a-z-]+)$/.exec(line)?.groups;
    if (!caret) {
      kept.push(line);
      continue;
    }
    const start = 1 + (caret.space ?? '').length;
    marks.push({
      rule: caret.rule ?? '',
      line: kept.length - 1,
      start,
      end: start + (caret.carets ?? '').length,
    });
  }
  return { text: `${kept.join('\n')}\n`, marks };
}
