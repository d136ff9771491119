/** All badges of one learner, word for word from the reference of the language: the events are sorted first, then each badge
 *  is asked about all of them. The meaning of one badge is in `reference-interpreter.ts`. */

import type { Badge, Contribution, Outcome, RuleEvent } from '../../dsl/index.ts';
import { contributionOf, referenceOutcome } from './reference-interpreter.ts';

/** "A pure function of the set of events that concern that learner: not of their arrival order, and not of how often each
 *  was delivered."
 *  @param badges none of which waits for itself, not even by way of others */
export function referenceOutcomes(
  badges: readonly Badge[],
  events: readonly RuleEvent[],
): ReadonlyMap<string, Outcome> {
  const timeline = onceEach(events);
  return new Map(badges.map((badge) => [badge.id, outcomeOf(badge, badges, timeline)]));
}

function outcomeOf(badge: Badge, badges: readonly Badge[], events: readonly RuleEvent[]): Outcome {
  const ofEvents = events.flatMap((event) => contributionOf(badge, event) ?? []);
  const ofBadges = badges.flatMap((other) =>
    waitsFor(badge, other)
      ? changesOf(other.id, outcomeOf(other, badges, events)).flatMap(
          (change) => contributionOfChange(badge, change) ?? [],
        )
      : [],
  );
  return referenceOutcome(badge, [...ofEvents, ...ofBadges]);
}

/** "The id alone identifies an event." */
function onceEach(events: readonly RuleEvent[]): readonly RuleEvent[] {
  return events.filter((event, i) => events.findIndex(({ id }) => id === event.id) === i);
}

function waitsFor(badge: Badge, other: Badge): boolean {
  return [...badge.requirements, ...badge.penalties].some(({ on }) => on.kind === 'badge' && on.badge === other.id);
}

type Change = Pick<Contribution, 'eventId' | 'at' | 'order'> & {
  readonly badge: string;
  readonly change: 'awarded' | 'revoked';
};

/** "Each award of badge b to the learner is one event, at its award date, right after the event that caused it; a later
 *  revocation of b takes nothing back." */
function changesOf(badge: string, { history }: Outcome): readonly Change[] {
  return history.flatMap(({ at, eventId, order, revokedAt, revokedBy }): Change[] => [
    { badge, change: 'awarded', at, eventId, order: order + 1 },
    ...(revokedAt === null || revokedBy === null
      ? []
      : [{ badge, change: 'revoked' as const, at: revokedAt, eventId: revokedBy, order: 1 }]),
  ]);
}

/** "It has no payload": only the interval can keep it from counting. */
function contributionOfChange(badge: Badge, { change, badge: from, ...place }: Change): Contribution | null {
  const isMeant = ({ on }: Pick<Badge['penalties'][number], 'on'>): boolean =>
    on.kind === 'badge' && on.badge === from && on.change === change;
  const requirements = badge.requirements.filter(
    (r) => isMeant(r) && (r.from === null || r.from <= place.at) && (r.until === null || place.at < r.until),
  );
  const penalties = badge.penalties.filter(isMeant);
  if (requirements.length + penalties.length === 0) return null;
  const ids = (rules: readonly { readonly id: string }[]): string[] => rules.map(({ id }) => id);
  return { ...place, badge: from, requirements: ids(requirements), penalties: ids(penalties), values: {} };
}
