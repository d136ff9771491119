/** The state of one learner on one badge as a pure function of what events did for it.
 *
 *  The timeline is walked instant by instant. In each, resets come first, then what the instant's events contribute in
 *  their order; only then is it asked once whether the badge is complete, so nothing flickers within an instant. */

import type { Instant } from './instant.ts';
import type { Award, AwardGround, Badge, Contribution, Outcome, Requirement } from './model.ts';
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

/** What happens to a contribution for one requirement, told while the timeline is walked. */
export interface TimelineWatch {
  /** `surplus`: the requirement was fulfilled already; `early`: the one it comes `after` was not;
   *  `reset`: a penalty of the same instant discards it. */
  met(requirement: string, contribution: Contribution, fate: 'counted' | 'surplus' | 'early' | 'reset'): void;
  /** What these requirements had is discarded. */
  reset(requirements: readonly string[], penalty: string, by: Contribution): void;
  /** @param cleared the badge is repeatable: what all requirements had is used up
   *  @param rested what was fulfilled, before it is cleared */
  awarded(award: Award, cleared: boolean, rested: readonly AwardGround[]): void;
}

/** @param contributions in any order and any number of times each
 *  @returns the same for every such order; takes time in proportion to their number once they are sorted */
export function outcome(
  badge: Badge,
  contributions: readonly Contribution[],
  watch: TimelineWatch | null = null,
): Outcome {
  const timeline = new Timeline(badge, watch);
  const ordered = inTimelineOrder(contributions);
  for (let start = 0, end = 0; start < ordered.length && !timeline.isOver; start = end) {
    const { at } = ordered[start] as Contribution;
    while (ordered[end]?.at === at) end++;
    timeline.step(at, ordered.slice(start, end));
  }
  return timeline.outcome();
}

/** In timeline order, each once. */
export function inTimelineOrder(contributions: readonly Contribution[]): readonly Contribution[] {
  const seen = new Set<string>();
  return sorted(contributions).filter((one) => {
    const key = identityOf(one);
    return !seen.has(key) && seen.add(key);
  });
}

/** What is stored is in order already. */
function sorted(contributions: readonly Contribution[]): readonly Contribution[] {
  for (let at = 1; at < contributions.length; at++) {
    if (compareContributions(contributions[at - 1] as Contribution, contributions[at] as Contribution) > 0)
      return contributions.toSorted(compareContributions);
  }
  return contributions;
}

function identityOf({ eventId, order, badge }: Contribution): string {
  return badge === null ? `${order} ${eventId}` : JSON.stringify([eventId, order, badge]);
}

const NOTHING: ReadonlySet<string> = new Set();

class Timeline {
  readonly #badge: Badge;
  readonly #watch: TimelineWatch | null;
  readonly #requirements: ReadonlyMap<string, Requirement>;
  readonly #tallies: ReadonlyMap<string, Tally>;
  readonly #groups: ReadonlyMap<string, readonly string[]>;
  readonly #resets: ReadonlyMap<string, readonly string[]>;
  readonly #history: Award[] = [];

  constructor(badge: Badge, watch: TimelineWatch | null) {
    this.#badge = badge;
    this.#watch = watch;
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
    if (events.every(({ penalties }) => penalties.length === 0)) return NOTHING;
    const ids = new Set<string>();
    for (const event of events) {
      for (const penalty of event.penalties) {
        const resets = this.#resets.get(penalty) ?? [];
        for (const id of resets) ids.add(id);
        this.#watch?.reset(resets, penalty, event);
      }
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
    if (this.#watch !== null) this.#tell(event, discarded, counting, this.#watch);
    for (const id of counting) this.#tallies.get(id)?.add(event);
  }

  #tell(event: Contribution, discarded: ReadonlySet<string>, counting: readonly string[], watch: TimelineWatch): void {
    for (const id of event.requirements) {
      if (!this.#requirements.has(id)) continue;
      if (counting.includes(id)) watch.met(id, event, this.#isFulfilled(id) ? 'surplus' : 'counted');
      else watch.met(id, event, discarded.has(id) ? 'reset' : 'early');
    }
  }

  #award(at: Instant, by: Contribution): void {
    const standing = !this.#badge.repeatable && this.#history.at(-1)?.revokedAt === null;
    const refused = !this.#badge.repeatable && this.#badge.reAward === 'never' && this.#history.length > 0;
    if (standing || refused) return;
    const award: Award = {
      ordinal: this.#history.length + 1,
      at,
      eventId: by.eventId,
      order: by.order,
      revokedAt: null,
      revokedBy: null,
    };
    this.#history.push(award);
    this.#watch?.awarded(award, this.#badge.repeatable, this.#grounds());
    if (this.#badge.repeatable) for (const tally of this.#tallies.values()) tally.reset();
  }

  #grounds(): readonly AwardGround[] {
    return [...this.#tallies]
      .filter(([, tally]) => tally.isFulfilled)
      .map(([requirement, tally]) => ({ requirement, eventIds: tally.state().eventIds }));
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
