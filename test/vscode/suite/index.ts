import { given, runAll, type Test } from './harness.ts';
import { network } from './network.ts';
import { packaged } from './packaged.ts';
import { related } from './related.ts';
import { trusted } from './trusted.ts';
import { untrusted } from './untrusted.ts';

const suites: Readonly<Record<string, readonly Test[]>> = { trusted, related, untrusted, network, packaged };

/** Called by the extension host once the window is there. Rejects when a test failed. */
export async function run(): Promise<void> {
  await runAll(suites[given('SUITE')] ?? []);
}
