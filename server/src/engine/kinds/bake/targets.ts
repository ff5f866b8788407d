import { cacheReference } from '../../image/cache-source.ts';
import { readReference } from '../../image/reading.ts';
import { rewriteTail } from '../../image/tail.ts';
import type { ImageRole, ImageUse } from '../../model/facts.ts';
import type { Site } from '../../model/site.ts';
import { type Edits, refuse, smallestEdit } from '../../text/edit.ts';
import { type Span, span } from '../../text/span.ts';
import { type Entry, entriesOf, type Value } from './hcl.ts';
import type { Text } from './tokens.ts';
import { type Resolved, Variables } from './variables.ts';

/** A value that may hold an image. */
interface Place {
  readonly role: ImageRole;
  /** Below the target. */
  readonly path: string;
  readonly value: Value | undefined;
  /** The part of the text that is the image; null where it names none. A NUL stands for each unknown character. */
  pick(text: string): Span | null;
}

/** Puts the known variables into a text. */
type Resolve = (text: Text, emptyIsUnknown: boolean) => Resolved;

/**
 * The images of all targets: https://docs.docker.com/build/bake/reference/#target. What one target pulls and another one, or
 * an earlier run, makes is not pinned: its digest is not known before it is built.
 */
export function readTargets(file: readonly Entry[]): readonly ImageUse[] {
  const variables = new Variables(file);
  const targets = file.filter(({ key }) => key === 'target').flatMap(({ value }) => entriesOf(value));
  const uses = targets.flatMap((target) => readTarget(target, variables));
  const made = new Set(uses.filter(({ role }) => role === 'build-output').map(({ resolved }) => resolved));
  return uses.map((use) => (made.has(use.resolved) ? { ...use, mutability: 'none' } : use));
}

function readTarget({ key: name, value }: Entry, variables: Variables): readonly ImageUse[] {
  const attributes = entriesOf(value);
  // A matrix makes several targets of one, and its variables have another value in each.
  const matrix = attributes.filter(({ key }) => key === 'matrix').flatMap((entry) => entriesOf(entry.value));
  const unknown = new Set(matrix.map(({ key }) => key));
  const resolve: Resolve = (text, emptyIsUnknown) => variables.resolve(text, unknown, emptyIsUnknown);
  return attributes.flatMap(placesIn).flatMap((place) => readPlace(place, name, resolve));
}

function placesIn({ key, value }: Entry): readonly Place[] {
  switch (key) {
    case 'contexts':
      return entriesOf(value).map((context) => ({
        role: 'build-context',
        path: `contexts.${context.key}`,
        value: context.value,
        pick: imageContext,
      }));
    case 'cache-from':
    case 'cache-to':
      return itemsOf(value).map((cache, at) => ({
        role: key === 'cache-from' ? 'cache-source' : 'build-output',
        path: `${key}.${at}`,
        ...(cache.type === 'object'
          ? { value: registryCache(cache.entries), pick: whole }
          : { value: cache, pick: cacheReference }),
      }));
    case 'tags':
      return itemsOf(value).map((tag, at) => ({
        role: 'build-output',
        path: `tags.${at}`,
        value: tag,
        pick: whole,
      }));
    default:
      return [];
  }
}

const itemsOf = (value: Value): readonly Value[] => (value.type === 'list' ? value.items : []);

const whole = (text: string): Span => span(0, text.length);

function imageContext(text: string): Span | null {
  const scheme = 'docker-image://';
  return text.startsWith(scheme) ? span(scheme.length, text.length) : null;
}

/** The same as an object. */
function registryCache(options: readonly Entry[]): Value | undefined {
  const find = (key: string): Value | undefined => options.find((option) => option.key === key)?.value;
  const type = find('type');
  return type?.type === 'text' && type.written === 'registry' ? find('ref') : undefined;
}

function readPlace(
  { path, pick, role, value }: Place,
  target: string,
  resolve: Resolve,
): readonly ImageUse[] {
  if (value?.type !== 'text' || value.written === '') return [];
  const read = (emptyIsUnknown: boolean) => {
    const { holes, masked, text } = resolve(value, emptyIsUnknown);
    const at = pick(masked);
    if (!at) return null;
    const resolved = text.slice(at.start, at.end);
    const known = readReference(
      resolved,
      holes.filter((hole) => resolved.includes(hole)),
    );
    return { resolved, ...known };
  };
  const first = read(false);
  // An empty default that leaves no reference behind is a value the build must bring.
  const image = first?.reading.state === 'invalid' ? read(true) : first;
  if (!image) return [];
  return [
    {
      role,
      site: siteOf(value, pick, image),
      ...image,
      path: `target.${target}.${path}`,
      owners: [`target ${target}`],
    },
  ];
}

const mask = '\0';

function withoutTemplates({ templates, written }: Text): string {
  let result = '';
  for (const { end, start } of templates) {
    result += written.slice(result.length, start) + mask.repeat(end - start);
  }
  return result + written.slice(result.length);
}

function siteOf(text: Text, pick: Place['pick'], image: Pick<ImageUse, 'reading' | 'resolved'>): Site {
  const { isPlain, templates, written } = text;
  const part = pick(withoutTemplates(text)) ?? whole(written);
  const value = written.slice(part.start, part.end);
  const here = span(text.span.start + part.start, text.span.start + part.end);
  const template = templates.find(({ end, start }) => part.start < end && start < part.end);
  return {
    value,
    span: isPlain ? here : text.span,
    verbatim: isPlain && !template ? here : null,
    seenFrom: [],
    replace(asked): Edits {
      const tail = part.end - Math.max(part.start, templates.at(-1)?.end ?? 0);
      const tailed = { written: value, resolved: image.resolved, tail };
      const rewritten = template && image.reading.state !== 'unknown' ? rewriteTail(tailed, asked) : null;
      if (template && rewritten === null) {
        const expression = written.slice(template.start, template.end);
        return refuse(`\`${expression}\` decides this value; change it where that gets its value.`);
      }
      const wanted = rewritten ?? asked;
      if (!isPlain)
        return refuse('This is not written as a plain string: write it in quotes and without escapes first.');
      if (/["\\\n]|[$%]\{/.test(asked)) return refuse('The new text would need escapes here.');
      return [smallestEdit(here.start, value, wanted)];
    },
  };
}
