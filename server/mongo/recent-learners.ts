/** Learners seen lately, so that those of whom an event tells nothing new need not be looked up. What is remembered may be
 *  out of date: it is only ever used for an update that finds nobody unless it still holds. */

import type { EventUser } from '../../plugin/events/event.ts';
import type { Learner } from '../../plugin/ports/learner-store.ts';

export class RecentLearners {
  readonly #byUser = new Map<string, Learner>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** @returns the learner, when all that the event names of them is known */
  recall(user: EventUser): Learner | null {
    const learner = this.#byUser.get(keyOf(user));
    return learner && tellsNothingNew(learner, user) ? learner : null;
  }

  remember(user: EventUser, learner: Learner): void {
    const key = keyOf(user);
    this.#byUser.delete(key);
    this.#byUser.set(key, learner);
    if (this.#byUser.size <= this.#most) return;
    const [oldest] = this.#byUser.keys();
    if (oldest !== undefined) this.#byUser.delete(oldest);
  }

  forget(user: EventUser): void {
    this.#byUser.delete(keyOf(user));
  }
}

function keyOf({ lmsUserId, username }: EventUser): string {
  return lmsUserId === null ? `name:${username}` : `id:${lmsUserId}`;
}

function tellsNothingNew(learner: Learner, { lmsUserId, username, name, email, isActive }: EventUser): boolean {
  return (
    (lmsUserId === null || lmsUserId === learner.lmsUserId) &&
    username === learner.username &&
    name === learner.name &&
    email === learner.email &&
    isActive === learner.isActive
  );
}
