import { noVariables, type Variables } from '../../model/variables.ts';
import { type Parameter, type Parameters, parameterKey } from './parameters.ts';

/** A text with the parameters of a template put in, as far as they are known. */
export interface Filled {
  readonly text: string;
  /** The parts that stay unknown, as they stand in `text`. */
  readonly holes: readonly string[];
  /** Why the value cannot be edited where it stands; null where it is written plainly. */
  readonly locked: string | null;
  /** How many characters at the end are literal. */
  readonly tail: number;
  /** The parameter that is the whole text: its value is the place to edit. */
  readonly source: Parameter | null;
}

/**
 * What tools put into manifests before or while they run: `$(params.x)` (Tekton, kustomize), `${X}` and `${{X}}` (OpenShift, envsubst),
 * `$X` (envsubst), `{{ }}` (Argo, Jinja), `#{X}#` (Azure DevOps), `@X@` (Autoconf, Maven). None of them can be part of an image reference.
 */
const expressions = /\$?\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|#\{[^}]*\}#?|@\w+@/g;

/** An import path that `ko` builds and replaces, in older versions without its mark: https://ko.build/features/k8s/. No registry is at github.com. */
const importPath = /^(?:ko:\/\/|github\.com\/)/;

/** The variable that a shell, envsubst or Flux puts in; empty for every other expression. */
const nameIn = (expression: string): string =>
  /^\$(?:\{(\w+)\}|(\w+))$/
    .exec(expression)
    ?.slice(1)
    .find((name) => name !== undefined) ?? '';

/** No reference is as long: the grammar stops at 255 characters of path and 128 of tag. */
const longest = 4096;

export function fill(text: string, parameters: Parameters, variables: Variables = noVariables): Filled {
  if (text.length > longest) return { text, holes: [], locked: null, tail: 0, source: null };
  if (importPath.test(text)) {
    const locked = 'This is an import path: ko builds the image and writes its digest.';
    return { text, holes: [text], locked, tail: 0, source: null };
  }
  const found = [...text.matchAll(expressions)];
  const last = found.at(-1);
  const first = found[0]?.[0];
  if (first === undefined || !last) return { text, holes: [], locked: null, tail: 0, source: null };
  const known = (one: string): Parameter | undefined => parameters.get(parameterKey(one) ?? '');
  const filled = text.replace(
    expressions,
    (one) => known(one)?.value.text ?? variables.get(nameIn(one)) ?? one,
  );
  const holes = [...new Set(filled.match(expressions) ?? [])];
  const source = first === text && holes.length === 0 ? (known(first) ?? null) : null;
  const locked = `${first} decides this value; change it where that gets its value.`;
  const tail = text.length - last.index - last[0].length;
  return { text: filled, holes, locked: source ? null : locked, tail, source };
}
