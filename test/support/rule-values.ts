/** Builders of checked rules and events: valid by default, say only what the test is about. */

import type {
  Badge,
  Condition,
  Contribution,
  Instant,
  KeyPart,
  Outcome,
  Penalty,
  Requirement,
  ResolvedPath,
  RuleEvent,
  Scalar,
} from '../../dsl/index.ts';
import { toInstant } from '../../dsl/index.ts';

export const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

export function instant(text: string): Instant {
  const result = toInstant(text);
  if (result === null) throw new RangeError(`${text} is no instant`);
  return result;
}

/** `2026-03-DDT00:00:00Z` */
export function day(number: number): Instant {
  return instant(`2026-03-${String(number).padStart(2, '0')}`);
}

/** `course.course_key.org` of a string path; say the type of any other. */
export function path(text: string, type: ResolvedPath['type'] = 'string', part: KeyPart | null = null): ResolvedPath {
  const segments = text.split('.');
  if (segments[0] === 'event') return { root: 'event', segments: segments.slice(1), part, type };
  return { root: 'payload', segments, part, type };
}

export function equals(at: ResolvedPath, value: Scalar): Condition {
  return { kind: 'comparison', path: at, operator: '=', value };
}
export function differs(at: ResolvedPath, value: Scalar): Condition {
  return { kind: 'comparison', path: at, operator: '!=', value };
}
export function isTrue(at: string): Condition {
  return { kind: 'is-true', path: path(at, 'boolean') };
}
export function allOf(...operands: Condition[]): Condition {
  return { kind: 'and', operands };
}
export function anyOf(...operands: Condition[]): Condition {
  return { kind: 'or', operands };
}
export function not(operand: Condition): Condition {
  return { kind: 'not', operand };
}
export function oneOf(at: ResolvedPath, ...values: Scalar[]): Condition {
  return { kind: 'in', path: at, negated: false, values };
}

export const passed = isTrue('is_passing');
export function passedCourse(key: string): Condition {
  return allOf(passed, equals(path('course.course_key'), key));
}

export function failedCourse(key: string): Condition {
  return allOf(not(passed), equals(path('course.course_key'), key));
}

export function aRequirement(overrides: Partial<Requirement> = {}): Requirement {
  const id = overrides.id ?? 'demo';
  return {
    id,
    group: id,
    description: null,
    on: { kind: 'event', type: PASSING },
    where: null,
    count: 1,
    distinct: null,
    withinMs: null,
    after: null,
    from: null,
    until: null,
    ...overrides,
  };
}

export function aPenalty(overrides: Partial<Penalty> = {}): Penalty {
  return {
    id: 'failed',
    description: null,
    on: { kind: 'event', type: PASSING },
    where: null,
    resets: ['demo'],
    ...overrides,
  };
}

export function aBadge(overrides: Partial<Badge> = {}): Badge {
  return {
    id: 'demo-course',
    name: null,
    template: null,
    active: true,
    evaluate: false,
    maxAwards: 1,
    repeatable: false,
    onRegress: 'revoke',
    reAward: 'never',
    requirements: [aRequirement()],
    penalties: [],
    ...overrides,
  };
}

export function onBadge(badge: string, change: 'awarded' | 'revoked' = 'awarded'): Requirement['on'] {
  return { kind: 'badge', badge, change };
}

export function anEvent(overrides: Partial<RuleEvent> = {}): RuleEvent {
  return { id: 'e1', type: PASSING, source: '/openedx/lms/web', time: day(1), payload: {}, ...overrides };
}

export function courseEvent(id: string, time: Instant, key: string, passing = true): RuleEvent {
  return anEvent({ id, time, payload: { is_passing: passing, course: { course_key: key } } });
}

export function aContribution(overrides: Partial<Contribution> = {}): Contribution {
  return {
    eventId: 'e1',
    at: day(1),
    order: 0,
    badge: null,
    requirements: [],
    penalties: [],
    values: {},
    ...overrides,
  };
}

/** The parts of an outcome that tools report. */
export function summary({ status, progress, fulfilled, awards, awardedAt }: Outcome): Partial<Outcome> {
  return { status, progress, fulfilled, awards, awardedAt };
}
