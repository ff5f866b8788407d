/**
 * What other tools, or people, put in before a file is read: `{{ x }}` (templates), `${X}` (envsubst, Flux), `$(x)` and `#{x}#` (pipelines),
 * `<x>` (whoever copies the file). None of them can be part of an image reference.
 */
const placeholder = /\{\{[^{}]*\}\}|[$#]\{[^{}]*\}#?|\$\([^()]*\)|\$[A-Za-z_]\w*|<[^<>]*>/g;

/** The placeholders in a text, each once, in their order. */
export const placeholdersIn = (text: string): readonly string[] => [
  ...new Set(text.match(placeholder) ?? []),
];
