/** The rule language: text to diagnostics, checked badges, matching, outcome over time, explanation, canonical text.
 *  Imports nothing of ours; knows no event type: what can be said is handed in as an `Environment`. */

// Text
export * from './assist/index.ts';
export type * from './ast.ts';
export { type Checked, check, checkExpression, checkWhere } from './check.ts';
export { findCycles } from './checks/cycles.ts';
// A condition part by part
export { type Clause, clausesOf } from './clauses.ts';
// Comparing rules
export {
  type BadgeChange,
  type BadgeComparison,
  compareBadges,
  compareRules,
  isSameMeaning,
  type RulesComparison,
} from './compare/badges.ts';
export { changeLines } from './compare/change-lines.ts';
export { type ConditionComparison, compareConditions } from './compare/conditions.ts';
// Running rules
export { compileCondition } from './compile.ts';
export { contributionsFromBadge, replaceContributionsFromBadge, upstreamsOf } from './derived.ts';
export { type Diagnostic, formatDiagnostic } from './diagnostic.ts';
export { type Code, type DiagnosticCode, diagnosticCodes } from './diagnostic-codes.ts';
// What rules may speak about
export type { Environment, EventType, Field, FieldType, StringFormat } from './environment.ts';
export { createRuleIndex, type Evaluation, evaluate } from './evaluate.ts';
export {
  type ConditionExplanation,
  explainCondition,
  explainOutcome,
  type RequirementExplanation,
} from './explain.ts';
export { type EventExplanation, explainEvent } from './explain-event.ts';
export {
  type AwardAccount,
  type ContributionAccount,
  explainLearner,
  type LearnerExplanation,
  type LearnerRecord,
  type RequirementAccount,
} from './explain-learner.ts';
export { type Discretion, type FailedPart, findFailedPart } from './failed-part.ts';
export type { Fate } from './fates.ts';
export { type FormValue, parseFormValue } from './form-values.ts';
export { groundsOf } from './grounds.ts';
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
export { exceedsBytes, limits } from './limits.ts';
export { type Loaded, loadRules } from './load.ts';
// Checked rules and what they yield
export type {
  Award,
  AwardGround,
  Badge,
  CheckedTest,
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
  TestExpectation,
  TestStep,
  Trigger,
} from './model.ts';
export { type OperatorRow, operators } from './operators.ts';
export { parse } from './parse.ts';
export { printBadgeBlock, printFile } from './print.ts';
export { Comments } from './print-comments.ts';
export { layoutCondition, printCondition, printLiteral, printPath, quote } from './print-condition.ts';
export { type Amount, durationText, inLargestUnit } from './print-duration.ts';
export { printable } from './printable.ts';
export { type ReadExpression, readExpression } from './read-expression.ts';
export { conditionOf, type Row, rowsOf } from './rows.ts';
export { type BadgeMatch, RuleIndex, type RulePlacement } from './rule-index.ts';
export { runTest, type TestFailure, type TestReport } from './run-test.ts';
export { SourceText } from './source.ts';
export { didYouMean, suggest } from './suggest.ts';
export { type SyntaxNode, type SyntaxRule, type SyntaxToken, syntaxRules, syntaxTokens } from './syntax.ts';
export { type Coverage, type CoveredCondition, coverageOf } from './test-coverage.ts';
export { compareCodePoints } from './text-match.ts';
export { compareContributions, mergeContribution, outcome } from './timeline.ts';
