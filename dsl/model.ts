/** The checked form of rules: what `check` yields and `compile`, the index and the timeline consume.
 *  No spans, no unresolved names: everything here is known to be meaningful. */

import type { ComparisonOperator, Span, TextOperator } from './ast.ts';
import type { Instant } from './instant.ts';

export interface Badge {
  readonly id: string;
  readonly name: string | null;
  readonly template: { readonly provider: string; readonly id: string } | null;
  readonly active: boolean;
  /** While it is active, its events count and nothing is issued: what would be awarded is only recorded. */
  readonly evaluate: boolean;
  /** How many times it can be earned; Infinity: `repeatable` without a limit. */
  readonly maxAwards: number;
  readonly repeatable: boolean;
  readonly onRegress: 'revoke' | 'keep';
  readonly reAward: 'never' | 'allowed';
  readonly requirements: readonly Requirement[];
  readonly penalties: readonly Penalty[];
}

export type Trigger =
  | { readonly kind: 'event'; readonly type: string }
  | { readonly kind: 'badge'; readonly badge: string; readonly change: 'awarded' | 'revoked' };

export interface Requirement {
  readonly id: string;
  /** `A` to `Z`, or the requirement's own id where no group was given. */
  readonly group: string;
  readonly description: string | null;
  readonly on: Trigger;
  readonly where: Condition | null;
  readonly count: number;
  readonly distinct: ResolvedPath | null;
  /** All `count` inside one window of this length, ends included. */
  readonly withinMs: number | null;
  readonly after: string | null;
  readonly from: Instant | null;
  readonly until: Instant | null;
}

export interface Penalty {
  readonly id: string;
  readonly description: string | null;
  readonly on: Trigger;
  readonly where: Condition | null;
  readonly resets: readonly string[];
}

/** Parts of an opaque key that a path may end in. */
export type KeyPart = 'org' | 'course' | 'run' | 'ccx';

export interface ResolvedPath {
  /** `payload`: inside the payload object; `event`: the metadata field named by the one segment. */
  readonly root: 'payload' | 'event';
  readonly segments: readonly string[];
  readonly part: KeyPart | null;
  readonly type: 'boolean' | 'number' | 'string' | 'date' | 'other';
}

/** A date operand is an Instant; compare it with `type: 'date'` paths only. */
export type Scalar = string | number | boolean;

export type Condition =
  | { readonly kind: 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'and'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | {
      readonly kind: 'comparison';
      readonly path: ResolvedPath;
      readonly operator: ComparisonOperator;
      readonly value: Scalar;
    }
  | { readonly kind: 'in'; readonly path: ResolvedPath; readonly negated: boolean; readonly values: readonly Scalar[] }
  | {
      readonly kind: 'text-match';
      readonly path: ResolvedPath;
      readonly operator: TextOperator;
      readonly value: string;
    }
  | { readonly kind: 'exists'; readonly path: ResolvedPath }
  | { readonly kind: 'is-true'; readonly path: ResolvedPath };

/** An event as rules see it. */
export interface RuleEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: Instant;
  /** The object under the event data's one top-level field. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What one event did for one badge of one learner. Stored; one per (eventId, order, badge).
 *  Timeline order: `at`, then `eventId` by code points, then `order`, then `badge`. */
export interface Contribution {
  readonly eventId: string;
  readonly at: Instant;
  /** 0 for an event of the LMS; for a change of another badge one more than the order of what caused that change:
   *  it comes right after its cause. */
  readonly order: number;
  /** The badge whose award or revocation this is, `eventId` being the event that caused it; null: the LMS event itself. */
  readonly badge: string | null;
  /** Requirement ids whose trigger, condition and interval the event met. */
  readonly requirements: readonly string[];
  /** Penalty ids likewise. */
  readonly penalties: readonly string[];
  /** For requirements with `distinct`: the value met, as canonical text (`s:` string, `n:` number, `b:` boolean).
   *  A requirement with `distinct` whose path was absent or null is not listed in `requirements` at all. */
  readonly values: Readonly<Record<string, string>>;
}

/** One award, standing or taken back. */
export interface Award {
  /** 1, 2, ... in the order of the timeline. */
  readonly ordinal: number;
  readonly at: Instant;
  /** The event that completed it. */
  readonly eventId: string;
  readonly order: number;
  readonly revokedAt: Instant | null;
  readonly revokedBy: string | null;
}

/** A requirement that was fulfilled when the badge was awarded. */
export interface AwardGround {
  readonly requirement: string;
  /** Ids of the events that counted, in timeline order. */
  readonly eventIds: readonly string[];
}

export interface RequirementState {
  readonly fulfilled: boolean;
  /** How many count now (distinct values, best window), at most `needed`. */
  readonly counted: number;
  readonly needed: number;
  /** Ids of the events that count, in timeline order. */
  readonly eventIds: readonly string[];
}

/** The state of one learner on one badge: rule language section "Meaning over time". */
export interface Outcome {
  readonly status: 'none' | 'in-progress' | 'awarded' | 'revoked';
  /** Fulfilled groups over groups now, 0 to 1, two decimals. */
  readonly progress: number;
  readonly groups: Readonly<Record<string, boolean>>;
  /** Ids of the requirements fulfilled now, in rule order. */
  readonly fulfilled: readonly string[];
  /** The latest award date, revoked or not. */
  readonly awardedAt: Instant | null;
  /** How many awards stand. */
  readonly awards: number;
  /** Every award of the timeline, in order. */
  readonly history: readonly Award[];
  readonly requirements: Readonly<Record<string, RequirementState>>;
}

/** A `test` block whose names and types are known to be right. */
export interface CheckedTest {
  readonly title: string;
  /** Id of a badge of the same text. */
  readonly badge: string;
  readonly steps: readonly TestStep[];
}

export type TestStep =
  | {
      readonly kind: 'event';
      readonly type: string;
      /** null: not said; the runner gives it a time after the event before. */
      readonly at: Instant | null;
      /** What the test says about the payload; the runner gives every other field a plausible value of its type. */
      readonly fields: readonly { readonly segments: readonly string[]; readonly value: Scalar | null }[];
    }
  | { readonly kind: 'expect'; readonly expectations: readonly TestExpectation[] };

/** Asked of the state after the events above it. `span` is for the report of a failure. */
export type TestExpectation = { readonly span: Span } & (
  | { readonly kind: 'awarded'; readonly negated: boolean; readonly times: number | null }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'fulfilled'; readonly negated: boolean; readonly requirement: string }
  | { readonly kind: 'progress'; readonly ratio: number }
);
