/** Bodies that are made to hurt whoever reads them, over a real RabbitMQ: each a dead letter with its reason, and events go on. */

import { expect } from 'chai';
import { PASSING, passingStatus } from '../plugin/events/samples.ts';
import { type RabbitMq, rabbitmq } from '../support/rabbitmq.ts';
import { BusUnderTest, eventually } from './amqp-support.ts';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const inCourse = (more: string): Buffer =>
  Buffer.from(JSON.stringify(passingStatus()).replace(/"display_name":"[^"]*"/, `"display_name":${more}`));

const BODIES: Readonly<Record<string, { readonly body: Buffer; readonly type?: string; readonly says: RegExp }>> = {
  'half a million arrays, one in the other': {
    body: Buffer.from(nested('[', ']', 500_000)),
    says: /must be an object/,
  },
  'arrays that never end': { body: Buffer.from('['.repeat(1_000_000)), says: /^the message body is not JSON/ },
  'a field nested a hundred thousand levels deep': {
    body: inCourse(nested('{"a":[', ']}', 50_000).replace('[]', '[1]')),
    says: /nested deeper than|must be/,
  },
  'a structured event nested as deep': {
    body: Buffer.from(`{"specversion":"1.0","id":${nested('[', ']', 400_000)}}`),
    type: 'application/cloudevents+json',
    says: /(type|id) is missing/,
  },
  'five million characters': {
    body: Buffer.alloc(5_000_000, 'x'),
    says: /^the message body is larger than 1048576 bytes$/,
  },
  'sixty thousand fields': {
    body: json({ ...passingStatus(), ...Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, n])) }),
    says: /must/,
  },
  'a number of a million digits': { body: inCourse('9'.repeat(1_000_000)), says: /must/ },
  'bytes that are no text': { body: Buffer.alloc(900_000, 0xc0), says: /^the message body is not JSON in UTF-8/ },
};

describe('a message with a body that is made to hurt', function () {
  this.timeout(120_000);
  let broker: RabbitMq;
  let bus: BusUnderTest;
  before(async function () {
    broker = await rabbitmq(this);
  });
  beforeEach(() => {
    bus = new BusUnderTest(broker.url);
  });
  afterEach(() => bus.close());

  it('becomes a dead letter that says why, whole, and keeps nothing from the events behind it', async () => {
    const consumer = await bus.consumer();
    const channel = await bus.channel();
    const send = (id: string, content: Buffer, contentType = 'application/json') =>
      channel.publish(bus.topology.exchange, PASSING, content, {
        contentType,
        headers: { ce_type: PASSING, ce_id: id, ce_source: 'openedx/lms/web', ce_time: '2026-03-01T10:00:00Z' },
      });
    for (const [name, { body, type }] of Object.entries(BODIES)) {
      send(name, body, type);
      send(`after ${name}`, json(passingStatus()));
    }
    const ids = Object.keys(BODIES);
    await eventually(async () => bus.events.length === ids.length || null);
    expect(bus.events.map(({ id }) => id).sort()).to.deep.equal(ids.map((name) => `after ${name}`).sort());
    const letters = new Map<string, { readonly bytes: number; readonly reason: string; readonly says: string }>();
    for (const _ of ids) {
      const { content, properties } = await bus.next(bus.topology.deadLetters);
      const { ce_id: id, 'laurel-reason': reason, 'laurel-error': says } = properties.headers ?? {};
      letters.set(id, { bytes: content.length, reason, says });
    }
    for (const [name, { body, says }] of Object.entries(BODIES)) {
      expect(letters.get(name), name).to.include({ bytes: body.length, reason: 'event.malformed' });
      expect(letters.get(name)?.says, name).to.match(says);
      expect(letters.get(name)?.says.length, name).to.be.lessThan(300);
    }
    expect(consumer.counts()).to.include({
      handled: ids.length,
      deadLettered: ids.length,
      abandoned: 0,
      redelivered: 0,
    });
    expect(consumer.subscribed()).to.equal(true);
    expect(await bus.depth(bus.topology.queue)).to.equal(0);
  });
});
