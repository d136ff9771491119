/** Entries of the event log for tests: number `n` was received and happened at minute `n`. */

import { instantFromDate } from '../../dsl/index.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { EventEntry, LearnerIdentity } from '../../plugin/ports/event-log.ts';

export const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

export function anEntry(n: number, entry: Partial<EventEntry> = {}, event: Partial<LmsEvent> = {}): EventEntry {
  const at = new Date(Date.UTC(2026, 5, 1, 0, n));
  return {
    event: {
      id: `e${n}`,
      type: PASSING,
      source: '/openedx/lms/web',
      time: instantFromDate(at),
      payload: { is_passing: true },
      user: { lmsUserId: 7, username: 'ann', email: 'ann@example.org', name: 'Ann Example', isActive: true },
      ...event,
    },
    receivedAt: at,
    door: 'http',
    learnerId: null,
    outcome: { kind: 'ignored', reason: 'no-match' },
    ruleRevision: 1,
    ...entry,
  };
}

export function aLearner(overrides: Partial<LearnerIdentity> = {}): LearnerIdentity {
  return { id: 'l1', username: 'ann', lmsUserId: 7, ...overrides };
}
