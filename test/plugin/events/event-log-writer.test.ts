import { expect } from 'chai';
import { StoreError } from '../../../plugin/errors.ts';
import { createEventLogWriter, type EventLogWriterParts } from '../../../plugin/events/event-log-writer.ts';
import type { EventEntry, Recorded } from '../../../plugin/ports/event-log.ts';
import { MemoryEventLog } from '../../../plugin/ports/memory-event-log.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { anEntry } from '../../support/event-entries.ts';

describe('the event log writer', () => {
  it('writes what comes in at the same moment in one batch, and resolves when it is durable', async () => {
    const { log, writer, batches } = aWriter();
    const recorded = [1, 2, 3].map((n) => writer.record([anEntry(n)]));
    expect(batches).to.deep.equal([]);
    await Promise.all(recorded);
    expect(batches).to.deep.equal([['e1', 'e2', 'e3']]);
    expect(await log.get('e3')).to.deep.equal(anEntry(3));
  });

  it('gathers the next batch while the writes at once are under way, and no batch exceeds its size', async () => {
    const { writer, batches, held, next } = aWriter({ atOnce: 1, batch: 2 });
    held.hold = true;
    const recorded = [1, 2, 3, 4, 5].map((n) => writer.record([anEntry(n)]));
    await next();
    expect(batches).to.deep.equal([['e1', 'e2']]);
    held.release();
    await Promise.all(recorded);
    expect(batches).to.deep.equal([['e1', 'e2'], ['e3', 'e4'], ['e5']]);
  });

  it('fails the entries of a batch that fails and no others', async () => {
    const { writer, held } = aWriter({ batch: 2, atOnce: 1 });
    held.failOn = 'e2';
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => writer.record([anEntry(n)])));
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
    held.failOn = null;
    await writer.record([anEntry(2)]);
  });

  it('writes what is handed over together in one batch, and lets what the database cannot digest fail alone', async () => {
    const { writer, batches, held } = aWriter({ batch: 2, atOnce: 1 });
    held.failOn = 'e4';
    held.failure = new RangeError('the document is too large');
    const recorded = [[1, 2, 3], [4], [5]].map((numbers) => writer.record(numbers.map((n) => anEntry(n))));
    const results = await Promise.allSettled(recorded);
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).to.deep.equal([['e1', 'e2', 'e3'], ['e4', 'e5'], ['e4'], ['e5']]);
  });

  it('resolves for an event that is there already', async () => {
    const { writer, batches } = aWriter();
    await writer.record([anEntry(1)]);
    await Promise.all([writer.record([anEntry(1)]), writer.record([anEntry(2)])]);
    expect(batches).to.deep.equal([['e1'], ['e1', 'e2']]);
  });

  it('refuses more than may wait, and takes events again when there is room', async () => {
    const { writer, held } = aWriter({ waiting: 2 });
    held.hold = true;
    const first = [writer.record([anEntry(1)]), writer.record([anEntry(2)])];
    const refusal = await writer.record([anEntry(3)]).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StoreError);
    expect(refusal).to.include({
      code: 'store.overloaded',
      message: 'more events come in than the database takes; send the event again later',
    });
    held.release();
    await Promise.all(first);
    await writer.record([anEntry(3)]);
  });

  it('writes what waits when it stops, and takes nothing afterwards', async () => {
    const { log, writer, held, next } = aWriter({ atOnce: 1, batch: 1 });
    held.hold = true;
    const recorded = [writer.record([anEntry(1)]), writer.record([anEntry(2)])];
    const stopped = writer.stop();
    await next();
    held.release();
    await stopped;
    await Promise.all(recorded);
    expect(await log.get('e2')).to.deep.equal(anEntry(2));
    const refusal = await writer.record([anEntry(3)]).catch((error: unknown) => error);
    expect(refusal).to.include({ code: 'store.stopping', message: 'Laurel is stopping; send the event again' });
  });

  it('says in the log when one id comes from two sources', async () => {
    const warnings: unknown[] = [];
    const logger = { ...silentLogger, warn: (message: string, fields: unknown) => warnings.push([message, fields]) };
    const { writer } = aWriter({ logger });
    await writer.record([anEntry(1)]);
    await writer.record([anEntry(1, {}, { source: '/elsewhere' })]);
    expect(warnings).to.deep.equal([
      ['an event id has come from two sources; only the first event with it counts', { eventId: 'e1' }],
    ]);
  });
});

function aWriter(options: Partial<EventLogWriterParts> = {}) {
  const log = new MemoryEventLog();
  const batches: string[][] = [];
  let release = () => {};
  const held = {
    hold: false,
    failOn: null as string | null,
    failure: new StoreError('unavailable', 'the database is away') as Error,
    release() {
      held.hold = false;
      release();
    },
  };
  const record = async (entries: readonly EventEntry[]): Promise<Recorded> => {
    const ids = entries.map(({ event }) => event.id);
    batches.push(ids);
    if (held.hold) await new Promise<void>((resolve) => (release = resolve));
    if (held.failOn !== null && ids.includes(held.failOn)) throw held.failure;
    return log.record(entries);
  };
  const writer = createEventLogWriter({ log: { record }, logger: silentLogger, ...options });
  return { log, batches, held, writer, next: () => new Promise<void>((resolve) => setImmediate(resolve)) };
}
