/** Where all doors meet: an event is processed, then recorded, and only then may its sender be told that it is taken.
 *
 *  A process that dies in between leaves an event without a record; its sender, who was told nothing, sends it again, and
 *  processing it again changes nothing. */

import { CredentialsError } from '../errors.ts';
import type { EventUser, LmsEvent } from '../events/event.ts';
import type { EventLogWriter } from '../events/event-log-writer.ts';
import type { Door, EventEntry, EventOutcome } from '../ports/event-log.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { EventProcessor, ProcessResult } from './process-event.ts';

export interface EventIntakeParts {
  /** null: badges are switched off. */
  readonly processor: EventProcessor | null;
  readonly writer: Pick<EventLogWriter, 'record'>;
  /** Whether the learner was retired: then nothing of the event is kept but that it came. Left out: nobody was. */
  isRetired?(user: Pick<EventUser, 'username' | 'lmsUserId'>): boolean | Promise<boolean>;
  /** Revision of the rules in force. */
  ruleRevision(): number;
  /** Looks at the store first. */
  latestRuleRevision?(): Promise<number>;
  /** Called, once the event is recorded, when the rules have changed since it met them: a replay that follows the change may
   *  have come too early to see it in the log. */
  onOutdated?(event: LmsEvent, result: ProcessResult): Promise<void>;
  /** Called when an event has been recorded. */
  onRecorded?(outcome: EventOutcome['kind']): void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface EventIntake {
  /** Resolves when what the event does and its record are durable.
   *  @throws StoreError; or what processing threw, after the failure has been recorded where that was possible */
  take(event: LmsEvent, door: Door): Promise<ProcessResult>;
  /** Records that an event was given up. Never rejects: the event itself is kept with the dead letters. */
  giveUp(event: LmsEvent, door: Door, failure: unknown): Promise<void>;
}

/** Rules that changed elsewhere are in force here after so long; replays wait for it. */
const SETTLED_MS = 2_000;

export function createEventIntake(parts: EventIntakeParts): EventIntake {
  const { processor, writer, ruleRevision, clock, logger } = parts;

  function entryOf(event: LmsEvent, door: Door): Omit<EventEntry, 'outcome' | 'learnerId'> {
    return { event, door, receivedAt: clock.now(), ruleRevision: ruleRevision() };
  }

  async function isOfNobody({ user }: LmsEvent): Promise<boolean> {
    return user !== null && parts.isRetired !== undefined && (await parts.isRetired(user));
  }

  async function ignoreRetired(event: LmsEvent, door: Door): Promise<ProcessResult> {
    const reason = 'retired-learner';
    const entry = entryOf({ ...event, user: null, payload: {} }, door);
    await writer.record({ ...entry, learnerId: null, outcome: { kind: 'ignored', reason } });
    return { outcome: 'ignored', reason };
  }

  async function take(event: LmsEvent, door: Door): Promise<ProcessResult> {
    if (parts.isRetired && (await isOfNobody(event))) return ignoreRetired(event, door);
    // The rules it meets are those of this moment, and processing looks at them before it first waits.
    const entry = entryOf(event, door);
    let result: ProcessResult;
    try {
      result = processor ? await processor.process(event) : { outcome: 'ignored', reason: 'badges-disabled' };
    } catch (error) {
      if (!isAway(error)) await recordFailure({ ...entry, learnerId: null, outcome: failureOf('failed', error) });
      throw error;
    }
    const learnerId = result.outcome === 'processed' ? result.learnerId : null;
    await record({ ...entry, learnerId, outcome: outcomeOf(result) });
    logger.debug('an event was taken', {
      eventId: event.id,
      eventType: event.type,
      door,
      learnerId,
      outcome: result.outcome,
    });
    if (parts.onOutdated && (await revisionNow(entry.receivedAt)) !== entry.ruleRevision)
      await parts.onOutdated(event, result);
    return result;
  }

  /** A process that was held up may not know yet what has long been changed elsewhere. */
  async function revisionNow(receivedAt: Date): Promise<number> {
    const tookLong = clock.now().getTime() - receivedAt.getTime() > SETTLED_MS;
    return tookLong && parts.latestRuleRevision ? parts.latestRuleRevision() : ruleRevision();
  }

  async function giveUp(event: LmsEvent, door: Door, failure: unknown): Promise<void> {
    // Where it cannot be found out, nothing is recorded: the event lies with the dead letters.
    if (await isOfNobody(event).catch(() => true)) return;
    return recordFailure({ ...entryOf(event, door), learnerId: null, outcome: failureOf('dead', failure) });
  }

  async function record(entry: EventEntry): Promise<void> {
    await writer.record(entry);
    parts.onRecorded?.(entry.outcome.kind);
  }

  async function recordFailure(entry: EventEntry): Promise<void> {
    try {
      await record(entry);
    } catch (error) {
      logger.warn('that an event failed could not be recorded', { eventId: entry.event.id, error: codeOf(error) });
    }
  }

  return { take, giveUp };
}

function outcomeOf(result: ProcessResult): EventOutcome {
  return result.outcome === 'processed'
    ? { kind: 'matched', badgeIds: result.matched }
    : { kind: 'ignored', reason: result.reason };
}

/** Messages of our own errors hold no personal data; those of others may. */
function failureOf(kind: 'failed' | 'dead', error: unknown): EventOutcome {
  if (error instanceof CredentialsError) return { kind, code: error.code, message: error.message };
  return { kind, code: 'bug.unexpected', message: 'processing failed unexpectedly; the log of the server says more' };
}

/** Nothing can be recorded where nothing can be read. */
function isAway(error: unknown): boolean {
  return codeOf(error) === 'store.unavailable';
}

function codeOf(error: unknown): string {
  return error instanceof CredentialsError ? error.code : 'bug.unexpected';
}
