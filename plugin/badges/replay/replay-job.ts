/** Replay as a job: finds the learners, then brings one after the other up to date. What it was asked for may name badges,
 *  a time, event types and draft rules; a dry run only reports. */

import type { Badge } from '../../../dsl/index.ts';
import { StoreError } from '../../errors.ts';
import type { JobKind, JobStep } from '../../jobs/job-runner.ts';
import { type BadgeStore, hashOfSource } from '../../ports/badge-store.ts';
import type { Job, Json } from '../../ports/job-store.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { ReplayScratch } from '../../ports/replay-scratch.ts';
import { msg } from '../../words.ts';
import type { RuleBook } from '../rule-book.ts';
import type { RuleReader } from '../rule-reader.ts';
import { type FindParts, learnersWithEvents, learnersWithProgress } from './find-learners.ts';
import {
  countsOf,
  fromParameters,
  membershipOf,
  nothingYet,
  REPLAY,
  type ReplayRequest,
  type RulesBefore,
} from './replay-request.ts';
import { type ReplaySomeParts, replaySome } from './replay-some.ts';
import { type ReplayTarget, replayTarget } from './target.ts';

export interface ReplayParts extends FindParts, ReplaySomeParts {
  readonly scratch: ReplayScratch;
  readonly learners: Pick<LearnerStore, 'find' | 'findById'>;
  /** Looks at the latest rules before each step. */
  readonly ruleBook: Pick<RuleBook, 'index' | 'definitionVersion' | 'refresh' | 'revision'>;
  readonly store: Pick<BadgeStore, 'history' | 'get' | 'revision'>;
  readonly read: RuleReader;
}

type Cursor = { readonly phase: 'events' | 'progress' | 'learners'; readonly after: string | null } | null;

const LEARNERS_A_STEP = 200;
/** How long a replay waits for the change that it is to follow. */
const PATIENCE_MS = 60_000;

export function createReplay(parts: ReplayParts): JobKind {
  const { scratch, ruleBook, clock } = parts;
  /** Of the latest step: the next one most likely goes by the same rules. */
  let latest: { readonly key: string; readonly target: ReplayTarget } | null = null;

  async function targetOf(job: Job, { badges, drafts }: ReplayRequest): Promise<ReplayTarget> {
    await ruleBook.refresh();
    const key = `${ruleBook.revision()} ${job.id}`;
    if (latest?.key === key) return latest.target;
    const drafted = drafts.flatMap((source): readonly Badge[] => {
      const badge = parts.read({ source, hash: hashOfSource(source) });
      return badge === null ? [] : [badge];
    });
    const target = replayTarget({ badges, drafts: drafted }, parts);
    latest = { key, target };
    return target;
  }

  async function hasChanged(before: RulesBefore): Promise<boolean> {
    if ('revision' in before) return (await parts.store.revision()) !== before.revision;
    return ((await parts.store.get(before.badge))?.version ?? 0) !== before.version;
  }

  async function step(job: Job): Promise<JobStep> {
    const request = fromParameters(job.parameters);
    const cursor = job.cursor as unknown as Cursor;
    if (cursor === null && request.after !== null && !(await hasChanged(request.after))) return waitFor(job);
    const target = await targetOf(job, request);
    switch (cursor?.phase) {
      case undefined:
      case 'events': {
        const membership = membershipOf(request);
        const found = await learnersWithEvents(parts, target, request, membership, cursor?.after ?? null);
        await scratch.add(job.id, found.keys);
        const next = found.next !== null ? 'events' : request.everybody ? 'progress' : 'learners';
        return { ...(await goOn(job, next, found.next)), counts: { 'events read': found.eventsRead } };
      }
      case 'progress': {
        const found = await learnersWithProgress(parts, target, cursor.after);
        await scratch.add(job.id, found.keys);
        return goOn(job, found.next === null ? 'learners' : 'progress', found.next);
      }
      case 'learners':
        return replayNext(job, request, target, cursor.after);
    }
  }

  function waitFor(job: Job): JobStep {
    if (clock.now().getTime() - job.createdAt.getTime() < PATIENCE_MS)
      throw new StoreError('rules-pending', 'the rules have not changed yet; it begins when they have');
    const note = msg('The change of the rules that this was to follow did not come about.');
    return { cursor: null, done: 0, result: { ...nothingYet, note } as never, finished: true };
  }

  async function goOn(job: Job, phase: NonNullable<Cursor>['phase'], after: string | null): Promise<JobStep> {
    const total = phase === 'learners' ? { total: await scratch.count(job.id) } : {};
    return { cursor: { phase, after } satisfies Json, done: 0, ...total, finished: false };
  }

  async function replayNext(
    job: Job,
    request: ReplayRequest,
    target: ReplayTarget,
    after: string | null,
  ): Promise<JobStep> {
    const keys = await scratch.next(job.id, after, LEARNERS_A_STEP);
    const options = { membership: membershipOf(request), dryRun: request.dryRun };
    const { last, ...step } = await replaySome(parts, job, keys, target, options, countsOf);
    const finished = keys.length === 0;
    if (finished) await scratch.clear(job.id);
    return { ...step, cursor: { phase: 'learners', after: last ?? after }, finished };
  }

  return { kind: REPLAY, step };
}
