/** How the server works inside: clocks, the form of the database, queues, leases, and where each setting comes from. */

import { openEffects } from '../plugin/badges/effect-order.ts';
import type { PostponedJobs } from '../plugin/ports/job-store.ts';
import type { Clock } from '../plugin/ports/runtime.ts';
import type { Bus } from './amqp/bus.ts';
import { checkClock, checkForm, checkSpace, clockSkew } from './check/database.ts';
import type { CheckLine } from './check/line.ts';
import type { Stores } from './composition/stores.ts';
import type { Settings } from './config.ts';
import type { SystemState } from './http/services.ts';
import { settingRows } from './settings/report.ts';

export interface SystemStateParts {
  readonly settings: Settings;
  readonly stores: Pick<Stores, 'database' | 'progress' | 'credentials' | 'jobs'>;
  readonly bus: Bus | null;
  readonly roles: readonly string[];
  readonly clock: Clock;
}

type Fact = SystemState['facts'][number];

const LATE_S = 300;
/** As the alert has it. */
const TRYING_LONG_S = 1_800;

/** @throws StoreError */
export async function systemState({ settings, stores, bus, roles, clock }: SystemStateParts): Promise<SystemState> {
  const { database, progress, credentials, jobs } = stores;
  const now = clock.now();
  const [skew, form, space, overdue, due, schedules, running, postponed, runs, queues] = await Promise.all([
    clockSkew(database.connection),
    checkForm(database),
    database.space(),
    progress.due(now, 1, { except: [] }),
    credentials.dueSchedules(now, 1),
    credentials.schedules(),
    jobs.list({ state: 'running', limit: 20 }),
    jobs.postponed(),
    credentials.runs({ limit: 50 }),
    bus === null ? null : bus.depths(),
  ]);
  const effects = overdue.flatMap((document) => openEffects(document).flatMap(({ dueAt }) => dueAt ?? []));
  const leases = [
    ...running.items.map(({ title, dueAt }) =>
      fact('lease', `job "${title}", until ${dueAt.toISOString()}`, dueAt < now),
    ),
    ...runs
      .filter(({ state }) => state === 'running')
      .map(({ id, leaseUntil }) => fact('lease', `run ${id}, until ${leaseUntil.toISOString()}`, leaseUntil < now)),
  ];
  return {
    facts: [
      fact('this process', roles.length === 0 ? 'a command' : roles.join(', ')),
      fact('database', settings.mongodbUri === null ? 'the embedded store' : 'a MongoDB server'),
      ...[...form, ...checkSpace(space, settings), ...checkClock(skew)].map(fromLine),
      ...consumerFacts(bus),
      waitFact('effects', effects, now),
      waitFact(
        'schedules',
        due.flatMap(({ nextDueAt }) => nextDueAt ?? []),
        now,
      ),
      fact('schedules switched on', `${schedules.filter(({ enabled }) => enabled).length} of ${schedules.length}`),
      postponedFact(postponed, now),
      ...leases,
    ],
    queues: queues ?? [],
    settings: settingRows(process.env),
  };
}

function fact(name: string, value: string, isTrouble = false): Fact {
  return { name, value, isTrouble };
}

function fromLine({ name, message, status }: CheckLine): Fact {
  return fact(name, message, status !== 'ok');
}

function waitFact(name: string, dues: readonly Date[], now: Date): Fact {
  const seconds = Math.max(0, ...dues.map((at) => Math.round((now.getTime() - at.getTime()) / 1_000)));
  return seconds === 0 ? fact(name, 'none is due') : fact(name, `the oldest is due for ${seconds} s`, seconds > LATE_S);
}

function postponedFact({ count, since }: PostponedJobs, now: Date): Fact {
  if (since === null) return fact('postponed jobs', 'none');
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1_000));
  const who = count === 1 ? '1 tries a step again' : `${count} try a step again`;
  return fact('postponed jobs', `${who}, the one that has tried longest for ${seconds} s`, seconds > TRYING_LONG_S);
}

function consumerFacts(bus: Bus | null): Fact[] {
  if (bus === null) return [fact('consumer', 'AMQP_URL is not set')];
  const { consuming, subscribed, consumed } = bus.status();
  const isUp = consuming.connected && subscribed !== false;
  const state = fact('consumer', isUp ? `connected since ${consuming.since.toISOString()}` : 'not connected', !isUp);
  if (consumed === null) return [state];
  const { received, redelivered, handled, deadLettered, inFlight } = consumed;
  const counts = `${received} received (${redelivered} again), ${handled} handled, ${deadLettered} dead, ${inFlight} in hand`;
  return [state, fact('messages', counts)];
}
