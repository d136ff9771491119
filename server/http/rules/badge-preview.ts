/** What saving a badge would mean for the learners on record: found by a dry run before it is saved, and shown to whoever
 *  would take something away without knowing. */

import { type Badge, upstreamsOf } from '../../../dsl/index.ts';
import { changesProgress } from '../../../plugin/badges/replay/meaning.ts';
import { fromParameters, REPLAY, replayRequest, resultOf } from '../../../plugin/badges/replay/replay-request.ts';
import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import { hashOfSource } from '../../../plugin/ports/badge-store.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { createDryRuns } from './dry-runs.ts';

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

export function createBadgePreview(services: Services): BadgePreview {
  const { badges, progress, jobStore, badgeUpstreams } = services;
  const read = createRuleReader(services.environment);
  const dryRuns = createDryRuns(services);

  function request(draft: BadgeDraft, actor: string): Promise<Job> {
    const badge = badgeOf(draft.text)?.id ?? '';
    const saving = { badge, version: draft.version, reason: draft.reason ?? '' };
    return dryRuns.begin(
      words('Preview: what changing badge "{badge}" would mean', { badge }),
      replayRequest({ badges: [badge], drafts: [draft.text], dryRun: true, saving }),
      actor,
    );
  }

  async function toConfirm(draft: BadgeDraft, confirmed: string, actor: string): Promise<Job | null> {
    const badge = badgeOf(draft.text);
    if (badge === null || !(await mayTakeAway(badge))) return null;
    if (await hasSeen(draft, confirmed)) return null;
    const job = await dryRuns.ended(await request(draft, actor));
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

  function badgeOf(text: string): Badge | null {
    return read({ source: text, hash: hashOfSource(text) });
  }

  return { request, toConfirm };
}
