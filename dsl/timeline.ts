/** The state of one learner on one badge as a pure function of what events did for it.
 *
 *  The timeline is walked instant by instant. In each, resets come first, then what the instant's events contribute in
 *  their order; only then is it asked once whether the badge is complete, so nothing flickers within an instant. */

import type { Instant } from './instant.ts';
import type { Award, Badge, Contribution, Outcome, Requirement } from './model.ts';
import { Tally } from './tally.ts';
import { compareCodePoints } from './text-match.ts';

/** By instant, event id, order, badge. */
export function compareContributions(a: Contribution, b: Contribution): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return (
    compareCodePoints(a.eventId, b.eventId) || a.order - b.order || compareCodePoints(a.badge ?? '', b.badge ?? '')
  );
}

/** @param existing in timeline order, each once
 *  @returns the same array when it already holds what that event did; else a new one with `addition` at its place */
export function mergeContribution(existing: readonly Contribution[], addition: Contribution): readonly Contribution[] {
  if (existing.some((one) => isSameEvent(one, addition))) return existing;
  let at = existing.length;
  while (at > 0 && compareContributions(existing[at - 1] as Contribution, addition) > 0) at--;
  return existing.toSpliced(at, 0, addition);
}

/** The time is no part of it: an id alone identifies an event. */
function isSameEvent(a: Contribution, b: Contribution): boolean {
  return a.eventId === b.eventId && a.order === b.order && a.badge === b.badge;
}

/** @param contributions in any order and any number of times each
 *  @returns the same for every such order; takes time in proportion to their number once they are sorted */
export function outcome(badge: Badge, contributions: readonly Contribution[]): Outcome {
  const timeline = new Timeline(badge);
  const ordered = inOrder(contributions);
  for (let start = 0, end = 0; start < ordered.length && !timeline.isOver; start = end) {
    const { at } = ordered[start] as Contribution;
    while (ordered[end]?.at === at) end++;
    timeline.step(at, ordered.slice(start, end));
  }
  return timeline.outcome();
}

function inOrder(contributions: readonly Contribution[]): readonly Contribution[] {
  const seen = new Set<string>();
  return contributions.toSorted(compareContributions).filter(({ eventId, order, badge }) => {
    const key = JSON.stringify([eventId, order, badge]);
    return !seen.has(key) && seen.add(key);
  });
}

class Timeline {
  readonly #badge: Badge;
  readonly #requirements: ReadonlyMap<string, Requirement>;
  readonly #tallies: ReadonlyMap<string, Tally>;
  readonly #groups: ReadonlyMap<string, readonly string[]>;
  readonly #resets: ReadonlyMap<string, readonly string[]>;
  readonly #history: Award[] = [];

  constructor(badge: Badge) {
    this.#badge = badge;
    this.#requirements = new Map(badge.requirements.map((requirement) => [requirement.id, requirement]));
    this.#tallies = new Map(badge.requirements.map((requirement) => [requirement.id, new Tally(requirement)]));
    this.#resets = new Map(badge.penalties.map(({ id, resets }) => [id, resets]));
    const groups = new Map<string, string[]>();
    for (const { id, group } of badge.requirements) groups.set(group, [...(groups.get(group) ?? []), id]);
    this.#groups = groups;
  }

  /** A repeatable badge that was earned as often as it can be never changes again. */
  get isOver(): boolean {
    return this.#badge.repeatable && this.#history.length >= this.#badge.maxAwards;
  }

