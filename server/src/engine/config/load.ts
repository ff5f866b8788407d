import type { Files } from '../ports.ts';
import { SourceText } from '../text/source-text.ts';
import type { Span } from '../text/span.ts';
import { keyFault } from './faults.ts';
import { type FileReference, type Mistake, mayBePolicy, mistakeAt, parsePolicy } from './parse.ts';
import { resolvePath } from './paths.ts';
import { emptyPolicy, type Policy, type PolicyLayer } from './policy.ts';
import type { SignatureDemand } from './settings.ts';
import { quoted } from './words.ts';

/** A mistake, in the configuration itself or in a file that it extends. */
export interface ConfigError extends Mistake {
  /** URI of the file it stands in. */
  readonly file: string;
  /** For a mistake in another file: the place in the configuration that leads there. */
  readonly via: Span | null;
}

export interface LoadedPolicy {
  /** Empty where there is any mistake: half a policy is none. */
  readonly policy: Policy;
  readonly errors: readonly ConfigError[];
  /** URIs of the other files it depends on, there or not. */
  readonly files: readonly string[];
}

/** How far a configuration may extend one that extends one. */
const deepest = 8;

/** How many may be read for one. */
const most = 50;

/** Reads a configuration with all that it extends, and the keys it names. `uri` is that of `text`. Never rejects as long as `files` does not. */
export async function loadPolicy(
  uri: string,
  text: string,
  files: Pick<Files, 'read'>,
): Promise<LoadedPolicy> {
  const loading = new Loading(files);
  const layers = await loading.layers({ uri, text, chain: [uri], via: null });
  const errors = inOrder(uri, loading.errors);
  return { policy: errors.length > 0 ? emptyPolicy : { layers }, errors, files: [...loading.texts.keys()] };
}

/** By file, the configuration's own first, and by place. */
function inOrder(own: string, errors: readonly ConfigError[]): readonly ConfigError[] {
  const files = [...new Set([own, ...errors.map(({ file }) => file)])];
  return [...errors].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.span.start - b.span.start,
  );
}

/** One configuration on the way. */
interface Step {
  readonly uri: string;
  readonly text: string;
  /** The files that lead here, this one last. */
  readonly chain: readonly string[];
  readonly via: Span | null;
}

class Loading {
  readonly errors: ConfigError[] = [];
  readonly texts = new Map<string, Promise<string | null>>();
  readonly #files: Pick<Files, 'read'>;
  #count = 1;

  constructor(files: Pick<Files, 'read'>) {
    this.#files = files;
  }

  async layers(step: Step): Promise<readonly PolicyLayer[]> {
    const parsed = parsePolicy(step.text);
    for (const mistake of parsed.mistakes) this.#add(step, mistake);
    const layers: PolicyLayer[] = [];
    for (const reference of parsed.extends) layers.push(...(await this.#extended(step, reference)));
    const signatures = [...parsed.layer.signatures];
    for (const { file, images } of parsed.keyFiles) {
      const key = await this.#key(step, file);
      if (key !== null) signatures.push({ images, key } satisfies SignatureDemand);
    }
    return [...layers, { ...parsed.layer, signatures }];
  }

  async #extended(step: Step, reference: FileReference): Promise<readonly PolicyLayer[]> {
    const { chain } = step;
    const uri = resolvePath(step.uri, reference.path);
    const text = uri === null ? null : await this.#read(uri);
    const name = quoted(reference.path);
    if (uri === null || text === null) {
      this.#complain(
        step,
        reference,
        `There is no file ${name} that could be read; the path is taken from the folder of this file.`,
      );
    } else if (chain.includes(uri)) {
      this.#complain(
        step,
        reference,
        `${name} leads back to itself, so no order is told: ${chainText([...chain.slice(chain.indexOf(uri)), uri])}. Take one of these extends out.`,
      );
    } else if (chain.length > deepest) {
      this.#complain(
        step,
        reference,
        `${name} is the ${chain.length}th file of a chain in which each extends the next, and ${deepest} are read. Let this file extend it directly.`,
      );
    } else if (!mayBePolicy(text)) {
      // It may hold secrets, and a mistake in it would be told in its words.
      this.#complain(
        step,
        reference,
        `${name} has none of the settings of a configuration. Name one that has.`,
      );
    } else if (++this.#count > most) {
      this.#complain(
        step,
        reference,
        `More than ${most} files are extended, counting each as often as it is named. Put some of them together.`,
      );
    } else {
      return this.layers({ uri, text, chain: [...chain, uri], via: step.via ?? reference.span });
    }
    return [];
  }

  async #key(step: Step, file: FileReference): Promise<string | null> {
    const uri = resolvePath(step.uri, file.path);
    const text = uri === null ? null : await this.#read(uri);
    const fault =
      text === null
        ? `There is no file ${quoted(file.path)} that could be read; the path is taken from the folder of this file.`
        : keyFault(text);
    if (fault === null) return text;
    this.#complain(step, file, text === null ? fault : `${quoted(file.path)}: ${fault}`);
    return null;
  }

  #read(uri: string): Promise<string | null> {
    const reading = this.texts.get(uri) ?? this.#files.read(uri);
    this.texts.set(uri, reading);
    return reading;
  }

  #complain(step: Step, { span }: FileReference, message: string): void {
    this.#add(step, mistakeAt(new SourceText(step.text), span, message, 'policy'));
  }

  /** A file that is extended twice is told about once. */
  #add({ uri, via }: Step, mistake: Mistake): void {
    const known = this.errors.some(
      ({ file, message, span }) =>
        file === uri && span.start === mistake.span.start && message === mistake.message,
    );
    if (!known) this.errors.push({ ...mistake, file: uri, via });
  }
}

/** The names of files one after the other, without what they all begin with. */
function chainText(uris: readonly string[]): string {
  return uris
    .map((uri) => decoded(uri.slice(uri.lastIndexOf('/', uri.lastIndexOf('/') - 1) + 1)))
    .join(' → ');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
