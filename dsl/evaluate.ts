/** One learner's events against all badges, in memory: what simulation, replay and the tests in rule files ask for. */

import { contributionsFromBadge, upstreamsOf } from './derived.ts';
import type { Badge, Contribution, Outcome, RuleEvent } from './model.ts';
import { RuleIndex } from './rule-index.ts';
import { compareContributions, outcome } from './timeline.ts';

export interface Evaluation {
  readonly outcome: Outcome;
  /** In timeline order. */
  readonly contributions: readonly Contribution[];
}

/** @param badges an index is used as it is: build one when many learners are evaluated
 *  @param events of one learner, in any order and any number of times each
 *  @returns by badge id, one entry per badge, also where no event concerns it */
export function evaluate(badges: readonly Badge[] | RuleIndex, events: readonly RuleEvent[]): Map<string, Evaluation> {
  const index = badges instanceof RuleIndex ? badges : createRuleIndex(badges);
  const contributions = new Map<string, Contribution[]>();
  for (const event of eachOnce(events)) {
    for (const { badge, contribution } of index.match(event)) {
      const known = contributions.get(badge.id);
      if (known) known.push(contribution);
      else contributions.set(badge.id, [contribution]);
    }
  }
  const ids = [...index.badges()].map(({ id }) => id);
  const evaluations = new Map<string, Evaluation>();
  for (const id of index.topological(ids)) {
    const badge = index.get(id) as Badge;
    const own = contributions.get(id) ?? [];
    const derived = upstreamsOf(badge).flatMap((upstream) =>
      contributionsFromBadge(badge, upstream, evaluations.get(upstream)?.outcome.history ?? []),
    );
    const all = [...own, ...derived].sort(compareContributions);
    evaluations.set(id, { outcome: outcome(badge, all), contributions: all });
  }
  return new Map(ids.map((id) => [id, evaluations.get(id) as Evaluation]));
}

export function createRuleIndex(badges: Iterable<Badge>): RuleIndex {
  const index = new RuleIndex();
  for (const badge of badges) index.set(badge);
  return index;
}

/** Should one id come with different contents, which is the sender's mistake, the earliest is taken, whatever the order
 *  they are given in. */
function eachOnce(events: readonly RuleEvent[]): Iterable<RuleEvent> {
  const byId = new Map<string, RuleEvent>();
  for (const event of events) {
    const known = byId.get(event.id);
    if (!known || isEarlier(event, known)) byId.set(event.id, event);
  }
  return byId.values();
}

function isEarlier(a: RuleEvent, b: RuleEvent): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a !== b && JSON.stringify(a) < JSON.stringify(b);
}
