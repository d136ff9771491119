/** What a rule text would make of events that are there already. Reads the log, writes nothing. */

import {
  type Badge,
  type Clause,
  clausesOf,
  type Environment,
  type EventExplanation,
  explainEvent,
  formatInstant,
  type Penalty,
  printPath,
  type Requirement,
  type RuleEvent,
} from '../../dsl/index.ts';
import { createDiscretion } from '../events/mask.ts';
import type { EventLog } from '../ports/event-log.ts';

export interface TriedRule {
  readonly kind: 'requirement' | 'penalty';
  readonly id: string;
  readonly description: string | null;
  /** The event type it reacts to, or the badge it waits for: no event of the LMS decides that, so it is not tried. */
  readonly on: { readonly type: string } | { readonly badge: string; readonly change: 'awarded' | 'revoked' };
  /** Events of its type. 0: nothing is known, which is another thing than that none matched. */
  readonly looked: number;
  readonly matched: number;
  /** What failed first, the most frequent first. */
  readonly failures: readonly { readonly text: string; readonly count: number }[];
  readonly latest: readonly TriedEvent[];
}

/** Without personal values. */
export interface TriedEvent {
  readonly eventId: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly matches: boolean;
  readonly text: string;
  readonly clauses: readonly Clause[];
}

/** Of so many each event is shown by itself. */
const SHOWN = 10;

/** The newest first. @returns the stored events that came in last, up to `limit` of each type that the badge reacts to */
export async function recentEvents(
  badge: Badge,
  events: Pick<EventLog, 'latest'>,
  limit: number,
): Promise<readonly RuleEvent[]> {
  const rules = [...badge.requirements, ...badge.penalties];
  const types = new Set(rules.flatMap(({ on }) => (on.kind === 'event' ? [on.type] : [])));
  const found = await Promise.all([...types].map((type) => events.latest(type, limit)));
  return found.flat().map(({ event }) => event);
}

/** Each event by itself: whether it meets the rule, not whether it would count among others.
 *  @param events those to show first first */
export function tryRules(
  badge: Badge,
  events: readonly RuleEvent[],
  environment: Pick<Environment, 'eventTypes'>,
): readonly TriedRule[] {
  const hides = createDiscretion(environment);
  const tryOne = (kind: TriedRule['kind'], rule: Requirement | Penalty): TriedRule => {
    const { id, description, on, where } = rule;
    const about = { kind, id, description };
    if (on.kind === 'badge') return { ...about, on, looked: 0, matched: 0, failures: [], latest: [] };
    const own = events.filter(({ type }) => type === on.type);
    const explained = own.map((event) => explainEvent(rule, event, hides));
    return {
      ...about,
      on: { type: on.type },
      looked: own.length,
      matched: explained.filter(({ matches }) => matches).length,
      failures: countFailures(rule, explained),
      latest: own.slice(0, SHOWN).map((event, at) => {
        const { eventId, matches, text, at: time } = explained[at] as EventExplanation;
        return { eventId, at: time, matches, text, clauses: clausesOf(where, event, hides) };
      }),
    };
  };
  return [
    ...badge.requirements.map((rule) => tryOne('requirement', rule)),
    ...badge.penalties.map((rule) => tryOne('penalty', rule)),
  ];
}

function countFailures(
  rule: Requirement | Penalty,
  explained: readonly EventExplanation[],
): readonly TriedRule['failures'][number][] {
  const counts = new Map<string, number>();
  for (const one of explained) {
    if (one.matches) continue;
    const text = failureOf(rule, one);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
}

function failureOf(rule: Requirement | Penalty, { reason, failed }: EventExplanation): string {
  const { from = null, until = null, distinct = null } = 'group' in rule ? rule : {};
  if (reason === 'before-from' && from !== null) return `from ${formatInstant(from)}`;
  if (reason === 'after-until' && until !== null) return `until ${formatInstant(until)}`;
  if (reason === 'no-value' && distinct !== null) return `distinct ${printPath(distinct)}`;
  return failed?.text ?? 'the condition';
}
