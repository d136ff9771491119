import type { Channel, ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import fc from 'fast-check';
import { EventError, StoreError } from '../../../plugin/errors.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { decodeCloudEvent } from '../../../plugin/events/decode.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { silentLogger, systemClock } from '../../../plugin/ports/runtime.ts';
import { Delivery } from '../../../server/amqp/delivery.ts';
import { Gate } from '../../../server/amqp/gate.ts';
import type { ProcessingOptions } from '../../../server/amqp/processing.ts';
import { type Received, settleGroup } from '../../../server/amqp/settle-group.ts';
import { cloudEvent } from '../../plugin/events/samples.ts';

const quick = { firstMs: 1, longestMs: 4 };
const AN_EVENT = decodeCloudEvent(cloudEvent());

/** Deliveries of so many events, and what became of them. */
function aBatch(size: number, handle: (id: string) => Promise<void> = async () => {}) {
  const settled: string[] = [];
  const alone: string[] = [];
  const life = new AbortController();
  const channel = { ack: (message: ConsumeMessage) => settled.push(`${message.properties.messageId} done`) };
  const received: Received[] = Array.from({ length: size }, (_, n) => {
    const id = `e${n}`;
    const message = { properties: { messageId: id } } as ConsumeMessage;
    return { event: { ...AN_EVENT, id }, delivery: new Delivery(channel as unknown as Channel, message, life.signal) };
  });
  const options: ProcessingOptions = {
    async handle({ id }: LmsEvent) {
      alone.push(id);
      await handle(id);
    },
    deadLetters: {
      async take({ message }) {
        settled.push(`${message.properties.messageId} dead`);
      },
    },
    gate: new Gate(quick),
    retry: { attempts: 2, pauses: quick },
    catalogue: eventCatalogue,
    logger: silentLogger,
    clock: systemClock,
    counts: {
      ...{ received: 0, redelivered: 0, handled: 0, ignored: 0 },
      ...{ deadLettered: 0, retried: 0, abandoned: 0, inFlight: 0 },
    },
  };
  const settle = (take: () => Promise<readonly never[]>, learner: string | null = null): Promise<void> =>
    settleGroup({ learner, take }, received, options);
  return { settle, settled, alone, life, options };
}

describe('settling deliveries together', () => {
  it('acknowledges all when all are taken, and handles none by itself', async () => {
    const { settle, settled, alone, options } = aBatch(3);
    await settle(async () => {
      expect(options.counts.inFlight).to.equal(3);
      return [];
    });
    expect(settled).to.deep.equal(['e0 done', 'e1 done', 'e2 done']);
    expect(alone).to.deep.equal([]);
    expect(options.counts).to.include({ handled: 3, retried: 0, inFlight: 0 });
  });

  it('takes a group of one for what it is', async () => {
    const { settle, settled, alone } = aBatch(1);
    await settle(() => Promise.reject(new Error('not asked')));
    expect([...alone, ...settled]).to.deep.equal(['e0', 'e0 done']);
  });

  it('lets a poison event fail alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('fine', 'poison', 'refused', 'hiccup'), { minLength: 2, maxLength: 6 }),
        fc.constantFrom(null, 'ada'),
        async (kinds, learner) => {
          const hiccups = new Set<string>();
          const { settle, settled, options } = aBatch(kinds.length, async (id) => {
            const kind = kinds[Number(id.slice(1))];
            if (kind === 'poison') throw new TypeError('odd');
            if (kind === 'refused') throw new EventError('malformed', 'the event is odd');
            if (kind === 'hiccup' && !hiccups.has(id) && hiccups.add(id)) throw new Error('once');
          });
          await settle(() => Promise.reject(new TypeError('one of them is odd')), learner);
          const expected = kinds.map((kind, n) => `e${n} ${kind === 'fine' || kind === 'hiccup' ? 'done' : 'dead'}`);
          expect(settled).to.have.members(expected);
          expect(options.counts.inFlight).to.equal(0);
          expect(options.counts.handled + options.counts.deadLettered).to.equal(kinds.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('handles those of a learner one after the other when it takes a group apart', async () => {
    let running = 0;
    const { settle, alone } = aBatch(3, async () => {
      running += 1;
      expect(running).to.equal(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    await settle(() => Promise.reject(new Error('odd')), 'ada');
    expect(alone).to.deep.equal(['e0', 'e1', 'e2']);
  });

  it('waits for the database with the rest of the work when that is why it failed', async () => {
    const { settle, settled, options } = aBatch(2);
    let openings = -1;
    await settle(() => Promise.reject(new StoreError('unavailable', 'the database does not answer')));
    openings = options.gate.openings;
    expect(openings, 'the gate was shut and opened again').to.equal(1);
    expect(settled).to.have.members(['e0 done', 'e1 done']);
  });

  it('does not begin while the database is away, or for a channel that is gone', async () => {
    const away = aBatch(2);
    away.options.gate.failed();
    const neverTaken = () => Promise.reject(new Error('not asked'));
    await away.settle(neverTaken);
    expect(away.settled).to.have.members(['e0 done', 'e1 done']);
    const gone = aBatch(2);
    gone.life.abort();
    await gone.settle(neverTaken);
    expect(gone.settled).to.deep.equal([]);
    expect(gone.alone).to.deep.equal([]);
    expect(gone.options.counts).to.include({ abandoned: 2, handled: 0, retried: 0 });
  });
});
