/** Jobs in every state, among them a comparison with findings. */

import type { Job } from '../../plugin/ports/job-store.ts';
import { findingKey } from '../../plugin/providers/comparison/findings.ts';
import { counts as counted, english, type FilledWords, words } from '../../plugin/words.ts';
import type { Site } from './web.ts';

export async function seedJobs({ services: { jobStore, comparisonNotes, learners } }: Site): Promise<void> {
  const now = new Date('2026-11-21T09:00:00Z');
  const job = (id: string, changes: Partial<Job>): Promise<boolean> =>
    jobStore.create({
      id,
      kind: 'count',
      title: 'Replay the events of badge demo-course',
      parameters: {},
      requestedBy: 'administrator',
      reason: 'The condition was too narrow.',
      state: 'waiting',
      cursor: null,
      done: 0,
      total: null,
      counts: {},
      result: null,
      error: null,
      attempts: 0,
      cancelRequested: false,
      fence: 0,
      dueAt: now,
      createdAt: now,
      startedAt: null,
      finishedAt: null,
      ...changes,
    });
  const counts = { changed: 12, unchanged: 1_204 };
  const error = { code: 'store.unavailable', message: 'the database does not answer; wait a moment' };
  await job('job-waiting', {});
  await job('job-letters', {
    kind: 'replay-dead-letters',
    ...title(counted(120, 'Replay {count} dead letter', 'Replay {count} dead letters')),
    parameters: { diedUntil: now.toISOString() },
    reason: null,
    state: 'running',
    done: 64,
    total: 120,
    counts: { applied: 40, unchanged: 20, ignored: 3, failed: 1 },
    createdAt: new Date(now.getTime() - 60_000),
    dueAt: new Date('2100-01-01T00:00:00Z'),
    startedAt: now,
  });
  await job('job-running', { state: 'running', done: 1_216, total: 4_000, counts, startedAt: now });
  await job('job-failed', {
    state: 'failed',
    done: 1_216,
    total: 4_000,
    counts,
    error,
    startedAt: now,
    finishedAt: now,
  });
  await job('job-compared', {
    kind: 'compare-provider',
    ...title(words('Compare with {account}', { account: 'Memory: Example account' })),
    parameters: { provider: 'memory', accountId: 'example', account: 'example' },
    state: 'done',
    counts: { same: 1_204, missing: 1, state: 1, 'extra-unknown': 1 },
    result: { listed: 1_206 },
    startedAt: now,
    finishedAt: now,
  });
  const barbara = (await learners.findByUsername('barbara'))?.id ?? null;
  const place = { learnerId: barbara, badgeId: 'demo-course', number: 1, templateId: 'demo-course' };
  await comparisonNotes.add('job-compared', [
    findingKey({ ...place, kind: 'missing', externalId: 'memory-1', here: 'accepted', there: null }),
    findingKey({ ...place, kind: 'state', externalId: 'memory-2', here: 'pending', there: 'accepted' }),
    findingKey({
      ...{ kind: 'extra-unknown', learnerId: null, badgeId: null, number: null },
      ...{ externalId: 'memory-3', templateId: 'another-template', here: null, there: 'accepted' },
    }),
  ]);
  const result = { sample: [{ badge: 'demo-course', change: 'gains' }] };
  await job('job-done', { state: 'done', done: 1_216, total: 1_216, counts, result, startedAt: now, finishedAt: now });
}

/** A job's, as it is kept. */
function title(said: FilledWords): Pick<Job, 'title' | 'said'> {
  return { title: english(said), said };
}
