import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Result } from './suite/harness.ts';
import { root } from './window.ts';
import { WorkbenchPage } from './workbench-page.ts';

/** One step of a session; the steps share a window, so that after a failure the others are left out. */
export interface Step<Options> {
  readonly name: string;
  readonly body: (workbench: WorkbenchPage, options: Options) => Promise<void>;
}

/** Answers a result for each step that was taken. Of a step that failed there is a picture in `test-results`. */
export async function takeSteps<Options>(
  page: Page,
  steps: readonly Step<Options>[],
  options: Options,
): Promise<readonly Result[]> {
  const workbench = new WorkbenchPage(page);
  const results: Result[] = [];
  for (const { body, name } of steps) {
    const error = await body(workbench, options).then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)),
    );
    results.push({ name, ...(error !== undefined && { error }) });
    if (error === undefined) continue;
    await page.screenshot({ path: join(root, 'test-results', `${name.replace(/\W+/g, '-')}.png`) });
    break;
  }
  return results;
}
