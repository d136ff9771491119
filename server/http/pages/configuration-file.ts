/** The whole configuration as one file: download, and bring one, which is shown before it does anything. */

import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { CredentialsError } from '../../../plugin/errors.ts';
import { bundleText, readBundle } from '../../configuration/bundle.ts';
import { exportBundle } from '../../configuration/export-bundle.ts';
import { importBundle } from '../../configuration/import-bundle.ts';
import { type BundlePlan, countsOf, planBundle, type Section } from '../../configuration/plan-bundle.ts';
import { createAudit } from '../audit.ts';
import { shownNumber } from '../format.ts';
import { type FieldError, textField } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

const CONFIGURATION_FILE_PATH = '/configuration-file';

const systemCrumb = { text: 'System', href: '/system' } as const;

const sectionWords: Readonly<Record<Section, string>> = {
  badge: 'Badge',
  issuer: 'Issuer',
  template: 'Open Badge template',
  account: 'Account at a provider',
  asset: 'Asset',
  type: 'Credential type',
  configuration: 'Configuration and schedule',
};

const changeWords = {
  create: { word: 'New', tone: 'good' },
  change: { word: 'Changes', tone: 'warn' },
  same: { word: 'The same', tone: 'off' },
  kept: { word: 'Only here, kept', tone: 'off' },
} as const;

export function configurationFileRoutes(services: Services): readonly Route[] {
  const { files } = services;
  const audit = createAudit(services);

  const showStart = (req: Request, res: Response, errors: readonly FieldError[] = []): Promise<void> => {
    const frame = { title: 'Configuration file', section: 'system', breadcrumbs: [systemCrumb], errors } as const;
    return renderPage(req, res, 'configuration-file', frame, { focus: '' }, errors.length > 0 ? 422 : 200);
  };

  const showPlan = (req: Request, res: Response, plan: BundlePlan): Promise<void> => {
    const crumb = { text: 'Configuration file', href: CONFIGURATION_FILE_PATH };
    const frame = { title: 'What would change', section: 'system', breadcrumbs: [systemCrumb, crumb] } as const;
    const counts = countsOf(plan);
    return renderPage(req, res, 'configuration-plan', frame, {
      hash: plan.hash,
      isNothing: counts.create + counts.change === 0,
      counts: (['create', 'change', 'same', 'kept'] as const).map((change) => ({
        word: changeWords[change].word,
        count: shownNumber(counts[change]),
      })),
      rows: plan.changes
        .filter(({ change }) => change === 'create' || change === 'change')
        .map(({ section, id, change }) => ({ section: sectionWords[section], id, status: changeWords[change] })),
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
      const [first = '', ...places] = error.message.split('\n');
      const messages = places.length > 0 ? places : [`${first.charAt(0).toUpperCase()}${first.slice(1)}.`];
      await showStart(
        req,
        res,
        messages.slice(0, 20).map((message) => ({ field: 'files', message: message.trim() })),
      );
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
      if (!file || file.size === 0) return showStart(req, res, [{ field: 'files', message: 'Choose a file.' }]);
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
        return showStart(req, res, [{ field: 'files', message: 'The file is no longer here; choose it once more.' }]);
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
