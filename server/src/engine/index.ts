/** The engine's face: everything the language server and the command line use of it. */
export { type Analysis, analyze, type Input } from './analyze.ts';
export { defaultSettings, type RuleLevel, type Settings } from './config/settings.ts';
export type { Comment, ImageRole, ImageUse, Skip } from './model/facts.ts';
export { type Finding, type Fix, isPinFix, type Severity, severities } from './model/finding.ts';
export { isPinnable, lookupName, pinEdits } from './pin.ts';
export {
  type PinFailure,
  type PinPlan,
  type Plan,
  type PlanStop,
  planFix,
  planPins,
  planSuppression,
} from './plan.ts';
export type * from './ports.ts';
export { rules } from './rules/index.ts';
export type { Rule } from './rules/rule.ts';
export { applyEdits, isRefusal, type TextEdit } from './text/edit.ts';
export { type Place, SourceText } from './text/source-text.ts';
export type { Span } from './text/span.ts';
