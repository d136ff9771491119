/** One event against many rules, beside the two limits one could write by hand for exactly these rules. */

import { type Badge, RuleIndex } from '../dsl/index.ts';
import { kinds } from './kinds.ts';
import { assertSameMatches, cpuMs, heap, type Match, race, rate, ratio, row } from './race.ts';
import { badgeOf, createEvents, createSpecs, limitIndexed, limitNaive, PASSING, scan, toBadge } from './rules.ts';

export const name = 'matching: one event against R rules';

const SIZES = [10, 100, 1_000, 10_000, 100_000];
/** The scans are left out where they would only heat the room. */
const LARGEST_SCAN = 10_000;

export function measure(print: (line: string) => void): void {
  print('rules with a key: events per second of processor time, medians of alternating rounds');
  print('limit-indexed: a hand-written Map from type and key to closures; limit-naive: one closure after the other');
  print(row(['R', 'index', 'limit-indexed', 'limit-naive', 'index/indexed', 'index/naive', 'fill ms', 'heap B/rule']));
  for (const size of SIZES) compare(print, size);
  print('');
  print('one kind of condition: the index beside one hand-written closure after the other');
  print(row(['condition', 'R', 'matches/event', 'index', 'limit-naive', 'index/naive', 'fill ms']));
  for (const size of [10, 1_000, LARGEST_SCAN]) compareKinds(print, size);
}

function compare(print: (line: string) => void, size: number): void {
  const specs = createSpecs(size);
  const events = createEvents(size);
  const { index, fillMs, heapPerRule } = fill(specs.map(toBadge));
  const contenders: Record<string, Match> = {
    index: (event) => index.find(event).length,
    indexed: limitIndexed(specs),
  };
  if (size <= LARGEST_SCAN) contenders.naive = limitNaive(specs);
  assertSameMatches(contenders, events);
  const { index: ours = 0, indexed = 0, naive = Number.NaN } = race(contenders, events);
  print(
    row([
      size,
      rate(ours),
      rate(indexed),
      rate(naive),
      ratio(ours / indexed),
      ratio(ours / naive),
      fillMs,
      heapPerRule,
    ]),
  );
}

function compareKinds(print: (line: string) => void, size: number): void {
  const events = createEvents(size).map((event, i) => ({
    ...event,
    type: PASSING,
    payload: { ...event.payload, status: `s${i % (2 * size)}.x`, grade: (i % 1_000) / 1_000 },
  }));
  for (const { text, condition, closure } of kinds) {
    const numbers = Array.from({ length: size }, (_, i) => i);
    const { index, fillMs } = fill(numbers.map((i) => badgeOf(i, PASSING, condition(i, size))));
    const contenders: Record<string, Match> = {
      index: (event) => index.find(event).length,
      naive: scan(new Map([[PASSING, numbers.map((i) => closure(i, size))]])),
    };
    assertSameMatches(contenders, events);
    const matches = events.slice(0, 100).reduce((sum, event) => sum + index.find(event).length, 0) / 100;
    const { index: ours = 0, naive = 0 } = race(contenders, events);
    print(row([text, size, matches.toFixed(1), rate(ours), rate(naive), ratio(ours / naive), fillMs]));
  }
}

function fill(badges: readonly Badge[]): {
  readonly index: RuleIndex;
  readonly fillMs: string;
  readonly heapPerRule: string;
} {
  const before = heap();
  const start = process.cpuUsage();
  const index = new RuleIndex();
  for (const badge of badges) index.set(badge);
  const fillMs = cpuMs(start).toFixed(1);
  const heapPerRule = Number.isNaN(before) ? '-' : ((heap() - before) / badges.length).toFixed(0);
  return { index, fillMs, heapPerRule };
}
