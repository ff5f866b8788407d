/** The engine's face: everything the language server and the command line use of it. */
export {
  type Analysis,
  analyze,
  companionsOf,
  haveSameCompanions,
  type Input,
  mayHoldManifest,
  readSummary,
  type SuppressedFinding,
  type WaivedFinding,
} from './analysis/analyze.ts';
export {
  type AuditFinding,
  type AuditImage,
  type AuditPolicy,
  type AuditResult,
  type AuditSkip,
  type AuditSuppressed,
  type AuditUnresolved,
  type AuditWaived,
  auditFile,
  auditSkip,
  joinAudits,
  reaches,
} from './analysis/audit.ts';
export { type Unresolved, unresolvedImages } from './analysis/unresolved.ts';
export { type Explained, explainPolicyWord, type Proposal, policyProposals } from './config/assist.ts';
export { closest } from './config/closest.ts';
export { dayOf } from './config/dates.ts';
export { withEditor } from './config/editor.ts';
export { isKindId, type KindTest, kindIds, kindTest } from './config/files.ts';
export { type IgnoreTest, ignoreTest } from './config/ignore.ts';
export { policyJsonSchema } from './config/json-schema.ts';
export { type ConfigError, type LoadedPolicy, loadPolicy } from './config/load.ts';
export { withinRoot } from './config/nested.ts';
export { type AuditedPath, idleNotices, type Notice, policyNotices } from './config/notices.ts';
export { type ParsedPolicy, parsePolicy } from './config/parse.ts';
export { emptyPolicy, isRootPolicy, mayLoosen, type Policy, policyFor } from './config/policy.ts';
export { policyShape } from './config/schema.ts';
export {
  configFileName,
  defaultSettings,
  isConfigName,
  isRuleLevel,
  levelOf,
  misnamedConfig,
  type PinStyle,
  type Profile,
  pinStyles,
  profiles,
  type RuleLevel,
  ruleLevels,
  type Settings,
  type SignatureDemand,
  type Waiver,
} from './config/settings.ts';
export type { Shape } from './config/shape.ts';
export { keysFor } from './config/signatures.ts';
export {
  type CheckedImage,
  type CheckFailure,
  checkedImages,
  checkImages,
  checkPins,
  type PinCheck,
} from './fix/check-pins.ts';
export { type Answer, answerQuestion, type QuestionPorts } from './fix/lookup.ts';
export { type Heard, listenTo } from './fix/notices.ts';
export { lookupName, pinEdits, trialEdits } from './fix/pin.ts';
export {
  offeredPins,
  type PinFailure,
  type PinPlan,
  type Plan,
  type PlanStop,
  planFix,
  planPins,
  planSuppression,
  type SuppressionScope,
  type Trial,
  tryFix,
} from './fix/plan.ts';
export { fullName, type ImageName, pulledName } from './image/name.ts';
export { parseReference } from './image/reference.ts';
export { newestFirst } from './image/tag-order.ts';
export { referenceUrl } from './image/web-page.ts';
export type { Comment, ImageRole, ImageUse, Skip } from './model/facts.ts';
export {
  type AutomaticFix,
  type FilePlace,
  type Finding,
  type Fix,
  isAutomaticFix,
  isLookupFix,
  isPinFix,
  type LookupFix,
  leastSafe,
  type PinFix,
  type Question,
  type Safety,
  type Severity,
  safeties,
  severities,
} from './model/finding.ts';
export type { SuppressionComment } from './model/suppression.ts';
export type { FileSummary, Observation } from './model/workspace-context.ts';
export type * from './ports.ts';
export { type Format, formatNames, formats, isFormat } from './report/index.ts';
export { count, summarize } from './report/words.ts';
export { rules } from './rules/index.ts';
export {
  digestOf,
  type PageBlock,
  pageUrl,
  readPageBlocks,
  withAbsoluteLinks,
  withoutMarks,
} from './rules/page.ts';
export type { Rule } from './rules/rule.ts';
export { rulesLike } from './suppression/equivalents.ts';
export { applyEdits, isRefusal, type TextEdit } from './text/edit.ts';
export { type Place, SourceText } from './text/source-text.ts';
export type { Span } from './text/span.ts';
export { visible } from './text/visible.ts';
export { wrapped } from './text/wrap.ts';
export { type NamedFile, namedFiles } from './workspace/named-files.ts';
export { type ViewAnswer, WorkspaceIndex } from './workspace/workspace-index.ts';
