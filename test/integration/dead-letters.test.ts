import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { PASSING, passingStatus } from '../plugin/events/samples.ts';
import { rabbitmq } from '../support/rabbitmq.ts';
import { BusUnderTest, eventually, passingMessage } from './amqp-support.ts';

const RULE = `badge "one" { template memory "one" active true
  requirement demo { on ${PASSING} where is_passing and course.course_key = "course-v1:Acme+CS1+2026" } }`;

describe('a message that cannot be processed', function () {
  this.timeout(120_000);
  let bus: BusUnderTest;
  let laurel: Laurel;
  let dataDir: string;

  before(async function () {
    const { url } = await rabbitmq(this);
    bus = new BusUnderTest(url);
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-dead-'));
    const { exchange, queue } = bus.topology;
    const names = { LAUREL_AMQP_EXCHANGE: exchange, LAUREL_AMQP_QUEUE: queue };
    const settings = readSettings({ LAUREL_DATA_DIR: dataDir, AMQP_URL: url, ...names });
    laurel = await compose(settings, { logger: silentLogger, roles: ['consumer'] });
    await laurel.services.saveBadge(RULE, { expectedVersion: 0, actor: 'test' });
  });
  after(async () => {
    await laurel?.stop();
    await bus?.close();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  });

  it('waits in the database for a person, and is processed by a replay as it would have been', async () => {
    const { deadLetters, health } = laurel.services;
    const channel = await bus.channel();
    const { exchange, routingKey, content, ...properties } = passingMessage(bus.topology, 'e1');
    // dead for a reason that is over, as after an update
    channel.publish(bus.topology.deadLetters, routingKey, content, {
      ...properties,
      headers: { ...properties.headers, 'laurel-reason': 'bug.unexpected', 'laurel-exchange': exchange },
    });
    channel.publish(exchange, routingKey, Buffer.from('{"course_passing_status":{}}'), properties);
    await eventually(async () => (await deadLetters.count({ state: 'open' })) === 2);
    expect((await health()).checks['dead-letters']).to.deep.equal({
      status: 'degraded',
      message: '2 wait for a person to replay or discard',
    });
    const { job } = await laurel.replays.begin({}, 'Ada');
    const ended = await laurel.carryOut(job.id);
    expect(ended?.counts).to.deep.equal({ applied: 1, failed: 1 });
    expect((await laurel.badgeLines('ada')).map(({ badge, status }) => `${badge} ${status}`)).to.deep.equal([
      'one awarded',
    ]);
    const [open] = (await deadLetters.letters({ state: 'open', limit: 5 })).items;
    expect(open?.reason.code).to.equal('event.no-user');
    expect(await laurel.process(laurel.services.decodeCloudEvent(sameEvent()), 'http')).to.have.nested.property(
      'badges[0].changed',
      false,
    );
    await channel.deleteQueue('laurel.published');
  });
});

function sameEvent(): Record<string, unknown> {
  const time = '2026-01-01T00:00:00.123456+00:00';
  return { specversion: '1.0', id: 'e1', type: PASSING, source: 'openedx/lms/web', time, data: passingStatus() };
}
