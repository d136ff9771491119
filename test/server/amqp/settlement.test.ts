import type { Channel, ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { EventError, StoreError } from '../../../plugin/errors.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { decodeCloudEvent } from '../../../plugin/events/decode.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { silentLogger, systemClock } from '../../../plugin/ports/runtime.ts';
import { deadLettersTo } from '../../../server/amqp/dead-letters.ts';
import { Delivery } from '../../../server/amqp/delivery.ts';
import { Gate } from '../../../server/amqp/gate.ts';
import { type ProcessingOptions, settleDelivery } from '../../../server/amqp/processing.ts';
import { cloudEvent } from '../../plugin/events/samples.ts';

const quick = { firstMs: 1, longestMs: 4 };
const message = {
  content: Buffer.from('{}'),
  fields: { routingKey: 'a.type', exchange: 'topic' },
  properties: { headers: { ce_id: 'e1' }, contentType: 'application/json', messageId: 'e1' },
} as unknown as ConsumeMessage;

function aDelivery() {
  const channel = { ack: sinon.spy(), nack: sinon.spy() };
  const life = new AbortController();
  const delivery = new Delivery(channel as unknown as Channel, message, life.signal);
  return { channel, life, delivery, settlements: () => channel.ack.callCount + channel.nack.callCount };
}

function options(handle: (event: LmsEvent) => Promise<void>, send: () => Promise<void>): ProcessingOptions {
  return {
    handle,
    deadLetters: deadLettersTo({ publisher: { send }, exchange: 'dead', logger: silentLogger, backoff: quick }),
    gate: new Gate(quick),
    retry: { attempts: 3, pauses: quick },
    catalogue: eventCatalogue,
    logger: silentLogger,
    clock: systemClock,
    counts: {
      received: 0,
      redelivered: 0,
      handled: 0,
      ignored: 0,
      deadLettered: 0,
      retried: 0,
      abandoned: 0,
      inFlight: 0,
    },
  };
}

const event = decodeCloudEvent(cloudEvent());
const nothing = async (): Promise<void> => {};

describe('a delivery', () => {
  it('is settled once, whatever is called how often', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('acknowledge' as const, 'reject' as const), { minLength: 1 }), (calls) => {
        const { delivery, settlements } = aDelivery();
        const answers = calls.map((call) => delivery[call]());
        expect(settlements()).to.equal(1);
        expect(answers).to.deep.equal(calls.map((_, index) => index === 0));
      }),
    );
  });

  it('is not settled on a channel that is gone', () => {
    const { delivery, life, settlements } = aDelivery();
    life.abort();
    expect(delivery.acknowledge()).to.equal(false);
    expect(settlements()).to.equal(0);
  });

  it('takes the error of a closing channel for a delivery that comes again', () => {
    const channel = { ack: sinon.stub().throws(new Error('Channel closed')) };
    const delivery = new Delivery(channel as unknown as Channel, message, new AbortController().signal);
    expect(delivery.acknowledge()).to.equal(false);
  });
});

