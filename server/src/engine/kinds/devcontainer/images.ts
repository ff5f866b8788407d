import { cacheReference } from '../../image/cache-source.ts';
import { readReference } from '../../image/reading.ts';
import type { ImageRole, ImageUse } from '../../model/facts.ts';
import { type Span, span } from '../../text/span.ts';
import type { JsonString } from './jsonc.ts';
import { siteOf } from './site.ts';

/** The image that the container is made from, and those that its build takes layers from. */
export function readImages(strings: readonly JsonString[]): readonly ImageUse[] {
  // Of a key that is given twice the last one counts.
  const byPath = new Map(strings.map((string) => [string.path.join('/'), string]));
  const uses = [...byPath].flatMap(([path, string]) => {
    const whole = span(0, string.text.length);
    if (path === 'image') return useOf('workload', string, whole, 'dev container');
    if (!/^build\/cacheFrom(?:\/\d+)?$/.test(path)) return [];
    const part = cacheReference(string.text);
    return part ? useOf('cache-source', string, part, 'dev container build') : [];
  });
  return uses.sort((a, b) => a.site.span.start - b.site.span.start);
}

function useOf(role: ImageRole, string: JsonString, part: Span, owner: string): ImageUse {
  const written = string.text.slice(part.start, part.end);
  const { first, holes, tail, text } = substitute(written);
  const locked = first === null ? null : `${first} decides this value; change it where that gets its value.`;
  const tailed = holes.length > 0 ? null : { written, resolved: text, tail };
  return {
    role,
    site: siteOf(string, part, locked, tailed),
    resolved: text,
    ...readReference(text, holes),
    path: string.path.join('.'),
    owners: [owner],
  };
}

interface Substituted {
  readonly text: string;
  readonly holes: readonly string[];
  /** The first expression; null where there is none. */
  readonly first: string | null;
  /** How many characters stand behind the last one. */
  readonly tail: number;
}

/** Longer texts are no references; searching them for thousands of variables would take long. */
const longestText = 4096;

/**
 * Puts in the default of `${localEnv:NAME:default}`, which ends at the next colon; all other variables stay unknown.
 * https://containers.dev/implementors/json_reference/#variables-in-devcontainerjson
 */
function substitute(written: string): Substituted {
  if (written.length > longestText) return { text: written, holes: [], first: null, tail: 0 };
  const holes = new Set<string>();
  let first: string | null = null;
  let tail = 0;
  const text = written.replace(/\$\{(.*?)\}/g, (expression, inner: string, at: number) => {
    first ??= expression;
    tail = written.length - at - expression.length;
    const [variable = '', , fallback = ''] = inner.split(':');
    if (/^(?:localEnv|env)$/.test(variable) && fallback !== '') return fallback;
    holes.add(expression);
    return expression;
  });
  return { text, holes: [...holes], first, tail };
}
