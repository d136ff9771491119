/** What the twins keep of a learner, as far as the pages show it. */

import type { LearnerTraces, TraceStep } from '../../plugin/ports/learner-traces.ts';
import type { MemoryEventLog } from '../../plugin/ports/memory-event-log.ts';
import type { MemoryLearnerStore } from '../../plugin/ports/memory-learner-store.ts';
import type { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import { type Person, withDetails } from '../../plugin/privacy/person.ts';

export interface MemoryTracesParts {
  readonly learners: MemoryLearnerStore;
  readonly events: MemoryEventLog;
  readonly progress: MemoryProgressStore;
}

export function memoryTraces({ learners, events, progress }: MemoryTracesParts): LearnerTraces {
  return {
    async find(username) {
      const learner = await learners.findByUsername(username);
      const nobody = { learnerId: learner?.id ?? null, lmsUserId: null, username };
      const person: Person = { ...nobody, usernames: [username], emails: [], names: [] };
      return learner && withDetails(person, learner);
    },
    gather: async (person) => person,
    async count({ learnerId }) {
      return { progress: learnerId === null ? 0 : (await progress.ofLearner(learnerId)).length };
    },
    async erase(part, { learnerId: id, username, lmsUserId }): Promise<TraceStep> {
      const erased = part === 'events' && id !== null ? await events.forget({ id, username, lmsUserId }) : 0;
      return { erased, next: null };
    },
    async rename(former, next) {
      const [learner, holder] = [await learners.findByUsername(former), await learners.findByUsername(next)];
      if (learner === null) return 'unknown';
      return holder === null ? 'renamed' : 'taken';
    },
    renameMentions: async () => ({ erased: 0, next: null }),
  };
}
