import { contextNameOf } from '../image/name.ts';
import { readReference } from '../image/reading.ts';
import type { ImageRole, ImageUse } from '../model/facts.ts';
import type { MappedText } from '../text/mapped-text.ts';
import { type BuildValues, GlobalArguments, noValues } from './arguments.ts';
import type { Frontend } from './directives.ts';
import type { Dockerfile } from './dockerfile.ts';
import { type Expansion, expand, verbatim } from './expand.ts';
import type { Instruction } from './instruction.ts';
import { readReaders } from './readers.ts';
import { type FindReader, siteOf } from './site.ts';
import { namesStage, outside, readStages, type Stage } from './stages.ts';

/**
 * Every image a Dockerfile pulls: the frontend, base images, and the sources of `COPY --from=` and `RUN --mount=…,from=`,
 * behind `ONBUILD` too. Left out is what names no image: `scratch`, an earlier stage in `FROM`, and in `from=` any stage of
 * the file by name or number (BuildKit `dockerfile2llb/convert.go`). A build context named on the command line can
 * stand in for any reference; the file does not tell, so a name without a stage is the image it is without one. Only a lone word with
 * `_` is left open: it has the form of a folder's name, and no official image has it.
 */
export function readImages(
  file: Dockerfile,
  values: BuildValues = noValues,
  bases = readBases(file, values),
): readonly ImageUse[] {
  const names = new Set(bases.flatMap(({ stage }) => stage.name ?? []));
  const uses = file.frontend ? [frontendUse(file.frontend)] : [];
  let number = 0;
  let stage = outside;
  let counts = { 'copy-source': 0, 'mount-source': 0 };
  for (const instruction of file.instructions) {
    if (instruction.keyword === 'FROM') {
      const base = bases[number++];
      stage = base?.stage ?? outside;
      counts = { 'copy-source': 0, 'mount-source': 0 };
      if (base?.use) uses.push(base.use);
      continue;
    }
    for (const { role, word } of sourceWords(instruction)) {
      // BuildKit expands no variables here.
      const source = expand(word, () => 'unknown', file.escapeToken);
      if (/^\d*$/.test(source.text) || namesStage(source, names)) continue;
      const path = `${role === 'copy-source' ? 'copy' : 'mount'}-from/${counts[role]++}`;
      const named = contextName.test(source.text) ? { ...source, holes: [source.text] } : source;
      uses.push(
        replaceable(useOf(role, stage.path + path, stage.label, named), values.dockerfile, [source.text]),
      );
    }
  }
  return uses;
}

/** https://docs.docker.com/build/concepts/context/: `docker build --build-context binary_dir=./bin`. */
const contextName = /^[a-zA-Z\d-]*_[\w-]*$/;

interface SourceWord {
  readonly role: 'copy-source' | 'mount-source';
  readonly word: MappedText;
}

/** The values of `COPY --from=` and of every `RUN --mount=…,from=` of one instruction, which may stand behind `ONBUILD`. */
function sourceWords(instruction: Instruction): readonly SourceWord[] {
  const { keyword } = instruction;
  if (keyword === 'ONBUILD') {
    const { inner } = instruction;
    return inner.keyword === 'ONBUILD' ? [] : sourceWords(inner);
  }
  if (keyword !== 'COPY' && keyword !== 'RUN') return [];
  return instruction.flags.flatMap(({ name, value }): readonly SourceWord[] => {
    if (keyword === 'COPY') return name === 'from' ? [{ role: 'copy-source', word: value }] : [];
    const word = name === 'mount' ? mountSource(value) : undefined;
    return word ? [{ role: 'mount-source', word }] : [];
  });
}

/** The last `from=` among the comma-separated options of a mount. */
function mountSource(options: MappedText): MappedText | undefined {
  const found = Array.from(options.text.matchAll(/(?<=^|,)from=([^,]*)/gi)).at(-1);
  if (!found) return undefined;
  const end = found.index + found[0].length;
  return options.slice(end - (found[1] ?? '').length, end);
}

/** What a stage goes on from. */
export interface Base {
  readonly stage: Stage;
  /** Null where it is no image, but `scratch` or an earlier stage. */
  readonly use: ImageUse | null;
  /** Index of the stage that it names. */
  readonly parent: number | null;
}

/** The bases of all stages, in their order. */
export function readBases(file: Dockerfile, values: BuildValues = noValues): readonly Base[] {
  const bases = new Bases(file, values);
  return readStages(file).map((stage, number) => bases.read(stage, number));
}

class Bases {
  readonly #file: Dockerfile;
  readonly #values: BuildValues;
  readonly #globals: GlobalArguments;
  #filled: GlobalArguments | null = null;
  readonly #earlier = new Map<string, number>();

  #readers: ReturnType<typeof readReaders> | null = null;

  constructor(file: Dockerfile, values: BuildValues) {
    this.#file = file;
    this.#values = values;
    this.#globals = new GlobalArguments(file, values);
  }

  read(stage: Stage, number: number): Base {
    const { base, label, name, path } = stage;
    const image = base && this.#expand(base);
    const isImage = image && !namesStage(image, this.#earlier);
    const parent = image && image.holes.length === 0 ? this.#earlier.get(image.text.toLowerCase()) : null;
    if (name !== null) this.#earlier.set(name, number);
    if (!isImage) return { stage, use: null, parent: parent ?? null };
    image.origin?.readers.push(image.written.span);
    const use = useOf('base', `${path}from`, label, image, this.#findReader);
    const names = [image.text, ...(name === null ? [] : [name])];
    const found = replaceable(this.#withPlatform(use, stage.platform), this.#values.dockerfile, names);
    return { stage, use: found, parent: null };
  }

  /** What the builder fills in, such as `$TARGETPLATFORM`, is any. */
  #withPlatform(use: ImageUse, written: MappedText | null): ImageUse {
    const platform = written && this.#globals.expand(written);
    return platform && platform.holes.length === 0 && platform.text !== ''
      ? { ...use, platform: platform.text }
      : use;
  }

  readonly #findReader: FindReader = (names) => {
    if (names.size === 0) return undefined;
    this.#readers ??= readReaders(this.#file);
    for (const name of names) {
      const reader = this.#readers.get(name);
      if (reader) return reader;
    }
    return undefined;
  };

  /** An empty default that leaves no reference behind is a value the build must bring, so it counts as unknown then. */
  #expand(base: MappedText): Expansion {
    const image = this.#globals.expand(base);
    if (image.variables.length === 0 || readReference(image.text, image.holes).reading.state !== 'invalid') {
      return image;
    }
    this.#filled ??= new GlobalArguments(this.#file, this.#values, true);
    const filled = this.#filled.expand(base);
    return filled.text === image.text ? image : filled;
  }
}

function frontendUse({ decoded, written }: Frontend): ImageUse {
  const expansion = verbatim(written);
  const meant = decoded === undefined ? expansion : { ...expansion, text: decoded, origin: null };
  return useOf('frontend', 'syntax', 'Dockerfile frontend', meant);
}

/** A context can take the place of an image, and of a stage with all that it is made from. */
const replaceable = (use: ImageUse, dockerfile: string, names: readonly string[]): ImageUse =>
  dockerfile === '' ? use : { ...use, replaceable: { dockerfile, names: names.map(contextNameOf) } };

function useOf(
  role: ImageRole,
  path: string,
  owner: string,
  expansion: Expansion,
  findReader?: FindReader,
): ImageUse {
  const { holes, text } = expansion;
  return {
    role,
    site: siteOf(expansion, role, findReader),
    resolved: text,
    ...readReference(text, holes),
    path,
    owners: [owner],
  };
}
