/** The first steps by themselves, what can be taken with one press, and putting them away. */

import { readFile } from 'node:fs/promises';
import { words } from '../../../plugin/words.ts';
import { parseLearnerLines } from '../../../providers/index.ts';
import { applyCredentialsSetup } from '../../configuration/credentials-setup.ts';
import { projectPath } from '../../paths.ts';
import { createAudit } from '../audit/audit.ts';
import { firstSteps, SAMPLE_COURSE_ACTION, SAMPLE_TEMPLATE_ACTION, shownSteps } from '../dashboard/first-steps.ts';
import { textField } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

const SAMPLES = projectPath('examples', 'first-run');
const SAMPLE = 'sample-certificate';

export function firstStepsRoutes(services: Services): readonly Route[] {
  const { credentials, files, extensions, clock, installation } = services;
  const audit = createAudit(services);

  const apply = (file: string) =>
    applyCredentialsSetup(`${SAMPLES}/${file}`, {
      ...{ store: credentials, files, registry: extensions, belongings: services.belongings },
      now: clock.now(),
    });

  /** What somebody made of the sample stays as it is. */
  const bringTemplate = async (actor: string): Promise<void> => {
    if (await credentials.asset(SAMPLE)) return;
    await apply('template.json');
    await audit(actor, 'sample.template', `asset:${SAMPLE}`);
  };

  const bringCourse = async (actor: string): Promise<void> => {
    if (await credentials.type(SAMPLE)) return;
    await services.importRecords(parseLearnerLines(await readFile(`${SAMPLES}/records.jsonl`, 'utf8')));
    await apply('course.json');
    await audit(actor, 'sample.course', `type:${SAMPLE}`);
  };

  return [
    get('/first-steps', 'administer', async (req, res) => {
      const frame = { title: words('First steps'), section: 'dashboard' } as const;
      await renderPage(req, res, 'first-steps', frame, {
        steps: shownSteps(await firstSteps(services)),
        isHidden: await installation.areStepsHidden(),
      });
    }),

    post(SAMPLE_TEMPLATE_ACTION, 'administer', async (_req, res) => {
      await bringTemplate(actorOf(res).name);
      res.redirect(303, '/?done=sample-template');
    }),

    post(SAMPLE_COURSE_ACTION, 'administer', async (_req, res) => {
      await bringTemplate(actorOf(res).name);
      await bringCourse(actorOf(res).name);
      res.redirect(303, '/?done=sample-course');
    }),

    post('/first-steps', 'administer', async (req, res) => {
      const hidden = textField(req, 'show') !== 'yes';
      await installation.hideSteps(hidden);
      await audit(actorOf(res).name, hidden ? 'first-steps.hidden' : 'first-steps.shown', 'installation');
      res.redirect(303, `/?done=${hidden ? 'steps-hidden' : 'steps-shown'}`);
    }),
  ];
}
