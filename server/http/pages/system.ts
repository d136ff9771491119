/** How the server is: health, accounts, tokens of the API. */

import { NotFoundError } from '../../../plugin/errors.ts';
import { createAudit } from '../audit.ts';
import { shownStatus, shownTime } from '../format.ts';
import { pathText } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export function systemRoutes(services: Services): readonly Route[] {
  const { access, clock, settings, environment } = services;
  const audit = createAudit(services);

  return [
    get('/system', 'look', async (req, res) => {
      const [report, accounts, tokens] = await Promise.all([services.health(), access.accounts(), access.apiTokens()]);
      await renderPage(
        req,
        res,
        'system',
        { title: 'System', section: 'system' },
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
          accounts: accounts.map(({ name, role, createdAt }) => ({ name, role, createdAt: shownTime(createdAt) })),
          tokens: tokens.map((token) => ({
            label: token.label,
            createdBy: token.createdBy,
            createdAt: shownTime(token.createdAt),
            lastUsedAt: shownTime(token.lastUsedAt),
            revokedAt: shownTime(token.revokedAt),
            revokeAction: token.revokedAt ? null : `/tokens/${token.id}/revoke`,
          })),
        },
      );
    }),

    post('/tokens/:id/revoke', 'administer', async (req, res) => {
      const id = pathText(req, 'id');
      if (!(await access.revokeApiToken(id, clock.now())))
        throw new NotFoundError('token', 'there is no such token that could be revoked; the system page lists them');
      await audit(actorOf(res).name, 'token.revoked', `token:${id}`);
      res.redirect(303, '/system?done=token-revoked');
    }),
  ];
}
