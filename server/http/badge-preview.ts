/** What saving a badge would mean for the learners on record: found by a dry run before it is saved, and shown to whoever
 *  would take something away without knowing. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Badge, upstreamsOf } from '../../dsl/index.ts';
import { changesProgress } from '../../plugin/badges/replay/meaning.ts';
import {
  fromParameters,
  REPLAY,
  replayRequest,
  resultOf,
  toParameters,
} from '../../plugin/badges/replay/replay-request.ts';
import { hashOfSource } from '../../plugin/ports/badge-store.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import { createAudit } from './audit.ts';
import { createRuleReader } from './rule-reader.ts';
import type { Services } from './services.ts';

/** What is to be saved. */
export interface BadgeDraft {
  readonly text: string;
  /** The version the author started from; 0: a new badge. */
  readonly version: number;
  readonly reason?: string;
}

export interface BadgePreview {
  /** Begins the dry run. @param text without errors @returns the job whose page shows what it found */
  request(draft: BadgeDraft, actor: string): Promise<Job>;
  /** @param confirmed id of the job whose page the author has seen, '' for none
   *  @returns the job to show first; null: saving takes nothing away, or the author knows */
  toConfirm(draft: BadgeDraft, confirmed: string, actor: string): Promise<Job | null>;
}

/** How long saving waits for the dry run before it shows its page. */
const PATIENCE_MS = 3_000;

export function createBadgePreview(services: Services): BadgePreview {
  const { badges, progress, jobs, jobStore, carryOut, badgeUpstreams, logger } = services;
  const read = createRuleReader(services.environment);
  const audit = createAudit(services);

  async function request(draft: BadgeDraft, actor: string): Promise<Job> {
    const badge = badgeOf(draft.text)?.id ?? '';
    const job = await jobs.request({
      kind: REPLAY,
      title: `Preview: what changing badge "${badge}" would mean`,
      parameters: toParameters(
        replayRequest({
          ...{ badges: [badge], drafts: [draft.text], dryRun: true },
          saving: { badge, version: draft.version, reason: draft.reason ?? '' },
        }),
      ),
      requestedBy: actor,
    });
    await audit(actor, 'replay.requested', `job:${job.id}`, { badges: badge, dryRun: true });
    // Here at once rather than by the next process that looks for jobs; should this one stop, another goes on.
    void carryOut(job.id).catch((error: unknown) =>
      logger.warn('a preview could not be carried on here', { job: job.id, error: String(error) }),
    );
    return job;
  }

  async function toConfirm(draft: BadgeDraft, confirmed: string, actor: string): Promise<Job | null> {
    const badge = badgeOf(draft.text);
    if (badge === null || !(await mayTakeAway(badge))) return null;
    if (await hasSeen(draft, confirmed)) return null;
    const job = await ended(await request(draft, actor));
    return job.state === 'done' && !resultOf(job.result).badges.some(({ loses }) => loses > 0) ? null : job;
  }

  /** Cheap to say no to: most badges that are saved are new, mean the same, or nobody has them. */
  async function mayTakeAway(badge: Badge): Promise<boolean> {
    const stored = await badges.get(badge.id);
    const isKnown = stored !== null || (await badges.history(badge.id)).length > 0;
    if (!changesProgress(stored && read(stored), badge, isKnown)) return false;
    if ((await progress.list({ badgeId: badge.id, status: 'awarded', limit: 1 })).items.length > 0) return true;
    const waits = [...badgeUpstreams().values()].some((upstreams) => upstreams.includes(badge.id));
    return waits || upstreamsOf(badge).length > 0;
  }

  async function hasSeen({ text, version }: BadgeDraft, confirmed: string): Promise<boolean> {
    const job = confirmed === '' ? null : await jobStore.get(confirmed);
    if (job?.kind !== REPLAY || job.state !== 'done') return false;
    const { dryRun, drafts, saving } = fromParameters(job.parameters);
    return dryRun && drafts[0] === text && saving?.version === version;
  }

  async function ended(requested: Job): Promise<Job> {
    let job = requested;
    for (const until = Date.now() + PATIENCE_MS; isOpen(job) && Date.now() < until; ) {
      await sleep(25);
      job = (await jobStore.get(job.id)) ?? job;
    }
    return job;
  }

  function badgeOf(text: string): Badge | null {
    return read({ source: text, hash: hashOfSource(text) });
  }

  return { request, toConfirm };
}

function isOpen({ state }: Job): boolean {
  return state === 'waiting' || state === 'running';
}
