/** The replay of many dead letters, as a job: one after the other, not too fast, and carried on by any process. */

import { CredentialsError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { DeadLetterFilter, DeadLetterStore, ReplayOutcome } from '../ports/dead-letters.ts';
import type { Job, JsonObject } from '../ports/job-store.ts';
import type { LetterReplay } from './replay-letter.ts';

export const REPLAY_DEAD_LETTERS = 'replay-dead-letters';

/** However many are replayed, and from wherever: so that a replay leaves room for what arrives. */
export const LETTERS_PER_SECOND = 50;

export interface ReplayJobParts {
  readonly store: Pick<DeadLetterStore, 'idsAfter' | 'count'>;
  readonly letters: Pick<LetterReplay, 'replay'>;
  readonly lettersPerSecond?: number;
  readonly pause?: (ms: number) => Promise<void>;
}

/** Which letters; only those that are open, and that had died by then. */
export type ReplayFilter = Omit<DeadLetterFilter, 'state'> & { readonly diedUntil: Date };

/** What a job of this kind is asked for. */
export function replayParameters({ reason, eventType, diedUntil, ids }: ReplayFilter): JsonObject {
  return {
    diedUntil: diedUntil.toISOString(),
    ...(reason !== undefined && { reason }),
    ...(eventType !== undefined && { eventType }),
    ...(ids !== undefined && { ids }),
  };
}

function filterOf({ parameters }: Job): DeadLetterFilter {
  const { diedUntil, ...rest } = parameters as Omit<DeadLetterFilter, 'diedUntil'> & { readonly diedUntil: string };
  return { ...rest, diedUntil: new Date(diedUntil), state: 'open' };
}

/** Letters of a step. */
const BATCH = 20;

export function createReplayDeadLetters(parts: ReplayJobParts): JobKind {
  const { store, letters, lettersPerSecond = LETTERS_PER_SECOND } = parts;
  const pause = parts.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));

  /** @returns null: somebody else has settled the letter @throws what may succeed later */
  async function replayOne(id: string, by: string): Promise<ReplayOutcome | null> {
    try {
      return (await letters.replay(id, by)).outcome;
    } catch (error) {
      if (error instanceof CredentialsError && error.retry === 'never') return null;
      throw error;
    }
  }

  return {
    kind: REPLAY_DEAD_LETTERS,
    async step(job: Job): Promise<JobStep> {
      const filter = filterOf(job);
      const total = job.total ?? (await store.count(filter));
      let cursor = typeof job.cursor === 'string' ? job.cursor : '';
      const ids = await store.idsAfter(filter, cursor, BATCH);
      const counts: Record<string, number> = {};
      let done = 0;
      for (const id of ids) {
        let outcome: ReplayOutcome | null;
        try {
          outcome = await replayOne(id, job.requestedBy);
        } catch (error) {
          if (done === 0) throw error;
          // What was done is recorded first, so that it is not done, and counted, again.
          return { cursor, done, counts, total, finished: false };
        }
        const word = outcome ?? 'left alone';
        counts[word] = (counts[word] ?? 0) + 1;
        done += 1;
        cursor = id;
        await pause(1_000 / lettersPerSecond);
      }
      return { cursor, done, counts, total, finished: ids.length < BATCH };
    },
  };
}
