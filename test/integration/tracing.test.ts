/** One trace, from the call or message that began it to the provider, over a real RabbitMQ and processes that end in between. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { expect } from 'chai';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { AccredibleStandIn, DEMO_KEY } from '../../server/stand-ins/accredible/server.ts';
import { runLaurel } from '../support/command.ts';
import { type LaurelProcess, serveLaurelProcess } from '../support/command-process.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { type RabbitMq, rabbitmq } from '../support/rabbitmq.ts';
import { StoreProcess } from '../support/store-process.ts';
import { eventually } from './amqp-support.ts';

const GROUP = 12472;
const PASSED = 'org.openedx.learning.course.passing.status.updated.v1';
const AWARDED = 'org.openedx.learning.badge.awarded.v1';
const TOKEN = 'a-token-for-the-event-door';
const RULE = `badge "analysis" { template accredible "${GROUP}" active true requirement pass { on ${PASSED} where is_passing } }`;

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

function data(username: string) {
  return {
    course_passing_status: {
      is_passing: true,
      course: { course_key: 'course-v1:OpenedX+DemoX+Demo_Course', display_name: 'Demo' },
      user: {
        id: 7,
        is_active: true,
        pii: { username, email: `${username}@example.org`, name: 'Ada Secretname' },
      },
    },
  };
}

const attributes = { id: 'event-1', type: PASSED, source: 'openedx/lms/web', time: '2026-03-01T10:00:00Z' };

describe('a trace', function () {
  this.timeout(180_000);
  let broker: RabbitMq;
  let folder: string;
  let store: StoreProcess;
  let accredible: AccredibleStandIn;
  let receiver: OtlpReceiver;
  let admin: ChannelModel;
  let channel: Channel;
  let env: Record<string, string>;
  let exchange: string;
  const running: LaurelProcess[] = [];

  before(async function () {
    broker = await rabbitmq(this);
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-t-'));
    store = new StoreProcess(folder);
    await store.start();
    accredible = new AccredibleStandIn({ groups: [{ id: GROUP }], credits: 100 });
    await accredible.open();
    receiver = await startOtlpReceiver();
    admin = await connect(broker.url);
    channel = await admin.createChannel();
    exchange = `traced-${randomUUID().slice(0, 8)}`;
    env = {
      LAUREL_DATA_DIR: join(folder, 'data'),
      MONGODB_URI: store.uri,
      AMQP_URL: broker.url,
      LAUREL_AMQP_EXCHANGE: exchange,
      LAUREL_AMQP_QUEUE: `${exchange}.events`,
      LAUREL_INGEST_TOKEN: TOKEN,
      LAUREL_SECRET_KEY: 'the-same-key-for-all-of-these-servers',
      LAUREL_ACCREDIBLE_URL: `${accredible.url}/`,
      LAUREL_INTERNAL_HOSTS: new URL(accredible.url).host,
      LAUREL_PROVIDER_ACCOUNTS: `accredible/main=${DEMO_KEY}`,
    };
    const laurel = await compose(readSettings(env), { logger: silentLogger, roles: ['dispatcher'] });
    await laurel.services.saveBadge(RULE, { expectedVersion: 0, actor: 'test' });
    await laurel.stop();
    await runLaurel(['templates', 'sync'], { env });
    accredible.forgetCalls();
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(`${exchange}.watch`);
    await channel.bindQueue(`${exchange}.watch`, exchange, AWARDED);
  });
  afterEach(async () => {
    for (const laurel of running.splice(0)) await laurel.stop('SIGKILL');
    for (const queue of ['events', 'events.dead', 'events.suspects', 'watch'])
      await channel.deleteQueue(`${exchange}.${queue}`);
    for (const name of [exchange, `${exchange}.events.dead`, `${exchange}.events.suspects`])
      await channel.deleteExchange(name);
    await admin.close();
    await Promise.all([receiver.close(), accredible.close(), store.kill()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function serve(more: Readonly<Record<string, string>> = {}): Promise<LaurelProcess> {
    const laurel = await serveLaurelProcess({ ...env, LAUREL_LOG_LEVEL: 'debug', ...more });
    running.push(laurel);
    return laurel;
  }

  const attempts = () => accredible.calls.filter(({ path }) => path === '/v1/credentials');
  const traceIds = () => attempts().map(({ traceparent }) => traceparent?.slice(3, 35));
  const announced = () => eventually(async () => (await channel.get(`${exchange}.watch`, { noAck: true })) || null);
  const isAwayOnce = () =>
    accredible.fail({
      match: 'POST /v1/credentials',
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '4' },
      times: 1_000,
    });

  it('begun by a message goes on in another process after one was killed, without OpenTelemetry', async () => {
    isAwayOnce();
    const first = await serve();
    const headers = { ce_type: PASSED, ce_id: 'event-1', ce_source: 'openedx/lms/web', ce_time: attributes.time };
    const properties = { contentType: 'application/json', headers: { ...headers, traceparent: TRACEPARENT } };
    channel.publish(exchange, PASSED, Buffer.from(JSON.stringify(data('ada'))), properties);
    // the failure is recorded, and nothing is under way until the provider wants to be asked again
    await eventually(async () => first.log().includes('an effect failed') || null);
    await pause(500);
    await first.stop('SIGKILL');
    expect(first.log()).to.include(`"traceId":"${TRACE_ID}"`);

    accredible.recover();
    const before = attempts().length;
    await serve();
    const { properties: published } = await announced();
    expect(attempts().length).to.be.greaterThan(before);
    expect(new Set(traceIds())).to.deep.equal(new Set([TRACE_ID]));
    expect(published.headers?.traceparent).to.equal(TRACEPARENT);
    expect(receiver.spans).to.deep.equal([]);
  });

  it('begun by a call is recorded as one, over a stop that sends what there is', async () => {
    isAwayOnce();
    const otel = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20collector-key',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    };
    const first = await serve(otel);
    const answer = await fetch(`${first.url}/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/cloudevents+json',
        traceparent: TRACEPARENT,
        tracestate: 'other=1',
      },
      body: JSON.stringify({ specversion: '1.0', ...attributes, data: data('ada') }),
    });
    expect(answer.status).to.equal(202);
    await eventually(async () => attempts()[0] ?? null);
    expect(await first.stop()).to.equal(0);
    accredible.recover();
    const second = await serve(otel);
    const { properties: published } = await announced();
    expect(await second.stop()).to.equal(0);

    const ours = receiver.spans.filter(({ traceId }) => traceId === TRACE_ID);
    const shown = [...new Set(ours.map(({ kind, name }) => `${kind} ${name}`))].sort();
    expect(shown).to.deep.equal(
      [
        'server POST /events',
        'internal process event',
        'internal effect award',
        // a repeated award asks first
        'client GET',
        'client POST',
        'internal effect publish-awarded',
        `producer publish ${exchange}`,
      ].sort(),
    );
    expect(new Set(ours.map(({ resource }) => resource['service.instance.id'])).size).to.equal(2);
    expect(ours[0]?.resource).to.include({ 'service.name': 'laurel', 'deployment.environment.name': 'test' });
    expect(new Set(traceIds())).to.deep.equal(new Set([TRACE_ID]));
    // what the provider was told is the step that called it, and what was published names the step that did
    const byId = new Map(ours.map((span) => [span.spanId, span]));
    for (const { traceparent } of attempts())
      expect(byId.get(traceparent?.slice(36, 52) ?? '')?.kind).to.equal('client');
    expect(byId.get(String(published.headers?.traceparent).slice(36, 52))?.kind).to.equal('producer');
    expect(published.headers?.tracestate).to.equal('other=1');
    // every step leads up to the call
    const server = ours.find(({ kind }) => kind === 'server');
    expect(server?.parentId).to.equal('00f067aa0ba902b7');
    for (const span of ours) {
      let top = span;
      for (let above = byId.get(top.parentId); above; above = byId.get(top.parentId)) top = above;
      expect(top, span.name).to.equal(server);
    }
    const batch = receiver.spans.find(({ name }) => name === 'record events');
    expect(batch?.links).to.deep.equal([TRACE_ID]);
    expect(receiver.requests[0]).to.deep.include({ path: '/v1/traces' });
    expect(receiver.requests[0]?.headers.authorization).to.equal('Bearer collector-key');
    expect(receiver.bytes().toString('latin1')).not.to.match(/Secretname|ada@example|"ada"|demo-accredible-key/);
  });
});
