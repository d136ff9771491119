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
      publishedQueue: 'laurel.published',
      bindings: [PASSING],
      deliveryLimit: 20,
    });
    expect(topologyOf({ prefix: 'dev' }).exchange).to.equal('dev-learning-badges-lifecycle');
  });

  it('binds what rules can use, and never what Laurel itself publishes', () => {
    const { bindings } = topologyOf();
    expect(bindings).to.include(PASSING).and.not.include('org.openedx.content_authoring.course.created.v1');
    expect(topologyOf({ eventTypes: [PASSING, BADGE_AWARDED, BADGE_REVOKED] }).bindings).to.deep.equal([PASSING]);
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
