/** Counts what the pipeline does, in memory, and adds it to the store every few seconds: no event waits for a counter.
 *
 *  A process that is killed takes the counts of its last seconds along. They are for looking at; nothing is decided by
 *  them. */

import {
  type ActivityCounts,
  type ActivityKind,
  type ActivityStore,
  type CallsByProvider,
  isProviderWord,
  mergedCalls,
} from '../ports/activity-store.ts';
import type { OutcomeKind } from '../ports/event-log.ts';
import type { Progress } from '../ports/progress-store.ts';
import type { Clock } from '../ports/runtime.ts';

export interface ActivityTally {
  event(outcome: OutcomeKind): void;
  /** What a change of progress gave and took back. */
  progress(former: Progress | null, next: Progress): void;
  failedCall(): void;
  /** How a call over a lane ended; only those to providers are counted. */
  call(lane: string, hasSucceeded: boolean): void;
  /** Adds what was counted since to the store. What cannot be added stays counted. @throws StoreError */
  flush(): Promise<void>;
}

export function createActivityTally({
  store,
  clock,
}: {
  readonly store: Pick<ActivityStore, 'add'>;
  readonly clock: Clock;
}): ActivityTally {
  let counts: Partial<Record<ActivityKind, number>> = {};
  let calls: CallsByProvider = new Map();

  function count(kind: ActivityKind, number = 1): void {
    if (number > 0) counts[kind] = (counts[kind] ?? 0) + number;
  }

  return {
    event(outcome) {
      count('events');
      if (outcome === 'matched') count('matches');
      if (outcome === 'failed' || outcome === 'dead') count('failures');
    },
    progress(former, next) {
      count('awards', next.issued.length - (former?.issued.length ?? 0));
      count('revocations', takenBack(next) - (former === null ? 0 : takenBack(former)));
    },
    failedCall() {
      count('failures');
    },
    call(lane, hasSucceeded) {
      if (!isProviderWord(lane)) return;
      const ended = { calls: 1, failures: hasSucceeded ? 0 : 1, succeededAt: hasSucceeded ? clock.now() : null };
      calls = mergedCalls(calls, new Map([[lane, ended]]));
    },
    async flush() {
      const taken: Partial<ActivityCounts> = counts;
      const made = calls;
      if (Object.keys(taken).length === 0 && made.size === 0) return;
      counts = {};
      calls = new Map();
      try {
        await store.add(clock.now(), taken, made);
      } catch (error) {
        calls = mergedCalls(made, calls);
        for (const [kind, number] of Object.entries(taken)) count(kind as ActivityKind, number);
        throw error;
      }
    },
  };
}

function takenBack({ issued }: Progress): number {
  return issued.filter(({ revokedAt }) => revokedAt !== null).length;
}
