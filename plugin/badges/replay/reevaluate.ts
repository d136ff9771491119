/** What logged events do for a badge when they are asked again, and what that changes for a learner. Pure. */

import { isDeepStrictEqual } from 'node:util';
import {
  type Award,
  type Badge,
  type Contribution,
  compareContributions,
  contributionsFromBadge,
  type Outcome,
  type RequirementState,
  replaceContributionsFromBadge,
  upstreamsOf,
} from '../../../dsl/index.ts';
import type { Progress } from '../../ports/progress-store.ts';
import { laneOf, PUBLISH_LANE } from '../effect-order.ts';

/** The answers of the events of one learner that are still in the log, for one badge. */
export interface Answers {
  /** Ids of all events that were asked. */
  readonly asked: ReadonlySet<string>;
  /** By event id; what is not here does nothing. */
  readonly given: ReadonlyMap<string, Answer>;
}

export interface Answer {
  readonly contribution: Contribution;
  /** Counts although it has not counted so far. */
  readonly belongs: boolean;
}

/** All contributions by the rules at hand: what could be asked as it answered, what could not as it was recorded, and what
 *  other badges give now.
 *  @param answers null: none was asked, events stay as they were recorded
 *  @returns `former` itself when nothing changes */
export function contributionsNow(
  former: readonly Contribution[],
  badge: Badge,
  answers: Answers | null,
  historyOf: (badgeId: string) => readonly Award[],
): readonly Contribution[] {
  const upstreams = upstreamsOf(badge);
  const own = answers === null ? former : withAnswers(former, answers);
  const foreign = own.some((one) => one.badge !== null && !upstreams.includes(one.badge));
  const wanted = foreign ? own.filter((one) => one.badge === null || upstreams.includes(one.badge)) : own;
  return upstreams.reduce(
    (all, id) => replaceContributionsFromBadge(all, id, contributionsFromBadge(badge, id, historyOf(id))),
    wanted,
  );
}

function withAnswers(former: readonly Contribution[], { asked, given }: Answers): readonly Contribution[] {
  let changed = false;
  const known = new Set<string>();
  const next: Contribution[] = [];
  for (const one of former) {
    if (one.badge !== null || !asked.has(one.eventId)) {
      next.push(one);
      continue;
    }
    known.add(one.eventId);
    const answer = given.get(one.eventId)?.contribution;
    const isSame = answer !== undefined && isDeepStrictEqual(answer, one);
    if (!isSame) changed = true;
    if (answer !== undefined) next.push(isSame ? one : answer);
  }
  for (const [eventId, { contribution, belongs }] of given) {
    if (!belongs || known.has(eventId)) continue;
    changed = true;
    next.push(contribution);
  }
  return changed ? next.sort(compareContributions) : former;
}

/** A version of a badge's rules; null: it can no longer be read. */
export interface FormerRules {
  readonly badge: Badge | null;
  readonly inForceFrom: Date;
}

/** How many contributions rest on events that can no longer be asked, although what they would be asked may have changed
 *  since they were recorded.
 *  @param versions oldest first */
export function countUnverified(
  contributions: readonly Contribution[],
  badge: Badge,
  answers: Answers,
  versions: readonly FormerRules[],
): number {
  const questions = questionsOf(badge);
  const former = versions.map((version, at) => ({
    questions: version.badge && questionsOf(version.badge),
    until: versions[at + 1]?.inForceFrom.toISOString() ?? null,
  }));
  return contributions.filter((one) => {
    if (one.badge !== null || answers.asked.has(one.eventId)) return false;
    const ids = [...one.requirements, ...one.penalties].filter((id) => questions.has(id));
    // Recorded by the version in force when it happened, or by a later one.
    const possible = former.filter(({ until }) => until === null || until.slice(0, 23) > one.at.slice(0, 23));
    return possible.some(
      (version) =>
        version.questions === null ||
        ids.some((id) => version.questions?.has(id) && version.questions.get(id) !== questions.get(id)),
    );
  }).length;
}

/** What each rule asks of an event, as a text to compare. */
function questionsOf({ requirements, penalties }: Badge): ReadonlyMap<string, string> {
  return new Map([
    ...requirements.map(
      ({ id, on, where, distinct, from, until }) => [id, JSON.stringify([on, where, distinct, from, until])] as const,
    ),
    ...penalties.map(({ id, on, where }) => [id, JSON.stringify([on, where])] as const),
  ]);
}

export interface BadgeDifference {
  readonly badgeId: string;
  readonly from: Outcome['status'];
  readonly to: Outcome['status'];
  readonly gains: boolean;
  readonly loses: boolean;
  /** Neither, but progress is another. */
  readonly moves: boolean;
  /** What follows outside, how often: `award at memory`, `revoke at memory`, `announcements`; and steps no longer needed. */
  readonly calls: Readonly<Record<string, number>>;
}

export function differenceOf(before: Progress | null, after: Progress): BadgeDifference {
  const former = new Map(before?.issued.map((badge) => [badge.number, badge]));
  const gains = after.issued.some(({ number }) => !former.has(number));
  const loses = after.issued.some(
    ({ number, revokedAt }) => revokedAt !== null && former.get(number)?.revokedAt === null,
  );
  const status = before?.outcome.status ?? 'none';
  const same = before === null ? after.outcome.status === 'none' : isSameOutcome(before.outcome, after.outcome);
  return {
    badgeId: after.badgeId,
    from: status,
    to: after.outcome.status,
    ...{ gains, loses, moves: !gains && !loses && !same },
    calls: callsOf(before, after),
  };
}

/** Which event counts where one of several would do, and in which order rules stand, is no difference to a learner. */
function isSameOutcome(a: Outcome, b: Outcome): boolean {
  const counted = (outcome: Outcome) =>
    Object.fromEntries(Object.entries(outcome.requirements).map(([id, state]) => [id, countOf(state)]));
  return (
    a.status === b.status &&
    a.progress === b.progress &&
    isDeepStrictEqual(a.history, b.history) &&
    isDeepStrictEqual(counted(a), counted(b))
  );
}

function countOf({ fulfilled, counted, needed }: RequirementState): string {
  return `${fulfilled} ${counted}/${needed}`;
}

function callsOf(before: Progress | null, after: Progress): Readonly<Record<string, number>> {
  const known = new Map(before?.effects.map((effect) => [effect.id, effect]));
  const calls: Record<string, number> = {};
  const add = (word: string): void => {
    calls[word] = (calls[word] ?? 0) + 1;
  };
  for (const effect of after.effects) {
    const former = known.get(effect.id);
    if (former?.state === 'pending' && effect.state === 'superseded') add('no longer needed');
    if (former !== undefined || effect.state !== 'pending') continue;
    const lane = laneOf(effect, after.issued);
    add(lane === PUBLISH_LANE ? 'announcements' : `${effect.kind} at ${lane}`);
  }
  return calls;
}
