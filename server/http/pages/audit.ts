/** Who did what. */

import { shownTime } from '../format.ts';
import { queryString, queryText } from '../forms.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

const PAGE_SIZE = 50;

export function auditRoutes({ access }: Services): readonly Route[] {
  return [
    get('/audit', 'administer', async (req, res) => {
      const filters = { actor: queryText(req, 'actor'), object: queryText(req, 'object') };
      const after = queryText(req, 'after');
      const page = await access.audit({ ...filters, after, limit: PAGE_SIZE });
      await renderPage(
        req,
        res,
        'audit',
        { title: 'Audit', section: 'audit' },
        {
          filters,
          filtered: Object.values(filters).some((value) => value !== undefined),
          rows: page.items.map((entry) => ({
            at: shownTime(entry.at),
            actor: entry.actor,
            action: entry.action,
            object: entry.object,
            objectHref: `/audit${queryString({ object: entry.object })}`,
            details: Object.entries(entry.details).map(([name, value]) => ({ name, value: String(value) })),
          })),
          nextHref: page.next === null ? null : `/audit${queryString({ ...filters, after: page.next })}`,
          firstHref: after === undefined ? null : `/audit${queryString(filters)}`,
        },
      );
    }),
  ];
}
