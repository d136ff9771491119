/** Runs: how far each is, what became of every learner, and the buttons to cancel, resume and try again. */

import { isResumable } from '../../../plugin/credentials/run-control.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { CredentialRun } from '../../../plugin/ports/credential-store.ts';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText, queryChoice, queryString, queryText } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { asSentence, shownStatus, shownTime } from '../words/format.ts';
import { credentialsCrumb } from './credentials.ts';

const PAGE_SIZE = 50;
const OUTCOMES = ['available', 'error', 'generating', 'invalidated'] as const;
const LATE_AFTER_MS = 60_000;

export const RUN_TRIGGERS: Readonly<Record<CredentialRun['trigger'], string>> = {
  schedule: msg('Schedule'),
  manual: msg('Button'),
  retry: msg('Retry of the failed'),
};

export function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
}

export function runRoutes(services: Services): readonly Route[] {
  const { credentials, runControl } = services;
  const audit = createAudit(services);

  return [
    get('/runs/:id', 'look', async (req, res) => {
      const run = await credentials.run(pathText(req, 'id'));
      if (run === null)
        throw new NotFoundError('run', msg('there is no such run; the list of runs shows those there are'));
      const outcome = queryChoice(req, 'outcome', OUTCOMES);
      const after = queryText(req, 'after');
      const { configurationId } = run;
      const [configuration, failed, page] = await Promise.all([
        credentials.configuration(configurationId),
        credentials.countCredentials({ configurationId, status: 'error' }),
        credentials.credentials({
          runId: run.id,
          limit: PAGE_SIZE,
          ...(outcome === undefined ? {} : { status: outcome }),
          ...(after === undefined ? {} : { after }),
        }),
      ]);
      const contextKey = configuration?.contextKey ?? null;
      const breadcrumbs = [credentialsCrumb, { text: words('Runs'), href: '/runs' }];
      await renderPage(
        req,
        res,
        'run',
        {
          title: words('Run for {context}', { context: contextKey ?? words(REMOVED) }),
          section: 'credentials',
          breadcrumbs,
        },
        {
          ...shownRun(run),
          contextKey,
          configurationHref: `/configurations${queryString({ search: contextKey ?? undefined })}`,
          outcome,
          outcomes: OUTCOMES.map((value) => ({ value, word: shownStatus(value).word })),
          canRetry: configuration !== null && run.state !== 'running' && run.counts.failed > 0 && failed > 0,
          rows: page.items.map((credential) => ({
            href: `/credentials/${credential.id}`,
            learnerName: credential.learnerName,
            username: credential.username,
            status: shownStatus(credential.status),
            reason: credential.reason,
            attempts: credential.attempts,
            updatedAt: shownTime(credential.updatedAt),
          })),
          nextHref: page.next === null ? null : `${runPath(run.id)}${queryString({ outcome, after: page.next })}`,
          firstHref: after === undefined ? null : `${runPath(run.id)}${queryString({ outcome })}`,
        },
      );
    }),

    post('/runs/:id/cancel', 'run', async (req, res) => {
      const run = await runControl.cancel(pathText(req, 'id'));
      await audit(actorOf(res).name, 'run.cancelled', `run:${run.id}`, { configuration: run.configurationId });
      res.redirect(303, `${runPath(run.id)}?done=run-cancelled`);
    }),

    post('/runs/:id/resume', 'run', async (req, res) => {
      const run = await runControl.resume(pathText(req, 'id'));
      await audit(actorOf(res).name, 'run.resumed', `run:${run.id}`, { configuration: run.configurationId });
      res.redirect(303, `${runPath(run.id)}?done=run-resumed`);
    }),

    post('/runs/:id/retry', 'run', async (req, res) => {
      const run = await credentials.run(pathText(req, 'id'));
      if (run === null)
        throw new NotFoundError('run', msg('there is no such run; the list of runs shows those there are'));
      const { configurationId } = run;
      const started = await runControl.retryFailed(configurationId);
      await audit(actorOf(res).name, 'configuration.run', `configuration:${configurationId}`, {
        run: started,
        only: 'failed',
      });
      res.redirect(303, `${runPath(started)}?done=run-started`);
    }),
  ];
}

const REMOVED = msg('removed configuration');

/** It waited for another run, or for Laurel to run. */
export function isLate({ trigger, startedAt, dueAt }: CredentialRun): boolean {
  return trigger === 'schedule' && startedAt.getTime() - dueAt.getTime() > LATE_AFTER_MS;
}

function shownRun(run: CredentialRun) {
  const { counts } = run;
  return {
    href: runPath(run.id),
    status: shownStatus(run.state),
    isOpen: run.state === 'running',
    canResume: isResumable(run),
    trigger: RUN_TRIGGERS[run.trigger],
    dueAt: shownTime(run.dueAt),
    isLate: isLate(run),
    startedAt: shownTime(run.startedAt),
    finishedAt: shownTime(run.finishedAt),
    seen: counts.seen,
    eligible: counts.eligible,
    generated: counts.generated,
    skipped: counts.skipped,
    failed: counts.failed,
    error: run.error && asSentence(run.error.message),
    traceId: traceIdOf(run.trace),
  };
}
