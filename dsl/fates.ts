/** What became of every contribution: which count, and why the others do not. */

import type { Instant } from './instant.ts';
import type { Badge, Contribution, Outcome, Requirement } from './model.ts';
import { compareContributions, outcome, type TimelineWatch } from './timeline.ts';

/** `counts` now; `surplus`: it came when the requirement was fulfilled; `early`: before the requirement it comes `after`
 *  was; `reset`: a penalty discarded it; `used`: it went into an award of a repeatable badge; `outside-window`,
 *  `repeated`: it stands, but is not in the best window, or its value is counted already; `over`: nothing counts any more. */
export type Fate = 'counts' | 'surplus' | 'early' | 'reset' | 'used' | 'outside-window' | 'repeated' | 'over';

export interface ContributionFate {
  readonly contribution: Contribution;
  readonly fate: Fate;
  readonly discardedBy: { readonly penalty: string; readonly eventId: string; readonly at: Instant } | null;
}

/** @returns `fates` by requirement id, each contribution once, in timeline order */
export function fatesOf(
  badge: Badge,
  contributions: readonly Contribution[],
): { readonly outcome: Outcome; readonly fates: ReadonlyMap<string, readonly ContributionFate[]> } {
  const watch = new Watch(badge);
  const reached = outcome(badge, contributions, watch);
  const fates = new Map(
    badge.requirements.map((requirement) => [requirement.id, watch.fatesOf(requirement, contributions, reached)]),
  );
  return { outcome: reached, fates };
}

class Watch implements TimelineWatch {
  readonly #known: ReadonlyMap<string, Map<string, ContributionFate>>;
  /** Keys of those that count now, so that each is looked at once however often a requirement is reset. */
  readonly #standing: ReadonlyMap<string, Set<string>>;
  readonly #lastReset = new Map<string, ContributionFate['discardedBy']>();

  constructor({ requirements }: Badge) {
    this.#known = new Map(requirements.map(({ id }) => [id, new Map()]));
    this.#standing = new Map(requirements.map(({ id }) => [id, new Set()]));
  }

  met(requirement: string, contribution: Contribution, fate: 'counted' | 'surplus' | 'early' | 'reset'): void {
    const key = keyOf(contribution);
    if (fate === 'counted') this.#standing.get(requirement)?.add(key);
    this.#known.get(requirement)?.set(key, {
      contribution,
      fate: fate === 'counted' ? 'counts' : fate,
      discardedBy: fate === 'reset' ? (this.#lastReset.get(requirement) ?? null) : null,
    });
  }

  reset(requirements: readonly string[], penalty: string, { eventId, at }: Contribution): void {
    for (const id of requirements) {
      const discardedBy = { penalty, eventId, at };
      this.#lastReset.set(id, discardedBy);
      this.#turn(id, 'reset', discardedBy);
    }
  }

  awarded(_: unknown, cleared: boolean): void {
    if (cleared) for (const id of this.#known.keys()) this.#turn(id, 'used', null);
  }

  fatesOf(
    requirement: Requirement,
    contributions: readonly Contribution[],
    reached: Outcome,
  ): readonly ContributionFate[] {
    const known = this.#known.get(requirement.id);
    const counting = new Set(reached.requirements[requirement.id]?.eventIds ?? []);
    const all = new Map(
      contributions.filter(({ requirements }) => requirements.includes(requirement.id)).map((one) => [keyOf(one), one]),
    );
    const ordered = [...all.values()].sort(compareContributions);
    const counted = new Set(ordered.flatMap((one) => (counting.has(one.eventId) ? [one.values[requirement.id]] : [])));
    return ordered.map((contribution) => {
      const fate = known?.get(keyOf(contribution)) ?? { contribution, fate: 'over', discardedBy: null };
      if (fate.fate !== 'counts' || counting.has(contribution.eventId)) return fate;
      const isRepeated = requirement.distinct !== null && counted.has(contribution.values[requirement.id]);
      return { ...fate, fate: isRepeated ? 'repeated' : 'outside-window' };
    });
  }

  #turn(requirement: string, fate: Fate, discardedBy: ContributionFate['discardedBy']): void {
    const known = this.#known.get(requirement);
    const standing = this.#standing.get(requirement);
    for (const key of standing ?? []) known?.set(key, { ...(known.get(key) as ContributionFate), fate, discardedBy });
    standing?.clear();
  }
}

function keyOf({ eventId, order, badge }: Contribution): string {
  return JSON.stringify([eventId, order, badge]);
}
