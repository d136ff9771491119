/** The numbers that are looked up when somebody scrapes. */

import type { LaneState } from '../../plugin/badges/dispatcher.ts';
import { openEffects } from '../../plugin/badges/effect-order.ts';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import type { DeadLetterStore } from '../../plugin/ports/dead-letters.ts';
import type { JobStore } from '../../plugin/ports/job-store.ts';
import type { ProgressStore } from '../../plugin/ports/progress-store.ts';
import type { ProviderStore } from '../../plugin/ports/provider-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { troubleOf } from '../../plugin/providers/secret-expiry.ts';
import type { Bus } from '../amqp/bus.ts';
import type { Database } from '../mongo/connect.ts';
import { isOwed } from '../scheduler/missed-times.ts';
import type { Meters } from './meters.ts';

export interface GaugeParts {
  readonly database: Pick<Database, 'ping' | 'space'>;
  readonly progress: Pick<ProgressStore, 'effectGroups' | 'due'>;
  readonly providers: Pick<ProviderStore, 'accounts'>;
  readonly deadLetters: Pick<DeadLetterStore, 'count'>;
  readonly credentials: Pick<CredentialStore, 'dueSchedules' | 'mailCounts'>;
  readonly jobs: Pick<JobStore, 'postponed'>;
  readonly bus: Pick<Bus, 'status' | 'depths'> | null;
  readonly lanes: () => readonly LaneState[];
  readonly clock: Clock;
}

/** Those that wait for their turn are left out, the others of so many looked at. */
const DUE_LOOKED_AT = 100;
const BREAKER = { closed: 0, 'half-open': 0.5, open: 1 } as const;
const STORED = [
  ...(['effects', 'effectsOverdue', 'deadLetters', 'accounts', 'jobsPostponed', 'jobsPostponedSeconds'] as const),
  ...(['scheduleLag', 'mails', 'storeBytes'] as const),
] as const;

/** Never rejects: a database that is away is a number too. */
export async function lookUpGauges(parts: GaugeParts, meters: Meters): Promise<void> {
  meters.set(
    'breaker',
    parts.lanes().map(({ lane, state }) => ({ labels: { lane }, value: BREAKER[state] })),
  );
  await lookAtBus(parts, meters);
  const begin = performance.now();
  try {
    await parts.database.ping();
    meters.set('storeSeconds', [{ value: (performance.now() - begin) / 1_000 }]);
    await lookIntoDatabase(parts, meters);
    meters.set('store', [{ value: 1 }]);
  } catch {
    meters.set('store', [{ value: 0 }]);
    for (const key of STORED) meters.set(key, []);
  }
}

async function lookAtBus({ bus }: GaugeParts, meters: Meters): Promise<void> {
  if (bus === null) {
    meters.set('connected', []);
    meters.set('queued', []);
    return;
  }
  const { publishing, consuming, subscribed, consumed } = bus.status();
  meters.set('connected', [
    { labels: { connection: 'publishing' }, value: Number(publishing.connected) },
    // a process that is not to consume says nothing of it
    ...(subscribed === null
      ? []
      : [{ labels: { connection: 'consuming' }, value: Number(consuming.connected && subscribed) }]),
  ]);
  const queued = new Map<string, number>();
  for (const { purpose, messages } of (await bus.depths()) ?? [])
    queued.set(purpose, (queued.get(purpose) ?? 0) + messages);
  meters.set(
    'queued',
    [...queued].map(([queue, value]) => ({ labels: { queue }, value })),
  );
  if (consumed === null) return;
  meters.set('redeliveries', [{ value: consumed.redelivered }]);
  meters.set('messages', [
    { labels: { outcome: 'handled' }, value: consumed.handled },
    { labels: { outcome: 'ignored' }, value: consumed.ignored },
    { labels: { outcome: 'dead' }, value: consumed.deadLettered },
    { labels: { outcome: 'abandoned' }, value: consumed.abandoned },
  ]);
}

async function lookIntoDatabase(
  { database, progress, deadLetters, providers, credentials, jobs, lanes, clock }: GaugeParts,
  meters: Meters,
): Promise<void> {
  const now = clock.now();
  const [groups, overdue, dead, accounts, schedules, mails, postponed, space] = await Promise.all([
    progress.effectGroups(),
    Promise.all(lanes().map(({ lane }) => overdueIn(lane, progress, now))),
    deadLetters.count({ state: 'open' }),
    providers.accounts(),
    credentials.dueSchedules(now, DUE_LOOKED_AT),
    credentials.mailCounts(),
    jobs.postponed(),
    database.space(),
  ]);
  const open = new Map<string, { readonly labels: { readonly state: string; readonly lane: string }; value: number }>();
  for (const { state, lane, count } of groups) {
    const entry = open.get(`${state} ${lane}`) ?? { labels: { state, lane }, value: 0 };
    entry.value += count;
    open.set(`${state} ${lane}`, entry);
  }
  meters.set('effects', [...open.values()]);
  meters.set('effectsOverdue', overdue);
  meters.set('deadLetters', [{ value: dead }]);
  meters.set('accounts', [{ value: accounts.filter((account) => troubleOf(account, now) !== null).length }]);
  meters.set('jobsPostponed', [{ value: postponed.count }]);
  meters.set('jobsPostponedSeconds', [{ value: Math.max(0, secondsSince(postponed.since, now)) }]);
  meters.set('scheduleLag', [
    // what waits for the run before it, or was missed long ago and has its turn now, is not late
    { value: Math.max(0, ...schedules.map((one) => (isOwed(one) ? 0 : secondsSince(one.nextDueAt, now)))) },
  ]);
  meters.set(
    'mails',
    Object.entries(mails).map(([state, value]) => ({ labels: { state }, value })),
  );
  const { size, free } = space ?? { size: 0, free: 0 };
  meters.set(
    'storeBytes',
    space === null
      ? []
      : [
          { labels: { part: 'used' }, value: size - free },
          { labels: { part: 'free' }, value: free },
        ],
  );
}

async function overdueIn(lane: string, progress: GaugeParts['progress'], now: Date) {
  const due = await progress.due(now, 1, { only: lane });
  const effects = due.flatMap((document) => openEffects(document).filter((effect) => effect.lane === lane));
  return { labels: { lane }, value: Math.max(0, ...effects.map(({ dueAt }) => secondsSince(dueAt, now))) };
}

function secondsSince(at: Date | null, now: Date): number {
  return at === null ? 0 : (now.getTime() - at.getTime()) / 1_000;
}
