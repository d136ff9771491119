/** The meaning of rules word for word from the reference of the language, sections "Expressions" and "Meaning over time".
 *  Everything is asked again from the whole list of events each time: no index, no state, nothing to get wrong but the
 *  reading. Slow on purpose. */

import type {
  Award,
  AwardGround,
  Badge,
  Condition,
  Contribution,
  Instant,
  Outcome,
  Requirement,
  RequirementState,
  ResolvedPath,
  RuleEvent,
} from '../../dsl/index.ts';
import { instantToNanoseconds, toInstant } from '../../dsl/index.ts';

// Expressions

export function holds(condition: Condition, event: RuleEvent): boolean {
  switch (condition.kind) {
    case 'or':
      return condition.operands.some((operand) => holds(operand, event));
    case 'and':
      return condition.operands.every((operand) => holds(operand, event));
    case 'not':
      return !holds(condition.operand, event);
    default: {
      const value = valueAt(condition.path, event);
      return value === null ? holdsWithoutValue(condition) : holdsFor(condition, value);
    }
  }
}

type Leaf = Exclude<Condition, { kind: 'or' | 'and' | 'not' }>;

/** "Every comparison with it is false, except `!=` and `not in`." */
function holdsWithoutValue(leaf: Leaf): boolean {
  return (leaf.kind === 'comparison' && leaf.operator === '!=') || (leaf.kind === 'in' && leaf.negated);
}

function holdsFor(leaf: Leaf, value: unknown): boolean {
  switch (leaf.kind) {
    case 'exists':
      return true;
    case 'is-true':
      return value === true;
    case 'in':
      return leaf.negated !== leaf.values.some((one) => one === value);
    case 'text-match':
      return typeof value === 'string' && textMatches(leaf.operator, value, leaf.value);
    case 'comparison': {
      if (leaf.operator === '=') return value === leaf.value;
      if (leaf.operator === '!=') return value !== leaf.value;
      if (typeof value !== typeof leaf.value) return false;
      const [a, b] = [value as string | number, leaf.value as string | number];
      if (leaf.operator === '<') return a < b;
      if (leaf.operator === '<=') return a <= b;
      return leaf.operator === '>' ? a > b : a >= b;
    }
  }
}

function textMatches(operator: string, text: string, wanted: string): boolean {
  const [points, part] = [[...text], [...wanted]];
  const isAt = (start: number): boolean => start >= 0 && part.every((point, i) => points[start + i] === point);
  if (operator === 'starts with') return isAt(0);
  if (operator === 'ends with') return isAt(points.length - part.length);
  if (operator === 'contains') return part.length === 0 || points.some((_, start) => isAt(start));
  return isLike(points, part);
}

function isLike([point, ...points]: readonly string[], [wanted, ...others]: readonly string[]): boolean {
  if (wanted === undefined) return point === undefined;
  if (wanted !== '*') return point !== undefined && (wanted === '?' || wanted === point) && isLike(points, others);
  return (
    isLike(point === undefined ? [] : [point, ...points], others) ||
    (point !== undefined && isLike(points, [wanted, ...others]))
  );
}

/** null: absent. */
export function valueAt(path: ResolvedPath, event: RuleEvent): unknown {
  let value: unknown = path.root === 'event' ? event : event.payload;
  for (const segment of path.segments) {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, segment);
    value = isThere ? (value as Record<string, unknown>)[segment] : null;
  }
  if (path.part !== null) return typeof value === 'string' ? partOf(value, path.part) : null;
  if (path.type === 'date') return typeof value === 'string' ? toInstant(value) : null;
  return value ?? null;
}

/** Enough for the keys that generated events have. */
function partOf(key: string, part: string): string | null {
  const [, kind, org = '', course = '', run = '', ccx] =
    /^(course|ccx)-v1:(\w+)\+(\w+)\+(\w+)(?:\+ccx@(\d+))?$/.exec(key) ?? [];
  if (kind === undefined || (kind === 'ccx') !== (ccx !== undefined)) return null;
  return { org, course, run, ccx: ccx ?? null }[part] ?? null;
}

