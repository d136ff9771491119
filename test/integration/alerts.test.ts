/** The alerts as Prometheus understands them: what makes each fire, and what must not wake anybody. Asks promtool, which comes
 *  with Debian's package `prometheus`. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { alerts } from '../../server/metrics/alerts.ts';
import { createMeters } from '../../server/metrics/meters.ts';
import { projectPath } from '../../server/paths.ts';

/** Series by what they are written as, each with its values, a minute apart, in the notation of promtool. */
type Series = Readonly<Record<string, string>>;

interface Scenario {
  readonly alert: string;
  readonly when: string;
  readonly series: Series;
  /** In minutes. */
  readonly at: number;
  readonly fires: boolean;
}

const running: Series = { 'laurel_info{roles="web"}': '1x60', laurel_store_up: '1x60' };
const events = (outcome: string) => `laurel_events_total{type="other",outcome="${outcome}"}`;
const queued = 'laurel_amqp_queue_messages{queue="events"}';
const consuming = 'laurel_amqp_connected{connection="consuming"}';
const publishing = 'laurel_amqp_connected{connection="publishing"}';
const overdue = 'laurel_effects_overdue_seconds{lane="credly"}';
const breaker = 'laurel_breaker_open{lane="credly"}';
const failedRuns = 'laurel_runs_total{status="failed"}';
const errors = 'laurel_http_seconds_count{method="GET",status="5xx"}';

const fires = (alert: string, when: string, series: Series, at = 40): Scenario => ({
  ...{ alert, when, series: { ...running, ...series }, at, fires: true },
});
const keepsStill = (alert: string, when: string, series: Series, at = 40): Scenario => ({
  ...{ alert, when, series: { ...running, ...series }, at, fires: false },
});

