/** One event against many rules, beside the two limits one could write by hand for exactly these rules. */

import type { Badge, Condition, ResolvedPath, RuleEvent } from '../dsl/index.ts';
import { RuleIndex, toInstant } from '../dsl/index.ts';

export const name = 'matching: one event against R rules';

const SIZES = [10, 100, 1_000, 10_000, 100_000];
/** The scans are left out where they would only heat the room. */
const LARGEST_SCAN = 10_000;
const EVENTS = 10_000;
const ROUND_MS = 300;
const ROUNDS = 5;

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const CCX_PASSING = 'org.openedx.learning.ccx.course.passing.status.updated.v1';

/** What the hand-written closures are made from. */
interface Spec {
  readonly type: string;
  readonly keys: readonly string[];
  readonly status: string | null;
}

type Match = (event: RuleEvent) => number;
type Closure = (payload: Payload) => boolean;

interface Payload {
  readonly is_passing: boolean;
  readonly status: string;
  readonly course: { readonly course_key: string };
}

export function measure(print: (line: string) => void): void {
  print(
    'rules with a key: events per second, medians; index = limit is a hand-written Map from type and key to closures',
  );
  print(row(['R', 'index', 'limit-indexed', 'limit-naive', 'index/limit', 'index/naive', 'load ms', 'heap B/rule']));
  for (const size of SIZES) compare(print, size, createSpecs(size), createEvents(size));
  print('');
  print('rules that nothing helps (status starts with ...): the index can only scan, as limit-naive does');
  print(row(['R', 'index', '', 'limit-naive', '', 'index/naive', 'load ms', 'heap B/rule']));
  for (const size of [10, 1_000, LARGEST_SCAN]) compareScans(print, size);
}

function compare(
  print: (line: string) => void,
  size: number,
  specs: readonly Spec[],
  events: readonly RuleEvent[],
): void {
  const badges = specs.map(toBadge);
  const { index, loadMs, heapPerRule } = load(badges);
  const contenders: Record<string, Match> = {
    index: (event) => index.match(event).length,
    indexed: limitIndexed(specs),
  };
  if (size <= LARGEST_SCAN) contenders.naive = limitNaive(specs);
  assertSameMatches(contenders, events);
  const rates = race(contenders, events);
  const { index: ours = 0, indexed = 0, naive = Number.NaN } = rates;
  print(
    row([
      size,
      rate(ours),
      rate(indexed),
      rate(naive),
      ratio(ours / indexed),
      ratio(ours / naive),
      loadMs,
      heapPerRule,
    ]),
  );
}

function compareScans(print: (line: string) => void, size: number): void {
  const starts = Array.from({ length: size }, (_, i) => `s${i}.`);
  const badges = starts.map((value, i) =>
    badgeOf(i, PASSING, { kind: 'text-match', path: statusPath, operator: 'starts with', value }),
  );
  const { index, loadMs, heapPerRule } = load(badges);
  const closures = starts.map(
    (start): Closure =>
      ({ status }) =>
        typeof status === 'string' && status.startsWith(start),
  );
  const events = createEvents(size).map((event, i) => ({
    ...event,
    type: PASSING,
    payload: { ...event.payload, status: `s${i % (2 * size)}.x` },
  }));
  const contenders: Record<string, Match> = { index: (event) => index.match(event).length, naive: scan(closures) };
  assertSameMatches(contenders, events);
  const { index: ours = 0, naive = 0 } = race(contenders, events);
  print(row([size, rate(ours), '', rate(naive), '', ratio(ours / naive), loadMs, heapPerRule]));
}

// Rules and events

const passingPath: ResolvedPath = { root: 'payload', segments: ['is_passing'], part: null, type: 'boolean' };
const keyPath: ResolvedPath = { root: 'payload', segments: ['course', 'course_key'], part: null, type: 'string' };
const statusPath: ResolvedPath = { root: 'payload', segments: ['status'], part: null, type: 'string' };

/** Two event types 80 to 20, half as many keys as rules, a tenth with a third condition or with alternatives of keys. */
function createSpecs(size: number): readonly Spec[] {
  return Array.from({ length: size }, (_, i) => ({
    type: i % 5 === 4 ? CCX_PASSING : PASSING,
    keys: i % 20 === 7 ? [keyOf(i, size), keyOf(i + 1, size), keyOf(i + 2, size)] : [keyOf(i, size)],
    status: i % 20 === 13 ? 'verified' : null,
  }));
}

