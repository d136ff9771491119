/** The numbers that are looked up when somebody scrapes. */

import type { LaneState } from '../../plugin/badges/dispatcher.ts';
import { openEffects } from '../../plugin/badges/effect-order.ts';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import type { DeadLetterStore } from '../../plugin/ports/dead-letters.ts';
import type { ProgressStore } from '../../plugin/ports/progress-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import type { Bus } from '../amqp/bus.ts';
import type { Database } from '../mongo/connect.ts';
import type { Meters } from './meters.ts';

export interface GaugeParts {
  readonly database: Pick<Database, 'ping' | 'space'>;
  readonly progress: Pick<ProgressStore, 'effectGroups' | 'due'>;
  readonly deadLetters: Pick<DeadLetterStore, 'count'>;
  readonly credentials: Pick<CredentialStore, 'dueSchedules' | 'mailCounts'>;
  readonly bus: Pick<Bus, 'status'> | null;
  readonly lanes: () => readonly LaneState[];
  readonly clock: Clock;
}

const BREAKER = { closed: 0, 'half-open': 0.5, open: 1 } as const;
const STORED = ['effects', 'effectsOverdue', 'deadLetters', 'scheduleLag', 'mails', 'storeBytes'] as const;

/** Never rejects: a database that is away is a number too. */
export async function lookUpGauges(parts: GaugeParts, meters: Meters): Promise<void> {
  meters.set(
    'breaker',
    parts.lanes().map(({ lane, state }) => ({ labels: { lane }, value: BREAKER[state] })),
  );
  lookAtBus(parts, meters);
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

function lookAtBus({ bus }: GaugeParts, meters: Meters): void {
  if (bus === null) {
    meters.set('connected', []);
    return;
  }
  const { publishing, consuming, subscribed, consumed } = bus.status();
  meters.set('connected', [
    { labels: { connection: 'publishing' }, value: Number(publishing.connected) },
    { labels: { connection: 'consuming' }, value: Number(consuming.connected && subscribed !== false) },
  ]);
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
  { database, progress, deadLetters, credentials, clock }: GaugeParts,
  meters: Meters,
): Promise<void> {
  const now = clock.now();
  const [groups, due, dead, schedules, mails, space] = await Promise.all([
    progress.effectGroups(),
    progress.due(now, 1, { except: [] }),
    deadLetters.count({ state: 'open' }),
    credentials.dueSchedules(now, 1),
    credentials.mailCounts(),
    database.space(),
  ]);
  const open = new Map<string, { readonly labels: { readonly state: string; readonly lane: string }; value: number }>();
  for (const { state, lane, count } of groups) {
    const entry = open.get(`${state} ${lane}`) ?? { labels: { state, lane }, value: 0 };
    entry.value += count;
    open.set(`${state} ${lane}`, entry);
  }
  meters.set('effects', [...open.values()]);
  const waiting = due.flatMap((document) => openEffects(document).map(({ dueAt }) => secondsSince(dueAt, now)));
  meters.set('effectsOverdue', [{ value: Math.max(0, ...waiting) }]);
  meters.set('deadLetters', [{ value: dead }]);
  meters.set('scheduleLag', [
    { value: Math.max(0, ...schedules.map(({ nextDueAt }) => secondsSince(nextDueAt, now))) },
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

function secondsSince(at: Date | null, now: Date): number {
  return at === null ? 0 : (now.getTime() - at.getTime()) / 1_000;
}
