/** Puts right what a comparison found, as far as somebody asked for it. Each finding is looked at again first: the world may
 *  have changed since. */

import { CredentialsError, NotFoundError, StoreError } from '../../errors.ts';
import type { JobKind, JobStep } from '../../jobs/job-runner.ts';
import type { BadgeProvider } from '../../ports/badge-provider.ts';
import type { Job, JobStore, JsonObject } from '../../ports/job-store.ts';
import type { Progress, ProgressStore } from '../../ports/progress-store.ts';
import type { ReplayScratch } from '../../ports/replay-scratch.ts';
import type { Clock } from '../../ports/runtime.ts';
import { recordState } from '../apply-notice.ts';
import { GONE } from '../refresh-badges.ts';
import { FINDING_KINDS, type Finding, type FindingKind, listFindings } from './findings.ts';
import { awardedAgain, takenBackAgain, takenOver } from './remedies.ts';
import { comparisonOf } from './request.ts';

export const MEND_PROVIDER = 'mend-provider';

export interface MendParts {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly progress: ProgressStore;
  readonly scratch: ReplayScratch;
  readonly clock: Clock;
  /** There are new effects. */
  onEffects?(): void;
}

const FINDINGS_A_STEP = 10;
const SAVE_ATTEMPTS = 30;

export function mendParameters(comparisonId: string, kinds: readonly FindingKind[]): JsonObject {
  return { comparison: comparisonId, kinds };
}

export function createMend(parts: MendParts): JobKind {
  const { progress: store, scratch, clock } = parts;

  async function mend(finding: Finding, provider: BadgeProvider): Promise<boolean> {
    const { learnerId, badgeId, number, externalId } = finding;
    if (learnerId === null || badgeId === null || number === null) return false;
    const found = await store.load(learnerId, badgeId);
    const badge = found?.issued.find((one) => one.number === number);
    if (!found || !badge?.template) return false;
    const there = await provider.issuedState?.({ uuid: badge.uuid, templateId: badge.template.id, externalId });
    const now = clock.now();
    switch (FINDING_KINDS[finding.kind]) {
      case 'award-again':
        return there ? false : change(found, (latest) => awardedAgain(latest, number, externalId, now));
      case 'take-over':
        return there ? change(found, (latest) => takenOver(latest, number, there, now)) : false;
      case 'take-back-again':
        return there && !(await isNeeded(externalId, provider.name))
          ? change(found, (latest) => takenBackAgain(latest, number, externalId, now))
          : false;
      case 'record':
        return recordState(provider.name, there ?? { externalId, state: GONE, url: null }, { progress: store, clock });
      case null:
        return false;
    }
  }

  /** Another badge of ours is the same one there, and stands. */
  async function isNeeded(externalId: string, provider: string): Promise<boolean> {
    const documents = await store.findIssued(provider, externalId);
    return documents.some(({ issued }) =>
      issued.some(
        (one) => one.externalId === externalId && one.template?.provider === provider && one.revokedAt === null,
      ),
    );
  }

  /** @returns whether there was anything to change */
  async function change(found: Progress, remedy: (latest: Progress) => Progress): Promise<boolean> {
    let latest: Progress | null = found;
    for (let attempt = 0; latest !== null && attempt < SAVE_ATTEMPTS; attempt++) {
      const next = remedy(latest);
      if (next === latest) return false;
      if (await store.save(next)) return true;
      latest = await store.load(found.learnerId, found.badgeId);
    }
    if (latest === null) return false;
    throw new StoreError('contention', 'progress kept changing while it was to be put right');
  }

  return {
    kind: MEND_PROVIDER,
    async step(job: Job): Promise<JobStep> {
      const { comparison: id, kinds } = job.parameters as unknown as {
        readonly comparison: string;
        readonly kinds: readonly FindingKind[];
      };
      const comparison = await parts.jobs.get(id);
      const provider = comparison === null ? undefined : parts.providers.get(comparisonOf(comparison).provider);
      if (!provider) {
        throw new NotFoundError('comparison', 'the comparison is not kept any more, or its provider; compare again');
      }
      const { kind = kinds[0], after = null } = (job.cursor ?? {}) as { kind?: FindingKind; after?: string | null };
      if (kind === undefined) return { cursor: null, done: 0, finished: true };
      const page = await listFindings(scratch, id, { kind, limit: FINDINGS_A_STEP, ...(after !== null && { after }) });
      const counts: Record<string, number> = {};
      for (const finding of page.items) {
        const word = await outcomeOf(finding, provider);
        counts[word] = (counts[word] ?? 0) + 1;
      }
      if (counts['put right'] !== undefined) parts.onEffects?.();
      const next = page.next === null ? kinds[kinds.indexOf(kind) + 1] : kind;
      return {
        cursor: next === undefined ? null : { kind: next, after: page.next },
        done: page.items.length,
        counts,
        total: job.total ?? kinds.reduce((sum, one) => sum + (comparison?.counts[one] ?? 0), 0),
        finished: next === undefined,
      };
    },
  };

  async function outcomeOf(finding: Finding, provider: BadgeProvider): Promise<string> {
    try {
      return (await mend(finding, provider)) ? 'put right' : 'left alone';
    } catch (error) {
      if (!(error instanceof CredentialsError) || error.retry === 'later') throw error;
      return 'refused';
    }
  }
}