function createEvents(size: number): readonly RuleEvent[] {
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

function keyOf(i: number, size: number): string {
  return `course-v1:OpenedX+Course${i % Math.max(1, size / 2)}+2026_T1`;
}

function toBadge({ type, keys, status }: Spec, i: number): Badge {
  const alternatives = keys.map((value): Condition => ({ kind: 'comparison', path: keyPath, operator: '=', value }));
  const operands: Condition[] = [
    { kind: 'comparison', path: passingPath, operator: '=', value: true },
    alternatives.length === 1 ? (alternatives[0] as Condition) : { kind: 'or', operands: alternatives },
  ];
  if (status !== null) operands.push({ kind: 'comparison', path: statusPath, operator: '=', value: status });
  return badgeOf(i, type, { kind: 'and', operands });
}

function badgeOf(i: number, type: string, where: Condition): Badge {
  return {
    id: `badge-${i}`,
    name: null,
    template: null,
    active: true,
    maxAwards: 1,
    repeatable: false,
    onRegress: 'revoke',
    reAward: 'never',
    requirements: [
      {
        id: 'passed',
        group: 'A',
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

// Contenders

function load(badges: readonly Badge[]): {
  readonly index: RuleIndex;
  readonly loadMs: string;
  readonly heapPerRule: string;
} {
  const before = heap();
  const start = performance.now();
  const index = new RuleIndex();
  for (const badge of badges) index.set(badge);
  const loadMs = (performance.now() - start).toFixed(1);
  const heapPerRule = Number.isNaN(before) ? '-' : ((heap() - before) / badges.length).toFixed(0);
  return { index, loadMs, heapPerRule };
}

/** NaN without `--expose-gc`. */
function heap(): number {
  if (!globalThis.gc) return Number.NaN;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function closureOf({ keys, status }: Spec): Closure {
  const [key, second, third] = keys;
  if (second !== undefined) {
    return ({ is_passing, course: { course_key } }) =>
      is_passing === true && (course_key === key || course_key === second || course_key === third);
  }
  if (status !== null)
    return (payload) => payload.is_passing === true && payload.course.course_key === key && payload.status === status;
  return (payload) => payload.is_passing === true && payload.course.course_key === key;
}

function limitIndexed(specs: readonly Spec[]): Match {
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

function limitNaive(specs: readonly Spec[]): Match {
  const scans = new Map(
    [PASSING, CCX_PASSING].map((type) => [type, scan(specs.filter((spec) => spec.type === type).map(closureOf))]),
  );
  return (event) => scans.get(event.type)?.(event) ?? 0;
}

function scan(closures: readonly Closure[]): Match {
  return ({ payload }) => {
    const matched: Closure[] = [];
    for (const closure of closures) if (closure(payload as unknown as Payload)) matched.push(closure);
    return matched.length;
  };
}

// Measuring

function assertSameMatches(contenders: Readonly<Record<string, Match>>, events: readonly RuleEvent[]): void {
  for (const event of events.slice(0, 200)) {
    const counts = new Set(Object.values(contenders).map((match) => match(event)));
    if (counts.size !== 1) throw new Error(`the contenders disagree on ${event.id}: ${[...counts].join(', ')} matches`);
  }
}

/** Events per second, the median of rounds that alternate between the contenders, so that noise hits all alike. */
function race(contenders: Readonly<Record<string, Match>>, events: readonly RuleEvent[]): Record<string, number> {
  const rounds: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS + 1; round++) {
    for (const [contender, match] of Object.entries(contenders)) {
      const speed = run(match, events);
      // The first round only warms up.
      if (round > 0) rounds[contender] = [...(rounds[contender] ?? []), speed];
    }
  }
  return Object.fromEntries(
    Object.entries(rounds).map(([contender, speeds]) => [
      contender,
      speeds.sort((a, b) => a - b)[ROUNDS >> 1] as number,
    ]),
  );
}

function run(match: Match, events: readonly RuleEvent[]): number {
  let done = 0;
  let matches = 0;
  const start = process.cpuUsage();
  let elapsed = 0;
  for (let at = 0; elapsed < ROUND_MS; at = (at + 1) % events.length) {
    matches += match(events[at] as RuleEvent);
    done++;
    if (done % 1024 === 0 || (done % 64 === 0 && elapsed > done * 0.001)) elapsed = cpuMs(start);
  }
  if (matches < 0) throw new Error('unreachable, but it keeps the work from being optimised away');
  return (done / elapsed) * 1_000;
}

/** Other work on the machine makes less of a difference to the processor's time than to the clock. */
function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

function rate(perSecond: number): string {
  if (Number.isNaN(perSecond)) return '-';
  return perSecond >= 1e6
    ? `${(perSecond / 1e6).toFixed(1)}M`
    : perSecond >= 1e3
      ? `${(perSecond / 1e3).toFixed(1)}k`
      : perSecond.toFixed(0);
}

function ratio(value: number): string {
  return Number.isNaN(value) ? '-' : value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell) => String(cell).padStart(14)).join('');
}
