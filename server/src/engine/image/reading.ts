import { classify, type Mutability } from './mutability.ts';
import { type ImageReference, parseReference, type ReferenceFault } from './reference.ts';

/** What a reference's text came to: a reference, text that is none, or a value this file cannot tell. */
export type ReferenceReading =
  | { readonly state: 'parsed'; readonly reference: ImageReference }
  | { readonly state: 'invalid'; readonly error: ReferenceFault }
  | {
      readonly state: 'unknown';
      readonly holes: readonly string[];
      /** Why, where there is more to say of it than `whyUnknown` does. */
      readonly reason?: string;
    };

/** Why a reference could not be worked out: part of a sentence. */
export const whyUnknown = ({
  holes: [hole = 'it'],
  reason,
}: Extract<ReferenceReading, { readonly state: 'unknown' }>): string =>
  reason ?? `\`${hole}\` has no single value in this file`;

/** A reading with its class: what every kind puts into its image uses. */
export interface Reading {
  readonly reading: ReferenceReading;
  readonly mutability: Mutability;
}

/**
 * Reads a reference in which known variables are put in. `holes` are the substrings of `text` that stay unknown (`${TAG}`, `{{ .tag }}`);
 * with any of them the reading is `unknown`, but the class is told where the rest of the text decides it. `reason` says why they are unknown.
 */
export function readReference(text: string, holes: readonly string[], reason?: string): Reading {
  const marks = holes.length === 0 && text.length <= longestText ? text.match(marker) : null;
  if (marks) return readReference(text, marks);
  if (holes.length > 0) {
    return {
      reading: { state: 'unknown', holes, ...(reason !== undefined && { reason }) },
      mutability: classifyAround(text, holes),
    };
  }
  const result = parseReference(text);
  const tag = result.ok && result.reference.digest === undefined ? result.reference.tag : undefined;
  if (tag !== undefined && placeholder.test(tag)) return readReference(text, [tag]);
  if (result.ok)
    return {
      reading: { state: 'parsed', reference: result.reference },
      mutability: classify(result.reference),
    };
  const names = text.length <= longestText ? text.split(/[/:@]/).filter(isStandIn) : [];
  return names.length > 0 && parseReference(maskHoles(text, names).replaceAll(mask, '1')).ok
    ? readReference(text, names)
    : { reading: { state: 'invalid', error: result.error }, mutability: 'unknown' };
}

/** `IMAGE_TAG`: a name that something is put in for. Nobody calls a version so. */
const placeholder = /^[A-Z]+(?:_[A-Z]+)+$/;

/** `__REGISTRY__`: the same, for a part of the text; a repository has no capitals. */
const marker = /__[A-Z][A-Z\d]*(?:_[A-Z\d]+)*__/g;

/** `PROJECT_ID`, `BASEIMAGE`: what is to be filled in, by hand or with `sed`, where it cannot be a name. `NGINX` is a mistake. */
const isStandIn = (part: string): boolean =>
  /^[A-Z][A-Z\d_-]*$/.test(part) && (part.includes('_') || standIn.test(part));

const standIn =
  /(?:IMAGE|PROJECT|REPO(?:SITORY)?|ACCOUNT)-?(?:ID|NAME|TAG|URL)?$|(?:NAMESPACE|REGISTRY|USERNAME)$|^(?:CHANGEME|PLACEHOLDER|REPLACE|TAG$|VERSION$|YOUR)/;

const mask = '\0';

/** Longer texts are no references; searching them for thousands of holes would take long. */
const longestText = 4096;

/** A hole is one unknown character: `1` fits wherever a part may stand, even as a port. */
function classifyAround(text: string, holes: readonly string[]): Mutability {
  if (text.length > longestText) return 'unknown';
  const masked = maskHoles(text, holes);
  const result = parseReference(masked.replaceAll(mask, '1'));
  if (!result.ok) return 'unknown';
  const { digest, path, tag } = result.reference.spans;
  const deciding = digest ?? tag;
  if (deciding) {
    return masked.slice(deciding.start, deciding.end).includes(mask) ? 'unknown' : classify(result.reference);
  }
  const slash = masked.lastIndexOf('/', path.end);
  return slash < 0 || masked.includes(mask, slash) ? 'unknown' : 'implicit';
}

/** Longest first: one hole may hold another, or begin like it (`$A` and `$AB`). */
function maskHoles(text: string, holes: readonly string[]): string {
  const distinct = [...new Set(holes)].filter((hole) => hole !== '').sort((a, b) => b.length - a.length);
  return distinct.reduce((masked, hole) => masked.replaceAll(hole, mask), text);
}
