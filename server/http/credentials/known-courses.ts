/** The courses that events have told of, for fields where the key of one is written. */

import type { EventLog } from '../../../plugin/ports/event-log.ts';
import { thrifty } from '../dashboard/thrifty.ts';

/** Of more, none is offered: whoever looks for one writes it. */
const MOST_COURSES = 500;

/** @returns asks; what is known not long ago does */
export function createKnownCourses(events: Pick<EventLog, 'records'>): () => Promise<readonly string[]> {
  const ask = thrifty(() => events.records.values('course', MOST_COURSES));
  return async () => (await ask())?.result ?? [];
}
