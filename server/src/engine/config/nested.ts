import { rules } from '../rules/index.ts';
import { levelOf, type RuleLevel, type Settings } from './settings.ts';
import { severityRank } from './severity.ts';

/** What a nested policy comes to below one that holds for everything under it, and what of it does not count. */
export interface NestedOutcome {
  readonly settings: Settings;
  /** Keys of the nested policy that would loosen the other, or parts of them: `waivers`, `rules.floating-tag`. */
  readonly refused: readonly string[];
}

/**
 * Puts a nested policy under one that says `root: true`, for one file. The nested one may make rules more severe, demand signatures, name fewer
 * trusted registries, and speak of registries and variables that the root does not name. Everything else stays as the root says.
 */
export function withinRoot(root: Settings, nested: Settings): NestedOutcome {
  const refused: string[] = [];
  const levels: Record<string, RuleLevel> = {};
  for (const rule of rules) {
    const held = levelOf(root, rule) ?? 'off';
    const wish = levelOf(nested, rule) ?? 'off';
    const isNamed = nested.rules[rule.id] !== undefined;
    levels[rule.id] = severityRank(wish) > severityRank(held) ? wish : held;
    if (isNamed && severityRank(wish) < severityRank(held)) refused.push(`rules.${rule.id}`);
  }
  if (nested.waivers.length > 0) refused.push('waivers');
  if (nested.ignore.length > 0) refused.push('ignore');
  return {
    settings: {
      rules: levels,
      profile: root.profile,
      ignore: root.ignore,
      files: root.files,
      waivers: root.waivers,
      pinStyle: nested.pinStyle,
      registries: { ...nested.registries, ...root.registries },
      variables: { ...nested.variables, ...root.variables },
      trusted: trustedByBoth(root.trusted, nested.trusted, refused),
      signatures: [...root.signatures, ...nested.signatures],
    },
    refused,
  };
}

/** Null where every registry is trusted. A pattern counts where both have it: whether one holds another is not worked out. */
function trustedByBoth(
  root: Settings['trusted'],
  nested: Settings['trusted'],
  refused: string[],
): Settings['trusted'] {
  if (root === null || nested === null) return root ?? nested;
  const both = nested.filter((pattern) => root.includes(pattern));
  if (both.length < nested.length) refused.push('trusted-registries');
  return both.length > 0 ? both : root;
}
