import { expect } from 'chai';
import { ConfigurationError } from '../../../plugin/errors.ts';
import { BADGE_AWARDED, BADGE_REVOKED } from '../../../plugin/events/catalogue.ts';
import { explained, topologyOf } from '../../../server/amqp/topology.ts';
import { PASSING } from '../../plugin/events/samples.ts';

describe('the topology', () => {
  it('has the names of the contract', () => {
    expect(topologyOf({ eventTypes: [PASSING] })).to.deep.equal({
      exchange: 'learning-badges-lifecycle',
      queue: 'laurel.events',
      deadLetters: 'laurel.events.dead',
      suspects: 'laurel.events.suspects',
      publishedQueue: 'laurel.published',
      bindings: [PASSING],
      deliveryLimit: 20,
      shardExchange: 'laurel.events.shards',
      shards: [],
    });
    expect(topologyOf({ shards: 2 }).shards).to.deep.equal(['laurel.events.shard-0', 'laurel.events.shard-1']);
    expect(topologyOf({ prefix: 'dev' }).exchange).to.equal('dev-learning-badges-lifecycle');
  });

  it('binds what rules can use, and never what Laurel itself publishes', () => {
    const { bindings } = topologyOf();
    expect(bindings).to.include(PASSING).and.not.include('org.openedx.content_authoring.course.created.v1');
    expect(topologyOf({ eventTypes: [PASSING, BADGE_AWARDED, BADGE_REVOKED] }).bindings).to.deep.equal([PASSING]);
  });

  it('says which plugin is missing, also when that cost the connection', () => {
    const closed =
      'Connection closed: 503 (COMMAND-INVALID) with message "COMMAND_INVALID - unknown exchange type \'x-consistent-hash\'"';
    for (const error of [explained(new Error(closed)), explained(new Error('Channel ended'), closed)])
      expect((error as ConfigurationError).problems).to.deep.equal([
        'LAUREL_AMQP_SHARDS needs an exchange that RabbitMQ does not have; enable it on every node with: ' +
          'rabbitmq-plugins enable rabbitmq_consistent_hash_exchange, and start again, or set LAUREL_AMQP_SHARDS to 0',
      ]);
  });

  it('explains a refused account', () => {
    const error = explained(
      new Error(
        "Operation failed: QueueDeclare; 403 (ACCESS-REFUSED) with message \"ACCESS_REFUSED - access to queue 'laurel.events' in vhost '/' refused for user 'laurel'\"",
      ),
    );
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).to.deep.equal([
      'the account in AMQP_URL may not declare exchanges and queues; give it the configure, write and read permissions of its vhost',
    ]);
  });

  it('leaves other errors as they are', () => {
    const error = new Error('Connection closed');
    expect(explained(error)).to.equal(error);
  });
});
