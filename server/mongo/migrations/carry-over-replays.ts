/** Takes over the replays of dead letters of an earlier version, which had records of their own: they are jobs now. */

import type mongoose from 'mongoose';
import { REPLAY_DEAD_LETTERS } from '../../../plugin/dead-letters/replay-job.ts';
import type { Job, JsonObject } from '../../../plugin/ports/job-store.ts';
import { withDatabase } from '../errors.ts';
import { MongoJobStore } from '../job-store.ts';

interface OldReplay {
  readonly _id: string;
  /** JSON text: which letters. */
  readonly filter: string;
  readonly by: string;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly total: number;
  readonly cursor: string;
  readonly counts: Readonly<Record<'applied' | 'unchanged' | 'ignored' | 'failed', number>>;
  readonly leaseUntil: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** What was running goes on as a job; whoever held it finds its record gone and stops. Several processes may do it at once
 *  and any may die on the way: a record is removed after its job is there. @returns how many there were @throws StoreError */
export async function carryOverReplays(connection: mongoose.Connection): Promise<number> {
  const jobs = new MongoJobStore(connection);
  const records = connection.collection<OldReplay>('dead_letter_replays');
  const found = await withDatabase(() => records.find({}).toArray());
  for (const record of found) {
    await jobs.create(toJob(record));
    await withDatabase(() => records.deleteOne({ _id: record._id }));
  }
  return found.length;
}

function toJob({ _id, filter, by, state, total, cursor, counts, leaseUntil, startedAt, finishedAt }: OldReplay): Job {
  const { applied, unchanged, ignored, failed } = counts;
  const words = Object.entries({ applied, unchanged, ignored, failed }).filter(([, number]) => number > 0);
  return {
    id: _id,
    kind: REPLAY_DEAD_LETTERS,
    title: `Replay ${total} dead ${total === 1 ? 'letter' : 'letters'}`,
    parameters: { diedUntil: startedAt.toISOString(), ...(JSON.parse(filter) as JsonObject) },
    requestedBy: by,
    reason: null,
    state: state === 'running' ? 'waiting' : state,
    cursor: cursor === '' ? null : cursor,
    done: applied + unchanged + ignored + failed,
    total,
    counts: Object.fromEntries(words),
    result: null,
    error: null,
    attempts: 0,
    cancelRequested: state === 'cancelled',
    fence: 0,
    dueAt: leaseUntil,
    createdAt: startedAt,
    startedAt,
    finishedAt,
  };
}