describe('settling a delivery', () => {
  it('acknowledges after handling, not before', async () => {
    const { channel, delivery } = aDelivery();
    const asked = options(async () => {
      expect(channel.ack.called).to.equal(false);
    }, nothing);
    await settleDelivery(delivery, event, asked);
    expect(channel.ack.callCount).to.equal(1);
    expect(asked.counts).to.include({ handled: 1, inFlight: 0 });
  });

  it('acknowledges an event of an unknown type as ignored', async () => {
    const { channel, delivery } = aDelivery();
    const send = sinon.stub().resolves();
    const asked = options(nothing, send);
    await settleDelivery(delivery, new EventError('unknown-type', 'the event type x is not in the catalogue'), asked);
    expect(channel.ack.callCount).to.equal(1);
    expect(send.called).to.equal(false);
    expect(asked.counts).to.include({ ignored: 1, deadLettered: 0 });
  });

  it('acknowledges a dead letter only after the dead-letter queue has confirmed it', async () => {
    const { channel, delivery } = aDelivery();
    let sends = 0;
    const send = async (): Promise<void> => {
      sends += 1;
      expect(channel.ack.called).to.equal(false);
      if (sends < 3) throw new StoreError('publish-unconfirmed', 'RabbitMQ did not confirm a message');
    };
    await settleDelivery(delivery, new EventError('malformed', 'the message body is not JSON'), options(nothing, send));
    expect(sends).to.equal(3);
    expect(channel.ack.callCount).to.equal(1);
  });

  it('tells of an event that was given up, once it is a dead letter, and not of a message that is none', async () => {
    const told: unknown[] = [];
    const { channel, delivery } = aDelivery();
    const broken = new RangeError('no such thing');
    const asked: ProcessingOptions = {
      ...options(() => Promise.reject(broken), nothing),
      onDeadEvent: async ({ id }, failure) => {
        expect(channel.ack.callCount).to.equal(1);
        told.push([id, failure]);
      },
    };
    await settleDelivery(delivery, event, asked);
    await settleDelivery(aDelivery().delivery, new EventError('malformed', 'the message body is not JSON'), asked);
    expect(told).to.deep.equal([[event.id, broken]]);
  });

  it('hands a dead letter that cannot be published to the broker itself', async () => {
    const { channel, delivery } = aDelivery();
    const send = sinon.stub().rejects(new RangeError('headers too large'));
    await settleDelivery(delivery, new EventError('malformed', 'the message body is not JSON'), options(nothing, send));
    expect(channel.nack.calledOnceWithExactly(message, false, false)).to.equal(true);
  });

  it('does not settle, nor publish a dead letter, once the delivery is given up', async () => {
    const { life, delivery, settlements } = aDelivery();
    const send = sinon.stub().resolves();
    const asked = options(async () => life.abort(), send);
    await settleDelivery(delivery, event, asked);
    expect(settlements()).to.equal(0);
    await settleDelivery(delivery, new EventError('malformed', 'the message body is not JSON'), asked);
    expect(send.called).to.equal(false);
    expect(asked.counts.abandoned).to.equal(1);
  });

  it('waits out a database that is away for longer than an event of its own trouble would be tried', async () => {
    const { channel, delivery } = aDelivery();
    let calls = 0;
    const asked = options(async () => {
      calls += 1;
      if (calls < 30) throw new StoreError('unavailable', 'the database cannot be reached');
    }, nothing);
    await settleDelivery(delivery, event, asked);
    expect(channel.ack.callCount).to.equal(1);
    expect(asked.counts).to.include({ handled: 1, retried: 29, deadLettered: 0 });
  });

  it('gives up an event at which the database fails again and again while it serves the others', async () => {
    const send = sinon.stub().resolves();
    const asked = options(async ({ id }) => {
      if (id === 'bad') throw new StoreError('unavailable', 'the document is too large');
    }, send);
    const bad = settleDelivery(aDelivery().delivery, { ...event, id: 'bad' }, asked);
    let finished = false;
    void bad.then(() => {
      finished = true;
    });
    while (!finished) {
      await settleDelivery(aDelivery().delivery, event, asked);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(asked.counts.deadLettered).to.equal(1);
    expect(send.firstCall.args[0].headers['laurel-reason']).to.equal('store.unavailable');
  });

  it('ends in exactly one settlement whatever handling and publishing do', async () => {
    const outcome = fc.constantFrom('fine', 'throws', 'store', 'event', 'sync');
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 6 }),
        fc.array(fc.boolean(), { maxLength: 3 }),
        async (plan, sends) => {
          const { delivery, settlements } = aDelivery();
          const steps = [...plan];
          const handle = (): Promise<void> => {
            switch (steps.shift()) {
              case 'throws':
                return Promise.reject(new Error('x'));
              case 'store':
                return Promise.reject(new StoreError('unavailable', 'the database cannot be reached'));
              case 'event':
                return Promise.reject(new EventError('no-user', 'the event names no learner'));
              case 'sync':
                throw new Error('x');
              default:
                return Promise.resolve();
            }
          };
          const answers = [...sends];
          const send = async (): Promise<void> => {
            if (answers.shift() === false)
              throw new StoreError('publish-unconfirmed', 'RabbitMQ did not confirm a message');
          };
          await settleDelivery(delivery, event, options(handle, send));
          expect(settlements()).to.equal(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
