/** How the server works inside, and the settings with where they come from: for its operators. */

import { words } from '../../../plugin/words.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { systemCrumb } from './system.ts';

export function systemStateRoutes({ systemState }: Services): readonly Route[] {
  return [
    get('/system/state', 'operate', async (req, res) => {
      const frame = { title: words('State and settings'), section: 'system', breadcrumbs: [systemCrumb] } as const;
      await renderPage(req, res, 'system-state', frame, { ...(await systemState()) });
    }),
  ];
}
