/** One dead letter put through the pipeline again, or only looked at: what would it do now? */

import type { RuleIndex } from '../../dsl/index.ts';
import type { ProcessResult } from '../badges/process-event.ts';
import { ConflictError, CredentialsError, EventError, NotFoundError } from '../errors.ts';
import type { LmsEvent } from '../events/event.ts';
import type { DeadLetter, DeadLetterStore, Replay, ReplayOutcome } from '../ports/dead-letters.ts';
import type { LearnerStore } from '../ports/learner-store.ts';
import type { ProgressStore } from '../ports/progress-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';

export interface ReplayParts {
  readonly store: DeadLetterStore;
  /** Reads the event of a letter as its door would today. @throws EventError */
  readonly decode: (letter: DeadLetter) => LmsEvent;
  /** The pipeline of every door. @throws StoreError */
  readonly process: (event: LmsEvent) => Promise<ProcessResult>;
  /** The active badges as they are now. */
  readonly index: () => RuleIndex;
  readonly learners: Pick<LearnerStore, 'findByUsername'>;
  readonly progress: Pick<ProgressStore, 'load'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a replay would lead to. */
export type Forecast = Pick<Replay, 'outcome' | 'code' | 'message'>;

export interface LetterReplay {
  /** Puts the letter through the pipeline and notes what became of it.
   *  @throws NotFoundError `not-found.dead-letter`; ConflictError `conflict.dead-letter-settled`; StoreError: nothing is
   *    noted, the same call may succeed later */
  replay(id: string, by: string): Promise<Replay>;
  /** Changes nothing. @throws NotFoundError, StoreError */
  forecast(id: string): Promise<Forecast>;
}

export function createLetterReplay(parts: ReplayParts): LetterReplay {
  const { store, clock, logger } = parts;

  async function find(id: string): Promise<DeadLetter> {
    const letter = await store.letter(id);
    if (!letter)
      throw new NotFoundError(
        'dead-letter',
        'there is no such dead letter; the list of dead letters has those there are',
      );
    return letter;
  }

  /** @throws what may be over later: it says nothing about the letter */
  async function attempt(letter: DeadLetter, work: (event: LmsEvent) => Promise<ReplayOutcome>): Promise<Forecast> {
    try {
      return { outcome: await work(parts.decode(letter)), code: null, message: null };
    } catch (error) {
      if (error instanceof CredentialsError && error.retry === 'later') throw error;
      if (!(error instanceof CredentialsError)) {
        const kind = error instanceof Error ? error.name : 'error';
        logger.error('replaying a dead letter failed', { letterId: letter.id, error: kind });
        const message = `handling the event failed with an unexpected ${kind}; see the log`;
        return { outcome: 'failed', code: 'bug.unexpected', message };
      }
      // as at the door: what nobody here knows is nobody's fault
      const unknown = error instanceof EventError && error.code === 'event.unknown-type';
      return { outcome: unknown ? 'ignored' : 'failed', code: error.code, message: error.message };
    }
  }

  return {
    async replay(id, by) {
      const letter = await find(id);
      if (letter.state !== 'open') throw settled(letter);
      const result = await attempt(letter, async (event) => outcomeOf(await parts.process(event)));
      const replay = { at: clock.now(), by, ...result };
      await store.recordReplay(id, replay);
      return replay;
    },

    async forecast(id) {
      return await attempt(await find(id), async (event) => {
        const matches = event.user === null ? [] : parts.index().match(event);
        if (event.user === null || matches.length === 0) return 'ignored';
        const learner = await parts.learners.findByUsername(event.user.username);
        if (learner === null) return 'applied';
        for (const { badge } of matches) {
          const progress = await parts.progress.load(learner.id, badge.id);
          const known = progress?.contributions.some(({ eventId, badge: of }) => of === null && eventId === event.id);
          if (!known) return 'applied';
        }
        return 'unchanged';
      });
    },
  };
}

function outcomeOf(result: ProcessResult): ReplayOutcome {
  if (result.outcome === 'ignored') return 'ignored';
  return result.badges.some(({ changed }) => changed) ? 'applied' : 'unchanged';
}

function settled({ state }: DeadLetter): ConflictError {
  const how = state === 'replayed' ? 'has been replayed' : 'has been discarded';
  return new ConflictError('dead-letter-settled', `the dead letter ${how} already; reload the page to see by whom`);
}
