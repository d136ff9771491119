/** Jobs: how far each is, what came of it, and the buttons to cancel and resume. */

import type { Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import { isLimited } from '../../../plugin/organisations/standing.ts';
import { isOpen, type Job } from '../../../plugin/ports/job-store.ts';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import { PREVIEW_KIND, SYNC_KIND } from '../../../plugin/providers/template-sync/request.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText, queryString } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf, findActor } from '../people/identity.ts';
import { syncJobPath } from '../providers/template-links.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { jobTitle } from '../words/job-words.ts';
import { otherCounts, replayModel } from './replay-result.ts';

export const jobsCrumb = { text: words('Jobs'), href: '/jobs' } as const;

export function jobPath(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

export function jobRoutes(services: Services): readonly Route[] {
  const { jobs, jobStore } = services;
  const audit = createAudit(services);

  return [
    get('/jobs/:id', 'look', async (req, res) => {
      const job = await jobStore.get(pathText(req, 'id'));
      if (job === null)
        throw new NotFoundError('job', msg('there is no such job; the list of jobs shows those there are'));
      const frame = { title: jobTitle(job), section: 'system', breadcrumbs: [jobsCrumb] } as const;
      const replay = await replayModel(job, services, translatorOf(req, res));
      const shown = shownJob(replay === null ? job : { ...job, counts: otherCounts(job) });
      await renderPage(req, res, 'job', frame, { ...shown, replay, next: nextOf(job, res) });
    }),

    post('/jobs/:id/cancel', 'operate', async (req, res) => {
      const job = await jobs.cancel(pathText(req, 'id'));
      await audit(actorOf(res).name, 'job.cancelled', `job:${job.id}`, { kind: job.kind });
      res.redirect(303, `${jobPath(job.id)}?done=job-cancelled`);
    }),

    post('/jobs/:id/resume', 'operate', async (req, res) => {
      const job = await jobs.resume(pathText(req, 'id'));
      await audit(actorOf(res).name, 'job.resumed', `job:${job.id}`, { kind: job.kind });
      res.redirect(303, `${jobPath(job.id)}?done=job-resumed`);
    }),
  ];
}

/** Where to go on once it is done. */
function nextOf({ id, kind }: Job, res: Response): { readonly text: string; readonly href: string } | null {
  const isOfSync = kind === SYNC_KIND || kind === PREVIEW_KIND;
  // What changes names badges of everybody.
  return isOfSync && !isLimited(findActor(res)?.organisations ?? [])
    ? { text: msg('See what changes, template by template'), href: syncJobPath(id) }
    : null;
}

export function shownJob(job: Job) {
  const open = isOpen(job.state);
  return {
    id: job.id,
    href: jobPath(job.id),
    historyHref: `/audit${queryString({ object: `job:${job.id}` })}`,
    title: jobTitle(job),
    kind: job.kind,
    reason: job.reason,
    requestedBy: job.requestedBy,
    status: shownStatus(job.cancelRequested && open ? 'cancelling' : job.state),
    isOpen: open,
    canCancel: open && !job.cancelRequested,
    canResume: job.state === 'failed' || job.state === 'cancelled',
    done: job.done,
    total: job.total,
    progress:
      job.total === null
        ? words('{done}', { done: job.done })
        : words('{done} of {total}', { done: job.done, total: job.total }),
    counts: Object.entries(job.counts).map(([word, number]) => ({ word, number })),
    result: job.result === null ? null : JSON.stringify(job.result, null, 2),
    error: job.error,
    createdAt: shownTime(job.createdAt),
    startedAt: shownTime(job.startedAt),
    finishedAt: shownTime(job.finishedAt),
    traceId: traceIdOf(job.trace),
  };
}
