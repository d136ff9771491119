/** Measuring contenders side by side, and printing what came out. */

import type { RuleEvent } from '../dsl/index.ts';

/** How many rules the event meets. */
export type Match = (event: RuleEvent) => number;

const ROUND_MS = 200;
const ROUNDS = 5;

export function assertSameMatches(contenders: Readonly<Record<string, Match>>, events: readonly RuleEvent[]): void {
  for (const event of events.slice(0, 200)) {
    const counts = Object.entries(contenders).map(([name, match]) => `${name} ${match(event)}`);
    if (new Set(counts.map((text) => text.split(' ').at(-1))).size > 1)
      throw new Error(`the contenders disagree on ${event.id}: ${counts.join(', ')} matches`);
  }
}

/** Events per second, the median of rounds that alternate between the contenders, so that noise hits all alike. */
export function race(
  contenders: Readonly<Record<string, Match>>,
  events: readonly RuleEvent[],
): Record<string, number> {
  const rounds: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS + 1; round++) {
    for (const [contender, match] of Object.entries(contenders)) {
      const speed = run(match, events);
      // The first round only warms up.
      if (round > 0) rounds[contender] = [...(rounds[contender] ?? []), speed];
    }
  }
  return Object.fromEntries(Object.entries(rounds).map(([contender, speeds]) => [contender, median(speeds)]));
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

function run(match: Match, events: readonly RuleEvent[]): number {
  let done = 0;
  let matches = 0;
  const start = process.cpuUsage();
  let elapsed = 0;
  for (let at = 0, next = 1; elapsed < ROUND_MS; at = (at + 1) % events.length) {
    matches += match(events[at] as RuleEvent);
    done++;
    if (done < next) continue;
    elapsed = cpuMs(start);
    // Looking at the clock takes longer than a match: about a hundred looks per round.
    next = done + Math.max(1, Math.floor((done * ROUND_MS) / 100 / Math.max(elapsed, 0.01) / 1));
  }
  if (matches < 0) throw new Error('unreachable, but it keeps the work from being optimised away');
  return (done / elapsed) * 1_000;
}

/** Other work on the machine makes less of a difference to the processor's time than to the clock. */
export function cpuMs(start?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** Bytes in use; NaN without `--expose-gc`. */
export function heap(): number {
  if (!globalThis.gc) return Number.NaN;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

export function rate(perSecond: number): string {
  if (Number.isNaN(perSecond)) return '-';
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)}M`;
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toFixed(1)}k`;
  return perSecond.toFixed(perSecond < 10 ? 1 : 0);
}

/** `0.8`, `2.1`, and `1/45` where one is far behind. */
export function ratio(value: number): string {
  if (Number.isNaN(value)) return '-';
  if (value < 0.1) return `1/${Math.round(1 / value)}`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

export function row(cells: readonly (string | number)[]): string {
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(14))).join('');
}
