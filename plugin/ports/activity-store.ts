/** How much happened in each hour, without saying to whom: what the charts of the dashboard are drawn from, and how each
 *  provider has answered. */

import { invariant } from '../errors.ts';

/** `events`: came in and were recorded. `matches`: those that a badge asks for. `awards`, `revocations`: badges given and
 *  taken back. `failures`: events that failed, and calls to the outside that did. */
const activityKinds = ['events', 'matches', 'awards', 'revocations', 'failures'] as const;

export type ActivityKind = (typeof activityKinds)[number];

export type ActivityCounts = Readonly<Record<ActivityKind, number>>;

export interface ActivityHour {
  /** Its beginning, in UTC. */
  readonly hour: Date;
  readonly counts: ActivityCounts;
}

/** How a provider has answered the calls that award badges and take them back. */
export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
  /** When the latest call that succeeded did; null: none has. */
  readonly succeededAt: Date | null;
}

/** By the provider's word. */
export type CallsByProvider = ReadonlyMap<string, CallCounts>;

export interface ActivityStore {
  /** Adds to the hour that `at` lies in. */
  add(at: Date, counts: Partial<ActivityCounts>, calls?: CallsByProvider): Promise<void>;
  /** Hours in which something happened, earliest first. @param to not included */
  between(from: Date, to: Date): Promise<readonly ActivityHour[]>;
  /** The calls in all hours that begin in a range; providers that were not called are left out. @param to not included */
  callsBetween(from: Date, to: Date): Promise<CallsByProvider>;
  /** When a call to the provider last succeeded, in an hour that begins then or later; null: in none. */
  lastSuccess(provider: string, from: Date): Promise<Date | null>;
}

const HOUR_MS = 3_600_000;

export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

export function sumOfCounts(...all: readonly Partial<ActivityCounts>[]): ActivityCounts {
  const sum = { events: 0, matches: 0, awards: 0, revocations: 0, failures: 0 };
  for (const counts of all) for (const kind of activityKinds) sum[kind] += counts[kind] ?? 0;
  return sum;
}

export const noCalls: CallCounts = { calls: 0, failures: 0, succeededAt: null };

/** Calls of several hours, or several times, as one. */
export function mergedCalls(...all: readonly CallsByProvider[]): CallsByProvider {
  const merged = new Map<string, CallCounts>();
  for (const [provider, { calls, failures, succeededAt }] of all.flatMap((some) => [...some])) {
    const former = merged.get(provider) ?? noCalls;
    merged.set(provider, {
      calls: former.calls + calls,
      failures: former.failures + failures,
      succeededAt: later(former.succeededAt, succeededAt),
    });
  }
  return merged;
}

/** Whether it is a word as providers have it. Others, such as the lane of the bus, are not counted here. */
export function isProviderWord(lane: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(lane);
}

/** Words become names of fields in databases, where dots and dollar signs would mean something else. */
export function assertProviderWords(words: Iterable<string>): void {
  for (const word of words) invariant(isProviderWord(word), 'calls are counted by the words of providers');
}

function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
