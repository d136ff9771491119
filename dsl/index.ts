/** The rule language: text to diagnostics, checked badges, matching, outcome over time, explanation, canonical text.
 *  Imports nothing of ours; knows no event type: what can be said is handed in as an `Environment`. */

// Text
export type * from './ast.ts';
export type { Diagnostic } from './diagnostic.ts';

// What rules may speak about
export type { Environment, EventType, Field, FieldType, StringFormat } from './environment.ts';

// Time
export {
  formatInstant,
  type Instant,
  instantFromDate,
  instantToDate,
  instantToNanoseconds,
  toInstant,
} from './instant.ts';

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
