/** A text with the parameters of a template put in, as far as they are known. */
export interface Filled {
  readonly text: string;
  /** The parts that stay unknown, as they stand in `text`. */
  readonly holes: readonly string[];
  /** Why the value cannot be edited where it stands; null where it is written plainly. */
  readonly locked: string | null;
}

/** Parameters by name, with their default values. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * What tools put into manifests before or while they run: `$(params.x)` (Tekton, kustomize), `${X}` and `${{X}}` (OpenShift, envsubst),
 * `$X` (envsubst), `{{ }}` (Argo, Jinja), `#{X}#` (Azure DevOps). None of them can be part of an image reference.
 */
const expression = /\$?\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|#\{[^}]*\}#?/g;

/** An import path that `ko` builds and replaces: https://ko.build/features/k8s/ */
const importPath = /^ko:\/\//;

export function fill(text: string, parameters: Parameters): Filled {
  if (importPath.test(text)) {
    return {
      text,
      holes: [text],
      locked: 'This is an import path: ko builds the image and writes its digest.',
    };
  }
  const holes = new Set<string>();
  const names = new Set<string>();
  const filled = text.replace(expression, (found) => {
    names.add(found);
    const value = parameters.get(/^\$\{\{?\s*(\w+)\s*\}\}?$/.exec(found)?.[1] ?? '');
    if (value === undefined) holes.add(found);
    return value ?? found;
  });
  const [first] = names;
  const locked = first ? `${first} decides this value; change it where that gets its value.` : null;
  return { text: filled, holes: [...holes], locked };
}
