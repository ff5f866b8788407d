import { readFileSync } from 'node:fs';

/** The page of a rule as it is written, in Markdown. The build puts the texts in the place of the files: see `scripts/build.ts`. */
export const pageText = (rule: string): string =>
  readFileSync(new URL(`./engine/rules/${rule}.md`, import.meta.url), 'utf8');
