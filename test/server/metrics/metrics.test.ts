import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { MailError, ProviderError } from '../../../plugin/errors.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import type { Mailer, OutgoingMail } from '../../../plugin/ports/mailer.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { MemoryDeadLetterStore } from '../../../plugin/ports/memory-dead-letters.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import { alerts } from '../../../server/metrics/alerts.ts';
import { lookUpGauges } from '../../../server/metrics/gauges.ts';
import {
  measuredConnect,
  measuredIntake,
  measuredJobs,
  measuredMailer,
  measuredRuns,
} from '../../../server/metrics/measure.ts';
import { createMeters, type ScrapedMeters } from '../../../server/metrics/meters.ts';
import { type Metric, metricsTable } from '../../../server/metrics/table.ts';
import { projectPath } from '../../../server/paths.ts';
import { aSchedule, later, T0 } from '../../contracts/credential-facts.ts';

const KNOWN = 'org.openedx.learning.course.passing.status.updated.v1';

/** The samples of a text exposition; throws on a line that is none. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series = '', value = ''] =
        /^([a-zA-Z_:][\w:]*(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
      if (series === '') throw new Error(`not a sample: ${line}`);
      return [series, Number(value)];
    }),
  );
}

async function samples(meters: ScrapedMeters): Promise<ReadonlyMap<string, number>> {
  return samplesOf((await meters.exposition()).text);
}

const gaugeParts = (changes: object = {}) => ({
  database: { ping: async () => {}, space: async () => ({ size: 5_000, free: 2_000 }) },
  progress: new MemoryProgressStore(),
  deadLetters: new MemoryDeadLetterStore(),
  jobs: new MemoryJobStore(),
  providers: new MemoryProviderStore(),
  credentials: new MemoryCredentialStore(),
  bus: null,
  lanes: () => [{ lane: 'credly', state: 'open' as const, failures: 5, until: null }],
  clock: { now: () => new Date('2026-03-01T10:00:00Z') },
  ...changes,
});

describe('metrics', () => {
  it('count events by known types and outcomes only', async () => {
    const meters = await createMeters();
    const answers = [
      { outcome: 'processed', learnerId: 'l', matched: [] },
      { outcome: 'ignored', reason: 'no-match' },
    ];
    const answersTogether = [...answers];
    const intake = measuredIntake(
      {
        take: async () => (answers.shift() ?? Promise.reject(new Error('broken'))) as never,
        group: (events) => [
          { events: events.slice(0, 2), learner: null, take: async () => answersTogether as never },
          { events: events.slice(2), learner: null, take: () => Promise.reject(new Error('broken')) },
        ],
        giveUp: async () => {},
      },
      meters,
    );
    const event = (type: string) => ({ type, id: 'e' }) as LmsEvent;
    await intake.take(event(KNOWN), 'http');
    await intake.take(event('a.stranger.made.this.up'), 'http');
    const failure = await intake.take(event(KNOWN), 'http').catch((error: Error) => error.message);
    expect(failure).to.equal('broken');
    const found = await samples(meters);
    expect(found.get(`laurel_events_total{type="${KNOWN}",outcome="matched"}`)).to.equal(1);
    expect(found.get('laurel_events_total{type="other",outcome="ignored"}')).to.equal(1);
    expect(found.get(`laurel_events_total{type="${KNOWN}",outcome="failed"}`)).to.equal(1);
    expect(found.get('laurel_event_seconds_count{outcome="failed"}')).to.equal(1);
    const events = [event(KNOWN), event('a.stranger.made.this.up'), event(KNOWN), event(KNOWN)];
    await Promise.all(intake.group(events, 'amqp').map(({ take }) => take().catch(() => {})));
    const later = await samples(meters);
    // those of the group that failed are counted when each is taken by itself
    expect(later.get(`laurel_events_total{type="${KNOWN}",outcome="matched"}`)).to.equal(2);
    expect(later.get('laurel_events_total{type="other",outcome="ignored"}')).to.equal(2);
    expect(later.get(`laurel_events_total{type="${KNOWN}",outcome="failed"}`)).to.equal(1);
    expect(later.get('laurel_event_seconds_count{outcome="matched"}')).to.equal(2);
  });

  it('count requests to providers by what was answered', async () => {
    const meters = await createMeters();
    const connect = measuredConnect(
      () => ({
        call: async ({ path }) => {
          if (path === '/away') throw new ProviderError('unavailable', 'Credly does not answer');
          return { status: 201, headers: {}, data: null };
        },
      }),
      meters,
    );
    const client = connect({ peer: 'Credly', baseUrl: 'https://api.credly.com/v1/' });
    await client.call({ method: 'POST', path: '/badges' });
    await client.call({ method: 'GET', path: '/away' }).catch(() => {});
    const found = await samples(meters);
    expect(found.get('laurel_provider_requests_total{provider="Credly",code="201"}')).to.equal(1);
    expect(found.get('laurel_provider_requests_total{provider="Credly",code="provider.unavailable"}')).to.equal(1);
  });

  it('count mails and runs without changing what they say', async () => {
    const meters = await createMeters();
    let refuses = false;
    const mailer: Mailer = {
      domain: 'example.org',
      send: async () => {
        if (refuses) throw new MailError('refused', 'no such person');
      },
      close() {},
    };
    const measured = measuredMailer(mailer, meters);
    expect(measured.domain).to.equal('example.org');
    await measured.send({} as OutgoingMail);
    refuses = true;
    await measured.send({} as OutgoingMail).catch(() => {});
    const store = measuredRuns({ updateRun: async () => true } as unknown as MemoryCredentialStore, meters);
    await store.updateRun({ state: 'running' } as never);
    await store.updateRun({ state: 'done' } as never);
    const found = await samples(meters);
    expect(found.get('laurel_mails_sent_total{outcome="sent"}')).to.equal(1);
    expect(found.get('laurel_mails_sent_total{outcome="refused"}')).to.equal(1);
    expect(found.get('laurel_runs_total{status="done"}')).to.equal(1);
    expect([...found.keys()].join()).not.to.contain('status="running"');
  });

  it('count jobs that end, and no step of one that another process has', async () => {
    const meters = await createMeters();
    let isOurs = true;
    const store = measuredJobs({ checkpoint: async () => (isOurs ? {} : null) } as unknown as MemoryJobStore, meters);
    await store.checkpoint('job', 1, { done: 5 });
    await store.checkpoint('job', 1, { state: 'failed' });
    isOurs = false;
    await store.checkpoint('job', 1, { state: 'failed' });
    const found = await samples(meters);
    expect(found.get('laurel_jobs_total{status="failed"}')).to.equal(1);
    expect(found.get('laurel_jobs_total{status="done"}')).to.equal(0);
  });

  it('begin at 0 where what may come is known: an increase from nothing to 1 would go unseen', async () => {
    const found = await samples(await createMeters());
    expect(found.get('laurel_runs_total{status="failed"}')).to.equal(0);
    expect(found.get(`laurel_events_total{type="${KNOWN}",outcome="failed"}`)).to.equal(0);
    expect(found.get('laurel_mails_sent_total{outcome="refused"}')).to.equal(0);
    for (const { kind, labels, from = [], name } of Object.values<Metric>(metricsTable))
      for (const values of from) {
        expect(kind, name).to.equal('counter');
        expect(Object.keys(values), name).to.have.members(Object.keys(labels));
      }
  });

  it('tell of queues by what they are for, and of consuming only where that is meant', async () => {
    const status = { connected: true };
    let subscribed: boolean | null = null;
    const bus = {
      status: () => ({ publishing: status, consuming: status, subscribed, consumed: null }),
      depths: async () => [
        { queue: 'a', purpose: 'events', messages: 3, consumers: 1 },
        { queue: 'a.shard-0', purpose: 'events', messages: 4, consumers: 1 },
        { queue: 'a.dead', purpose: 'dead', messages: 1, consumers: 1 },
      ],
    };
    const meters = await createMeters();
    meters.beforeScrape(() => lookUpGauges(gaugeParts({ bus }), meters));
    const before = await samples(meters);
    expect(before.get('laurel_amqp_queue_messages{queue="events"}')).to.equal(7);
    expect(before.get('laurel_amqp_queue_messages{queue="dead"}')).to.equal(1);
    expect(before.get('laurel_amqp_connected{connection="publishing"}')).to.equal(1);
    expect(before.has('laurel_amqp_connected{connection="consuming"}')).to.equal(false);
    subscribed = false;
    expect((await samples(meters)).get('laurel_amqp_connected{connection="consuming"}')).to.equal(0);
  });

  it('look the state up at every scrape', async () => {
    const meters = await createMeters();
    meters.beforeScrape(() => lookUpGauges(gaugeParts(), meters));
    const found = await samples(meters);
    expect(found.get('laurel_store_up')).to.equal(1);
    expect(found.get('laurel_store_bytes{part="used"}')).to.equal(3_000);
    expect(found.get('laurel_store_bytes{part="free"}')).to.equal(2_000);
    expect(found.get('laurel_dead_letters_open')).to.equal(0);
    expect(found.get('laurel_effects_overdue_seconds{lane="credly"}')).to.equal(0);
    expect(found.get('laurel_provider_accounts_troubled')).to.equal(0);
    expect(found.get('laurel_jobs_postponed')).to.equal(0);
    expect(found.get('laurel_jobs_postponed_seconds')).to.equal(0);
    expect(found.get('laurel_breaker_open{lane="credly"}')).to.equal(1);
    expect(found.get('nodejs_eventloop_lag_p99_seconds')).to.be.a('number');
  });

  it('tell of jobs that put off what fails, and for how long they have', async () => {
    const meters = await createMeters();
    const jobs = { postponed: async () => ({ count: 2, since: new Date('2026-03-01T09:00:00Z') }) };
    meters.beforeScrape(() => lookUpGauges(gaugeParts({ jobs }), meters));
    const found = await samples(meters);
    expect(found.get('laurel_jobs_postponed')).to.equal(2);
    expect(found.get('laurel_jobs_postponed_seconds')).to.equal(3_600);
  });

  it('count a schedule as late that nobody begins, and none that waits for its turn by intention', async () => {
    const lagOf = async (schedules: readonly Schedule[]) => {
      const meters = await createMeters();
      const credentials = Object.assign(new MemoryCredentialStore(), { dueSchedules: async () => schedules });
      const clock = { now: () => later(600_000) };
      meters.beforeScrape(() => lookUpGauges(gaugeParts({ credentials, clock }), meters));
      return (await samples(meters)).get('laurel_schedule_lag_seconds');
    };
    const late = aSchedule({ configurationId: 'late', nextDueAt: later(540_000) });
    expect(await lagOf([aSchedule({ waiting: [T0] }), late])).to.equal(60);
    expect(await lagOf([aSchedule({ waiting: [T0] })])).to.equal(0);
    expect(await lagOf([aSchedule({ waiting: [later(1)] })]), 'a list that is out of date').to.equal(600);
  });

  it('leave out what is not known while the database is away, instead of showing what was', async () => {
    const meters = await createMeters();
    let isAway = false;
    const database = { ping: async () => (isAway ? Promise.reject(new Error('away')) : undefined) };
    meters.beforeScrape(() => lookUpGauges(gaugeParts({ database }), meters));
    await meters.exposition();
    isAway = true;
    const found = await samples(meters);
    expect(found.get('laurel_store_up')).to.equal(0);
    expect(found.has('laurel_dead_letters_open')).to.equal(false);
    expect(found.has('laurel_schedule_lag_seconds')).to.equal(false);
  });

  it('have no label that grows with learners, courses or badges', () => {
    const labels = Object.values<Metric>(metricsTable).flatMap((metric) => Object.keys(metric.labels));
    expect([...new Set(labels)].sort()).to.deep.equal([
      ...[
        'code',
        'connection',
        'lane',
        'method',
        'outcome',
        'part',
        'provider',
        'queue',
        'roles',
        'state',
        'status',
        'type',
      ],
    ]);
  });
});

describe('alerts', () => {
  const names = new Set(Object.values<Metric>(metricsTable).map(({ name }) => name));
  /** What a histogram or the library exposes beside its own name. */
  const isExposed = (series: string) => names.has(series) || names.has(series.replace(/_(bucket|count|sum)$/, ''));
  const seriesOf = (expr: string) => expr.match(/\b(?:laurel|nodejs|process)_\w+/g) ?? [];

  it('and the dashboard ask for metrics that there are', async () => {
    const dashboard = JSON.parse(readFileSync(projectPath('examples/operations/dashboard.json'), 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const queries = [
      ...alerts.map(({ expr }) => expr),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const usual = (await (await createMeters()).exposition()).text;
    for (const series of queries.flatMap(seriesOf))
      expect(isExposed(series) || usual.includes(`# TYPE ${series} `), series).to.equal(true);
    expect(queries.every((query) => seriesOf(query).length > 0)).to.equal(true);
  });

  it('each have a section in the runbooks, and no section is left over', () => {
    const page = readFileSync(projectPath('docs/how-to/runbooks.md'), 'utf8');
    const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(sections).to.deep.equal(alerts.map(({ name }) => name));
  });
});
