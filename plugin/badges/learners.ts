/** The learners that events are about. */

import { compareCodePoints } from '../../dsl/index.ts';
import type { EventUser, LmsEvent } from '../events/event.ts';

export interface LearnerEvents {
  /** That of the latest event. */
  readonly username: string;
  /** Every one the learner has had, each once. */
  readonly usernames: readonly string[];
  readonly events: readonly LmsEvent[];
}

/** By username, in the order of code points. Events that concern no learner are left out. */
export function learnersOf(events: readonly LmsEvent[]): readonly LearnerEvents[] {
  return groupByLearner(events)
    .map((own) => ({
      username: latestUsername(own),
      usernames: [...new Set(own.map(({ user }) => user.username))],
      events: own,
    }))
    .toSorted((a, b) => compareCodePoints(a.username, b.username));
}

type LearnerEvent = LmsEvent & { readonly user: EventUser };

/** Events with the same LMS user id or the same username are one learner's, also by way of others. */
function groupByLearner(events: readonly LmsEvent[]): LearnerEvent[][] {
  const groups = new Map<string, LearnerEvent[]>();
  for (const event of events) {
    if (!concernsLearner(event)) continue;
    const keys = keysOf(event.user);
    const known = new Set(keys.map((key) => groups.get(key)).filter((group) => group !== undefined));
    const [largest = [], ...others] = [...known].toSorted((a, b) => b.length - a.length);
    largest.push(event);
    for (const other of others) {
      for (const moved of other) {
        largest.push(moved);
        for (const key of keysOf(moved.user)) groups.set(key, largest);
      }
    }
    for (const key of keys) groups.set(key, largest);
  }
  return [...new Set(groups.values())];
}

function concernsLearner(event: LmsEvent): event is LearnerEvent {
  return event.user !== null;
}

function keysOf({ lmsUserId, username }: EventUser): readonly string[] {
  return lmsUserId === null ? [`name:${username}`] : [`id:${lmsUserId}`, `name:${username}`];
}

function latestUsername(events: readonly LearnerEvent[]): string {
  return events.reduce((latest, event) => (isLater(event, latest) ? event : latest)).user.username;
}

function isLater(a: LmsEvent, b: LmsEvent): boolean {
  return a.time === b.time ? compareCodePoints(a.id, b.id) > 0 : a.time > b.time;
}
