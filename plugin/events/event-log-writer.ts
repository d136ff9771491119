/** Writes the event log many entries at a time, so that a durable record of every event costs a share of a write.
 *
 *  While one batch is being written the next one gathers, so batches grow with the load and nobody waits for nothing. */

import { StoreError } from '../errors.ts';
import type { EventEntry, EventLog } from '../ports/event-log.ts';
import type { Logger } from '../ports/runtime.ts';

export interface EventLogWriterParts {
  readonly log: Pick<EventLog, 'record'>;
  readonly logger: Logger;
  /** Entries in one write. */
  readonly batch?: number;
  /** Writes under way at the same time. */
  readonly atOnce?: number;
  /** Entries that may wait; more are refused. */
  readonly waiting?: number;
  /** Runs a task when the events of this moment have been taken in; `setImmediate` unless given. */
  soon?(task: () => void): void;
}

export interface EventLogWriter {
  /** Resolves when the entry is durable. @throws StoreError when it is not; record the event again */
  record(entry: EventEntry): Promise<void>;
  /** Resolves when everything handed over is written or refused; takes no more. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly entry: EventEntry;
  done(): void;
  failed(reason: unknown): void;
}

export function createEventLogWriter(parts: EventLogWriterParts): EventLogWriter {
  const { log, logger, batch = 500, atOnce = 2, waiting: mostWaiting = 10_000, soon = setImmediate } = parts;
  let waiting: Waiting[] = [];
  const writes = new Set<Promise<void>>();
  let announced = false;
  let stopped = false;

  function record(entry: EventEntry): Promise<void> {
    if (stopped) return Promise.reject(new StoreError('stopping', 'Laurel is stopping; send the event again'));
    if (waiting.length >= mostWaiting) return Promise.reject(overloaded());
    return new Promise((done, failed) => {
      waiting.push({ entry, done, failed });
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
      const taken = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      const write = written(taken).finally(() => {
        writes.delete(write);
        writeNext();
      });
      writes.add(write);
    }
  }

  /** Never rejects. */
  async function written(taken: readonly Waiting[]): Promise<void> {
    try {
      const { otherSource } = await log.record(taken.map(({ entry }) => entry));
      for (const eventId of otherSource) {
        logger.warn('an event id has come from two sources; only the first event with it counts', { eventId });
      }
      for (const { done } of taken) done();
    } catch (error) {
      for (const { failed } of taken) failed(error);
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

function overloaded(): StoreError {
  return new StoreError('overloaded', 'more events come in than the database takes; send the event again later');
}
