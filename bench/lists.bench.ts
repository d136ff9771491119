/** Lists over a million events and a hundred thousand records of progress: how long a page takes wherever it lies, with
 *  filters, a search and all counts; and how much memory a file of a hundred thousand rows takes. In one run against one
 *  database (MONGODB_URI, else an embedded store). */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { Instant, Outcome } from '../dsl/index.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';
import type { EventEntry, EventOutcome } from '../plugin/ports/event-log.ts';
import { MemoryBadgeStore } from '../plugin/ports/memory-badge-store.ts';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { eventList } from '../server/http/lists/event-list.ts';
import { piecesOf } from '../server/http/lists/export.ts';
import type { AnyList } from '../server/http/lists/list.ts';
import { listModel } from '../server/http/lists/page-model.ts';
import { progressList } from '../server/http/lists/progress-list.ts';
import { readState, whereOf } from '../server/http/lists/state.ts';
import { createTranslator } from '../server/i18n/translator.ts';
import { connectDatabase } from '../server/mongo/connect.ts';
import { eventModels, MongoEventLog } from '../server/mongo/event-log.ts';
import { learnerModels, MongoLearnerStore } from '../server/mongo/learner-store.ts';
import { toDocument } from '../server/mongo/progress-document.ts';
import { MongoProgressStore, progressModels } from '../server/mongo/progress-store.ts';
import { StoreProcess } from '../test/support/store-process.ts';

export const name = 'Lists';
export const whenNamedOnly = true;

