import { type Analysis, analyze } from '../../server/src/engine/index.ts';
import type { Readings } from './oracle.ts';
import type { Sample } from './texts.ts';

/** Something that a program sees and the audit of the same text does not. */
export interface Difference {
  readonly reading: keyof Readings;
  readonly unseen: readonly string[];
}

/** The programs whose readings count for a kind. */
const readers: Readonly<Record<Sample['kind'], readonly (keyof Readings)[]>> = {
  kubernetes: ['kubectl', 'library', 'sequential'],
  compose: ['library'],
  'gitlab-ci': ['sequential'],
  kustomize: ['library', 'sequential'],
  'helm-values': ['library', 'sequential'],
  'github-actions': ['library'],
};

/** Documents written without any choice of style, so that all programs read them alike. */
const written = (documents: readonly unknown[]): string =>
  documents
    .map((document) =>
      JSON.stringify(document).replace(
        /[^\x20-\x7e]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    )
    .join('\n---\n');

const read = (path: string, text: string): Analysis => analyze({ path, text });

/**
 * What an audit tells of a text: its images, and the rules that found something, also where a comment silences it. Not the places: an image
 * that is used through an alias is found where it is written. White space, which no image has, is not told apart.
 */
const seen = ({ findings, images, suppressed }: Analysis): readonly string[] => [
  ...images.map(({ resolved }) => `image ${resolved.replace(/[\s\u0085]+/g, ' ')}`),
  ...findings.map(({ rule }) => rule),
  ...suppressed.map(({ finding }) => finding.rule),
];

/** An audit that says that it may be wrong. */
const isWarned = ({ findings, skipped }: Analysis): boolean =>
  findings.some(({ rule }) => rule === 'ambiguous-manifest') || skipped.some(({ broken }) => broken);

/** What takes a manifest refuses an image that is a boolean or a number. */
const typedImage = /^image (?:true|false|-?[\d.]+(?:e[-+]?\d+)?)$/;

const known = new Map<string, readonly string[]>();

function seenPlainly(path: string, text: string): readonly string[] {
  const key = `${path}\n${text}`;
  const found = known.get(key) ?? seen(read(path, text));
  if (known.size > 2_000) known.clear();
  known.set(key, found);
  return found;
}

/** Whether kustomize takes a kustomization: it refuses numbers and booleans where it wants texts. */
const isTakenByKustomize = (documents: readonly unknown[]): boolean =>
  !/"(?:name|newName|newTag|digest)":(?:true|false|-?\d)/.test(JSON.stringify(documents));

/** What is wrong with the audit of a text; null where nothing is. */
export function judge({ kind, path, text }: Sample, readings: Readings): Difference | null {
  const analysis = read(path, text);
  if (isWarned(analysis)) return null;
  const told = new Set(seen(analysis));
  for (const reading of readers[kind]) {
    if (kind === 'kustomize' && !isTakenByKustomize(readings[reading])) continue;
    const unseen = seenPlainly(path, written(readings[reading])).filter(
      (one) => !told.has(one) && !typedImage.test(one),
    );
    if (unseen.length > 0) return { reading, unseen };
  }
  return null;
}