/** What the event does for the badge, by looking at each of its rules; null: nothing. */
export function contributionOf(badge: Badge, event: RuleEvent): Contribution | null {
  const isMet = (rule: { on: Requirement['on']; where: Condition | null }): boolean =>
    rule.on.kind === 'event' && rule.on.type === event.type && (rule.where === null || holds(rule.where, event));
  const requirements = badge.requirements.filter(
    (r) =>
      isMet(r) &&
      (r.from === null || r.from <= event.time) &&
      (r.until === null || event.time < r.until) &&
      (r.distinct === null || ['string', 'number', 'boolean'].includes(typeof valueAt(r.distinct, event))),
  );
  const penalties = badge.penalties.filter(isMet);
  if (requirements.length + penalties.length === 0) return null;
  const values = requirements.flatMap(({ id, distinct }) => {
    const value = distinct === null ? null : valueAt(distinct, event);
    return value === null ? [] : [[id, `${(typeof value)[0]}:${value}`]];
  });
  return {
    eventId: event.id,
    at: event.time,
    order: 0,
    badge: null,
    requirements: requirements.map(({ id }) => id),
    penalties: penalties.map(({ id }) => id),
    values: Object.fromEntries(values),
  };
}

// Meaning over time

/** @param grounds takes up what each award rested on, in order */
export function referenceOutcome(
  badge: Badge,
  contributions: readonly Contribution[],
  grounds: (readonly AwardGround[])[] = [],
): Outcome {
  const events = onceInOrder(contributions);
  const history: Award[] = [];
  /** With `repeatable`, an award clears every contribution up to it. */
  let cleared: Instant | null = null;
  const round = (): readonly Contribution[] => events.filter(({ at }) => cleared === null || at > cleared);
  const maxAwards = badge.repeatable ? badge.maxAwards : Number.POSITIVE_INFINITY;

  for (const at of new Set(events.map((event) => event.at))) {
    if (history.length >= maxAwards) break;
    const latest = history.at(-1);
    const stands = latest !== undefined && latest.revokedAt === null;
    const now = new State(badge, round(), at);
    if (now.isComplete()) {
      if (badge.repeatable || history.length === 0 || (!stands && badge.reAward === 'allowed')) {
        const by = now.completedBy();
        history.push({
          ordinal: history.length + 1,
          at,
          eventId: by.eventId,
          order: by.order,
          revokedAt: null,
          revokedBy: null,
        });
        grounds.push(now.grounds());
        if (badge.repeatable) cleared = at;
      }
    } else if (stands && !badge.repeatable && badge.onRegress === 'revoke') {
      const before = events.findLast((event) => event.at < at)?.at ?? at;
      const fulfilledBefore = new State(badge, round(), before).fulfilled();
      history[history.length - 1] = { ...latest, revokedAt: at, revokedBy: now.brokenBy(fulfilledBefore) };
    }
  }

  const isOver = history.length >= maxAwards;
  const end = new State(badge, isOver ? [] : round(), (events.at(-1)?.at ?? '') as Instant);
  const groups = Object.fromEntries(groupStates(badge, end));
  const reached = Object.values(groups).filter(Boolean).length;
  return {
    status: statusOf(history, end),
    progress: Number((reached / Object.keys(groups).length + 1e-9).toFixed(2)),
    groups,
    fulfilled: end.fulfilled(),
    awardedAt: history.at(-1)?.at ?? null,
    awards: history.filter(({ revokedAt }) => revokedAt === null).length,
    history,
    requirements: Object.fromEntries(
      badge.requirements.map((requirement) => [requirement.id, end.report(requirement)]),
    ),
  };
}

function groupStates(badge: Badge, state: State): [string, boolean][] {
  return groupsOf(badge).map((group) => [group, state.isGroupFulfilled(group)]);
}

function statusOf(history: readonly Award[], end: State): Outcome['status'] {
  if (history.some(({ revokedAt }) => revokedAt === null)) return 'awarded';
  if (history.length > 0) return 'revoked';
  return end.hasContributions() ? 'in-progress' : 'none';
}

function groupsOf(badge: Badge): string[] {
  return [...new Set(badge.requirements.map(({ group }) => group))];
}

