/** The whole configuration as one file: download, and bring one, which is shown before it does anything. */

import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { CredentialsError } from '../../../plugin/errors.ts';
import { msg, words } from '../../../plugin/words.ts';
import { bundleText, readBundle } from '../../configuration/bundle.ts';
import { exportBundle } from '../../configuration/export-bundle.ts';
import { importBundle } from '../../configuration/import-bundle.ts';
import { type BundlePlan, countsOf, planBundle, type Section } from '../../configuration/plan-bundle.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { systemCrumb } from './system.ts';

const CONFIGURATION_FILE_PATH = '/configuration-file';

const sectionWords: Readonly<Record<Section, string>> = {
  badge: msg('Badge'),
  issuer: msg('Issuer'),
  template: msg('Open Badge template'),
  account: msg('Account at a provider'),
  asset: msg('Asset'),
  type: msg('Credential type'),
  configuration: msg('Configuration and schedule'),
  belonging: msg('What belongs to an organisation'),
};

const changeWords = {
  create: { word: msg('New'), tone: 'good' },
  change: { word: msg('Changes'), tone: 'warn' },
  same: { word: msg('The same'), tone: 'off' },
  kept: { word: msg('Only here, kept'), tone: 'off' },
} as const;

export function configurationFileRoutes(services: Services): readonly Route[] {
  const { files } = services;
  const audit = createAudit(services);

  const showStart = (req: Request, res: Response, errors: readonly FieldError[] = []): Promise<void> => {
    const frame = {
      title: words('Configuration file'),
      section: 'system',
      breadcrumbs: [systemCrumb],
      errors,
    } as const;
    return renderPage(req, res, 'configuration-file', frame, { focus: '' }, errors.length > 0 ? 422 : 200);
  };

  const showPlan = (req: Request, res: Response, plan: BundlePlan): Promise<void> => {
    const crumb = { text: words('Configuration file'), href: CONFIGURATION_FILE_PATH };
    const frame = { title: words('What would change'), section: 'system', breadcrumbs: [systemCrumb, crumb] } as const;
    const t = translatorOf(req, res);
    const counts = countsOf(plan);
    return renderPage(req, res, 'configuration-plan', frame, {
      hash: plan.hash,
      isNothing: counts.create + counts.change === 0,
      counts: (['create', 'change', 'same', 'kept'] as const).map((change) => ({
        word: t(changeWords[change].word),
        count: t.number(counts[change]),
      })),
      rows: plan.changes
        .filter(({ change }) => change === 'create' || change === 'change')
        .map(({ section, id, change }) => ({ section: t(sectionWords[section]), id, status: changeWords[change] })),
      secretsMissing: plan.secretsMissing,
    });
  };

  /** What is wrong with a file is said beside its field. */
  const orSayWhy = async (req: Request, res: Response, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const isTheirs = error instanceof CredentialsError && /^(input|conflict)\./.test(error.code);
      if (!isTheirs) throw error;
      const [, ...places] = error.message.split('\n');
      const errors: readonly FieldError[] =
        places.length > 0
          ? places.slice(0, 20).map((message) => ({ field: 'files', message: message.trim() }))
          : [{ field: 'files', message: error.said, isError: true }];
      await showStart(req, res, errors);
    }
  };

  return [
    get(CONFIGURATION_FILE_PATH, 'administer', (req, res) => showStart(req, res)),

    get(`${CONFIGURATION_FILE_PATH}/export`, 'administer', async (_req, res) => {
      res
        .attachment('laurel.json')
        .type('application/json')
        .send(bundleText(await exportBundle(services)));
    }),

    post(`${CONFIGURATION_FILE_PATH}/plan`, 'administer', async (req, res) => {
      const [file] = Array.isArray(req.files) ? req.files : [];
      if (!file || file.size === 0) return showStart(req, res, [{ field: 'files', message: msg('Choose a file.') }]);
      await orSayWhy(req, res, async () => {
        const text = file.buffer.toString('utf8');
        const plan = await planBundle(readBundle(text, 'the file'), services);
        // Kept until it is imported, or until this person brings another: it may be too large to travel in the page.
        const kept = { bytes: file.buffer, contentType: 'application/json', fileName: 'laurel.json' };
        await files.put(keyFor(actorOf(res).name), kept);
        await showPlan(req, res, plan);
      });
    }),

    post(`${CONFIGURATION_FILE_PATH}/import`, 'administer', async (req, res) => {
      const { name: actor } = actorOf(res);
      const file = await files.get(keyFor(actor));
      if (!file)
        return showStart(req, res, [
          { field: 'files', message: msg('The file is no longer here; choose it once more.') },
        ]);
      await orSayWhy(req, res, async () => {
        const bundle = readBundle(Buffer.from(file.bytes).toString('utf8'), 'the file');
        const done = await importBundle(bundle, { plan: textField(req, 'plan'), actor }, services);
        await files.delete(keyFor(actor));
        await audit(actor, 'configuration.imported', 'installation', { ...countsOf(done) });
        res.redirect(
          303,
          `${done.secretsMissing.length > 0 ? '/providers' : CONFIGURATION_FILE_PATH}?done=configuration-imported`,
        );
      });
    }),
  ];
}

function keyFor(actor: string): string {
  return `configuration-import/${createHash('sha256').update(actor).digest('hex')}`;
}
