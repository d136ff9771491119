/** Jobs in every state, among them a comparison with findings. */

import type { Job } from '../../plugin/ports/job-store.ts';
import { findingKey } from '../../plugin/providers/comparison/findings.ts';
import {
  type Difference,
  type DifferenceKind,
  differenceKinds,
} from '../../plugin/providers/template-sync/difference.ts';
import { DifferenceNotes } from '../../plugin/providers/template-sync/notes.ts';
import { PREVIEW_KIND } from '../../plugin/providers/template-sync/request.ts';
import { counts as counted, english, type FilledWords, words } from '../../plugin/words.ts';
import type { Site } from './web.ts';

export async function seedJobs({ services: { jobStore, comparisonNotes, learners, files } }: Site): Promise<void> {
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
  await seedPreview(job, new DifferenceNotes(files));
  const result = { sample: [{ badge: 'demo-course', change: 'gains' }] };
  await job('job-done', { state: 'done', done: 1_216, total: 1_216, counts, result, startedAt: now, finishedAt: now });
}

/** What synchronising an account would change: some of every kind. */
async function seedPreview(
  job: (id: string, changes: Partial<Job>) => Promise<unknown>,
  notes: DifferenceNotes,
): Promise<void> {
  const facts = (name: string) =>
    ({
      name,
      description: `Knows ${name}.`,
      imageUrl: null,
      state: 'active',
      dashboardUrl: null,
      details: {},
    }) as const;
  const use = {
    badges: [
      { id: 'demo-course', name: 'Demo course completion', active: true },
      { id: 'data-track', name: 'Data track', active: false },
    ],
    ...{ inProgress: 12, waiting: 1 },
  };
  const former = facts('Algebra');
  const next = {
    ...former,
    description: 'Knows algebra, and more.',
    state: 'archived',
    details: { skills: ['R'] },
  } as const;
  const lists: Readonly<Record<DifferenceKind, readonly Difference[]>> = {
    gone: [{ kind: 'gone', templateId: 'old', name: 'Old one', before: facts('Old one'), after: null, use }],
    changed: [{ kind: 'changed', templateId: 'algebra', name: 'Algebra', before: former, after: next }],
    added: [{ kind: 'added', templateId: 'new', name: 'New one', before: null, after: facts('New one') }],
    unchanged: [{ kind: 'unchanged', templateId: 'same', name: 'Same as ever', before: null, after: null }],
  };
  for (const kind of differenceKinds) await notes.write({ job: 'job-preview', account: 0, kind, page: 0 }, lists[kind]);
  const at = '2026-11-21T09:00:00.000Z';
  const counts = { added: 1, changed: 1, unchanged: 1, retired: 1 };
  const science = { id: 'science', provider: 'hall', account: 'science', state: 'previewed', error: null, at };
  const error = 'Hall of Fame cannot answer at the moment (status 503); try again later';
  const law = { ...science, id: 'law', account: 'law', state: 'failed', error, fingerprint: null, inUse: 0 };
  await job('job-preview', {
    kind: PREVIEW_KIND,
    ...title(
      words('Preview the synchronisation of the templates of {account}', {
        account: counted(2, '{count} account', '{count} accounts'),
      }),
    ),
    parameters: { accounts: ['science', 'law'] },
    ...{ reason: null, state: 'done', done: 4, total: 4, counts: { ...counts, failed: 1 } },
    result: {
      accounts: [
        { ...science, ...counts, inUse: 1, fingerprint: 'f' },
        { ...law, added: 0, changed: 0, unchanged: 0, retired: 0 },
      ],
    },
    startedAt: new Date(at),
    finishedAt: new Date(at),
  });
}

/** A job's, as it is kept. */
function title(said: FilledWords): Pick<Job, 'title' | 'said'> {
  return { title: english(said), said };
}