/** "Events are ordered by their own time, ties by id (code points); the id alone identifies an event." */
function onceInOrder(contributions: readonly Contribution[]): readonly Contribution[] {
  const key = ({ eventId, order, badge }: Contribution): string => `${eventId} ${order} ${badge}`;
  const points = (text: string): string =>
    [...text].map((c) => (c.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join('');
  const rank = (c: Contribution): string =>
    `${c.at} ${points(c.eventId)} ${String(c.order).padStart(4, '0')} ${points(c.badge ?? '')}`;
  const sorted = [...contributions].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  return sorted.filter((one, i) => sorted.findIndex((other) => key(other) === key(one)) === i);
}

/** The round's state at one instant, seen with the events up to and including `last` of that instant, all by default. */
class State {
  readonly badge: Badge;
  readonly round: readonly Contribution[];
  readonly at: Instant;
  readonly until: number;

  constructor(badge: Badge, round: readonly Contribution[], at: Instant, until = round.length) {
    this.badge = badge;
    this.round = round;
    this.at = at;
    this.until = until;
  }

  isComplete(): boolean {
    return groupsOf(this.badge).every((group) => this.isGroupFulfilled(group));
  }

  isGroupFulfilled(group: string): boolean {
    return this.badge.requirements.some((requirement) => requirement.group === group && this.isFulfilled(requirement));
  }

  fulfilled(): string[] {
    return this.badge.requirements.filter((requirement) => this.isFulfilled(requirement)).map(({ id }) => id);
  }

  hasContributions(): boolean {
    return this.badge.requirements.some((requirement) => this.standing(requirement).length > 0);
  }

  isFulfilled(requirement: Requirement): boolean {
    return this.windows(requirement).some((window) => window.length >= requirement.count);
  }

  /** "Reached by matching events up to t that no later-or-equal reset up to t has discarded." */
  standing(requirement: Requirement): readonly Contribution[] {
    return this.round.filter((event, position) => {
      if (event.at > this.at || position >= this.until || !event.requirements.includes(requirement.id)) return false;
      const isDiscarded = this.round.some(
        (other) => other.at >= event.at && other.at <= this.at && this.resets(other).includes(requirement.id),
      );
      return !isDiscarded && this.isAfter(requirement, event, position);
    });
  }

  /** "Only if requirement X was already fulfilled by events earlier in the order; the event itself does not help." */
  isAfter({ after }: Requirement, event: Contribution, position: number): boolean {
    const earlier = this.badge.requirements.find(({ id }) => id === after);
    return earlier === undefined || new State(this.badge, this.round, event.at, position).isFulfilled(earlier);
  }

  /** For each standing event, the window that ends with it: the first event of each value. */
  windows(requirement: Requirement): readonly (readonly Contribution[])[] {
    const standing = this.standing(requirement);
    return standing.map((last, end) => {
      const inside = standing
        .slice(0, end + 1)
        .filter(
          ({ at }) =>
            requirement.withinMs === null ||
            instantToNanoseconds(last.at) - instantToNanoseconds(at) <= BigInt(requirement.withinMs) * 1_000_000n,
        );
      if (requirement.distinct === null) return inside;
      const distinctValue = ({ values }: Contribution): string | undefined => values[requirement.id];
      return inside.filter((one, i) => inside.findIndex((other) => distinctValue(other) === distinctValue(one)) === i);
    });
  }

  report(requirement: Requirement): RequirementState {
    const windows = this.windows(requirement);
    const most = Math.max(0, ...windows.map((window) => window.length));
    const best =
      windows.find((window) => window.length >= requirement.count) ??
      windows.findLast((window) => window.length === most) ??
      [];
    return {
      fulfilled: best.length >= requirement.count,
      counted: best.length,
      needed: requirement.count,
      eventIds: best.map(({ eventId }) => eventId),
    };
  }

  grounds(): AwardGround[] {
    return this.badge.requirements
      .filter((requirement) => this.isFulfilled(requirement))
      .map((requirement) => ({ requirement: requirement.id, eventIds: this.report(requirement).eventIds }));
  }

  completedBy(): Contribution {
    const position = this.round.findIndex(
      (event, i) => event.at === this.at && new State(this.badge, this.round, this.at, i + 1).isComplete(),
    );
    return this.round[position] as Contribution;
  }

  /** The first event by whose resets a group that is now unfulfilled had lost all it had. */
  brokenBy(fulfilledBefore: readonly string[]): string | null {
    const broken = groupsOf(this.badge).filter((group) => !this.isGroupFulfilled(group));
    const ofInstant = this.round.filter(({ at }) => at === this.at);
    const breaker = ofInstant.find((_, i) => {
      const lost = ofInstant.slice(0, i + 1).flatMap((event) => this.resets(event));
      const left = fulfilledBefore.filter((id) => !lost.includes(id));
      return broken.some((group) => !this.badge.requirements.some((r) => r.group === group && left.includes(r.id)));
    });
    return breaker?.eventId ?? null;
  }

  resets({ penalties }: Contribution): readonly string[] {
    return this.badge.penalties.filter(({ id }) => penalties.includes(id)).flatMap(({ resets }) => resets);
  }
}