  step(at: Instant, events: readonly Contribution[]): void {
    const before = events.some(({ penalties }) => penalties.length > 0) ? this.#fulfilled() : null;
    const discarded = this.#reset(events);
    let completedBy: Contribution | null = null;
    for (const event of events) {
      this.#count(event, discarded);
      if (completedBy === null && this.#isComplete()) completedBy = event;
    }
    if (completedBy !== null) this.#award(at, completedBy);
    else if (before !== null) this.#regress(at, events, before);
  }

  outcome(): Outcome {
    const groups = [...this.#groups.keys()].map((group) => [group, this.#isGroupFulfilled(group)] as const);
    const reached = groups.filter(([, fulfilled]) => fulfilled).length;
    const fulfilled = this.#fulfilled();
    return {
      status: this.#status(),
      progress: groups.length === 0 ? 0 : Math.round((100 * reached) / groups.length) / 100,
      groups: Object.fromEntries(groups),
      fulfilled: [...fulfilled],
      awardedAt: this.#history.at(-1)?.at ?? null,
      awards: this.#history.filter(({ revokedAt }) => revokedAt === null).length,
      history: [...this.#history],
      requirements: Object.fromEntries([...this.#tallies].map(([id, tally]) => [id, tally.state()])),
    };
  }

  #status(): Outcome['status'] {
    if (this.#history.some(({ revokedAt }) => revokedAt === null)) return 'awarded';
    if (this.#history.length > 0) return 'revoked';
    return [...this.#tallies.values()].some((tally) => tally.isTouched) ? 'in-progress' : 'none';
  }

  /** @returns the requirements that were reset: nothing of this instant counts for them */
  #reset(events: readonly Contribution[]): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const { penalties } of events) {
      for (const penalty of penalties) for (const id of this.#resets.get(penalty) ?? []) ids.add(id);
    }
    for (const id of ids) this.#tallies.get(id)?.reset();
    return ids;
  }

  #count(event: Contribution, discarded: ReadonlySet<string>): void {
    // All are asked before any is counted: an event does not help the requirement it comes `after`.
    const counting = event.requirements.filter((id) => {
      const requirement = this.#requirements.get(id);
      if (!requirement || discarded.has(id)) return false;
      if (requirement.distinct !== null && !Object.hasOwn(event.values, id)) return false;
      return requirement.after === null || this.#isFulfilled(requirement.after);
    });
    for (const id of counting) this.#tallies.get(id)?.add(event);
  }

  #award(at: Instant, by: Contribution): void {
    const standing = !this.#badge.repeatable && this.#history.at(-1)?.revokedAt === null;
    const refused = !this.#badge.repeatable && this.#badge.reAward === 'never' && this.#history.length > 0;
    if (standing || refused) return;
    this.#history.push({
      ordinal: this.#history.length + 1,
      at,
      eventId: by.eventId,
      order: by.order,
      revokedAt: null,
      revokedBy: null,
    });
    if (this.#badge.repeatable) for (const tally of this.#tallies.values()) tally.reset();
  }

  /** Awards of a repeatable badge stand: a penalty touches the round in progress only. */
  #regress(at: Instant, events: readonly Contribution[], before: ReadonlySet<string>): void {
    const latest = this.#history.at(-1);
    if (this.#badge.repeatable || this.#badge.onRegress === 'keep' || latest?.revokedAt !== null) return;
    this.#history[this.#history.length - 1] = { ...latest, revokedAt: at, revokedBy: this.#breaker(events, before) };
  }

  /** The first event of the instant after whose resets an unfulfilled group had nothing left of what it had before. */
  #breaker(events: readonly Contribution[], before: ReadonlySet<string>): string | null {
    const broken = [...this.#groups].filter(([group]) => !this.#isGroupFulfilled(group));
    const left = new Set(before);
    for (const { eventId, penalties } of events) {
      for (const penalty of penalties) for (const id of this.#resets.get(penalty) ?? []) left.delete(id);
      if (broken.some(([, ids]) => !ids.some((id) => left.has(id)))) return eventId;
    }
    return null;
  }

  #isComplete(): boolean {
    for (const group of this.#groups.keys()) if (!this.#isGroupFulfilled(group)) return false;
    return this.#groups.size > 0;
  }

  #isGroupFulfilled(group: string): boolean {
    return this.#groups.get(group)?.some((id) => this.#isFulfilled(id)) ?? false;
  }

  #fulfilled(): ReadonlySet<string> {
    return new Set([...this.#tallies.keys()].filter((id) => this.#isFulfilled(id)));
  }

  #isFulfilled(id: string): boolean {
    return this.#tallies.get(id)?.isFulfilled ?? false;
  }
}
