import { describe, test } from 'node:test';
import { rules, trialEdits } from '../../server/src/engine/index.ts';
import { type Example, readPage } from './page.ts';
import { read } from './variants.ts';

// In a file of its own beside `pages.test.ts`: each takes half of the time of all tests of rules.
for (const { id } of rules) {
  describe(id, () => {
    for (const example of readPage(id).examples) {
      test(`${id}.md:${example.pageLine} a half-written file is read without fault`, () =>
        halfWritten(example));
    }
  });
}

function halfWritten({ context, kind, text }: Example): void {
  for (let end = 0; end < text.length; end += 7) {
    const { findings } = read(kind, text.slice(0, end), context);
    for (const fix of findings.flatMap((finding) => finding.fixes())) trialEdits(fix);
  }
}
