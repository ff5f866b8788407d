import { bake } from '../../../../server/src/engine/kinds/bake/index.ts';
import type { Facts, ImageUse } from '../../../../server/src/engine/model/facts.ts';
import { applyEdits, type Edits, isRefusal } from '../../../../server/src/engine/text/edit.ts';

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const fileOf = (text: string, name: string, languageId?: string) => ({
  path: `/shop/${name}`,
  name,
  languageId,
  text,
  companions: new Map<string, string>(),
});

export const claims = (name: string, text: string, languageId?: string): boolean =>
  bake.claims(fileOf(text, name, languageId));

export const read = (text: string, name = 'docker-bake.hcl'): Facts => bake.extract(fileOf(text, name));

/** `build-context node:20 floating`: what each image is for, the reference, and its class. */
export const imagesIn = (text: string): readonly string[] =>
  read(text).images.map(({ mutability, resolved, role }) => `${role} ${resolved} ${mutability}`);

/** The text with edits made; what was refused throws. */
export function edited(text: string, edits: Edits): string {
  const changed = isRefusal(edits) ? edits : applyEdits(text, edits);
  if (typeof changed !== 'string') throw new Error(changed.refused);
  return changed;
}

export const pin = ({ resolved, site }: ImageUse): Edits => site.replace(`${resolved}@${digest}`);

/** A target whose contexts are these lines. */
export const contexts = (...lines: readonly string[]): string =>
  `target "app" {\n  contexts = {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n}\n`;
