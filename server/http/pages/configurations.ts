/** What is generated for whom and when: configurations with their schedules, and the button. */

import { NotFoundError } from '../../../plugin/errors.ts';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import { createAudit } from '../audit.ts';
import { shownTime } from '../format.ts';
import { pathText } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import { ruleText } from '../schedule-words.ts';
import type { Services } from '../services.ts';
import { credentialsCrumb } from './credentials.ts';
import { eligibilityPath } from './eligibility.ts';
import { runPath, shownRun } from './runs.ts';
import { schedulePath } from './schedule.ts';

const RUNS_SHOWN = 100;

export function configurationRoutes(services: Services): readonly Route[] {
  const { credentials } = services;
  const audit = createAudit(services);

  return [
    get('/configurations', 'look', async (req, res) => {
      const [configurations, types, schedules, runs] = await Promise.all([
        credentials.configurations(),
        credentials.types(),
        credentials.schedules(),
        credentials.runs({ limit: RUNS_SHOWN }),
      ]);
      const typeOf = new Map(types.map((type) => [type.id, type]));
      const scheduleOf = new Map(schedules.map((schedule) => [schedule.configurationId, schedule]));
      const rows = configurations.map((configuration) => {
        const type = typeOf.get(configuration.credentialTypeId);
        const schedule = scheduleOf.get(configuration.id) ?? null;
        const lastRun = runs.find((run) => run.configurationId === configuration.id);
        return {
          contextKey: configuration.contextKey,
          type: type?.name ?? 'removed type',
          retrievalFunction: type?.retrievalFunction ?? null,
          generationFunction: type?.generationFunction ?? null,
          schedule: scheduleText(schedule),
          nextDueAt: schedule?.enabled ? shownTime(schedule.nextDueAt) : null,
          lastRun: lastRun ? shownRun(lastRun) : null,
          scheduleHref: schedulePath(configuration.id),
          eligibilityHref: eligibilityPath(configuration.id),
          editHref: `/configurations/${encodeURIComponent(configuration.id)}/edit`,
          generateAction: `/configurations/${encodeURIComponent(configuration.id)}/generate`,
        };
      });
      const frame = { title: 'Configurations', section: 'credentials', breadcrumbs: [credentialsCrumb] } as const;
      await renderPage(req, res, 'configurations', frame, { configurations: rows });
    }),

    post('/configurations/:id/generate', 'run', async (req, res) => {
      const configuration = await credentials.configuration(pathText(req, 'id'));
      if (!configuration)
        throw new NotFoundError('configuration', 'there is no such configuration; the list shows those that exist');
      const actor = actorOf(res).name;
      const runId = await services.generateNow(configuration.id, actor);
      await audit(actor, 'configuration.run', `configuration:${configuration.id}`, { run: runId });
      res.redirect(303, `${runPath(runId)}?done=run-started`);
    }),
  ];
}

function scheduleText(schedule: Schedule | null): string {
  if (!schedule) return 'Only by the button';
  const text = ruleText(schedule.rule);
  return schedule.enabled ? text : `${text}, switched off`;
}
