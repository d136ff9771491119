/** Whom a replay has to look at: those with events in the log that the rules want, and those with progress. A piece at a
 *  time, behind a cursor; memory stays bounded. */

import { type Badge, upstreamsOf } from '../../../dsl/index.ts';
import { learnerIdOf, subjectOf } from '../../events/event-outcome.ts';
import type { EventEntry, EventLog, LearnerIdentity } from '../../ports/event-log.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { ProgressStore } from '../../ports/progress-store.ts';
import { isAsReceived, isSelected } from './membership.ts';
import type { Membership } from './replay-learner.ts';
import type { ReplayRequest } from './replay-request.ts';
import { eventTypesOf, type ReplayTarget } from './target.ts';

export interface Found {
  /** Keys of learners; see `identityOfKey`. */
  readonly keys: readonly string[];
  readonly eventsRead: number;
  /** Where to go on; null: this was all. */
  readonly next: string | null;
}

const EVENTS_A_STEP = 2_000;
const LEARNERS_A_STEP = 2_000;
/** Of more badges than these it is not asked since when they are active. */
const MOST_PASTS = 500;

export interface FindParts {
  readonly events: Pick<EventLog, 'scan'>;
  readonly learners: Pick<LearnerStore, 'find'>;
  readonly progress: Pick<ProgressStore, 'learnersOf'>;
}

/** Learners with an event that counts now, or counted. @param after where an earlier call ended */
export async function learnersWithEvents(
  { events, learners }: FindParts,
  target: ReplayTarget,
  request: ReplayRequest,
  membership: Membership,
  after: string | null,
): Promise<Found> {
  const types = typesToScan(target, request);
  const receivedFrom = membership.kind === 'backfill' ? undefined : await activeSince(target);
  if (types.length === 0 || receivedFrom === null) return { keys: [], eventsRead: 0, next: null };
  const { from, to } = request;
  const query = {
    types,
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(receivedFrom === undefined ? {} : { receivedFrom }),
  };
  const keys = new Set<string>();
  /** A learner's events follow each other closely. */
  const known = new Map<string, string>();
  let eventsRead = 0;
  for await (const { entry, cursor } of events.scan(query, after ?? undefined)) {
    eventsRead += 1;
    if (await concerns(entry, target, membership)) {
      const subject = subjectOf(entry) as string;
      const key = known.get(subject) ?? (await keyOf(entry, learners));
      known.set(subject, key);
      keys.add(key);
    }
    if (eventsRead === EVENTS_A_STEP) return { keys: [...keys], eventsRead, next: cursor };
  }
  return { keys: [...keys], eventsRead, next: null };
}

/** Learners with progress on a chosen badge, or on one that a chosen badge waits for. */
export async function learnersWithProgress(
  { progress }: FindParts,
  target: ReplayTarget,
  after: string | null,
): Promise<Found> {
  const badges = badgesToLookAt(target);
  const [badge = null, learner = null] = after === null ? [] : (JSON.parse(after) as [string, string | null]);
  const keys: string[] = [];
  let behind = learner;
  for (let at = badge === null ? 0 : badges.findIndex((id) => id >= badge); at >= 0 && at < badges.length; at++) {
    const id = badges[at] as string;
    if (id !== badge) behind = null;
    for (;;) {
      const found = await progress.learnersOf(id, behind, LEARNERS_A_STEP);
      keys.push(...found.map(keyOfLearner));
      behind = found.at(-1) ?? null;
      if (found.length < LEARNERS_A_STEP) break;
      if (keys.length >= LEARNERS_A_STEP) return { keys, eventsRead: 0, next: JSON.stringify([id, behind]) };
    }
    const following = badges[at + 1];
    if (keys.length >= LEARNERS_A_STEP && following !== undefined)
      return { keys, eventsRead: 0, next: JSON.stringify([following, null]) };
  }
  return { keys, eventsRead: 0, next: null };
}

function badgesToLookAt(target: ReplayTarget): readonly string[] {
  return [...new Set(chosenBadges(target).flatMap((badge) => [badge.id, ...upstreamsOf(badge)]))].sort();
}

function typesToScan(target: ReplayTarget, { types }: ReplayRequest): readonly string[] {
  const all = new Set(chosenBadges(target).flatMap(eventTypesOf));
  return [...all].filter((type) => types === null || types.includes(type));
}

function chosenBadges({ chosen, index }: ReplayTarget): readonly Badge[] {
  return [...chosen].flatMap((id) => index.get(id) ?? []);
}

/** @returns null: none of them ever was active; undefined: not found out */
async function activeSince({ chosen, past }: ReplayTarget): Promise<Date | null | undefined> {
  if (chosen.size > MOST_PASTS) return undefined;
  let earliest: Date | null = null;
  for (const id of chosen) {
    const [first] = (await past(id)).intervals;
    if (first !== undefined && (earliest === null || first.from < earliest)) earliest = first.from;
  }
  return earliest;
}

async function concerns(entry: EventEntry, { index, chosen, past }: ReplayTarget, membership: Membership) {
  if (entry.event.user === null) return false;
  if (entry.outcome.kind === 'matched' && entry.outcome.badgeIds.some((id) => chosen.has(id))) return true;
  for (const { badge } of index.match(entry.event)) {
    if (!chosen.has(badge.id)) continue;
    if (membership.kind === 'backfill' && isSelected(entry, membership)) return true;
    if (isAsReceived(entry, (await past(badge.id)).intervals)) return true;
  }
  return false;
}

const LEARNER = 'learner:';

async function keyOf(entry: EventEntry, learners: FindParts['learners']): Promise<string> {
  if (entry.learnerId !== null) return keyOfLearner(entry.learnerId);
  const { user } = entry.event;
  const found = user && (await learners.find(user));
  return found ? keyOfLearner(found.id) : (subjectOf(entry) as string);
}

export function keyOfLearner(learnerId: string): string {
  return `${LEARNER}${learnerId}`;
}

/** @returns whose events to read; somebody without a record has the id '' */
export async function identityOfKey(
  key: string,
  learners: Pick<LearnerStore, 'find' | 'findById'>,
): Promise<LearnerIdentity> {
  const id = learnerIdOf(key);
  // Progress may outlive the record of a learner.
  if (id !== null) return (await learners.findById(id)) ?? { id, username: '', lmsUserId: null };
  const [kind, ...rest] = key.split(':');
  const text = rest.join(':');
  const user = kind === 'id' ? { lmsUserId: Number(text), username: '' } : { lmsUserId: null, username: text };
  return (await learners.find(user)) ?? { id: '', ...user };
}
