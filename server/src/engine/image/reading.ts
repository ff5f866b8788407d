import type { Mutability } from './mutability.ts';
import type { ImageReference, ReferenceFault } from './reference.ts';

/** What a reference's text came to: a reference, text that is none, or a value this file cannot tell. */
export type ReferenceReading =
  | { readonly state: 'parsed'; readonly reference: ImageReference }
  | { readonly state: 'invalid'; readonly error: ReferenceFault }
  | { readonly state: 'unknown'; readonly holes: readonly string[] };

/** A reading with its class: what every kind puts into its image uses. */
export interface Reading {
  readonly reading: ReferenceReading;
  readonly mutability: Mutability;
}
