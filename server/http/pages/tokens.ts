/** API tokens: what there are, new ones, and the end of one. */

import type { Request, Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import { msg, words } from '../../../plugin/words.ts';
import { type ApiToken, hasExpired } from '../access-store.ts';
import { createAudit } from '../audit.ts';
import { shownStatus, shownTime } from '../format.ts';
import { type FieldError, pathText, textField, textFields } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import { isScope, SCOPES, scopes, scopesOf } from '../scopes.ts';
import type { Services } from '../services.ts';
import { endOfDay, newTokenErrors } from '../token-form.ts';
import { createApiToken, EXPIRY_WARNING_DAYS } from '../tokens.ts';
import { systemCrumb } from './system.ts';

const HOME = '/tokens';
const DAY_MS = 24 * 60 * 60 * 1000;

export function tokenRoutes(services: Services): readonly Route[] {
  const { access, clock } = services;
  const audit = createAudit(services);

  const show = async (req: Request, res: Response, errors: readonly FieldError[] = []): Promise<void> => {
    const tokens = await access.apiTokens();
    const now = clock.now();
    const ticked = req.method === 'POST' ? textFields(req, 'scope') : [];
    const model = {
      tokens: tokens.map((token) => shownToken(token, now)),
      ending: tokens.filter((token) => endsSoon(token, now)).map((token) => shownToken(token, now)),
      label: textField(req, 'label'),
      expires: textField(req, 'expires'),
      scopes: SCOPES.map((scope) => ({ scope, doc: scopes[scope], ticked: ticked.includes(scope) })),
      warnings: [],
      focus: null,
    };
    const frame = { title: words('API tokens'), section: 'system', breadcrumbs: [systemCrumb], errors } as const;
    await renderPage(req, res, 'tokens', frame, model, errors.length > 0 ? 422 : 200);
  };

  return [
    get(HOME, 'administer', (req, res) => show(req, res)),

    post(HOME, 'administer', async (req, res) => {
      const label = textField(req, 'label').trim();
      const chosen = textFields(req, 'scope').filter(isScope);
      const expires = textField(req, 'expires').trim();
      const errors = newTokenErrors({ label, scopes: chosen, expires }, clock.now());
      if (errors.length > 0) return show(req, res, errors);
      const expiresAt = expires === '' ? null : endOfDay(expires);
      const actor = actorOf(res).name;
      const { id, token } = await createApiToken(services, label, actor, { scopes: chosen, expiresAt });
      await audit(actor, 'token.created', `token:${id}`, {
        label,
        scopes: chosen.join(' '),
        expiresAt: expiresAt?.toISOString() ?? null,
      });
      const breadcrumbs = [systemCrumb, { text: words('API tokens'), href: HOME }];
      const frame = { title: words('New API token'), section: 'system', breadcrumbs } as const;
      await renderPage(req, res, 'token-new', frame, { label, token, scopes: chosen, expiresAt: shownTime(expiresAt) });
    }),

    post(`${HOME}/:id/revoke`, 'administer', async (req, res) => {
      const id = pathText(req, 'id');
      if (!(await access.revokeApiToken(id, clock.now())))
        throw new NotFoundError(
          'token',
          msg('there is no such token that could be revoked; the list shows those there are'),
        );
      await audit(actorOf(res).name, 'token.revoked', `token:${id}`);
      res.redirect(303, `${HOME}?done=token-revoked`);
    }),
  ];
}

function endsSoon(token: ApiToken, now: Date): boolean {
  const soon = new Date(now.getTime() + EXPIRY_WARNING_DAYS * DAY_MS);
  return token.revokedAt === null && !hasExpired(token, now) && hasExpired(token, soon);
}

function shownToken(token: ApiToken, now: Date) {
  const { id, label, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
  const state = revokedAt
    ? 'token-revoked'
    : hasExpired(token, now)
      ? 'expired'
      : endsSoon(token, now)
        ? 'ending'
        : 'valid';
  return {
    ...{ label, createdBy, scopes: scopesOf(token), status: shownStatus(state) },
    ...{ createdAt: shownTime(createdAt), lastUsedAt: shownTime(lastUsedAt) },
    ...{ expiresAt: shownTime(expiresAt), revokedAt: shownTime(revokedAt) },
    revokeAction: revokedAt ? null : `${HOME}/${id}/revoke`,
  };
}
