import type { Channel, ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import sinon from 'sinon';
import { StoreError } from '../../../plugin/errors.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { Delivery } from '../../../server/amqp/delivery.ts';
import type { RawMessage } from '../../../server/amqp/publisher.ts';
import { isSuspect, suspectsTo } from '../../../server/amqp/suspects.ts';

const message = {
  content: Buffer.from('{}'),
  fields: { routingKey: 'a.type', exchange: 'topic' },
  properties: { headers: { ce_id: 'e1', 'x-delivery-count': 2 }, contentType: 'application/json', messageId: 'e1' },
} as unknown as ConsumeMessage;

function aDelivery() {
  const channel = { ack: sinon.spy(), nack: sinon.spy() };
  const life = new AbortController();
  return { channel, life, delivery: new Delivery(channel as unknown as Channel, message, life.signal) };
}

function suspectsWith(send: (message: RawMessage) => Promise<void>) {
  const backoff = { firstMs: 1, longestMs: 4 };
  return suspectsTo({ publisher: { send }, exchange: 'suspects', logger: silentLogger, backoff });
}

describe('messages whose consumers have died', () => {
  it('are under suspicion from the second death on', () => {
    const counts = [undefined, {}, { 'x-delivery-count': 1 }, { 'x-delivery-count': 2 }, { 'x-delivery-count': 20 }];
    expect(counts.map(isSuspect)).to.deep.equal([false, false, false, true, true]);
  });

  it('are set aside as they came, their deliveries counted anew, and acknowledged only then', async () => {
    const { channel, delivery } = aDelivery();
    const send = sinon.spy(async (_: RawMessage) => void expect(channel.ack.callCount).to.equal(0));
    expect(await suspectsWith(send).setAside(delivery)).to.equal(true);
    expect(send.args).to.deep.equal([
      [
        {
          exchange: 'suspects',
          routingKey: 'a.type',
          content: message.content,
          contentType: 'application/json',
          messageId: 'e1',
          headers: { ce_id: 'e1', 'laurel-exchange': 'topic' },
        },
      ],
    ]);
    expect([channel.ack.callCount, channel.nack.callCount]).to.deep.equal([1, 0]);
  });

  it('wait in hand while the broker takes no messages', async () => {
    const { channel, delivery } = aDelivery();
    const send = sinon.stub().rejects(new StoreError('bus-unavailable', 'RabbitMQ is away')).onThirdCall().resolves();
    expect(await suspectsWith(send).setAside(delivery)).to.equal(true);
    expect([send.callCount, channel.ack.callCount]).to.deep.equal([3, 1]);
  });

  it('are handled where they are when they cannot be published', async () => {
    const { channel, delivery } = aDelivery();
    const suspects = suspectsWith(() => Promise.reject(new RangeError('the headers do not fit')));
    expect(await suspects.setAside(delivery)).to.equal(false);
    expect(channel.ack.callCount).to.equal(0);
  });

  it('stay unsettled when their channel is lost meanwhile', async () => {
    const { channel, life, delivery } = aDelivery();
    const suspects = suspectsWith(async () => {
      life.abort(new Error('gone'));
      throw new StoreError('bus-unavailable', 'RabbitMQ is away');
    });
    const outcome = await suspects.setAside(delivery).catch((reason: Error) => reason.message);
    expect([outcome, channel.ack.callCount]).to.deep.equal(['gone', 0]);
  });
});
