import type { ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import fc from 'fast-check';
import { EventError } from '../../../plugin/errors.ts';
import type { DeadLetter, DeadMessage } from '../../../plugin/ports/dead-letters.ts';
import { deadMessageOf, eventFromDeadLetter } from '../../../server/amqp/dead-message.ts';
import { MAX_BODY_BYTES } from '../../../server/amqp/envelope.ts';
import { PASSING, passingStatus } from '../../plugin/events/samples.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const contract = { ce_type: PASSING, ce_id: 'e1', ce_source: 'lms', ce_time: '2026-01-01T00:00:00Z' };
const body = Buffer.from(JSON.stringify(passingStatus()));

function message(headers: Record<string, unknown>, content = body, properties: object = {}) {
  return {
    content,
    fields: { routingKey: PASSING, exchange: 'laurel.events.dead' },
    properties: { headers, contentType: 'application/json', messageId: 'e1', ...properties },
  } as unknown as ConsumeMessage;
}

const read = (...args: Parameters<typeof message>): DeadMessage =>
  deadMessageOf(message(...args), 'laurel.events', now);
const letterOf = (dead: DeadMessage): DeadLetter => ({
  ...dead,
  state: 'open',
  deaths: 1,
  replays: 0,
  lastReplay: null,
  settled: null,
});

const ours = {
  ...contract,
  'laurel-reason': 'event.malformed',
  'laurel-error': "the event's field is_passing must be true or false",
  'laurel-attempts': 3,
  'laurel-first-error-at': '2026-11-24T11:59:00.000Z',
  'laurel-dead-at': '2026-11-24T11:59:30.000Z',
  'laurel-exchange': 'learning-badges-lifecycle',
};
const theirs = {
  ...contract,
  'x-delivery-count': 4,
  'x-first-death-reason': 'delivery_limit',
  'x-death': [
    {
      reason: 'delivery_limit',
      queue: 'laurel.events.shard-1',
      exchange: 'learning-badges-lifecycle',
      time: { '!': 'timestamp', value: 1_764_000_000 },
    },
  ],
};

describe('a message in the dead-letter queue', () => {
  it('tells why, when, where and after how many attempts it died, and keeps what it was', () => {
    const { id, body: bytes, ...rest } = read(ours);
    expect(id).to.match(/^[0-9a-f]{32}$/);
    expect(Buffer.from(bytes)).to.deep.equal(body);
    expect(rest).to.deep.equal({
      reason: { code: 'event.malformed', message: "the event's field is_passing must be true or false" },
      eventType: PASSING,
      eventId: 'e1',
      source: 'lms',
      exchange: 'learning-badges-lifecycle',
      routingKey: PASSING,
      queue: 'laurel.events',
      contentType: 'application/json',
      messageId: 'e1',
      headers: contract,
      bodyBytes: body.length,
      attempts: 3,
      firstErrorAt: new Date('2026-11-24T11:59:00.000Z'),
      diedAt: new Date('2026-11-24T11:59:30.000Z'),
    });
  });

  it('tells what the broker knows of one that killed its consumers', () => {
    const dead = read(theirs);
    expect(dead).to.deep.include({
      reason: {
        code: 'rabbitmq.delivery-limit',
        message: 'its consumers ended too often before they had settled it; a process may have died of it',
      },
      exchange: 'learning-badges-lifecycle',
      queue: 'laurel.events.shard-1',
      attempts: 4,
      diedAt: new Date(1_764_000_000_000),
      headers: contract,
    });
  });

  it('is the same letter whoever took it out of the queue, and another when its body differs', () => {
    expect(read(ours).id).to.equal(read(theirs).id);
    expect(read(ours, Buffer.from('{}')).id).to.not.equal(read(ours).id);
  });

  it('can be read again as the event it is', () => {
    expect(eventFromDeadLetter(letterOf(read(ours)))).to.include({ id: 'e1', type: PASSING });
  });

  it('keeps only the beginning of a body too large to be read, and is refused for its size again', () => {
    const dead = read(ours, Buffer.alloc(MAX_BODY_BYTES + 10, 'a'));
    expect([dead.body.length, dead.bodyBytes]).to.deep.equal([MAX_BODY_BYTES, MAX_BODY_BYTES + 10]);
    expect(() => eventFromDeadLetter(letterOf(dead))).to.throw(EventError, 'the message body is larger than');
  });

  it('keeps of headers beyond measure what the contract asks for', () => {
    expect(read({ ...ours, huge: 'x'.repeat(70_000) }).headers).to.deep.equal(contract);
  });

  it('is taken in whatever it holds', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom(...Object.keys(ours), ...Object.keys(theirs)));
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), fc.uint8Array(), fc.jsonValue(), (headers, bytes, other) => {
        const dead = read(headers, Buffer.from(bytes), { contentType: other, messageId: other });
        expect(dead.reason.code).to.not.equal('');
        expect(Number.isNaN(dead.diedAt.getTime() + dead.firstErrorAt.getTime())).to.equal(false);
        expect(JSON.parse(JSON.stringify(dead.headers))).to.deep.equal(dead.headers);
      }),
      { numRuns: 300 },
    );
  });
});
