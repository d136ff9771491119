/** Progress of learners on badges: one document each, changed by one conditional update at a time. */

import type { Badge, Contribution, Instant, Outcome } from '../../dsl/index.ts';
import type { Page } from './learner-store.ts';
import type { Records } from './records.ts';
import type { TraceContext } from './trace-context.ts';

/** Something that must happen outside because of a change of progress. Recorded with the change, carried out later by a
 *  dispatcher, any number of times until it is done. */
export interface Effect {
  /** Unique within the document and stable across repetitions: `award:1`, `publish-awarded:1`, `revoke:1`,
   *  `publish-revoked:1`; the number is the badge's (`IssuedBadge.number`). */
  readonly id: string;
  readonly kind: 'award' | 'revoke' | 'publish-awarded' | 'publish-revoked';
  /** The `IssuedBadge.number` it is about. */
  readonly badgeNumber: number;
  /** `superseded`: no longer wanted before it was ever tried. `failed`: a person must look. `given-up`: a person has
   *  looked and wants it no more. */
  readonly state: 'pending' | 'done' | 'failed' | 'superseded' | 'given-up';
  readonly attempts: number;
  /** Not before; also the lease: a dispatcher that takes the effect moves it into the future first. */
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** Code and message of the last failure; never personal data. */
  readonly lastError: { readonly code: string; readonly message: string; readonly at: Date } | null;
  /** The work that made it necessary. */
  readonly trace?: TraceContext;
}

/** One badge that was given, as the provider and the event bus know it. */
export interface IssuedBadge {
  /** 1, 2, ...; never used again, also when the timeline changes. */
  readonly number: number;
  /** UUID of the public events and the provider's idempotency key. */
  readonly uuid: string;
  /** The award date: time of the completing event. */
  readonly awardedAt: Instant;
  readonly eventId: string;
  /** When the outcome took it back; null: stands. */
  readonly revokedAt: Instant | null;
  /** The rule version that gave it. */
  readonly ruleVersion: number;
  /** null: not known, it was given before this was recorded. */
  readonly provenance: Provenance | null;
  /** Where it was issued, and where it must be taken back although the rule may name another place by now;
   *  null: nowhere, it is only published. */
  readonly template: Badge['template'];
  /** What the provider calls it and the state it reports; null until the award effect is done. */
  readonly externalId: string | null;
  readonly externalState: string | null;
  readonly externalUrl: string | null;
}

/** What an award rested on when it was made: for whoever asks why, and for evidence that goes with the badge. */
export interface Provenance {
  /** The rule version that decided; its text and hash are in the badge's history. */
  readonly ruleVersion: number;
  readonly recordedAt: Date;
  /** Those that were fulfilled, in rule order. */
  readonly requirements: readonly ProvenRequirement[];
}

export interface ProvenRequirement {
  readonly requirement: string;
  readonly group: string;
  /** The event type, or `badge "base" awarded`. */
  readonly on: string;
  /** The condition that each event met, as the rule writes it; null: every such event counts. */
  readonly where: string | null;
  /** In timeline order; the first of them where there are many. */
  readonly events: readonly ProvenEvent[];
  /** How many more there were. */
  readonly more: number;
}

export interface ProvenEvent {
  readonly eventId: string;
  readonly at: Instant;
}

export interface Progress {
  readonly learnerId: string;
  readonly badgeId: string;
  /** 0: not stored yet. Every save adds 1. */
  readonly version: number;
  readonly ruleVersion: number;
  /** The badge was only being evaluated: what the outcome awards was not issued. */
  readonly evaluated: boolean;
  /** In timeline order, unique by (eventId, order, badge). */
  readonly contributions: readonly Contribution[];
  readonly outcome: Outcome;
  readonly issued: readonly IssuedBadge[];
  readonly effects: readonly Effect[];
  readonly updatedAt: Date;
}

/** An effect that waits: for its time, for another step, or for a person. */
export interface OpenEffect {
  readonly id: string;
  readonly kind: Effect['kind'];
  readonly state: 'pending' | 'failed';
  /** The word of the provider it is carried out at, or the lane of the public events. */
  readonly lane: string;
  /** When it may be carried out; null: not before another step, or a person, makes it ready. */
  readonly dueAt: Date | null;
  /** Code of the last failure. */
  readonly error: string | null;
}

/** Which open effects; what is left out, is any. */
export interface EffectFilter extends Partial<Pick<OpenEffect, 'state' | 'kind' | 'lane'>> {
  readonly error?: string;
}

