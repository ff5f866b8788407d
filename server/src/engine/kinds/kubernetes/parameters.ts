import type { YamlValue } from '../../yaml/lookup.ts';

/** A parameter of a template or task that has a value in the same document. */
export interface Parameter {
  readonly value: YamlValue;
  /** Structural path of the value. */
  readonly path: string;
  /** Given from outside: what the task itself declares as default does not count then. */
  readonly bound: boolean;
}

/** Parameters by the key that their expressions have: `IMAGE` for `${IMAGE}`, `params.image` for `$(params.image)`. */
export type Parameters = ReadonlyMap<string, Parameter>;

export const noParameters: Parameters = new Map();

/** The key of an expression that stands for a parameter, null for every other expression. */
export function parameterKey(expression: string): string | null {
  const name = /^\$\{\{?\s*(\w+)\s*\}?\}$/.exec(expression)?.[1];
  if (name !== undefined) return name;
  const match = /^\$\((?:inputs\.)?params(?:\.([\w.-]+)|\[["']([^"']+)["']\])\)$/.exec(expression);
  const param = match?.[1] ?? match?.[2];
  return param === undefined ? null : `params.${param}`;
}

/** The parameters of an OpenShift Template that have a value: https://docs.okd.io/latest/openshift_images/using-templates.html */
export function templateParameters(template: YamlValue, path: string): Parameters {
  const found = new Map<string, Parameter>();
  for (const item of template.get('parameters')?.items() ?? []) {
    const name = item.textAt('name');
    const value = item.get('value');
    if (name === null || value?.text == null) continue;
    found.set(name, { value, path: `${path}/parameters/${name}`, bound: false });
  }
  return found;
}

/**
 * Tekton: `params` declare (`default`) or give (`value`) what `$(params.x)` stands for in the same mapping and below. What is given
 * wins over the default of the declaration it meets: https://tekton.dev/docs/pipelines/tasks/#specifying-parameters
 */
export function withTaskParameters(outer: Parameters, map: YamlValue, path: string): Parameters {
  const items = map.get('params')?.items() ?? [];
  if (items.length === 0) return outer;
  const inner = new Map(outer);
  for (const item of items) {
    const name = item.textAt('name');
    if (name === null) continue;
    const key = `params.${name}`;
    const given = item.get('value');
    const value = given ?? item.get('default');
    const known = inner.get(key);
    if (!given && known?.bound) inner.set(key, { ...known, bound: false });
    else if (value?.text != null)
      inner.set(key, { value, path: `${path}/params/${name}`, bound: given !== undefined });
    else inner.delete(key);
  }
  return inner;
}
