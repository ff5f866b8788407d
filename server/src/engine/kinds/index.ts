import { compose } from './compose/index.ts';
import { dockerfile } from './dockerfile/index.ts';
import { helm } from './helm/index.ts';
import type { DocumentKind } from './kind.ts';
import { kubernetes } from './kubernetes/index.ts';

/** Every kind, first claim wins. */
export const kinds: readonly DocumentKind[] = [dockerfile, helm, compose, kubernetes];
