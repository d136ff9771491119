/** Writes the event log many entries at a time, so that a durable record of every event costs a share of a write.
 *
 *  While one batch is being written the next one gathers, so batches grow with the load and nobody waits for nothing. */

import { CredentialsError, StoreError } from '../errors.ts';
import type { EventEntry, EventLog } from '../ports/event-log.ts';
import type { Logger } from '../ports/runtime.ts';

export interface EventLogWriterParts {
  readonly log: Pick<EventLog, 'record'>;
  readonly logger: Logger;
  /** Entries in one write; more only where they were handed over together. */
  readonly batch?: number;
  /** Writes under way at the same time. */
  readonly atOnce?: number;
  /** Entries that may wait; more are refused. */
  readonly waiting?: number;
  /** Runs a task when the events of this moment have been taken in; `setImmediate` unless given. */
  soon?(task: () => void): void;
}

export interface EventLogWriter {
  /** Resolves when the entries are durable. @throws StoreError when not all of them are; record the events again */
  record(entries: readonly EventEntry[]): Promise<void>;
  /** Resolves when everything handed over is written or refused; takes no more. */
  stop(): Promise<void>;
}

/** What was handed over together. */
interface Waiting {
  readonly entries: readonly EventEntry[];
  done(): void;
  failed(reason: unknown): void;
}

export function createEventLogWriter(parts: EventLogWriterParts): EventLogWriter {
  const { log, logger, batch = 500, atOnce = 2, waiting: mostWaiting = 10_000, soon = setImmediate } = parts;
  let waiting: Waiting[] = [];
  let waitingEntries = 0;
  const writes = new Set<Promise<void>>();
  let announced = false;
  let stopped = false;

  function record(entries: readonly EventEntry[]): Promise<void> {
    if (stopped) return Promise.reject(new StoreError('stopping', 'Laurel is stopping; send the event again'));
    if (waitingEntries + entries.length > mostWaiting) return Promise.reject(overloaded());
    return new Promise((done, failed) => {
      waiting.push({ entries, done, failed });
      waitingEntries += entries.length;
      announce();
    });
  }

  function announce(): void {
    if (announced || writes.size >= atOnce) return;
    announced = true;
    soon(() => {
      announced = false;
      writeNext();
    });
  }

  function writeNext(): void {
    while (waiting.length > 0 && writes.size < atOnce) {
      const write = written(nextBatch()).finally(() => {
        writes.delete(write);
        writeNext();
      });
      writes.add(write);
    }
  }

  function nextBatch(): readonly Waiting[] {
    let size = 0;
    let end = 0;
    for (const { entries } of waiting) {
      if (end > 0 && size + entries.length > batch) break;
      size += entries.length;
      end += 1;
    }
    const taken = waiting.slice(0, end);
    waiting = waiting.slice(end);
    waitingEntries -= size;
    return taken;
  }

  /** Never rejects. */
  async function written(taken: readonly Waiting[]): Promise<void> {
    try {
      const { otherSource } = await log.record(taken.flatMap(({ entries }) => entries));
      for (const eventId of otherSource) {
        logger.warn('an event id has come from two sources; only the first event with it counts', { eventId });
      }
      for (const { done } of taken) done();
    } catch (error) {
      // one that the database cannot digest must not take the others along
      if (taken.length > 1 && !isPassing(error)) for (const one of taken) await written([one]);
      else for (const { failed } of taken) failed(error);
    }
  }

  return {
    record,
    async stop() {
      stopped = true;
      writeNext();
      while (writes.size > 0) await Promise.all(writes);
    },
  };
}

/** Trouble of the database, and not of what it was given. */
function isPassing(error: unknown): boolean {
  return error instanceof CredentialsError && error.retry === 'later';
}

function overloaded(): StoreError {
  return new StoreError('overloaded', 'more events come in than the database takes; send the event again later');
}
