/** The engine's face: everything the language server and the command line use of it. */
export {
  type Analysis,
  analyze,
  companionsOf,
  haveSameCompanions,
  type Input,
  mayHoldManifest,
  type WaivedFinding,
} from './analyze.ts';
export {
  type AuditFinding,
  type AuditImage,
  type AuditResult,
  type AuditSkip,
  auditFile,
  auditSkip,
  joinAudits,
  reaches,
} from './audit.ts';
export { closest } from './config/closest.ts';
export { isKindId, type KindTest, kindIds, kindTest } from './config/files.ts';
export { type IgnoreTest, ignoreTest } from './config/ignore.ts';
export { mergeSettings } from './config/merge.ts';
export { type ConfigError, type ConfigResult, parseConfig } from './config/parse.ts';
export {
  configFileName,
  defaultSettings,
  isRuleLevel,
  levelOf,
  type PinStyle,
  type Profile,
  pinStyles,
  profiles,
  type RuleLevel,
  ruleLevels,
  type Settings,
  type Waiver,
} from './config/settings.ts';
export type { ImageName } from './image/name.ts';
export { parseReference } from './image/reference.ts';
export { referenceUrl } from './image/web-page.ts';
export type { Comment, ImageRole, ImageUse, Skip } from './model/facts.ts';
export {
  type Finding,
  type Fix,
  isLookupFix,
  isPinFix,
  type Question,
  type Severity,
  severities,
} from './model/finding.ts';
export type { Observation, Outline } from './model/surroundings.ts';
export { WorkspaceOutline } from './neighbours.ts';
export { isPinnable, lookupName, pinEdits, sampleDigest, trialEdits } from './pin.ts';
export {
  offeredPins,
  type PinFailure,
  type PinPlan,
  type Plan,
  type PlanStop,
  planFix,
  planPins,
  planSuppression,
} from './plan.ts';
export type * from './ports.ts';
export { type Format, formatNames, formats, isFormat } from './report/index.ts';
export { summarize, visible } from './report/words.ts';
export { rules } from './rules/index.ts';
export { pageUrl } from './rules/page.ts';
export type { Rule } from './rules/rule.ts';
export { applyEdits, isRefusal, type TextEdit } from './text/edit.ts';
export { type Place, SourceText } from './text/source-text.ts';
export type { Span } from './text/span.ts';