const scenarios: readonly Scenario[] = [
  { alert: 'LaurelAway', when: 'nobody answers', series: { up: '0x60' }, at: 5, fires: true },
  keepsStill('LaurelAway', 'one of two answers', { 'laurel_info{roles="consumer"}': '1x5 stale' }),
  fires('LaurelDatabaseAway', 'one process does not reach it', { 'laurel_store_up{instance="b"}': '0x60' }),
  keepsStill('LaurelDatabaseAway', 'it is away for a minute', { laurel_store_up: '1x38 0 1x20' }),
  fires('LaurelNotConsuming', 'no connection is there', { [consuming]: '0x60', [publishing]: '0x60' }),
  fires('LaurelNotConsuming', 'the consumers are gone, and pages go on', {
    ...{ [consuming]: '1x5 stale', [publishing]: '1x60' },
  }),
  keepsStill('LaurelNotConsuming', 'RabbitMQ is not used', {}),
  keepsStill('LaurelNotConsuming', 'one of two consumes', {
    ...{
      [consuming]: '0x60',
      'laurel_amqp_connected{connection="consuming",instance="b"}': '1x60',
      [publishing]: '1x60',
    },
  }),
  fires('LaurelBacklog', 'more comes than is handled', { [queued]: '0+100x60' }),
  keepsStill('LaurelBacklog', 'a backlog is worked off', { [queued]: '90000-100x60' }),
  keepsStill('LaurelBacklog', 'a few wait', { [queued]: '0+1x60' }),
  fires('LaurelDeadLetters', 'one waits', { laurel_dead_letters_open: '1x60' }),
  fires('LaurelEventsFail', 'one in ten fails', { [events('failed')]: '0+1x60', [events('matched')]: '0+9x60' }),
  keepsStill(
    'LaurelEventsFail',
    'one of very few fails',
    { [events('failed')]: '0x29 1x30', [events('matched')]: '0x60' },
    32,
  ),
  keepsStill('LaurelEventsFail', 'the database is away', { [events('failed')]: '0+100x60', laurel_store_up: '0x60' }),
  fires('LaurelEventsSlow', 'one in ten takes more than two seconds', {
    'laurel_event_seconds_bucket{outcome="matched",le="1"}': '0+9x60',
    'laurel_event_seconds_bucket{outcome="matched",le="5"}': '0+10x60',
    'laurel_event_seconds_bucket{outcome="matched",le="+Inf"}': '0+10x60',
  }),
  fires('LaurelRedeliveries', 'two a second', { laurel_amqp_redeliveries_total: '0+120x60' }),
  fires('LaurelEffectsOverdue', 'nobody carries them out', { [overdue]: '0+60x60', [breaker]: '0x60' }),
  keepsStill('LaurelEffectsOverdue', 'the provider is away', { [overdue]: '0+60x60', [breaker]: '1x20 0.5 1x40' }),
  keepsStill('LaurelEffectsOverdue', 'they are worked off', { [overdue]: '9000-60x60', [breaker]: '0x60' }),
  fires('LaurelEffectsFailed', 'one was refused', { 'laurel_effects_open{state="failed",lane="credly"}': '1x60' }),
  fires('LaurelLaneOpen', 'it does not answer, and is tried now and then', { [breaker]: '1x9 0.5 1x9 0.5 1x40' }),
  keepsStill('LaurelLaneOpen', 'it was away for ten minutes', { [breaker]: '1x10 0x50' }),
  keepsStill('LaurelLaneOpen', 'nothing is there to try it with any more', { [breaker]: '1x10 0.5x50' }),
  fires('LaurelProviderAccounts', 'the secret of one ends', { laurel_provider_accounts_troubled: '1x120' }, 65),
  fires('LaurelScheduleLate', 'nobody looks at it', { laurel_schedule_lag_seconds: '0+60x60' }),
  fires('LaurelRunFailed', 'the first run of a process failed', { [failedRuns]: '0x20 1x40' }, 30),
  keepsStill('LaurelRunFailed', 'one failed long ago', { [failedRuns]: '0x5 1x120' }, 100),
  fires(
    'LaurelJobFailed',
    'the first job of a process failed',
    { 'laurel_jobs_total{status="failed"}': '0x20 1x40' },
    30,
  ),
  fires('LaurelJobPostponed', 'one tries for an hour', { laurel_jobs_postponed_seconds: '0+60x60' }, 45),
  keepsStill('LaurelJobPostponed', 'one tries for a quarter of an hour', {
    laurel_jobs_postponed_seconds: '0+60x15 0x45',
  }),
  keepsStill(
    'LaurelJobPostponed',
    'the database is away',
    { laurel_jobs_postponed_seconds: '0+60x60', laurel_store_up: '0x60' },
    45,
  ),
  fires('LaurelMailsFailed', 'one was refused', { 'laurel_mails{state="failed"}': '1x60' }),
  fires('LaurelErrorsAnswered', 'many', { [errors]: '0+60x60' }),
  keepsStill('LaurelErrorsAnswered', 'one a minute', { [errors]: '0+1x60' }),
  keepsStill('LaurelErrorsAnswered', 'the database is away', { [errors]: '0+60x60', laurel_store_up: '0x60' }),
  fires('LaurelEventLoopBlocked', 'a second at a time', { nodejs_eventloop_lag_p99_seconds: '1x60' }),
];

const PROM = 'promtool';

function promtool(args: readonly string[], input = '') {
  const { status, stdout, stderr, error } = spawnSync(PROM, args, { encoding: 'utf8', input });
  if (error) throw new Error(`${PROM} is needed: apt-get install prometheus`);
  return { status, said: `${stdout}${stderr}` };
}

describe('Prometheus', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-alerts-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('takes the alerts, and finds nothing to mend in the names of metrics', async () => {
    expect(promtool(['check', 'rules', projectPath('examples/operations/alerts.yml')])).to.deep.include({ status: 0 });
    const { text } = await (await createMeters()).exposition();
    expect(promtool(['check', 'metrics'], text)).to.deep.equal({ status: 0, said: '' });
  });

  it('is asked about every alert', () => {
    const asked = new Set(scenarios.filter((scenario) => scenario.fires).map(({ alert }) => alert));
    expect([...asked]).to.have.members(alerts.map(({ name }) => name));
  });

  for (const { alert, when, series, at, fires: isFiring } of scenarios) {
    it(`${isFiring ? 'fires' : 'does not fire'} ${alert} when ${when}`, () => {
      const file = join(folder, 'test.yml');
      // What it says is left out: only whether there is one is asked, by the series that Prometheus makes of alerts.
      const question = `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0 or vector(0)`;
      const tests = [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [
            { expr: question, eval_time: `${at}m`, exp_samples: [{ labels: '{}', value: Number(isFiring) }] },
          ],
        },
      ];
      writeFileSync(file, stringify({ rule_files: [projectPath('examples/operations/alerts.yml')], tests }));
      const { status, said } = promtool(['test', 'rules', file]);
      expect(status, said).to.equal(0);
    });
  }
});
