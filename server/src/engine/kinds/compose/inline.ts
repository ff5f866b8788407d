import type { GivenArguments } from '../../dockerfile/arguments.ts';
import { type Build, readBuild } from '../../dockerfile/build.ts';
import { splitDockerfile } from '../../dockerfile/dockerfile.ts';
import { readBases, readImages } from '../../dockerfile/images.ts';
import { readReference } from '../../image/reading.ts';
import type { Comment, ImageUse } from '../../model/facts.ts';
import { noVariables } from '../../model/variables.ts';
import { type Edits, isRefusal, refuse } from '../../text/edit.ts';
import { MappedText } from '../../text/mapped-text.ts';
import { type Span, span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { mappedText } from '../../yaml/mapped.ts';
import { whyNotVerbatim } from '../../yaml/scalar.ts';
import { placesOf } from '../../yaml/text-places.ts';
import type { Trail } from '../../yaml/trail.ts';
import { inlinePath } from './builds.ts';
import { decidedElsewhere, type Interpolated, interpolate, isPrivate, type Values } from './interpolate.ts';

/** What a build gives for the arguments of its Dockerfile, and the variables of `.env` that it takes them from. */
interface Given {
  readonly given: GivenArguments;
  readonly fromEnvFile: readonly string[];
}

interface Found extends Given {
  readonly value: YamlValue;
  readonly owners: string[];
  readonly seenFrom: Span[];
  /** Those that were gone through for them. */
  readonly trails: Set<Trail>;
  /** For no owner it is what is built. */
  replaced: boolean;
}

/**
 * The Dockerfiles that stand in a Compose file (`build.dockerfile_inline`), each read once. Compose puts its variables in first, so
 * what a Dockerfile writes as `$VERSION` stands here as `$$VERSION`.
 */
export class InlineDockerfiles {
  readonly #values: Values;
  readonly #path: string;
  readonly #byNode = new Map<YamlValue['node'], Found>();

  /** `path` is that of the Compose file. */
  constructor(values: Values, path: string) {
    this.#values = values;
    this.#path = path;
  }

  add(build: YamlValue | undefined, owner: string, replaced: boolean): void {
    const value = build?.get('dockerfile_inline');
    if (!build || value?.text == null || value.tag === '!reset') return;
    const known = this.#byNode.get(value.node);
    const given = argumentsOf(build, this.#values);
    const found = known ?? { value, ...given, owners: [], seenFrom: [], trails: new Set<Trail>(), replaced };
    this.#byNode.set(value.node, found);
    found.owners.push(owner);
    found.seenFrom.push(...value.trail.places(found.trails));
    found.replaced &&= replaced;
  }

  get all(): readonly ImageUse[] {
    return [...this.#byNode.values()].flatMap((found) => readInline(found, this.#values, this.#path));
  }

  /** What those of them do that are built: stages, scripts, and the images they leave behind. */
  get builds(): readonly Build[] {
    return [...this.#byNode.values()].flatMap((found) =>
      found.replaced ? [] : (readBuildOf(found, this.#values, this.#path) ?? []),
    );
  }

  /** Comments of the Dockerfiles, which are text to YAML. */
  get comments(): readonly Comment[] {
    return [...this.#byNode.values()].flatMap((found) => {
      const interpolated = interpolate(found.value.text ?? '', this.#values);
      const inline = new Inline(found, interpolated);
      return splitDockerfile(interpolated.text).comments.flatMap((at) => {
        const here = inline.spanOf(at);
        return here ? { span: here, text: interpolated.text.slice(at.start, at.end) } : [];
      });
    });
  }
}

/** `build.args`, in both forms; one without a value takes that of the variable of its name. */
function argumentsOf(build: YamlValue, values: Values): Given {
  const fromEnvFile = new Set<string>();
  const args = build.get('args');
  const pairs =
    args?.type === 'map'
      ? args.entries().map(({ key, value }) => [key, value.text] as const)
      : (args?.items() ?? []).map(({ text }) => {
          const [name = '', ...rest] = (text ?? '').split('=');
          return [name, rest.length > 0 ? rest.join('=') : null] as const;
        });
  const given = new Map(
    pairs.map(([name, written]) => {
      if (written === null) {
        const value = values.get(name);
        if (isPrivate(name, values)) fromEnvFile.add(name);
        return [name, value ?? null];
      }
      const { fromEnvFileAlone: from, holes, text } = interpolate(written, values);
      for (const variable of from) fromEnvFile.add(variable);
      return [name, holes.length > 0 ? null : text];
    }),
  );
  return { given, fromEnvFile: [...fromEnvFile] };
}

function readInline(found: Found, values: Values, path: string): readonly ImageUse[] {
  const { owners, replaced, value } = found;
  const interpolated = interpolate(value.text ?? '', values);
  const inline = new Inline(found, interpolated);
  const envFileVariables = [...new Set([...found.fromEnvFile, ...interpolated.fromEnvFileAlone])];
  return readImages(splitDockerfile(interpolated.text), {
    dockerfile: inlinePath(path, value),
    variables: values.named ?? noVariables,
    given: found.given,
  }).map((use) => {
    // A variable that Compose cannot fill is no argument of the Dockerfile, even where one has its name.
    const holes = interpolated.holes.filter((hole) => use.site.value.includes(hole));
    const resolved = holes.length > 0 ? use.site.value : use.resolved;
    const { mutability, reading } = holes.length > 0 ? readReference(resolved, holes) : use;
    const site = inline.siteOf(use);
    // Which variable came to which part of the Dockerfile is not followed: what is not written out may hold any of them.
    const isWritten = site.verbatim !== null && use.resolved === use.site.value;
    return {
      ...use,
      ...(!isWritten && envFileVariables.length > 0 && { envFileVariables }),
      site,
      resolved,
      reading,
      mutability: replaced ? 'none' : mutability,
      path: `${value.path}.${use.path}`,
      owners,
    };
  });
}

function readBuildOf(found: Found, values: Values, path: string): Build | null {
  const { given, value } = found;
  const written = mappedText(value);
  if (!written) return null;
  const file = splitDockerfile(filledIn(written, interpolate(written.text, values)));
  const images = new Map(readInline(found, values, path).map((use) => [use.path, use]));
  const prefix = `${value.path}.`;
  const bases = readBases(file, {
    dockerfile: inlinePath(path, value),
    variables: values.named ?? noVariables,
    given,
  }).map((base) => ({
    ...base,
    use: base.use && (images.get(prefix + base.use.path) ?? null),
  }));
  return readBuild(file, bases, { dockerfile: inlinePath(path, value), prefix });
}

/** The text with its variables put in. What one came to is found where its expression stands. */
function filledIn(written: MappedText, { expressions, text }: Interpolated): MappedText {
  const parts: MappedText[] = [];
  let from = 0;
  let at = 0;
  for (const { end, length, start } of expressions) {
    parts.push(written.slice(from, start));
    at += start - from;
    const value = text.slice(at, at + length);
    const isKept = written.text.endsWith(value, end);
    parts.push(
      isKept ? written.slice(end - length, end) : MappedText.within(value, written.spanOf(start, end)),
    );
    at += length;
    from = end;
  }
  return MappedText.join([...parts, written.slice(from)]);
}

/** Written as it stands in any style of YAML, so an edit may add it. */
const needsNoQuotes = /^[\w.:@/+-]*$/;

/** Whether a text of a Dockerfile uses a variable. */
const names = (text: string, variable: string): boolean =>
  text.includes(`$${variable}`) || text.includes(`\${${variable}`);

/** Where the parts of one of them stand in the document. */
class Inline {
  readonly #seenFrom: readonly Span[];
  readonly #value: YamlValue;
  readonly #given: readonly string[];
  readonly #interpolated: Interpolated;
  readonly #places: Places | null;

  constructor({ given, seenFrom, value }: Found, interpolated: Interpolated) {
    this.#value = value;
    this.#given = [...given.keys()];
    this.#seenFrom = seenFrom;
    this.#interpolated = interpolated;
    const written = placesOf(value);
    this.#places = written && placesAfter(interpolated, written);
  }

  siteOf({ site }: ImageUse): ImageUse['site'] {
    const here = this.spanOf(site.span);
    return {
      value: site.value,
      span: here ?? this.#value.span,
      verbatim: site.verbatim && this.#verbatim(site.verbatim),
      seenFrom: [...this.#seenFrom, ...site.seenFrom.flatMap((at) => this.spanOf(at) ?? [])],
      replace: (wanted) => {
        const edits = site.replace(wanted);
        const given = isRefusal(edits) && this.#given.find((name) => names(site.value, name));
        return given
          ? refuse(`\`build.args\` decides this value through ${given}; change it there.`)
          : this.#edited(edits);
      },
    };
  }

  #edited(edits: Edits): Edits {
    if (isRefusal(edits)) return edits;
    const { scalar, tree } = this.#value;
    if (!this.#places && scalar) return refuse(whyNotVerbatim(tree.text, scalar));
    const placed = edits.map((edit) => ({ at: this.#editSpan(edit.span), newText: edit.newText }));
    const sound = placed.flatMap(({ at, newText }) =>
      at && needsNoQuotes.test(newText) ? { span: at, newText } : [],
    );
    if (sound.length === edits.length) return sound;
    return refuse(decidedElsewhere(this.#interpolated) ?? 'The new text would need quotes here.');
  }

  /** An empty span is found by the character before it: behind the last one of a line, not before the next line. */
  #editSpan({ end, start }: Span): Span | null {
    if (end > start) return this.#verbatim(span(start, end));
    const before = start > 0 ? this.#verbatim(span(start - 1, start)) : null;
    return before && span(before.end, before.end);
  }

  /** Null where the document does not hold this very text in one go. */
  #verbatim(at: Span): Span | null {
    const here = this.spanOf(at);
    if (!here || here.end - here.start !== at.end - at.start) return null;
    return this.#value.tree.text.slice(here.start, here.end) ===
      this.#interpolated.text.slice(at.start, at.end)
      ? here
      : null;
  }

  /** Null where the text cannot be laid beside the document's. */
  spanOf({ end, start }: Span): Span | null {
    const first = this.#places?.starts[start];
    const last = this.#places?.ends[end - 1];
    return first === undefined || last === undefined ? null : span(first, last);
  }
}

/** For each character of the text that is read, where it begins and ends in the document. */
interface Places {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Each character of what a variable came to stands where its whole expression stands. */
function placesAfter({ expressions, text }: Interpolated, written: readonly number[]): Places {
  const starts: number[] = [];
  const ends: number[] = [];
  const put = (start: number, end: number): void => {
    starts.push(start);
    ends.push(end);
  };
  const at = (index: number): number => written[index] ?? 0;
  let from = 0;
  for (const { end, length, start } of expressions) {
    for (let i = from; i < start; i++) put(at(i), at(i) + 1);
    for (let i = 0; i < length; i++) put(at(start), at(end - 1) + 1);
    from = end;
  }
  for (let i = from; starts.length < text.length; i++) put(at(i), at(i) + 1);
  return { starts, ends };
}
