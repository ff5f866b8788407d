import { rules } from '../rules/index.ts';
import { levelOf, type RuleLevel, type Settings } from './settings.ts';
import { severityRank } from './severity.ts';

/** Settings of an editor that a policy lets through, and what it does not. */
export interface EditorOutcome {
  readonly settings: Settings;
  /** Why a wish was not granted: one sentence each. */
  readonly refused: readonly string[];
}

/**
 * Puts the settings of an editor beside a policy's for one file. They may make rules more severe, and tell how to reach registries that the
 * policy does not speak of; they loosen nothing, except where `loosens` says that the policy allows it: then they come first.
 * What the editor says of kinds of files is not in here: see `editorKindCounts`.
 */
export function withEditor(policy: Settings, editor: Settings, loosens: boolean): EditorOutcome {
  if (loosens) {
    return {
      settings: {
        ...policy,
        rules: { ...policy.rules, ...editor.rules },
        registries: { ...policy.registries, ...editor.registries },
      },
      refused: [],
    };
  }
  const refused: string[] = [];
  const raised: Record<string, RuleLevel> = {};
  for (const [id, wish] of Object.entries(editor.rules)) {
    const rule = rules.find((one) => one.id === id);
    if (!rule) continue;
    const held = levelOf(policy, rule) ?? 'off';
    if (severityRank(wish) > severityRank(held)) raised[id] = wish;
    else if (wish !== held) {
      refused.push(`holdfast.rules: ${id} stays at ${held}, as the policy says; ${wish} would be less.`);
    }
  }
  const reached: Record<string, Settings['registries'][string]> = {};
  for (const [name, { insecure, ...rest }] of Object.entries(editor.registries)) {
    const own = policy.registries[name];
    if (own) {
      if (own.mirror !== rest.mirror || (own.insecure ?? false) !== (insecure ?? false)) {
        refused.push(`holdfast.registries: ${name} is reached as the policy says.`);
      }
      continue;
    }
    reached[name] = rest;
    if (insecure)
      refused.push(`holdfast.registries: ${name} is not reached insecurely, as the policy does not say so.`);
  }
  return {
    settings: {
      ...policy,
      rules: { ...policy.rules, ...raised },
      registries: { ...reached, ...policy.registries },
    },
    refused,
  };
}
