import { expect } from 'chai';
import { PUBLISH_LANE } from '../../plugin/badges/effect-order.ts';
import type { BreakerState } from '../../plugin/effects/circuit-breaker.ts';
import { StoreError } from '../../plugin/errors.ts';
import type { BusStatus } from '../../server/amqp/bus.ts';
import { type HealthParts, healthReport } from '../../server/health.ts';
import { anAccount } from '../contracts/provider-store.ts';

const since = new Date(0);
const up = { connected: true, since, blocked: false, lastError: null };

function bus(changes: Partial<BusStatus>): HealthParts['bus'] {
  const published: BusStatus['published'] = { published: 0 } as unknown as BusStatus['published'];
  return {
    status: () => ({
      publishing: up,
      consuming: up,
      subscribed: true,
      published,
      consumed: null,
      lastError: null,
      ...changes,
    }),
  };
}

function report(changes: Partial<HealthParts> = {}) {
  return healthReport({
    database: { ping: async () => {} },
    progress: { effectCounts: async () => ({ pending: 2, failed: 0 }) },
    deadLetters: { count: async () => 0 },
    accounts: async () => [],
    mails: null,
    clock: { now: () => new Date('2026-03-01T10:00:00Z') },
    bus: bus({}),
    lanes: () => [],
    lms: async () => ({ status: 'ok', message: 'answers and knows us' }),
    stopping: () => false,
    ...changes,
  });
}

describe('the health report', () => {
  it('is ok when every part works, also without RabbitMQ where none is wanted', async () => {
    expect(await report()).to.deep.equal({
      status: 'ok',
      checks: {
        process: { status: 'ok', message: 'running' },
        database: { status: 'ok', message: 'answers' },
        rabbitmq: { status: 'ok', message: 'connected' },
        lms: { status: 'ok', message: 'answers and knows us' },
        effects: { status: 'ok', message: '2 pending' },
        accounts: { status: 'ok', message: 'none' },
        mails: { status: 'off', message: 'LAUREL_SMTP_URL is not set; mails are kept' },
        'dead-letters': { status: 'ok', message: 'none' },
      },
    });
    const without = await report({ bus: null });
    expect(without.status).to.equal('ok');
    expect(without.checks.rabbitmq).to.deep.equal({ status: 'off', message: 'AMQP_URL is not set' });
  });

  it('says that accounts at providers need a person, and not which', async () => {
    const fine = anAccount({ secretExpiresAt: null });
    const refused = anAccount({ lastCheck: { at: since, ok: false, message: 'refused' } });
    expect((await report({ accounts: async () => [fine] })).checks.accounts).to.deep.equal({
      status: 'ok',
      message: '1 without trouble',
    });
    const { status, checks } = await report({ accounts: async () => [fine, refused] });
    expect(status).to.equal('degraded');
    expect(checks.accounts).to.deep.equal({
      status: 'degraded',
      message: '1 account needs a person; the page of providers says why',
    });
  });

  it('tells of mails that wait for a person and of a mail server that is away', async () => {
    const closed = { state: 'closed', failures: 0, until: null } as const;
    const told = async (failed: number, server: BreakerState) =>
      (await report({ mails: { failed: async () => failed, server: () => server } })).checks.mails;
    expect(await told(0, closed)).to.deep.equal({ status: 'ok', message: 'sent' });
    expect(await told(2, { ...closed, state: 'open', until: new Date() })).to.deep.equal({
      status: 'degraded',
      message: '2 failed and wait for a person, the mail server does not answer',
    });
  });

  it('is down without the database, and says what the database said', async () => {
    const away = () => Promise.reject(new StoreError('unavailable', 'the database does not answer'));
    const { status, checks } = await report({ database: { ping: away }, progress: { effectCounts: away } });
    expect(status).to.equal('down');
    expect(checks.database).to.deep.equal({ status: 'down', message: 'the database does not answer' });
    expect(checks.effects).to.deep.equal({ status: 'down', message: 'not known without the database' });
  });

  it('does not wait for counts that a database which is away never gives', async () => {
    const away = () => Promise.reject(new StoreError('unavailable', 'the database does not answer'));
    const never = () => new Promise<never>(() => {});
    expect((await report({ database: { ping: away }, progress: { effectCounts: never } })).status).to.equal('down');
  });

  it('is degraded while RabbitMQ is away or does not deliver', async () => {
    const lost = await report({ bus: bus({ consuming: { ...up, connected: false }, lastError: 'ECONNREFUSED' }) });
    expect(lost.status).to.equal('degraded');
    expect(lost.checks.rabbitmq?.message).to.equal(
      'not connected (ECONNREFUSED); events wait in RabbitMQ and are consumed when it is back',
    );
    expect((await report({ bus: bus({ subscribed: false }) })).status).to.equal('degraded');
  });

  it('is degraded when an effect waits for a person', async () => {
    const { status, checks } = await report({
      progress: { effectCounts: async () => ({ pending: 0, failed: 1 }) },
    });
    expect(status).to.equal('degraded');
    expect(checks.effects?.message).to.equal('1 failed and wait for a person, 0 pending');
  });

  it('is degraded while a provider or the bus does not answer, and says when it is tried again', async () => {
    const until = new Date('2026-03-01T10:00:30Z');
    const { status, checks } = await report({
      lanes: () => [
        { lane: 'memory', state: 'closed', failures: 1, until: null },
        { lane: 'credly', state: 'open', failures: 5, until },
        { lane: PUBLISH_LANE, state: 'half-open', failures: 5, until: null },
      ],
    });
    expect(status).to.equal('degraded');
    expect(checks.effects?.message).to.equal(
      '2 pending, credly does not answer and is tried again at 2026-03-01T10:00:30.000Z, the event bus does not answer and is tried now',
    );
  });

  it('is degraded when a dead letter waits for a person', async () => {
    const { status, checks } = await report({ deadLetters: { count: async () => 1 } });
    expect(status).to.equal('degraded');
    expect(checks['dead-letters']?.message).to.equal('1 waits for a person to replay or discard');
  });

  it('is down while the process stops, so that no more requests are sent to it', async () => {
    const { status, checks } = await report({ stopping: () => true });
    expect(status).to.equal('down');
    expect(checks.process).to.deep.equal({ status: 'down', message: 'stopping' });
  });
});
