/** Progress as it lies in the database. Requirement and group ids are values there, never field names: an id such as
 *  `constructor` is then a text like any other. */

import type { Types } from 'mongoose';
import type { Contribution, Outcome, RequirementState } from '../../dsl/index.ts';
import { openEffects } from '../../plugin/badges/effect-order.ts';
import type { Effect, IssuedBadge, OpenEffect, Progress } from '../../plugin/ports/progress-store.ts';

/** In documents of before. */
interface StoredContribution extends Omit<Contribution, 'values'> {
  readonly values: readonly { readonly requirement: string; readonly value: string }[];
}

/** Documents of before have no provenance. */
type StoredBadge = Omit<IssuedBadge, 'provenance'> & Partial<Pick<IssuedBadge, 'provenance'>>;

/** What is asked for by itself, and the rest as JSON, as with what counts. */
interface StoredOutcome extends Pick<Outcome, 'status' | 'progress'> {
  readonly details: string;
}

/** In documents of before. */
interface StoredOutcomeTree extends Omit<Outcome, 'groups' | 'requirements'> {
  readonly groups: readonly { readonly group: string; readonly fulfilled: boolean }[];
  readonly requirements: readonly (RequirementState & { readonly requirement: string })[];
}

export interface ProgressDocument {
  readonly learnerId: string;
  readonly badgeId: string;
  readonly version: number;
  readonly ruleVersion: number;
  /** Left out where nothing was ever only evaluated. */
  readonly evaluated?: boolean;
  /** As JSON: nobody searches in them, they are most of the document, and one text is several times faster to write and to
   *  read than a tree, also for the database. Documents of before have the tree. */
  readonly contributions: string | readonly StoredContribution[];
  readonly outcome: StoredOutcome | StoredOutcomeTree;
  readonly issued: readonly StoredBadge[];
  readonly effects: readonly Effect[];
  readonly updatedAt: Date;
  /** What of `effects` waits, for the indexes. */
  readonly openEffects: readonly OpenEffect[];
  /** When the earliest effect that can be carried out is due; left out when there is none. */
  readonly nextEffectAt?: Date;
  /** Which save made this version. Documents of before have none. */
  readonly savedBy?: Types.ObjectId;
}

/** The next version, as it is stored. */
export function toDocument(progress: Progress, savedBy: Types.ObjectId): ProgressDocument {
  const { effects } = progress;
  const { status, progress: share, ...details } = progress.outcome;
  const open = openEffects(progress);
  const times = open.flatMap(({ dueAt }) => dueAt?.getTime() ?? []);
  return {
    learnerId: progress.learnerId,
    badgeId: progress.badgeId,
    version: progress.version + 1,
    ruleVersion: progress.ruleVersion,
    evaluated: progress.evaluated,
    contributions: JSON.stringify(progress.contributions),
    outcome: { status, progress: share, details: JSON.stringify(details) },
    issued: progress.issued,
    effects,
    updatedAt: progress.updatedAt,
    openEffects: open,
    savedBy,
    ...(times.length === 0 ? {} : { nextEffectAt: new Date(Math.min(...times)) }),
  };
}

export function toProgress(document: ProgressDocument): Progress {
  const { learnerId, badgeId, version, ruleVersion, contributions, outcome, issued, effects, updatedAt } = document;
  const { evaluated = false } = document;
  return {
    learnerId,
    badgeId,
    version,
    ruleVersion,
    evaluated,
    contributions: toContributions(contributions),
    outcome: toOutcome(outcome),
    issued: issued.map((badge) => ({ ...badge, provenance: badge.provenance ?? null })),
    effects,
    updatedAt,
  };
}

function toContributions(stored: ProgressDocument['contributions']): readonly Contribution[] {
  if (typeof stored === 'string') return JSON.parse(stored);
  return stored.map((contribution) => ({
    ...contribution,
    values: Object.fromEntries(contribution.values.map(({ requirement, value }) => [requirement, value])),
  }));
}

function toOutcome(stored: ProgressDocument['outcome']): Outcome {
  if ('details' in stored) {
    const { status, progress, details } = stored;
    return { status, progress, ...JSON.parse(details) };
  }
  return {
    ...stored,
    groups: Object.fromEntries(stored.groups.map(({ group, fulfilled }) => [group, fulfilled])),
    requirements: Object.fromEntries(stored.requirements.map(({ requirement, ...state }) => [requirement, state])),
  };
}
