/** What an award rested on, recorded with it: the log forgets events, rules change, a new round clears what was counted. */

import {
  type Award,
  type AwardGround,
  type Badge,
  type Contribution,
  groundsOf,
  printCondition,
  type Requirement,
} from '../../dsl/index.ts';
import type { Provenance, ProvenRequirement } from '../ports/progress-store.ts';

/** Events named for one requirement: a document with many awards must stay small enough to be stored. */
const MOST_EVENTS = 20;
const LONGEST_CONDITION = 500;

interface Decision {
  readonly badge: Badge;
  readonly contributions: readonly Contribution[];
  readonly ruleVersion: number;
  readonly now: Date;
}

/** Walks the timeline once more, and only when asked: most events award nothing. */
export function createProvenance({ badge, contributions, ruleVersion, now }: Decision): (award: Award) => Provenance {
  let grounds: ReadonlyMap<number, readonly AwardGround[]> | null = null;
  return ({ ordinal }) => {
    grounds ??= groundsOf(badge, contributions);
    const rested = new Map(grounds.get(ordinal)?.map(({ requirement, eventIds }) => [requirement, eventIds]));
    const requirements = badge.requirements.flatMap((requirement) => {
      const eventIds = rested.get(requirement.id);
      return eventIds ? [provenRequirement(requirement, eventIds, contributions)] : [];
    });
    return { ruleVersion, recordedAt: now, requirements };
  };
}

function provenRequirement(
  { id, group, on, where }: Requirement,
  eventIds: readonly string[],
  contributions: readonly Contribution[],
): ProvenRequirement {
  const named = new Set(eventIds.slice(0, MOST_EVENTS));
  const times = new Map(contributions.filter(({ eventId }) => named.has(eventId)).map((one) => [one.eventId, one.at]));
  const condition = where && printCondition(where);
  return {
    requirement: id,
    group,
    on: on.kind === 'event' ? on.type : `badge "${on.badge}" ${on.change}`,
    where:
      condition !== null && condition.length > LONGEST_CONDITION
        ? `${condition.slice(0, LONGEST_CONDITION)}...`
        : condition,
    events: [...times].map(([eventId, at]) => ({ eventId, at })),
    more: eventIds.length - times.size,
  };
}