const EVENTS = Number(process.env.LAUREL_BENCH_EVENTS ?? 1_000_000);
const AWARDS = Number(process.env.LAUREL_BENCH_AWARDS ?? 100_000);
const BATCH = 5_000;
const TIMES = 25;
const START = Date.UTC(2026, 0, 1);
const STEP_MS = 20_000;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-bench-'));
  const server = process.env.MONGODB_URI;
  // In a process of its own, so that its memory is not taken for that of the pages.
  const embedded = server ? null : new StoreProcess(folder);
  await embedded?.start();
  const database = await connectDatabase({
    uri: embedded?.uri ?? `${server}/laurel-bench-${randomUUID()}`,
    logger: silentLogger,
    models: [eventModels, learnerModels, progressModels],
  });
  try {
    const events = new MongoEventLog(database.connection);
    const progress = new MongoProgressStore(database.connection);
    const learners = new MongoLearnerStore(database.connection);
    const badges = new MemoryBadgeStore();
    const environment = ruleEnvironment({ enabledEventTypes: null, providers: [] });
    const types = [...environment.eventTypes.keys()].sort();
    for (let from = 0; from < EVENTS; from += BATCH)
      await events.record(Array.from({ length: BATCH }, (_, n) => anEvent(from + n, types)));
    const model = progressModels(database.connection);
    for (let from = 0; from < AWARDS; from += BATCH) {
      const documents = Array.from({ length: BATCH }, (_, n) => aProgress(from + n));
      await model.collection.insertMany(documents as never[], { ordered: false });
    }
    print(
      `  ${embedded ? 'embedded store' : 'MongoDB server'}; ${EVENTS} events, ${AWARDS} records of progress, ${TIMES} times each; load ${loadavg()[0]?.toFixed(1)}`,
    );
    const clock = { now: () => new Date(START + EVENTS * STEP_MS) };
    const list = eventList({ events, learners, badges, clock, environment });
    const type = types[3] ?? '';
    const pages: readonly (readonly [string, string])[] = [
      ['page 1 with all counts', 'period=all'],
      ['the usual page (7 days)', ''],
      ['one type', `period=all&type=${type}`],
      ['one type, one outcome', `period=all&type=${type}&outcome=failed`],
      ['one year', 'date=2026&period=all'],
      ['one day', 'date=2026-02-03&period=all'],
      ['oldest first', 'period=all&order=received'],
      ['by outcome, then newest', 'period=all&order=outcome'],
      ['by type, outcome, newest', 'period=all&order=-type,outcome'],
      ['search of a username', 'period=all&search=user-4242'],
      ['search that finds nothing', 'period=all&search=nobody-is-called-so'],
    ];
    for (const [label, query] of pages) await timed(print, `events: ${label}`, list, query);
    const deep = await cursorOf(list, 'period=all', 1_000);
    await timed(print, 'events: page 1,000', list, `period=all&after=${deep}`);
    await timed(print, 'events: back from page 1,000', list, `period=all&before=${deep}`);
    const awards = progressList({ progress, learners, badges });
    await timed(print, 'progress: page 1 with all counts', awards, '');
    await timed(print, 'progress: awarded', awards, 'status=awarded');
    await timed(print, 'progress: one badge, awarded', awards, 'badge=badge-3&status=awarded');
    const far = await cursorOf(awards, '', 1_000);
    await timed(print, 'progress: page 1,000', awards, `after=${far}`);
    await exported(print, awards, '');
    await exported(print, list, `period=all&type=${type}&outcome=ignored`);
  } finally {
    await database.close();
    await embedded?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

const outcomes: readonly EventOutcome[] = [
  { kind: 'ignored', reason: 'no-match' },
  { kind: 'ignored', reason: 'no-learner' },
  { kind: 'matched', badgeIds: ['badge-1'] },
  { kind: 'failed', code: 'store.contention', message: 'it kept changing' },
];

function anEvent(n: number, types: readonly string[]): EventEntry {
  const at = new Date(START + n * STEP_MS);
  const user = { username: `user-${n % 50_000}`, email: `user-${n % 50_000}@example.com`, name: '', lmsUserId: null };
  return {
    event: {
      id: `event-${n}`,
      type: types[n % 8] ?? '',
      source: 'bench',
      time: `${at.toISOString().slice(0, -1)}000000Z` as Instant,
      payload: { course: { course_key: `course-v1:X+Y+${n % 100}` }, is_passing: n % 2 === 0 },
      user: user as unknown as EventEntry['event']['user'],
    },
    receivedAt: at,
    door: 'amqp',
    learnerId: null,
    outcome: outcomes[Math.floor(n / 8) % outcomes.length] as EventOutcome,
    ruleRevision: 1,
  };
}

function aProgress(n: number): object {
  return toDocument(
    {
      learnerId: `learner-${n}`,
      badgeId: `badge-${n % 10}`,
      version: 0,
      ruleVersion: 1,
      evaluated: false,
      contributions: [],
      outcome: anOutcome((['awarded', 'in-progress', 'awarded', 'revoked'] as const)[n % 4] ?? 'awarded'),
      issued: [],
      effects: [],
      updatedAt: new Date(START + n * 60_000),
    },
    new mongoose.Types.ObjectId(),
  );
}

function anOutcome(status: Outcome['status']): Outcome {
  const awardedAt = '2026-01-01T00:00:00.000000000Z' as Instant;
  return {
    status,
    progress: 1,
    groups: { A: true },
    fulfilled: [],
    awardedAt,
    awards: 1,
    history: [],
    requirements: {},
  };
}

const t = createTranslator('en', new Map(), 'UTC');

async function timed(print: (line: string) => void, label: string, list: AnyList, query: string): Promise<void> {
  const state = await readState(list, new URLSearchParams(query));
  const took: number[] = [];
  const cpu = process.cpuUsage();
  for (let n = 0; n < TIMES; n++) {
    const began = performance.now();
    await listModel(list, state, t, () => false);
    took.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  const own = ((user + system) / 1_000 / TIMES).toFixed(1);
  const first = (took[0] ?? 0).toFixed(1);
  took.sort((a, b) => a - b);
  const at = (share: number): string =>
    (took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0).toFixed(1);
  print(
    `  ${label.padEnd(44)} median ${at(0.5).padStart(7)} ms, p95 ${at(0.95).padStart(7)} ms, first ${first.padStart(7)} ms; the pages worked ${own} ms each`,
  );
}

async function cursorOf(list: AnyList, query: string, pages: number): Promise<string> {
  let after: string | undefined;
  const where = (await whereOf(list, await readState(list, new URLSearchParams(query)))) ?? [];
  for (let n = 1; n < pages; n++) {
    const page = await list.records.page({ where, order: list.order, limit: 50, after });
    after = page.next ?? undefined;
  }
  return after ?? '';
}

async function exported(print: (line: string) => void, list: AnyList, query: string): Promise<void> {
  const state = await readState(list, new URLSearchParams(query));
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  let rows = 0;
  let bytes = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  for await (const piece of piecesOf(list, state, 'csv')) {
    rows += piece.rows;
    bytes += piece.text.length;
    most = Math.max(most, process.memoryUsage().rss);
  }
  const mib = (size: number): string => (size / 1024 / 1024).toFixed(0);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const own = (process.cpuUsage(cpu).user / 1e6).toFixed(1);
  print(
    `  export of ${list.path}: ${rows} rows, ${mib(bytes)} MiB in ${seconds} s (${own} s of them working), memory + ${mib(most - before)} MiB`,
  );
}
