import type { DocumentKind } from './kind.ts';

/** Every kind, first claim wins. */
export const kinds: readonly DocumentKind[] = [];
