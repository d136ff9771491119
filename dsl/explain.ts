/** Why: which part of a condition failed on which value, and what each requirement has or lacks, in plain sentences. */

import { pathsOf } from './clauses.ts';
import { compileCondition } from './compile.ts';
import { formatInstant, type Instant } from './instant.ts';
import type { Badge, Condition, Contribution, Outcome, Requirement, ResolvedPath, RuleEvent } from './model.ts';
import { printCondition, printPath } from './print-condition.ts';
import { durationText } from './print-duration.ts';
import { createReader } from './read-path.ts';
import { compareContributions } from './timeline.ts';

export interface ConditionExplanation {
  readonly holds: boolean;
  /** The first part that failed; null when the condition holds. */
  readonly failed: {
    /** The part as a rule writes it. */
    readonly text: string;
    /** What the event has at the path the part is about; null where that is nothing, or the part is about several. */
    readonly value: unknown;
  } | null;
}

/** The first part that makes the condition fail, and on what. */
export function explainCondition(condition: Condition, event: RuleEvent): ConditionExplanation {
  const failed = firstFailing(condition, event);
  if (failed === null) return { holds: true, failed: null };
  const path = onlyPath(failed);
  return {
    holds: false,
    failed: { text: printCondition(failed), value: path ? (createReader(path)(event) ?? null) : null },
  };
}

/** Only an `and` fails because of one of its parts; of an `or` or a `not` the whole is to blame. */
function firstFailing(condition: Condition, event: RuleEvent): Condition | null {
  if (compileCondition(condition)(event)) return null;
  if (condition.kind !== 'and') return condition;
  for (const operand of condition.operands) {
    const failed = firstFailing(operand, event);
    if (failed !== null) return failed;
  }
  return condition;
}

function onlyPath(condition: Condition): ResolvedPath | null {
  const [path = null, ...others] = pathsOf(condition);
  return others.length === 0 ? path : null;
}

export interface RequirementExplanation {
  readonly requirement: string;
  readonly group: string;
  /** `waiting`: matching events came, but before the requirement it comes `after` was fulfilled.
   *  `reset`: a penalty discarded what it had and nothing came since. */
  readonly state: 'fulfilled' | 'in-progress' | 'waiting' | 'reset' | 'missing';
  /** One sentence without the full stop, to stand after the requirement's name. */
  readonly text: string;
}

interface Reset {
  readonly penalty: string;
  readonly eventId: string;
  readonly at: Instant;
}

/** One explanation per requirement, in rule order.
 *  @param contributions those that `reached` was made from, in any order */
export function explainOutcome(
  badge: Badge,
  contributions: readonly Contribution[],
  reached: Outcome,
): readonly RequirementExplanation[] {
  return badge.requirements.map((requirement) => ({
    requirement: requirement.id,
    group: requirement.group,
    ...explainRequirement(badge, requirement, contributions, reached),
  }));
}

function explainRequirement(
  badge: Badge,
  requirement: Requirement,
  contributions: readonly Contribution[],
  reached: Outcome,
): Pick<RequirementExplanation, 'state' | 'text'> {
  const state = reached.requirements[requirement.id];
  const roundStart = badge.repeatable ? reached.awardedAt : null;
  const current = contributions.filter(({ at }) => roundStart === null || at > roundStart);
  if (state?.fulfilled) return { state: 'fulfilled', text: `fulfilled by ${eventList(state.eventIds, contributions)}` };
  if (roundStart !== null && reached.history.length >= badge.maxAwards) {
    return { state: 'missing', text: 'nothing counts any more: the badge was awarded as often as it can be' };
  }
  const needs = `needs ${need(requirement, requirement.count - (state?.counted ?? 0), (state?.counted ?? 0) > 0)}`;
  if (state && state.counted > 0) {
    return { state: 'in-progress', text: `${needs}; has ${eventList(state.eventIds, contributions)}` };
  }
  const reset = lastReset(badge, requirement, current);
  const after = requirement.after;
  const early = current.filter(
    ({ at, requirements }) => requirements.includes(requirement.id) && !(reset && at <= reset.at),
  );
  if (after !== null && early.length > 0) {
    const came = early.length === 1 ? '1 matching event came' : `${early.length} matching events came`;
    return { state: 'waiting', text: `${needs} after requirement ${after} is fulfilled; ${came} too early to count` };
  }
  if (reset) {
    return {
      state: 'reset',
      text: `reset by penalty ${reset.penalty} with event ${reset.eventId} at ${formatInstant(reset.at)}; ${needs}`,
    };
  }
  if (after !== null && !reached.requirements[after]?.fulfilled) {
    return { state: 'missing', text: `${needs} after requirement ${after} is fulfilled` };
  }
  return { state: 'missing', text: needs };
}

/** The latest penalty that had something of the requirement to discard. */
function lastReset(badge: Badge, requirement: Requirement, contributions: readonly Contribution[]): Reset | null {
  const penalties = new Set(badge.penalties.flatMap(({ id, resets }) => (resets.includes(requirement.id) ? [id] : [])));
  const matching = contributions.filter(({ requirements }) => requirements.includes(requirement.id));
  let latest: Reset | null = null;
  for (const { at, eventId, penalties: met } of contributions.toSorted(compareContributions)) {
    const penalty = met.find((id) => penalties.has(id));
    const since = latest?.at ?? '';
    if (penalty !== undefined && matching.some((one) => one.at <= at && one.at > since))
      latest = { penalty, eventId, at };
  }
  return latest;
}

/** `3 more different values of course.course_key within 365 days` */
function need(requirement: Requirement, missing: number, more: boolean): string {
  const { distinct, withinMs, on, count } = requirement;
  const amount = `${missing}${more ? ' more' : ''}`;
  const things =
    distinct !== null
      ? `different ${missing === 1 ? 'value' : 'values'} of ${printPath(distinct)}`
      : on.kind === 'badge'
        ? `${missing === 1 ? 'award' : 'awards'} of badge ${on.badge}`
        : `matching ${missing === 1 ? 'event' : 'events'} of type ${on.type}`;
  return `${amount} ${things}${withinMs === null || count === 1 ? '' : ` within ${durationText(withinMs)}`}`;
}

const MAX_LISTED = 3;

/** `event e1 at 2026-03-01T10:00:00Z`, `events e1, e2 and 4 more, the last at ...` */
function eventList(ids: readonly string[], contributions: readonly Contribution[]): string {
  const last = ids.at(-1);
  const at = contributions.find(({ eventId }) => eventId === last)?.at;
  const time = at === undefined ? '' : formatInstant(at);
  if (ids.length === 1) return `event ${last} at ${time}`;
  const listed = ids.slice(0, MAX_LISTED);
  const rest = ids.length - listed.length;
  const names = rest > 0 ? `${listed.join(', ')} and ${rest} more` : `${listed.slice(0, -1).join(', ')} and ${last}`;
  return `events ${names}, the last at ${time}`;
}
