/** How the server is: health, version, address. */

import { words } from '../../../plugin/words.ts';
import { shownStatus } from '../format.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

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
            name,
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
