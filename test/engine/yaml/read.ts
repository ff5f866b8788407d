import { parse } from 'yaml';
import { compose } from '../../../server/src/engine/kinds/compose/index.ts';
import { helm } from '../../../server/src/engine/kinds/helm/index.ts';
import type { DocumentKind, SourceFile } from '../../../server/src/engine/kinds/kind.ts';
import { kubernetes } from '../../../server/src/engine/kinds/kubernetes/index.ts';
import type { Facts, Workload } from '../../../server/src/engine/model/facts.ts';
import { applyEdits, type Edits, isRefusal, type TextEdit } from '../../../server/src/engine/text/edit.ts';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';
import type { Data } from './style.ts';

export const fileOf = (path: string, text: string, languageId?: string): SourceFile => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  languageId,
  companions: new Map(),
  text,
});

/** The kind that takes a text of one document, or null. */
export function kindOf(path: string, text: string, languageId?: string): DocumentKind | null {
  const file = fileOf(path, text, languageId);
  const piece = new YamlPiece(text);
  const claims = (kind: DocumentKind): boolean =>
    kind.claims(file) && (kind.syntax === 'whole' || kind.claimsPiece(piece, file));
  return [helm, compose, kubernetes].find(claims) ?? null;
}

/** The facts of a text that some kind must take. */
export function read(path: string, text: string): Facts {
  const kind = kindOf(path, text);
  if (!kind) throw new Error(`No kind takes ${path}:\n${text}`);
  const file = fileOf(path, text);
  return kind.syntax === 'whole' ? kind.extract(file) : kind.extract(new YamlPiece(text), file);
}

export const readCompose = (text: string): Facts => read('/shop/compose.yaml', text);
export const readKubernetes = (text: string): Facts => read('/shop/web.yaml', text);

/** `workload nginx:1.27.3 tag`: what each image is for, the reference, and its class. */
export const imagesIn = ({ images }: Facts): readonly string[] =>
  images.map(({ mutability, resolved, role }) => `${role} ${resolved} ${mutability}`);

export function workloadIn({ workloads }: Facts, label: string): Workload {
  const found = workloads.find((workload) => workload.label === label);
  if (!found) throw new Error(`There is no ${label}, only ${workloads.map((one) => one.label).join(', ')}`);
  return found;
}

/** The text with the edits made; throws where they were refused. */
export function apply(text: string, edits: Edits): string {
  if (isRefusal(edits)) throw new Error(edits.refused);
  const changed = applyEdits(text, edits);
  if (typeof changed !== 'string') throw new Error(changed.refused);
  return changed;
}

/** The text with edits made each once, or the reason against them. */
export function attempt(text: string, edits: Edits): string | { readonly refused: string } {
  return isRefusal(edits) ? edits : apply(text, edits);
}

export const refusalOf = (edits: Edits): string => {
  if (!isRefusal(edits)) throw new Error(`Not refused: ${JSON.stringify(edits)}`);
  return edits.refused;
};

/** Edits asked for by several, each made once. */
export function unique(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
}

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What the text means to another reader of YAML, with aliases and merge keys followed and fragments left out. Every scalar is its text. */
export function meaning(text: string): Data {
  const value: Data = parse(text.replace(/^\uFEFF/, ''), {
    merge: true,
    schema: 'failsafe',
    uniqueKeys: true,
    // Merge keys of merge keys multiply; what a test writes needs no guard against that.
    maxAliasCount: -1,
  });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

/** Data as `meaning` gives it. */
export const asTexts = (data: unknown): Data =>
  JSON.parse(JSON.stringify(data, (_, value) => (typeof value === 'boolean' ? String(value) : value)));
