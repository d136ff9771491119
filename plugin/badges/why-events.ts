/** An explanation with the events behind it, as far as the log still has them. */

import {
  type Badge,
  type Clause,
  type ContributionAccount,
  clausesOf,
  type Discretion,
  type EventExplanation,
  type LearnerExplanation,
  type Requirement,
  type RequirementAccount,
} from '../../dsl/index.ts';
import type { BadgeVersion } from '../ports/badge-store.ts';
import type { EventEntry, EventLog } from '../ports/event-log.ts';

export interface WhyExplanation extends LearnerExplanation {
  readonly requirements: readonly WhyRequirement[];
}

export interface WhyRequirement extends RequirementAccount {
  /** The latest of them where there are many. */
  readonly contributions: readonly WhyContribution[];
  /** How many older ones there are. */
  readonly olderContributions: number;
  readonly nearest: readonly WhyNearMiss[];
}

export interface WhyContribution extends ContributionAccount {
  /** False: what it held can no longer be seen, only what was recorded of it. */
  readonly inLog: boolean;
  /** Empty where the event is no longer in the log, or nothing is asked of it. */
  readonly clauses: readonly Clause[];
}

export interface WhyNearMiss extends EventExplanation {
  readonly clauses: readonly Clause[];
}

interface Known {
  readonly entries: readonly EventEntry[];
  /** Newest first. */
  readonly history: readonly BadgeVersion[];
  readonly events: Pick<EventLog, 'get'>;
  readonly hides: Discretion;
}

/** Contributions shown for one requirement. */
const MOST = 50;

export async function withEvents(
  badge: Badge,
  explanation: LearnerExplanation,
  { entries, history, events, hides }: Known,
): Promise<WhyExplanation> {
  const known = new Map<string, EventEntry | null>(entries.map((entry) => [entry.event.id, entry]));
  const shown = explanation.requirements.map(({ contributions }) => contributions.slice(-MOST));
  const asked = new Set(shown.flat().flatMap(({ eventId }) => (known.has(eventId) ? [] : [eventId])));
  await Promise.all([...asked].map(async (id) => known.set(id, await events.get(id))));
  const requirements = explanation.requirements.map((account, at): WhyRequirement => {
    const contributions = shown[at] ?? [];
    const requirement = badge.requirements.find(({ id }) => id === account.requirement);
    return {
      ...account,
      contributions: contributions.map((one) => withEvent(one, requirement, known.get(one.eventId) ?? null, hides)),
      olderContributions: account.contributions.length - contributions.length,
      nearest: account.nearest.map((miss) => {
        const entry = known.get(miss.eventId) ?? null;
        return {
          ...miss,
          clauses: clausesFor(requirement, entry, hides),
          text: miss.matches && entry ? whyUnrecorded(entry, history) : miss.text,
        };
      }),
    };
  });
  return { ...explanation, requirements };
}

function withEvent(
  account: ContributionAccount,
  requirement: Requirement | undefined,
  entry: EventEntry | null,
  hides: Discretion,
): WhyContribution {
  const isOfBadge = account.badge !== null;
  return {
    ...account,
    inLog: entry !== null,
    clauses: isOfBadge ? [] : clausesFor(requirement, entry, hides),
    text: entry === null ? `${account.text} (the event is no longer in the log)` : account.text,
  };
}

function clausesFor(
  requirement: Requirement | undefined,
  entry: EventEntry | null,
  hides: Discretion,
): readonly Clause[] {
  return requirement && entry ? clausesOf(requirement.where, entry.event, hides) : [];
}

/** An event that matches the rules and is not recorded: why it was not taken up when it came. */
function whyUnrecorded({ outcome, receivedAt }: EventEntry, history: readonly BadgeVersion[]): string {
  if (outcome.kind === 'failed') return `matches, but could not be processed yet (${outcome.code}); it is tried again`;
  if (outcome.kind === 'dead')
    return `matches, but could not be processed (${outcome.code}); it lies with the dead letters`;
  if (outcome.kind === 'ignored' && outcome.reason === 'badges-disabled')
    return 'matches, but came while badges were switched off';
  const then = history.find(({ updatedAt }) => updatedAt <= receivedAt);
  if (then === undefined) return 'matches, but came before the badge was made';
  if (then.removed) return 'matches, but came while the badge was removed';
  if (!then.active) return `matches, but came while the badge was not active (version ${then.version} of the rules)`;
  return `matches, but was not recorded when it came, under version ${then.version} of the rules`;
}
