/** The rule language: text to diagnostics, checked badges, matching, outcome over time, explanation, canonical text.
 *  Imports nothing of ours; knows no event type: what can be said is handed in as an `Environment`. */

// Text
export type * from './ast.ts';
// Running rules
export { compileCondition } from './compile.ts';
export { contributionsFromBadge, replaceContributionsFromBadge, upstreamsOf } from './derived.ts';
export { type Diagnostic, formatDiagnostic } from './diagnostic.ts';
export { type DiagnosticCode, diagnosticCodes } from './diagnostic-codes.ts';
export { parse } from './parse.ts';
export { didYouMean, suggest } from './suggest.ts';
// What rules may speak about
export type { Environment, EventType, Field, FieldType, StringFormat } from './environment.ts';
export { createRuleIndex, type Evaluation, evaluate } from './evaluate.ts';
export {
  type ConditionExplanation,
  explainCondition,
  explainOutcome,
  type RequirementExplanation,
} from './explain.ts';
// Time
export {
  formatInstant,
  type Instant,
  instantFromDate,
  instantToDate,
  instantToNanoseconds,
  toInstant,
} from './instant.ts';
export { parseKey } from './keys.ts';
// Checked rules and what they yield
export type {
  Award,
  Badge,
  Condition,
  Contribution,
  KeyPart,
  Outcome,
  Penalty,
  Requirement,
  RequirementState,
  ResolvedPath,
  RuleEvent,
  Scalar,
  Trigger,
} from './model.ts';
export { type BadgeMatch, RuleIndex, type RulePlacement } from './rule-index.ts';
export { compareCodePoints } from './text-match.ts';
export { compareContributions, mergeContribution, outcome } from './timeline.ts';
