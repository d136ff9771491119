/** Why a learner has a badge, or what is missing: every event that was recorded, what became of it, and the events that
 *  came nearest. */

import { explainOutcome, type RequirementExplanation } from './explain.ts';
import { type EventExplanation, explainEvent } from './explain-event.ts';
import { type Discretion, tellAll } from './failed-part.ts';
import { type ContributionFate, distinctValue, type Fate, fatesOf } from './fates.ts';
import { formatInstant } from './instant.ts';
import type { Award, Badge, Contribution, Outcome, Requirement, RuleEvent } from './model.ts';
import { durationText } from './print-duration.ts';
import { inTimelineOrder } from './timeline.ts';

/** What is known of a learner, in any order and any number of times each. */
export interface LearnerRecord {
  /** Recorded by the badge's rules. */
  readonly contributions: readonly Contribution[];
  /** The events themselves, as far as they are kept; without them nothing can be said about those that did not match. */
  readonly events?: readonly RuleEvent[];
}

export interface ContributionAccount {
  readonly eventId: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The badge whose award or revocation this is; null: the event itself. */
  readonly badge: string | null;
  readonly fate: Fate;
  /** The value that `distinct` asks for; null without one, or where it must not be told. */
  readonly value: string | number | boolean | null;
  /** The penalty that discarded it. */
  readonly discardedBy: { readonly penalty: string; readonly eventId: string; readonly at: string } | null;
  /** Without the full stop, to stand after the event's name. */
  readonly text: string;
}

export interface RequirementAccount extends RequirementExplanation {
  readonly description: string | null;
  readonly counted: number;
  readonly needed: number;
  /** How many are left to do. */
  readonly missing: number;
  /** All that met it, in timeline order. */
  readonly contributions: readonly ContributionAccount[];
  /** Events of its type that did not match it, the nearest first; none where it is fulfilled. */
  readonly nearest: readonly EventExplanation[];
  /** How many more of those there are. */
  readonly others: number;
}

export interface AwardAccount {
  readonly ordinal: number;
  readonly at: string;
  readonly eventId: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  /** Penalties that the revoking event met. */
  readonly penalties: readonly string[];
  readonly text: string;
}

export interface LearnerExplanation {
  readonly badge: string;
  readonly status: Outcome['status'];
  readonly progress: number;
  readonly awards: readonly AwardAccount[];
  /** Where the badge's own clauses decide: full sentences. */
  readonly notes: readonly string[];
  readonly requirements: readonly RequirementAccount[];
  readonly penalties: readonly {
    readonly penalty: string;
    readonly resets: readonly string[];
    readonly events: readonly { readonly eventId: string; readonly at: string }[];
  }[];
}

/** @param most how many of the nearest events to name for each requirement */
export function explainLearner(
  badge: Badge,
  record: LearnerRecord,
  most = 3,
  hides: Discretion = tellAll,
): LearnerExplanation {
  const contributions = inTimelineOrder(record.contributions);
  const { outcome, fates } = fatesOf(badge, contributions);
  const states = explainOutcome(badge, contributions, outcome);
  const events = eachOnce(record.events ?? []);
  return {
    badge: badge.id,
    status: outcome.status,
    progress: outcome.progress,
    awards: outcome.history.map((award) => awardAccount(award, contributions)),
    notes: notesOn(badge, outcome),
    requirements: badge.requirements.map((requirement, index) => {
      const state = states[index] as RequirementExplanation;
      const own = fates.get(requirement.id) ?? [];
      const near = state.state === 'fulfilled' ? [] : nearMisses(requirement, events, own, hides);
      const { counted = 0, needed = requirement.count } = outcome.requirements[requirement.id] ?? {};
      return {
        ...state,
        description: requirement.description,
        counted,
        needed,
        missing: needed - counted,
        contributions: own.map((fate) => contributionAccount(requirement, fate, hides)),
        nearest: near.slice(0, most),
        others: Math.max(0, near.length - most),
      };
    }),
    penalties: badge.penalties.map(({ id, resets }) => ({
      penalty: id,
      resets,
      events: contributions
        .filter(({ penalties }) => penalties.includes(id))
        .map(({ eventId, at }) => ({ eventId, at: formatInstant(at) })),
    })),
  };
}

