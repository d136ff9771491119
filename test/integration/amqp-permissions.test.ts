/** An account that may touch what is Laurel's, and nothing else of the virtual host. */

import { readFileSync } from 'node:fs';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openConnection } from '../../server/amqp/connection.ts';
import { createPublisher } from '../../server/amqp/publisher.ts';
import { declareTopology, topologyOf } from '../../server/amqp/topology.ts';
import { projectPath } from '../../server/paths.ts';
import { privateRabbitmq } from '../support/rabbitmq.ts';
import type { RabbitMqNode } from '../support/rabbitmq-node.ts';
import { eventually } from './amqp-support.ts';

const PLUGIN = 'rabbitmq_consistent_hash_exchange';

describe('an account with the permissions that the manual names', function () {
  this.timeout(120_000);
  let url: string;
  let node: RabbitMqNode;
  before(async function () {
    ({ url, node } = await privateRabbitmq(this, [PLUGIN]));
    const manual = readFileSync(projectPath('docs', 'how-to', 'operate.md'), 'utf8');
    const [, words = ''] = /^rabbitmqctl (set_permissions .*)$/m.exec(manual) ?? [];
    const permissions = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    await node.management('add_user', 'laurel', 'a-password');
    await node.management(...permissions);
  });

  const asLaurel = () => {
    const address = new URL(url);
    address.username = 'laurel';
    address.password = 'a-password';
    return address.href;
  };

  for (const shards of [0, 2])
    it(`declares what it needs, publishes and reads, with ${shards} shards`, async () => {
      const topology = topologyOf({ shards });
      const connection = await openConnection({ url: asLaurel(), name: 'test', logger: silentLogger });
      try {
        const publisher = createPublisher({ connection, topology, logger: silentLogger });
        await publisher.ready();
        await declareTopology(connection, topology);
        const channel = await connection.createChannel();
        await channel.consume(topology.queue, () => {}, { noAck: true });
        await channel.close();
        await publisher.close();
      } finally {
        await connection.close();
      }
    });

  it('reaches nothing else: no queue of others to read, to make, to empty or to remove', async () => {
    const admin = await connect(url);
    const others = await admin.createChannel();
    await others.assertQueue('grades');
    const client = await connect(asLaurel());
    for (const [what, ask] of [
      ['read', (channel: Awaited<ReturnType<typeof client.createChannel>>) => channel.consume('grades', () => {})],
      ['make', (channel) => channel.assertQueue('marks')],
      ['empty', (channel) => channel.purgeQueue('grades')],
      ['remove', (channel) => channel.deleteQueue('grades')],
      ['bind', (channel) => channel.bindQueue('grades', 'learning-badges-lifecycle', '#')],
    ] as const satisfies readonly (readonly [
      string,
      (channel: Awaited<ReturnType<typeof client.createChannel>>) => Promise<unknown>,
    ])[]) {
      const channel = await client.createChannel();
      channel.on('error', () => {});
      const refusal = await ask(channel).then(
        () => 'done',
        (error: Error) => error.message,
      );
      expect(refusal, what).to.include('ACCESS_REFUSED');
    }
    expect(await eventually(async () => await others.checkQueue('grades'))).to.include({ messageCount: 0 });
    await Promise.all([client.close(), admin.close()]);
  });
});
