/** How the server is: health, version, address. */

import { msg, words } from '../../../plugin/words.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus } from '../words/format.ts';

export const systemCrumb = { text: words('System'), href: '/system' } as const;

/** Parts of the health report as people call them. */
const PARTS: Readonly<Record<string, string>> = {
  process: msg('This process'),
  database: msg('Database'),
  rabbitmq: msg('RabbitMQ'),
  lms: msg('LMS'),
  effects: msg('Effects'),
  accounts: msg('Accounts at providers'),
  mails: msg('Mails'),
  'dead-letters': msg('Dead letters'),
};

export function systemRoutes(services: Services): readonly Route[] {
  const { settings, environment } = services;

  return [
    get('/system', 'look', async (req, res) => {
      const report = await services.health();
      await renderPage(
        req,
        res,
        'system',
        { title: words('System'), section: 'system' },
        {
          status: shownStatus(report.status),
          checks: Object.entries(report.checks).map(([name, check]) => ({
            name: PARTS[name] ?? name,
            isOurs: name in PARTS,
            status: shownStatus(check.status),
            message: check.message,
          })),
          version: settings.version,
          node: process.versions.node,
          publicUrl: settings.publicUrl,
          ingestOpen: settings.ingestToken !== null,
          eventTypes: [...(environment.enabledEventTypes ?? environment.eventTypes.keys())].sort(),
        },
      );
    }),
  ];
}
