/** Learners by what people know of them. */

import { NotFoundError } from '../errors.ts';
import type { EventLog, LearnerIdentity } from '../ports/event-log.ts';
import type { LearnerStore } from '../ports/learner-store.ts';

interface Stores {
  readonly learners: Pick<LearnerStore, 'findByUsername'>;
  readonly events: Pick<EventLog, 'list'>;
}

/** Also somebody of whom nothing has matched yet: no learner, but events of theirs are in the log.
 *  @throws NotFoundError `not-found.learner` */
export async function findIdentity({ learners, events }: Stores, username: string): Promise<LearnerIdentity> {
  const learner = await learners.findByUsername(username);
  if (learner) return learner;
  const [entry] = (await events.list({ username, limit: 1 })).items;
  const user = entry?.event.user;
  if (!user)
    throw new NotFoundError('learner', 'no event has told of a learner with this username; check the spelling');
  return { id: '', username: user.username, lmsUserId: user.lmsUserId };
}
