/** Dry runs of replays that a page asks for and shows, each as a job: it goes on when the page is closed, and another
 *  process finishes it should this one stop. */

import { setTimeout as sleep } from 'node:timers/promises';
import { REPLAY, type ReplayRequest, toParameters } from '../../../plugin/badges/replay/replay-request.ts';
import { isOpen, type Job } from '../../../plugin/ports/job-store.ts';
import type { Words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';

export interface DryRuns {
  begin(title: Words, request: ReplayRequest, actor: string): Promise<Job>;
  /** @returns it as it is when it has ended, or when a person has waited long enough for a page */
  ended(job: Job): Promise<Job>;
}

/** How long a page waits. */
const PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 25;

export function createDryRuns(services: Services): DryRuns {
  const { jobs, jobStore, carryOut, logger } = services;
  const audit = createAudit(services);
  return {
    async begin(title, request, actor) {
      const job = await jobs.request({
        kind: REPLAY,
        title,
        parameters: toParameters({ ...request, dryRun: true }),
        requestedBy: actor,
      });
      const badges = request.badges?.join(' ') ?? 'all';
      await audit(actor, 'replay.requested', `job:${job.id}`, { badges, dryRun: true });
      // Here at once rather than by the next process that looks for jobs.
      void carryOut(job.id).catch((error: unknown) =>
        logger.warn('a preview could not be carried on here', { job: job.id, error: String(error) }),
      );
      return job;
    },

    async ended(begun) {
      let job = begun;
      for (const until = Date.now() + PATIENCE_MS; isOpen(job.state) && Date.now() < until; ) {
        await sleep(LOOK_EVERY_MS);
        job = (await jobStore.get(job.id)) ?? job;
      }
      return job;
    },
  };
}
