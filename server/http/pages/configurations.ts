/** What is generated for whom and when: configurations with their schedules, and the button. */

import { NotFoundError } from '../../../plugin/errors.ts';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText } from '../forms/forms.ts';
import { actorOf } from '../people/identity.ts';
import { post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { ruleWords } from '../words/schedule-words.ts';
import { runPath } from './runs.ts';

export function configurationRoutes(services: Services): readonly Route[] {
  const { credentials } = services;
  const audit = createAudit(services);

  return [
    post('/configurations/:id/generate', 'run', async (req, res) => {
      const configuration = await credentials.configuration(pathText(req, 'id'));
      if (!configuration)
        throw new NotFoundError(
          'configuration',
          msg('there is no such configuration; the list shows those that exist'),
        );
      const actor = actorOf(res).name;
      const runId = await services.generateNow(configuration.id, actor);
      await audit(actor, 'configuration.run', `configuration:${configuration.id}`, { run: runId });
      res.redirect(303, `${runPath(runId)}?done=run-started`);
    }),
  ];
}

export function scheduleWords(schedule: Schedule | null): FilledWords {
  if (!schedule) return words('Only by the button');
  const rule = ruleWords(schedule.rule);
  return schedule.enabled ? rule : words('{schedule}, switched off', { schedule: rule });
}