function eachOnce(events: readonly RuleEvent[]): readonly RuleEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

function nearMisses(
  requirement: Requirement,
  events: readonly RuleEvent[],
  met: readonly ContributionFate[],
  hides: Discretion,
): readonly EventExplanation[] {
  const { on } = requirement;
  if (on.kind !== 'event') return [];
  const known = new Set(met.map(({ contribution }) => contribution.eventId));
  return events
    .filter(({ id, type }) => type === on.type && !known.has(id))
    .map((event) => {
      const explained = explainEvent(requirement, event, hides);
      return explained.matches ? { ...explained, text: NOT_RECORDED } : explained;
    })
    .sort((a, b) => a.distance - b.distance || (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

const NOT_RECORDED = 'matches, but was not recorded: it came while the badge was not active or had another rule';

function contributionAccount(
  requirement: Requirement,
  { contribution, fate, discardedBy }: ContributionFate,
  hides: Discretion,
): ContributionAccount {
  const text = distinctValue(contribution, requirement.id);
  const value = text === undefined || hidesDistinct(requirement, hides) ? null : fromCanonical(text);
  const by = discardedBy && { ...discardedBy, at: formatInstant(discardedBy.at) };
  return {
    eventId: contribution.eventId,
    at: formatInstant(contribution.at),
    badge: contribution.badge,
    fate,
    value,
    discardedBy: by,
    text: fateText(requirement, fate, value, by),
  };
}

function hidesDistinct({ on, distinct }: Requirement, hides: Discretion): boolean {
  return on.kind === 'event' && distinct !== null && hides(distinct, on.type);
}

/** The canonical text of a value (`s:`, `n:`, `b:`) back to the value. */
function fromCanonical(text: string): string | number | boolean {
  const rest = text.slice(2);
  return text.startsWith('n:') ? Number(rest) : text.startsWith('b:') ? rest === 'true' : rest;
}

function fateText(
  { after, withinMs }: Requirement,
  fate: Fate,
  value: ContributionAccount['value'],
  by: ContributionAccount['discardedBy'],
): string {
  switch (fate) {
    case 'counts':
      return value === null ? 'counts' : `counts with ${JSON.stringify(value)}`;
    case 'surplus':
      return 'came when the requirement was fulfilled already';
    case 'early':
      return `came too early: requirement ${after} was not fulfilled before it`;
    case 'reset':
      return `was discarded by penalty ${by?.penalty} with event ${by?.eventId} at ${by?.at}`;
    case 'used':
      return 'counted for an award; the next round began after it';
    case 'outside-window':
      return `is outside the ${durationText(withinMs ?? 0)} in which most came together`;
    case 'repeated':
      return `has ${value === null ? 'a value' : JSON.stringify(value)}, which is counted already`;
    case 'over':
      return 'came when the badge had been awarded as often as it can be';
  }
}

function awardAccount(award: Award, contributions: readonly Contribution[]): AwardAccount {
  const { ordinal, eventId, revokedBy } = award;
  const at = formatInstant(award.at);
  const revokedAt = award.revokedAt && formatInstant(award.revokedAt);
  const penalties = [
    ...new Set(
      contributions.flatMap((one) => (one.eventId === revokedBy && one.at === award.revokedAt ? one.penalties : [])),
    ),
  ];
  const because = penalties.length === 0 ? '' : `, which met penalty ${penalties.join(' and ')}`;
  const revoked = revokedAt === null ? '' : `; taken back at ${revokedAt} with event ${revokedBy}${because}`;
  return {
    ordinal,
    at,
    eventId,
    revokedAt,
    revokedBy,
    penalties,
    text: `awarded at ${at} with event ${eventId}${revoked}`,
  };
}

function notesOn(badge: Badge, { status, groups }: Outcome): readonly string[] {
  const isComplete = Object.values(groups).every((fulfilled) => fulfilled);
  const notes: string[] = [];
  if (!badge.active) notes.push('The badge is not active: nothing is awarded.');
  if (badge.repeatable) return notes;
  if (status === 'revoked' && isComplete && badge.reAward === 'never')
    notes.push('It is complete again, but a badge that was taken back is not awarded again (re-award never).');
  if (status === 'awarded' && !isComplete)
    notes.push('It is no longer complete, but an award stands once it is made (on regress keep).');
  return notes;
}
