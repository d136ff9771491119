/** The workload: rules of the shape that most badges have, the same as text, as checked badges and as what one could write
 *  by hand for exactly these rules; and events that meet some of them. */

import type { Badge, Condition, Environment, Field, FieldType, ResolvedPath, RuleEvent } from '../dsl/index.ts';
import { toInstant } from '../dsl/index.ts';
import type { Match } from './race.ts';

export const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
export const CCX_PASSING = 'org.openedx.learning.ccx.course.passing.status.updated.v1';
const EVENTS = 10_000;

export interface Spec {
  readonly type: string;
  readonly keys: readonly string[];
  readonly status: string | null;
}

export interface Payload {
  readonly is_passing: boolean;
  readonly status: string;
  readonly course: { readonly course_key: string };
}

export type Closure = (payload: Payload) => boolean;

/** Two event types 80 to 20, half as many keys as rules, a tenth with a third condition or with alternatives of keys. */
export function createSpecs(size: number): readonly Spec[] {
  return Array.from({ length: size }, (_, i) => ({
    type: i % 5 === 4 ? CCX_PASSING : PASSING,
    keys: i % 20 === 7 ? [keyOf(i, size), keyOf(i + 1, size), keyOf(i + 2, size)] : [keyOf(i, size)],
    status: i % 20 === 13 ? 'verified' : null,
  }));
}

export function createEvents(size: number): readonly RuleEvent[] {
  const time = toInstant('2026-03-01T10:00:00Z');
  if (time === null) throw new RangeError('the time of the events is no instant');
  return Array.from({ length: EVENTS }, (_, i) => ({
    id: `event-${i}`,
    type: i % 5 === 4 ? CCX_PASSING : PASSING,
    source: '/openedx/lms/web',
    time,
    // As it comes out of a decoder: no string is shared with the rules.
    payload: JSON.parse(
      JSON.stringify({
        user: { pii: { username: `learner-${i}` }, id: i, is_active: true },
        course: { course_key: keyOf((i * 7919) % size, size), display_name: 'A course' },
        is_passing: i % 3 !== 0,
        status: i % 2 === 0 ? 'verified' : 'audit',
      }),
    ),
  }));
}

export function keyOf(i: number, size: number): string {
  return `course-v1:OpenedX+Course${i % Math.max(1, size / 2)}+2026_T1`;
}

// As badges

export const passingPath = pathTo('is_passing', 'boolean');
export const keyPath = pathTo('course.course_key', 'string');
export const statusPath = pathTo('status', 'string');

export function pathTo(text: string, type: ResolvedPath['type']): ResolvedPath {
  return { root: 'payload', segments: text.split('.'), part: null, type };
}

export function toBadge({ type, keys, status }: Spec, i: number): Badge {
  const alternatives = keys.map((value): Condition => ({ kind: 'comparison', path: keyPath, operator: '=', value }));
  const operands: Condition[] = [
    { kind: 'comparison', path: passingPath, operator: '=', value: true },
    alternatives.length === 1 ? (alternatives[0] as Condition) : { kind: 'or', operands: alternatives },
  ];
  if (status !== null) operands.push({ kind: 'comparison', path: statusPath, operator: '=', value: status });
  return badgeOf(i, type, { kind: 'and', operands });
}

export function badgeOf(i: number, type: string, where: Condition): Badge {
  return {
    id: `badge-${i}`,
    name: null,
    template: null,
    active: true,
    evaluate: false,
    maxAwards: 1,
    repeatable: false,
    onRegress: 'revoke',
    reAward: 'never',
    requirements: [
      {
        id: 'passed',
        group: 'passed',
        description: null,
        on: { kind: 'event', type },
        where,
        count: 1,
        distinct: null,
        withinMs: null,
        after: null,
        from: null,
        until: null,
      },
    ],
    penalties: [],
  };
}

// As text

export function toText({ type, keys, status }: Spec, i: number): string {
  const [key] = keys;
  const list = keys.map((one) => `"${one}"`).join(', ');
  return `badge "badge-${i}" {
  active true

  requirement passed {
    on    ${type}
    where is_passing = true
      and course.course_key ${keys.length === 1 ? `= "${key}"` : `in [${list}]`}${status === null ? '' : ` and status = "${status}"`}
  }
}
`;
}

/** The texts of some hundred rules each, as files of about 100 kB. */
export function toFiles(specs: readonly Spec[]): readonly string[] {
  const blocks = specs.map(toText);
  return Array.from({ length: Math.ceil(blocks.length / 400) }, (_, i) =>
    blocks.slice(400 * i, 400 * (i + 1)).join('\n'),
  );
}

const text: FieldType = { kind: 'string', format: null };
const fields: readonly Field[] = [
  field('user', { kind: 'record', fields: [field('pii', { kind: 'record', fields: [field('username', text)] })] }),
  field('course', { kind: 'record', fields: [field('course_key', { kind: 'string', format: 'course-key' })] }),
  field('is_passing', { kind: 'boolean' }),
  field('status', text),
];

function field(name: string, type: FieldType): Field {
  return { name, type, nullable: false };
}

/** What the texts may speak about. */
export const environment: Environment = {
  eventTypes: new Map(
    [PASSING, CCX_PASSING].map((type) => [type, { name: type, payload: 'status', fields, learner: 'user' }]),
  ),
  enabledEventTypes: null,
  providers: new Set(),
  knownBadges: null,
};

// By hand

export function closureOf({ keys, status }: Spec): Closure {
  const [key, second, third] = keys;
  if (second !== undefined) {
    return ({ is_passing, course: { course_key } }) =>
      is_passing === true && (course_key === key || course_key === second || course_key === third);
  }
  if (status !== null)
    return (payload) => payload.is_passing === true && payload.course.course_key === key && payload.status === status;
  return (payload) => payload.is_passing === true && payload.course.course_key === key;
}

/** A `Map` from event type and key to closures. */
export function limitIndexed(specs: readonly Spec[]): Match {
  const types = new Map<string, Map<string, Closure[]>>();
  for (const spec of specs) {
    const byKey = types.get(spec.type) ?? new Map<string, Closure[]>();
    types.set(spec.type, byKey);
    for (const key of spec.keys) byKey.set(key, [...(byKey.get(key) ?? []), closureOf(spec)]);
  }
  return ({ type, payload }) => {
    const { course } = payload as unknown as Payload;
    const matched: Closure[] = [];
    for (const closure of types.get(type)?.get(course.course_key) ?? []) {
      if (closure(payload as unknown as Payload)) matched.push(closure);
    }
    return matched.length;
  };
}

/** One closure after the other, by event type. */
export function limitNaive(specs: readonly Spec[]): Match {
  return scan(
    new Map([PASSING, CCX_PASSING].map((type) => [type, specs.filter((spec) => spec.type === type).map(closureOf)])),
  );
}

export function scan<Subject>(types: ReadonlyMap<string, readonly ((payload: Subject) => boolean)[]>): Match {
  return ({ type, payload }) => {
    const matched: ((payload: Subject) => boolean)[] = [];
    for (const closure of types.get(type) ?? []) if (closure(payload as Subject)) matched.push(closure);
    return matched.length;
  };
}
