import assert from 'node:assert/strict';
import {
  type Analysis,
  analyze,
  applyEdits,
  isRefusal,
  pinEdits,
  type TextEdit,
} from '../../../server/src/engine/index.ts';
import { digest } from '../yaml/read.ts';

/** `job node:20 floating`: what each image is for, the reference, and its class. */
export const imagesIn = ({ images }: Analysis): readonly string[] =>
  images.map(({ mutability, resolved, role }) => `${role} ${resolved} ${mutability}`);

export interface Pinned {
  readonly text: string;
  /** Why the others were not pinned. */
  readonly refused: readonly string[];
}

/** The text with every image pinned that can be, each edit made once. */
export function pinAll(path: string, text: string): Pinned {
  const edits = new Map<string, TextEdit>();
  const refused: string[] = [];
  for (const use of analyze({ path, text }).images) {
    const wanted = pinEdits(use, digest);
    if (isRefusal(wanted)) refused.push(wanted.refused);
    else for (const edit of wanted) edits.set(JSON.stringify(edit), edit);
  }
  const changed = applyEdits(text, [...edits.values()]);
  if (typeof changed !== 'string') throw new Error(changed.refused);
  return { text: changed, refused };
}

/** Other ways to save the same text. */
export const saved: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `\uFEFF${text}`,
  (text) => text.replaceAll('\n', '\r\n'),
];

/** Reads whatever a text holds and asks for every edit: nothing may throw, and all spans lie in the text. */
export function exercise(path: string, text: string): void {
  const { findings, images, skipped, commentCount } = analyze({ path, text });
  const spans = [
    ...images.flatMap(({ site }) => [site.span, site.verbatim ?? site.span, ...site.seenFrom]),
    ...findings.map(({ span }) => span),
    ...skipped.map(({ span }) => span),
  ];
  for (const { end, start } of spans) assert.ok(start >= 0 && start <= end && end <= text.length + 1, text);
  commentCount();
  for (const { resolved, site } of images) {
    if (site.verbatim) assert.equal(text.slice(site.verbatim.start, site.verbatim.end), site.value);
    const edits = site.replace(`${resolved}@${digest}`);
    if (!isRefusal(edits)) assert.equal(typeof applyEdits(text, edits), 'string');
  }
}

/** Before, and after: `@` is where the digest comes in. */
export const withDigests = (text: string): string => text.replaceAll('@@', `@${digest}`);
