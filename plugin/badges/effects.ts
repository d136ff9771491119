/** From what the timeline says was awarded to what must happen outside. Pure.
 *
 *  The timeline may change in the past: a late event moves, adds or removes awards. What was issued is brought into
 *  agreement with as little disturbance as possible: an award that merely moved keeps its badge. */

import { type Award, type Badge, instantFromDate } from '../../dsl/index.ts';
import type { Effect, IssuedBadge, Progress, Provenance } from '../ports/progress-store.ts';
import type { TraceContext } from '../ports/trace-context.ts';

type Ledger = Pick<Progress, 'issued' | 'effects'>;

export interface IssuingFacts {
  readonly template: Badge['template'];
  readonly ruleVersion: number;
  readonly now: Date;
  /** What the effects belong to. */
  readonly trace?: TraceContext | undefined;
  newUuid(): string;
  provenanceOf(award: Award): Provenance;
}

/** @param history every award of the new timeline, standing or taken back
 *  @returns the same arrays when nothing has to happen */
export function reconcile(former: Ledger, history: readonly Award[], facts: IssuingFacts): Ledger {
  if (former.issued.length === 0 && history.length === 0) return former;
  const awards = pairUp(former.issued, history);
  let { effects } = former;
  const issued = former.issued.map((badge) => {
    if (badge.revokedAt !== null) return badge;
    const award = awards.get(badge.number);
    const dated = award ? withAward(badge, award, facts) : badge;
    if (award && award.revokedAt === null) return dated;
    effects = takeBack(effects, badge, facts);
    // An award that has vanished from the timeline was not taken back by any event of it.
    return { ...dated, revokedAt: award?.revokedAt ?? instantFromDate(facts.now) };
  });
  const paired = new Set(awards.values());
  for (const award of history) {
    // An award taken back before anyone heard of it stays unheard of.
    if (paired.has(award) || award.revokedAt !== null) continue;
    const number = issued.reduce((highest, badge) => Math.max(highest, badge.number), 0) + 1;
    issued.push(newBadge(number, award, facts));
    const kinds: readonly Effect['kind'][] =
      facts.template === null ? ['publish-awarded'] : ['award', 'publish-awarded'];
    effects = [...effects, ...kinds.map((kind) => newEffect(kind, number, facts))];
  }
  const changed = issued.length > former.issued.length || issued.some((badge, at) => badge !== former.issued[at]);
  return { issued: changed ? issued : former.issued, effects };
}

/** Gives up every step of one badge that still waits: what was to come first did not come about. */
export function supersede(effects: readonly Effect[], badgeNumber: number, now: Date): readonly Effect[] {
  return effects.map((effect) =>
    effect.badgeNumber === badgeNumber && effect.state === 'pending'
      ? { ...effect, state: 'superseded' as const, finishedAt: now }
      : effect,
  );
}

/** A badge belongs to the award of the same completing event; what is left over is paired in order.
 *  @returns the award of each standing badge, by its number; none: its award is gone */
function pairUp(issued: readonly IssuedBadge[], history: readonly Award[]): ReadonlyMap<number, Award> {
  const pairs = new Map<number, Award>();
  const standing = issued.filter(({ revokedAt }) => revokedAt === null);
  const settled = new Set(issued.filter(({ revokedAt }) => revokedAt !== null).map(({ eventId }) => eventId));
  const awards = new Set(history);
  const pair = (badge: IssuedBadge, award: Award): void => {
    pairs.set(badge.number, award);
    awards.delete(award);
  };
  for (const badge of standing) {
    const award = history.find(({ eventId }) => eventId === badge.eventId);
    if (award && awards.has(award)) pair(badge, award);
  }
  const unpaired = standing.filter(({ number }) => !pairs.has(number));
  const left = [...awards].filter(({ revokedAt, eventId }) => revokedAt === null || !settled.has(eventId));
  for (const award of left.toSorted((a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null))) {
    const badge = unpaired.shift();
    if (badge) pair(badge, award);
  }
  return pairs;
}

function withAward(badge: IssuedBadge, award: Award, facts: IssuingFacts): IssuedBadge {
  const { at, eventId } = award;
  if (badge.awardedAt === at && badge.eventId === eventId) return badge;
  return { ...badge, awardedAt: at, eventId, provenance: facts.provenanceOf(award) };
}

function newBadge(number: number, award: Award, facts: IssuingFacts): IssuedBadge {
  const { at, eventId } = award;
  return {
    number,
    uuid: facts.newUuid(),
    awardedAt: at,
    eventId,
    revokedAt: null,
    ruleVersion: facts.ruleVersion,
    provenance: facts.provenanceOf(award),
    template: facts.template,
    externalId: null,
    externalState: null,
    externalUrl: null,
  };
}

type Moment = Pick<IssuingFacts, 'now' | 'trace'>;

function newEffect(kind: Effect['kind'], badgeNumber: number, { now, trace }: Moment): Effect {
  return {
    id: `${kind}:${badgeNumber}`,
    kind,
    badgeNumber,
    state: 'pending',
    attempts: 0,
    dueAt: now,
    createdAt: now,
    finishedAt: null,
    lastError: null,
    ...(trace && { trace }),
  };
}

function takeBack(effects: readonly Effect[], { number, template }: IssuedBadge, moment: Moment): readonly Effect[] {
  const opening = effects.find(
    ({ badgeNumber, kind }) => badgeNumber === number && kind === (template === null ? 'publish-awarded' : 'award'),
  );
  const neverTried = opening?.state === 'pending' && opening.attempts === 0;
  if (neverTried || opening?.state === 'failed' || opening?.state === 'given-up')
    return supersede(effects, number, moment.now);
  const kinds: readonly Effect['kind'][] = template === null ? ['publish-revoked'] : ['revoke', 'publish-revoked'];
  return [...effects, ...kinds.map((kind) => newEffect(kind, number, moment))];
}
