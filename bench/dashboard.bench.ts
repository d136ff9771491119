/** What the dashboard asks of a full embedded store: a million events of the last thirty days, 200,000 progress documents of
 *  twenty badges, and the counts of 720 hours. Beside it what the same charts would cost without counters. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { Instant } from '../dsl/index.ts';
import type { EventEntry } from '../plugin/ports/event-log.ts';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { activityModels, MongoActivityStore } from '../server/mongo/activity-store.ts';
import { connectDatabase } from '../server/mongo/connect.ts';
import { toDocument as toEventDocument } from '../server/mongo/event-document.ts';
import { eventModels, MongoEventLog } from '../server/mongo/event-log.ts';
import { toDocument as toProgressDocument } from '../server/mongo/progress-document.ts';
import { MongoProgressStore, progressModels } from '../server/mongo/progress-store.ts';
import { openEmbeddedStore } from '../server/store/index.ts';

export const name = 'Dashboard';
export const whenNamedOnly = true;

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const LEARNERS = EVENTS / 100;
const BADGES = 20;
const HOURS = 720;
const BATCH = 5_000;
const HOUR_MS = 3_600_000;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-bench-'));
  const embedded = await openEmbeddedStore({ dataDir: folder, logger: silentLogger });
  const models = [eventModels, progressModels, activityModels];
  const database = await connectDatabase({ uri: embedded.uri, logger: silentLogger, models });
  try {
    const now = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
    const from = new Date(now.getTime() - HOURS * HOUR_MS);
    const { Event, Progress } = database.connection.models as Record<string, mongoose.Model<object>>;
    for (let at = 0; at < EVENTS; at += BATCH)
      await Event?.collection.insertMany(
        Array.from({ length: BATCH }, (_, i) => toEventDocument(anEntry(at + i, from))) as object[],
        { ordered: false },
      );
    for (let badge = 0; badge < BADGES; badge++)
      for (let at = 0; at < LEARNERS; at += BATCH)
        await Progress?.collection.insertMany(
          Array.from({ length: Math.min(BATCH, LEARNERS - at) }, (_, i) => aDocument(badge, at + i, now)) as object[],
          { ordered: false },
        );
    const activity = new MongoActivityStore(database.connection);
    for (let hour = 0; hour < HOURS; hour++)
      await activity.add(new Date(from.getTime() + hour * HOUR_MS), { events: EVENTS / HOURS, matches: 10, awards: 1 });
    print(`  ${EVENTS} events, ${BADGES * LEARNERS} progress documents, ${HOURS} hours`);

    const events = new MongoEventLog(database.connection);
    const progress = new MongoProgressStore(database.connection);
    const day = new Date(now.getTime() - 24 * HOUR_MS);
    const asked: Readonly<Record<string, () => Promise<unknown>>> = {
      'charts of 24 hours': () => activity.between(day, now),
      'charts of 30 days': () => activity.between(from, now),
      'last event': () => events.list({ limit: 1 }),
      'effects that wait, by place': () => progress.effectGroups(),
      'the oldest that is due': () => progress.due(now, 1, { except: [] }),
      'recent awards': () => progress.list({ status: 'awarded', limit: 6 }),
      'how far learners are (kept for 20 times as long)': () =>
        progress.stages(Array.from({ length: BADGES }, (_, badge) => `badge-${badge}`)),
      'without counters: events of one hour': () => events.counts({ receivedFrom: new Date(now.getTime() - HOUR_MS) }),
      'without counters: events of 24 hours': () => events.counts({ receivedFrom: day }),
      'without counters: events of 30 days': () => events.counts({ receivedFrom: from }),
    };
    for (const [label, ask] of Object.entries(asked)) {
      const times: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const begun = performance.now();
        await ask();
        times.push(performance.now() - begun);
      }
      print(
        `  ${label.padEnd(52)} ${Math.min(...times)
          .toFixed(1)
          .padStart(9)} ms`,
      );
    }
  } finally {
    await database.close();
    await embedded.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function anEntry(n: number, from: Date): EventEntry {
  const receivedAt = new Date(from.getTime() + (n / EVENTS) * HOURS * HOUR_MS);
  const learner = n % LEARNERS;
  return {
    event: {
      id: `bench-${n}`,
      type: 'org.openedx.learning.course.passing.status.updated.v1',
      source: '/bench',
      time: receivedAt.toISOString() as Instant,
      payload: { is_passing: true },
      user: { lmsUserId: learner + 1, username: `learner-${learner}`, email: '', name: '', isActive: true },
    },
    receivedAt,
    door: 'amqp',
    learnerId: null,
    outcome: n % 10 === 0 ? { kind: 'matched', badgeIds: ['badge-1'] } : { kind: 'ignored', reason: 'no-match' },
    ruleRevision: 1,
  };
}

function aDocument(badge: number, learner: number, updatedAt: Date): object {
  const isAwarded = learner % 3 === 0;
  return toProgressDocument(
    {
      learnerId: `learner-${String(learner).padStart(7, '0')}`,
      badgeId: `badge-${badge}`,
      version: 0,
      ruleVersion: 1,
      evaluated: false,
      contributions: [],
      outcome: {
        status: isAwarded ? 'awarded' : 'in-progress',
        progress: isAwarded ? 1 : (learner % 2) / 2,
        groups: { A: isAwarded },
        fulfilled: [],
        awardedAt: null,
        awards: isAwarded ? 1 : 0,
        history: [],
        requirements: {},
      },
      issued: [],
      effects: [],
      updatedAt: new Date(updatedAt.getTime() - learner),
    },
    new mongoose.Types.ObjectId(),
  );
}
