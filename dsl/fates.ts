/** What became of every contribution: which count, and why the others do not. */

import type { Instant } from './instant.ts';
import type { Badge, Contribution, Outcome, Requirement } from './model.ts';
import { outcome, type TimelineWatch } from './timeline.ts';

/** `counts` now; `surplus`: it came when the requirement was fulfilled; `early`: before the requirement it comes `after`
 *  was; `reset`: a penalty discarded it; `used`: it went into an award of a repeatable badge; `outside-window`,
 *  `repeated`: it stands, but is not in the best window, or its value is counted already; `over`: nothing counts any more. */
export type Fate = 'counts' | 'surplus' | 'early' | 'reset' | 'used' | 'outside-window' | 'repeated' | 'over';

export interface ContributionFate {
  readonly contribution: Contribution;
  readonly fate: Fate;
  readonly discardedBy: { readonly penalty: string; readonly eventId: string; readonly at: Instant } | null;
}

/** @param contributions in timeline order, each once
 *  @returns `fates` by requirement id */
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
    const counting = timesOf(reached.requirements[requirement.id]?.eventIds ?? []);
    const met = contributions.filter(({ requirements }) => requirements.includes(requirement.id));
    const fates = met.map((contribution): ContributionFate => {
      const fate = known?.get(keyOf(contribution)) ?? { contribution, fate: 'over', discardedBy: null };
      if (fate.fate !== 'counts') return fate;
      const left = counting.get(contribution.eventId) ?? 0;
      counting.set(contribution.eventId, left - 1);
      return left > 0 ? fate : { ...fate, fate: 'outside-window' };
    });
    if (requirement.distinct === null) return fates;
    const valueMet = ({ contribution }: ContributionFate): string | undefined =>
      distinctValue(contribution, requirement.id);
    const counted = new Set(fates.filter(({ fate }) => fate === 'counts').map(valueMet));
    return fates.map((fate) =>
      fate.fate === 'outside-window' && counted.has(valueMet(fate)) ? { ...fate, fate: 'repeated' } : fate,
    );
  }

  #turn(requirement: string, fate: Fate, discardedBy: ContributionFate['discardedBy']): void {
    const known = this.#known.get(requirement);
    const standing = this.#standing.get(requirement);
    for (const key of standing ?? []) known?.set(key, { ...(known.get(key) as ContributionFate), fate, discardedBy });
    standing?.clear();
  }
}

/** A requirement may be called `__proto__`. */
export function distinctValue({ values }: Contribution, requirement: string): string | undefined {
  return Object.hasOwn(values, requirement) ? values[requirement] : undefined;
}

/** An event and the award that it caused are two contributions of one event. */
function timesOf(eventIds: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const id of eventIds) times.set(id, (times.get(id) ?? 0) + 1);
  return times;
}

function keyOf({ eventId, order, badge }: Contribution): string {
  return JSON.stringify([eventId, order, badge]);
}
