/** Which details of a learner hold after an event, whatever the order in which events arrive. Pure. */

import { compareCodePoints, type Instant } from '../../dsl/index.ts';
import type { EventUser } from '../events/event.ts';
import type { Learner } from '../ports/learner-store.ts';

export function newLearner(id: string, user: EventUser, at: Instant): Learner {
  return { id, ...user, asOf: at };
}

/** @returns the same learner when the event tells nothing new */
export function withDetails(learner: Learner, user: EventUser, at: Instant): Learner {
  if (isNewer(learner, user, at))
    return { ...learner, ...user, lmsUserId: user.lmsUserId ?? learner.lmsUserId, asOf: at };
  // Who it is, unlike how they are called, may also be learnt from an old event.
  return learner.lmsUserId === null && user.lmsUserId !== null ? { ...learner, lmsUserId: user.lmsUserId } : learner;
}

function isNewer(learner: Learner, user: EventUser, at: Instant): boolean {
  if (at !== learner.asOf) return at > learner.asOf;
  return compareCodePoints(detailsKey(user), detailsKey(learner)) > 0;
}

/** Any fixed order will do for events of one instant. */
function detailsKey({ username, name, email, isActive }: Omit<EventUser, 'lmsUserId'>): string {
  return JSON.stringify([username, name, email, isActive]);
}

/** What the former holder of a username is called once a later event has given it to somebody else; their own next event
 *  tells their new one. `~` cannot be part of a username of the LMS. */
export function displacedUsername({ username, id }: Learner): string {
  return `${username}~${id.slice(0, 8)}`;
}
