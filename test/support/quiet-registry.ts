import type { FailedLookup, Registry } from '../../server/src/engine/ports.ts';

const missing: FailedLookup = { ok: false, code: 'not-found', message: 'There is no such image.' };

/** Has nothing and knows nothing: a fake is made of it by what it does otherwise. */
export const quietRegistry: Registry = {
  resolve: async () => missing,
  inspect: async () => missing,
  verify: async () => missing,
  observed: () => undefined,
  tags: async () => ({ ok: true, tags: [] }),
};
