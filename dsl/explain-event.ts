/** Why one event does, or does not do, anything for one requirement or penalty. */

import { isWithinInterval } from './derived.ts';
import { countFailedParts, type Discretion, type FailedPart, findFailedPart, tellAll } from './failed-part.ts';
import { formatInstant } from './instant.ts';
import type { Penalty, Requirement, RuleEvent } from './model.ts';
import { printPath } from './print-condition.ts';
import { createReader } from './read-path.ts';

export interface EventExplanation {
  readonly eventId: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** It meets the trigger, the interval and the condition, and has the value that `distinct` asks for. Whether it then
   *  counts depends on the events around it: see `explainLearner`. */
  readonly matches: boolean;
  /** null: it matches. */
  readonly reason: 'other-trigger' | 'before-from' | 'after-until' | 'condition' | 'no-value' | null;
  /** The part of the condition that failed, for the reason `condition`. */
  readonly failed: FailedPart | null;
  /** How far from matching: the number of things that are not as asked. */
  readonly distance: number;
  /** Without the full stop, to stand after the event's name: `does not count: grade is 40, but must be at least 80`. */
  readonly text: string;
}

/** Holds of the event's payload only values that the rule asks for, and of those none that `hides` names. */
export function explainEvent(
  rule: Requirement | Penalty,
  event: RuleEvent,
  hides: Discretion = tellAll,
): EventExplanation {
  const about = { eventId: event.id, at: formatInstant(event.time), failed: null };
  const { on } = rule;
  if (on.kind !== 'event' || on.type !== event.type) {
    const wanted = on.kind === 'event' ? `events of type ${on.type}` : `badge ${on.badge} being ${on.change}`;
    const text = `does not count: it is of type ${event.type}, but asked for is ${wanted}`;
    return { ...about, matches: false, reason: 'other-trigger', distance: Number.POSITIVE_INFINITY, text };
  }
  const failed = rule.where && findFailedPart(rule.where, event, hides);
  const failedParts = rule.where === null ? 0 : countFailedParts(rule.where, event);
  const requirement = 'group' in rule ? rule : null;
  const isOutside = requirement !== null && !isWithinInterval(requirement, event.time);
  const missesValue = requirement?.distinct ? !isScalar(createReader(requirement.distinct)(event)) : false;
  const distance = failedParts + Number(isOutside) + Number(missesValue);
  const not = (reason: EventExplanation['reason'], why: string): EventExplanation => ({
    ...about,
    matches: false,
    reason,
    failed: reason === 'condition' ? failed : null,
    distance,
    text: `does not count: ${why}`,
  });
  if (failed !== null) return not('condition', failed.words);
  if (requirement !== null && isOutside) {
    const { from, until } = requirement;
    if (from !== null && event.time < from) return not('before-from', `it is before ${formatInstant(from)}`);
    if (until !== null) return not('after-until', `it is not before ${formatInstant(until)}`);
  }
  if (requirement?.distinct && missesValue) {
    return not(
      'no-value',
      `it has no value at ${printPath(requirement.distinct)}, of which different ones are counted`,
    );
  }
  return { ...about, matches: true, reason: null, distance: 0, text: 'matches' };
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