export interface EffectGroup extends Pick<OpenEffect, 'state' | 'kind' | 'lane' | 'error'> {
  readonly count: number;
}

export interface ProgressCount {
  readonly badgeId: string;
  readonly status: Outcome['status'];
  readonly evaluated: boolean;
  readonly count: number;
}

/** How far learners have come on a badge. */
export interface BadgeStages {
  readonly badgeId: string;
  /** An event has counted. */
  readonly begun: number;
  /** A group of requirements is complete now. */
  readonly partDone: number;
  readonly complete: number;
  readonly revoked: number;
  /** A badge of theirs stands, and its provider knows it. */
  readonly issued: number;
  /** The provider says that they have accepted it. */
  readonly accepted: number;
}

/** One lane, or everything that has none of these. */
export type LaneChoice = { readonly only: string } | { readonly except: readonly string[] };

export interface ProgressQuery {
  readonly badgeId?: string;
  readonly status?: Outcome['status'];
  /** Documents with such an open effect. */
  readonly effect?: EffectFilter;
  readonly learnerIds?: readonly string[];
  readonly after?: string;
  readonly limit: number;
}

/** Which badges that were given; what is left out, is any. */
export interface IssuedFilter {
  /** null: nowhere, they are only published. */
  readonly provider?: string | null;
  /** The text after the provider word, as the rule had it. */
  readonly templateId?: string;
  /** The state that the provider reports; null: none yet. */
  readonly externalState?: string | null;
  /** False: taken back. */
  readonly stands?: boolean;
}

export interface IssuedQuery extends IssuedFilter {
  readonly badgeId?: string;
  readonly learnerIds?: readonly string[];
  readonly after?: string;
  readonly limit: number;
}

export interface IssuedGroup {
  readonly provider: string | null;
  readonly templateId: string | null;
  readonly externalState: string | null;
  readonly stands: boolean;
  readonly count: number;
}

export interface ProgressStore {
  /** By `progressShape`. */
  readonly records: Records<Progress>;
  load(learnerId: string, badgeId: string): Promise<Progress | null>;
  /** What is probably stored, without looking: good for nothing but a save, which is refused unless it is.
   *  @returns null: nobody knows */
  recall(learnerId: string, badgeId: string): Progress | null;
  /** Stores `progress` as version `progress.version + 1` if the stored version still is `progress.version`.
   *  @returns false when somebody else was faster; nothing was changed: load again and redo */
  save(progress: Progress): Promise<boolean>;
  /** Documents with a pending effect of the lanes that is due at `now` and waits for no other, those first that wait
   *  longest for anything. */
  due(now: Date, limit: number, lanes: LaneChoice): Promise<readonly Progress[]>;
  ofLearner(learnerId: string): Promise<readonly Progress[]>;
  /** Newest change first. */
  list(query: ProgressQuery): Promise<Page<Progress>>;
  /** Documents of each of the badges by status, those that were only evaluated by themselves; what there is none of is left
   *  out. Indexes tell it: no document is looked at. */
  counts(badgeIds: readonly string[]): Promise<readonly ProgressCount[]>;
  /** Of each of the badges, in their order; what was only evaluated does not count. However many learners there are, no
   *  single question to the database is a long one. */
  stages(badgeIds: readonly string[]): Promise<readonly BadgeStages[]>;
  /** How many documents have an effect in each of the states. */
  effectCounts(): Promise<{ readonly pending: number; readonly failed: number }>;
  /** The open effects, by what they have in common. */
  effectGroups(): Promise<readonly EffectGroup[]>;
  /** Ids of the learners with progress on the badge, ascending. @param after null: from the beginning */
  learnersOf(badgeId: string, after: string | null, limit: number): Promise<readonly string[]>;
  /** Ids of learners with any progress, ascending; as many as are cheap to find. None: there are no more. */
  learnerIds(after: string | null, limit: number): Promise<readonly string[]>;
  /** Documents with a badge that the provider knows by this id, several where it gave one badge for two of ours. */
  findIssued(provider: string, externalId: string): Promise<readonly Progress[]>;
  /** Documents with such a badge, by learner, then badge: an order that no change of them disturbs. */
  listIssued(query: IssuedQuery): Promise<Page<Progress>>;
  /** The badges that were given, by what they have in common. However many there are, no single question to the database
   *  is a long one. */
  issuedGroups(): Promise<readonly IssuedGroup[]>;
  /** Whether older rules than these made the progress of anybody on the badge. */
  hasOlderThan(badgeId: string, ruleVersion: number): Promise<boolean>;
}
