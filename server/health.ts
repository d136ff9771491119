/** What `/readyz`, `laurel check` and the system page say: each part with its state, the whole as bad as its worst necessary part. */

import type { LaneState } from '../plugin/badges/dispatcher.ts';
import { PUBLISH_LANE } from '../plugin/badges/effect-order.ts';
import type { BreakerState } from '../plugin/effects/circuit-breaker.ts';
import type { DeadLetterStore } from '../plugin/ports/dead-letters.ts';
import type { ProgressStore } from '../plugin/ports/progress-store.ts';
import type { ProviderAccount } from '../plugin/ports/provider-store.ts';
import type { Clock } from '../plugin/ports/runtime.ts';
import { troubleOf } from '../plugin/providers/secret-expiry.ts';
import type { Bus } from './amqp/bus.ts';
import type { HealthReport } from './http/services.ts';
import type { Database } from './mongo/connect.ts';

export interface HealthParts {
  readonly database: Pick<Database, 'ping'>;
  readonly progress: Pick<ProgressStore, 'effectCounts'>;
  readonly deadLetters: Pick<DeadLetterStore, 'count'>;
  /** Those at badge providers. */
  readonly accounts: () => Promise<readonly ProviderAccount[]>;
  readonly clock: Clock;
  /** null: AMQP_URL is unset. */
  readonly bus: Pick<Bus, 'status'> | null;
  /** How the badge providers and the bus answer this process. */
  readonly lanes: () => readonly LaneState[];
  readonly lms: () => Promise<Check>;
  /** How many mails wait for a person, and how the mail server answers this process; null: there is none. */
  readonly mails: { readonly failed: () => Promise<number>; readonly server: () => BreakerState } | null;
  readonly stopping: () => boolean;
}

type Check = HealthReport['checks'][string];

/** What strangers may know: states without words, which may name hosts and versions. */
export interface Readiness {
  readonly status: HealthReport['status'];
  readonly checks: Readonly<Record<string, { readonly status: Check['status'] }>>;
}

export function readinessOf({ status, checks }: HealthReport): Readiness {
  return {
    status,
    checks: Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, { status: check.status }])),
  };
}

const unknown: Check = { status: 'down', message: 'not known without the database' };

export async function healthReport({
  database,
  progress,
  deadLetters,
  accounts,
  clock,
  bus,
  lanes,
  lms,
  mails,
  stopping,
}: HealthParts): Promise<HealthReport> {
  const counted = check(async () => {
    const { pending, failed } = await progress.effectCounts();
    const away = lanes().filter(({ state }) => state !== 'closed');
    const facts = [
      ...(failed === 0 ? [] : [`${failed} failed and wait for a person`]),
      `${pending} pending`,
      ...away.map((lane) => laneFact(lane)),
    ];
    return { status: facts.length === 1 ? 'ok' : 'degraded', message: facts.join(', ') };
  });
  const dead = check(async () => {
    const open = await deadLetters.count({ state: 'open' });
    if (open === 0) return { status: 'ok', message: 'none' };
    return {
      status: 'degraded',
      message: `${open} ${open === 1 ? 'waits' : 'wait'} for a person to replay or discard`,
    };
  });
  const learners = lms();
  const atProviders = check(async () => {
    const all = await accounts();
    const troubled = all.filter((account) => troubleOf(account, clock.now()) !== null).length;
    if (troubled === 0) return { status: 'ok', message: all.length === 0 ? 'none' : `${all.length} without trouble` };
    const need = troubled === 1 ? '1 account needs' : `${troubled} accounts need`;
    return { status: 'degraded', message: `${need} a person; the page of providers says why` };
  });
  const toLearners = check(async () => {
    if (mails === null) return { status: 'off', message: 'LAUREL_SMTP_URL is not set; mails are kept' };
    const failed = await mails.failed();
    const facts = [
      ...(failed === 0 ? [] : [`${failed} failed and wait for a person`]),
      ...(mails.server().state === 'closed' ? [] : ['the mail server does not answer']),
    ];
    return facts.length === 0 ? { status: 'ok', message: 'sent' } : { status: 'degraded', message: facts.join(', ') };
  });
  const reached = await check(async () => {
    await database.ping();
    return { status: 'ok', message: 'answers' };
  });
  const checks: Record<string, Check> = {
    process: stopping() ? { status: 'down', message: 'stopping' } : { status: 'ok', message: 'running' },
    database: reached,
    rabbitmq: bus === null ? { status: 'off', message: 'AMQP_URL is not set' } : busCheck(bus),
    lms: await learners,
    // counted by the database, and not worth waiting for when it does not answer
    effects: reached.status === 'down' ? unknown : await counted,
    accounts: reached.status === 'down' ? unknown : await atProviders,
    mails: reached.status === 'down' ? unknown : await toLearners,
    'dead-letters': reached.status === 'down' ? unknown : await dead,
  };
  const down = checks.database?.status === 'down' || checks.process?.status === 'down';
  const degraded = Object.values(checks).some(({ status }) => status === 'degraded' || status === 'down');
  return { status: down ? 'down' : degraded ? 'degraded' : 'ok', checks };
}

function laneFact({ lane, until }: LaneState): string {
  const name = lane === PUBLISH_LANE ? 'the event bus' : lane;
  return `${name} does not answer${until === null ? ' and is tried now' : ` and is tried again at ${until.toISOString()}`}`;
}

async function check(work: () => Promise<Check>): Promise<Check> {
  try {
    return await work();
  } catch (error) {
    return { status: 'down', message: error instanceof Error ? error.message : 'failed' };
  }
}

function busCheck(bus: Pick<Bus, 'status'>): Check {
  const { publishing, consuming, subscribed, lastError } = bus.status();
  if (publishing.connected && consuming.connected && subscribed !== false)
    return { status: 'ok', message: 'connected' };
  return {
    status: 'degraded',
    message: `not connected${lastError === null ? '' : ` (${lastError})`}; events wait in RabbitMQ and are consumed when it is back`,
  };
}
