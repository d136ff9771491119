/** How far one requirement has come: counts matching events in timeline order, forgets them at a reset. */

import type { Instant } from './instant.ts';
import type { Contribution, Requirement, RequirementState } from './model.ts';

interface Counted {
  readonly eventId: string;
  readonly value: string | null;
  readonly ms: number;
  /** Nanoseconds below the millisecond. */
  readonly rest: number;
}

/** Where no window asks for the time. */
const UNTIMED = { ms: 0, rest: 0 };

/** Adding an event takes constant time on average. */
export class Tally {
  readonly #requirement: Requirement;
  #events: Counted[] = [];
  /** Start of the window that ends at the latest event. */
  #start = 0;
  /** Distinct values in that window, and how often. */
  #values = new Map<string, number>();
  /** The window with the most, the latest of equals; never moves again once it is full. */
  #best = { count: 0, start: 0, end: 0 };

  constructor(requirement: Requirement) {
    this.#requirement = requirement;
  }

  get isFulfilled(): boolean {
    return this.#best.count >= this.#requirement.count;
  }

  /** At least one event stands, whether or not it is in the best window. */
  get isTouched(): boolean {
    return this.#events.length > 0;
  }

  /** The caller has seen to the order, `after`, and that a `distinct` requirement has its value. */
  add(contribution: Contribution): void {
    if (this.isFulfilled) return;
    const { distinct, withinMs, id } = this.#requirement;
    const value = distinct === null ? null : (contribution.values[id] as string);
    const { ms, rest } = withinMs === null ? UNTIMED : split(contribution.at);
    const event: Counted = { eventId: contribution.eventId, value, ms, rest };
    this.#events.push(event);
    if (value !== null) this.#values.set(value, (this.#values.get(value) ?? 0) + 1);
    if (withinMs !== null) while (!isWithin(this.#events[this.#start] as Counted, event, withinMs)) this.#dropFirst();
    const count = distinct === null ? this.#events.length - this.#start : this.#values.size;
    if (count >= this.#best.count) this.#best = { count, start: this.#start, end: this.#events.length };
  }

  reset(): void {
    this.#events = [];
    this.#start = 0;
    this.#values = new Map();
    this.#best = { count: 0, start: 0, end: 0 };
  }

  state(): RequirementState {
    const { start, end, count } = this.#best;
    return {
      fulfilled: this.isFulfilled,
      counted: count,
      needed: this.#requirement.count,
      eventIds: firstOfEachValue(this.#events.slice(start, end)).map(({ eventId }) => eventId),
    };
  }

  #dropFirst(): void {
    const { value } = this.#events[this.#start++] as Counted;
    if (value === null) return;
    const left = (this.#values.get(value) ?? 0) - 1;
    if (left > 0) this.#values.set(value, left);
    else this.#values.delete(value);
  }
}

function firstOfEachValue(events: readonly Counted[]): readonly Counted[] {
  const seen = new Set<string>();
  return events.filter(({ value }) => {
    if (value === null) return true;
    if (seen.has(value)) return false;
    seen.add(value);
    return true;
  });
}

/** Two numbers, because nanoseconds since 1970 do not fit into one exactly. */
function split(at: Instant): { readonly ms: number; readonly rest: number } {
  return { ms: Date.parse(`${at.slice(0, 23)}Z`), rest: Number(at.slice(23, 29)) };
}

/** Ends included. */
function isWithin(first: Counted, last: Counted, withinMs: number): boolean {
  const ms = last.ms - first.ms;
  return ms < withinMs || (ms === withinMs && last.rest <= first.rest);
}
