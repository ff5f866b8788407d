import { appendFile } from 'node:fs/promises';

/** What the outside tells the suite, through the environment of the extension host. */
export function given(name: 'SUITE' | 'RESULTS' | 'REGISTRY' | 'DIGESTS' | 'REPOSITORY' | 'NETWORK'): string {
  const value = process.env[`HOLDFAST_TEST_${name}`];
  if (value === undefined)
    throw new Error(`HOLDFAST_TEST_${name} is not set: run the suite by test/vscode/run.ts.`);
  return value;
}

export interface Test {
  readonly name: string;
  readonly body: () => Promise<void>;
}

export const test = (name: string, body: Test['body']): Test => ({ name, body });

/** One line of the results file. */
export interface Result {
  readonly name: string;
  /** What went wrong; absent where the test passed. */
  readonly error?: string;
}

/** After that many milliseconds a test is taken to hang. */
const limit = 30_000;

/** Runs the tests one after the other, in one window, and writes a line for each. Rejects when one failed. */
export async function runAll(tests: readonly Test[]): Promise<void> {
  let failed = 0;
  for (const { body, name } of tests) {
    const error = await failureOf(body);
    if (error !== null) failed++;
    const result: Result = { name, ...(error !== null && { error }) };
    await appendFile(given('RESULTS'), `${JSON.stringify(result)}\n`);
  }
  if (failed > 0) throw new Error(`${failed} of ${tests.length} tests failed.`);
}

async function failureOf(body: Test['body']): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not finished after ${limit} ms.`)), limit);
  });
  try {
    await Promise.race([body(), hang]);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds after which a wait is taken to be in vain. */
const patience = 20_000;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Polls until `probe` gives a value, and answers it. Rejects, naming what was waited for and how it stands, when none comes. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  state: () => string = () => 'it did not happen',
): Promise<T> {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const value = await probe();
    if (value !== undefined) return value;
    await pause(25);
  }
  throw new Error(`Waited in vain for ${what}: ${state()}.`);
}
