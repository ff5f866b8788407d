import { dockerfile } from '../../../../server/src/engine/kinds/dockerfile/index.ts';
import type { Facts, ImageUse } from '../../../../server/src/engine/model/facts.ts';
import { applyEdits, isRefusal, type TextEdit } from '../../../../server/src/engine/text/edit.ts';

export const read = (text: string, name = 'Dockerfile'): Facts =>
  dockerfile.extract({ path: `/shop/${name}`, name, languageId: undefined, text, companions: new Map() });

/** `base node:20 floating`: what each image is for, the reference, and its class. */
export const imagesIn = (text: string): readonly string[] =>
  read(text).images.map(({ mutability, resolved, role }) => `${role} ${resolved} ${mutability}`);

/** The class of a reference that has variables left, and those variables. */
export const holesOf = ({ reading }: ImageUse): readonly string[] =>
  reading.state === 'unknown' ? reading.holes : [];

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** The text with every image pinned that can be, each edit made once, and the refusals of the others. */
export function pinAll(text: string): { readonly text: string; readonly refused: readonly string[] } {
  const edits = new Map<string, TextEdit>();
  const refused: string[] = [];
  for (const { resolved, site } of read(text).images) {
    const wanted = site.replace(`${resolved}@${digest}`);
    if (isRefusal(wanted)) refused.push(wanted.refused);
    else for (const edit of wanted) edits.set(JSON.stringify(edit), edit);
  }
  const changed = applyEdits(text, [...edits.values()]);
  if (typeof changed !== 'string') throw new Error(changed.refused);
  return { text: changed, refused };
}
