/** What a replay is asked for and what it reports, as a job carries it. */

import type { Instant, Outcome } from '../../../dsl/index.ts';
import type { JsonObject } from '../../ports/job-store.ts';
import type { BadgeReplay, Membership } from './replay-learner.ts';

export const REPLAY = 'replay';

export interface ReplayRequest {
  /** null: every active badge. */
  readonly badges: readonly string[] | null;
  readonly membership: 'as-received' | 'backfill';
  /** Which events, by their own time and type: those that are counted by a backfill, and whose learners are looked at. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly types: readonly string[] | null;
  /** Look at everybody who has progress, too. */
  readonly everybody: boolean;
  readonly dryRun: boolean;
  /** Texts of single badges that stand in for those in force; for dry runs. */
  readonly drafts: readonly string[];
  /** Wait until this is no longer how the rules are; null: they are as they shall be. */
  readonly after: RulesBefore | null;
  /** The draft is to be saved if it turns out well. */
  readonly saving?: { readonly badge: string; readonly version: number; readonly reason: string };
  /** Hash of the plan whose impact this is. */
  readonly plan?: string;
}

/** The rules before a change: the revision of all, or the version of one badge (0: not in force). */
export type RulesBefore = { readonly revision: number } | { readonly badge: string; readonly version: number };

/** What is left out: every active badge, events as they were received, everybody, for good. */
export function replayRequest(request: Partial<ReplayRequest> = {}): ReplayRequest {
  const { from = null, to = null, types = null } = request;
  return {
    ...{ badges: null, membership: 'as-received', dryRun: false, drafts: [], after: null },
    everybody: from === null && to === null && types === null,
    ...request,
    ...{ from, to, types },
  };
}

export function toParameters(request: ReplayRequest): JsonObject {
  return { ...request } as unknown as JsonObject;
}

export function fromParameters(parameters: JsonObject): ReplayRequest {
  return parameters as unknown as ReplayRequest;
}

export function membershipOf({ membership, from, to, types }: ReplayRequest): Membership {
  return membership === 'backfill' ? { kind: 'backfill', from, to, types } : { kind: 'as-received' };
}

/** Bounded, without personal data. */
export interface ReplayResult {
  readonly badges: readonly BadgeImpact[];
  /** There are more than are listed. */
  readonly moreBadges: boolean;
  /** Some of those who gain or lose a badge. */
  readonly sample: readonly ReplaySample[];
  /** What kept it from doing anything. */
  readonly note?: string;
}

export interface BadgeImpact {
  readonly badge: string;
  readonly gains: number;
  readonly loses: number;
  readonly moves: number;
  readonly unverified: number;
}

export interface ReplaySample {
  /** null: somebody who is no learner yet. */
  readonly learner: string | null;
  readonly badge: string;
  readonly from: Outcome['status'];
  readonly to: Outcome['status'];
}

const MOST_BADGES = 200;
const MOST_SAMPLES = 50;

export const nothingYet: ReplayResult = { badges: [], moreBadges: false, sample: [] };

export function resultOf(result: JsonObject | null): ReplayResult {
  return (result as unknown as ReplayResult | null) ?? nothingYet;
}

/** Takes up what a replay did to one learner. */
export function withLearner(
  result: ReplayResult,
  learner: string | null,
  badges: readonly BadgeReplay[],
): ReplayResult {
  const changed = badges.filter(({ gains, loses, moves, unverified }) => gains || loses || moves || unverified > 0);
  if (changed.length === 0) return result;
  const impacts = new Map(result.badges.map((impact) => [impact.badge, impact]));
  let { moreBadges } = result;
  for (const { badgeId, gains, loses, moves, unverified } of changed) {
    const known = impacts.get(badgeId) ?? { badge: badgeId, gains: 0, loses: 0, moves: 0, unverified: 0 };
    if (impacts.size >= MOST_BADGES && !impacts.has(badgeId)) moreBadges = true;
    else
      impacts.set(badgeId, {
        badge: badgeId,
        gains: known.gains + Number(gains),
        loses: known.loses + Number(loses),
        moves: known.moves + Number(moves),
        unverified: known.unverified + unverified,
      });
  }
  const samples = changed
    .filter(({ gains, loses }) => gains || loses)
    .map(({ badgeId, from, to }) => ({ learner, badge: badgeId, from, to }));
  return {
    ...result,
    badges: [...impacts.values()],
    moreBadges,
    sample: [...result.sample, ...samples].slice(0, MOST_SAMPLES),
  };
}

/** In the words of a job's counts. */
export function countsOf(badges: readonly BadgeReplay[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const add = (word: string, number: number): void => {
    if (number > 0) counts[word] = (counts[word] ?? 0) + number;
  };
  for (const { gains, loses, moves, unverified, isOutdated, calls } of badges) {
    add('gains', Number(gains));
    add('loses', Number(loses));
    add('changed progress', Number(moves));
    add('unchanged', Number(!gains && !loses && !moves));
    add('kept unverified', unverified);
    add('made by older rules', Number(isOutdated));
    for (const [word, number] of Object.entries(calls)) add(word, number);
  }
  return counts;
}

export interface FollowingCalls {
  readonly what: 'award' | 'revoke' | 'announce' | 'not-needed';
  /** The word of the provider; null where there is none. */
  readonly at: string | null;
  readonly number: number;
}

/** What follows outside, read from a job's counts. */
export function callsIn(counts: Readonly<Record<string, number>>): readonly FollowingCalls[] {
  const order: readonly FollowingCalls['what'][] = ['award', 'revoke', 'announce', 'not-needed'];
  return Object.entries(counts)
    .flatMap(([word, number]): readonly FollowingCalls[] => {
      const [, kind, at = ''] = /^(award|revoke) at (.*)$/.exec(word) ?? [];
      if (kind !== undefined) return [{ what: kind as 'award' | 'revoke', at, number }];
      if (word === 'announcements') return [{ what: 'announce', at: null, number }];
      return word === 'no longer needed' ? [{ what: 'not-needed', at: null, number }] : [];
    })
    .sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what) || (a.at ?? '').localeCompare(b.at ?? ''));
}
