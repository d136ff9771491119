import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { StoreError } from '../../plugin/errors.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openConnection } from '../../server/amqp/connection.ts';
import { Wire } from '../chaos/wire.ts';
import { privateRabbitmq } from '../support/rabbitmq.ts';
import type { RabbitMqNode } from '../support/rabbitmq-node.ts';
import { BusUnderTest, eventually, passingMessage } from './amqp-support.ts';

describe('events over a RabbitMQ in trouble', () => {
  let bus: BusUnderTest;
  let node: RabbitMqNode;

  before(async function () {
    const broker = await privateRabbitmq(this);
    node = broker.node;
    bus = new BusUnderTest(broker.url);
  });
  after(async () => {
    await bus?.close();
    await node?.stop();
  });

  it('loses nothing that was confirmed when the broker is killed and comes back', async () => {
    const seen = new Set<string>();
    const consumer = await bus.consumer({
      handle: async ({ id }) => {
        seen.add(id);
      },
    });
    const publisher = await bus.publisher({ confirmTimeoutMs: 5_000 });
    const confirmed: string[] = [];
    const failures: unknown[] = [];
    let next = 0;
    let sending = true;
    const send = async (): Promise<void> => {
      while (sending) {
        const id = `e${next++}`;
        await publisher.send(passingMessage(bus.topology, id, `learner-${next % 7}`)).then(
          () => confirmed.push(id),
          (error) => failures.push(error),
        );
        await pause(5);
      }
    };
    const senders = [send(), send(), send()];
    await eventually(async () => confirmed.length > 10, 30_000);
    await pause(200);
    await node.kill();
    await eventually(async () => failures.length > 0);
    const atDeath = confirmed.length;
    await node.start();
    await eventually(async () => confirmed.length > atDeath + 50, 30_000);
    sending = false;
    await Promise.all(senders);
    await eventually(async () => confirmed.every((id) => seen.has(id)), 30_000);
    expect(atDeath).to.be.greaterThan(10);
    for (const error of failures) expect(error).to.be.instanceOf(StoreError);
    expect(failures.map((error) => (error as StoreError).code)).to.include('store.bus-unavailable');
    expect(consumer.counts().deadLettered).to.equal(0);
  });

  it('fails a publication that a memory alarm leaves unconfirmed, then at once, and works again afterwards', async () => {
    const publisher = await bus.publisher({ confirmTimeoutMs: 700 });
    const consumer = await bus.consumer();
    await node.management('set_vm_memory_high_watermark', '0.00001');
    try {
      const codes: string[] = [];
      for (let count = 0; count < 3; count += 1)
        await publisher.send(passingMessage(bus.topology, `blocked-${count}`)).catch((error) => codes.push(error.code));
      expect(codes[0]).to.equal('store.publish-unconfirmed');
      expect(codes.at(-1)).to.equal('store.bus-unavailable');
      expect(consumer.subscribed()).to.equal(true);
    } finally {
      await node.management('set_vm_memory_high_watermark', '0.6');
    }
    await eventually(async () =>
      publisher.send(passingMessage(bus.topology, 'again')).then(
        () => true,
        () => false,
      ),
    );
    await eventually(async () => bus.events.some(({ id }) => id === 'again'));
  });
});

describe('a connection whose other end goes away without a word', () => {
  let node: RabbitMqNode;
  let wire: Wire;
  let url: string;
  before(async function () {
    const broker = await privateRabbitmq(this);
    node = broker.node;
    wire = new Wire(broker.url);
    url = await wire.open();
  });
  after(async () => {
    wire?.close();
    await node?.stop();
  });

  /** Sockets that keep this process alive and are connected to the wire. */
  const toTheWire = () =>
    (process as unknown as { _getActiveHandles(): { remotePort?: number; connecting?: boolean }[] })
      ._getActiveHandles()
      .filter(({ remotePort }) => String(remotePort) === new URL(url).port).length;

  async function aConnection() {
    const options = { name: 'test', logger: silentLogger, backoff: { firstMs: 50, longestMs: 400 } };
    const connection = await openConnection({ url, heartbeatSeconds: 1, ...options });
    await eventually(async () => connection.status().connected);
    return connection;
  }

  it('lets go of its socket once it is lost, so that the process can end', async () => {
    const connection = await aConnection();
    expect(toTheWire()).to.equal(1);
    wire.cut();
    await eventually(async () => connection.status().lastError?.includes('Heartbeat'), 10_000);
    await eventually(async () => connection.status().connected, 10_000);
    await eventually(async () => toTheWire() === 1, 10_000);
    await connection.close();
    await eventually(async () => toTheWire() === 0, 10_000);
  });

  it('can be closed while it is dead, and then keeps no socket either', async () => {
    const connection = await aConnection();
    wire.cut();
    await connection.close();
    await eventually(async () => toTheWire() === 0, 10_000);
  });
});

describe('a connection to a RabbitMQ that is not there', () => {
  it('says so, keeps trying and can be closed', async () => {
    const connection = await openConnection({ url: 'amqp://127.0.0.1:1', name: 'test', logger: silentLogger });
    await eventually(async () => connection.status().lastError);
    expect(connection.status()).to.deep.include({ connected: false, blocked: false });
    expect(connection.status().lastError).to.contain('ECONNREFUSED');
    const error = await connection.createChannel().catch((refusal: unknown) => refusal);
    expect(error).to.be.instanceOf(StoreError).with.property('code', 'store.bus-unavailable');
    await connection.close();
  });
});
