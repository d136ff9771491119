/** Badges that go out of force, and those that went. */

import type { Request, Response } from 'express';
import { requiredReason } from '../../../plugin/badges/reason.ts';
import { waitingFor } from '../../../plugin/badges/rule-changes.ts';
import { ConflictError, InputError } from '../../../plugin/errors.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import { words } from '../../../plugin/words.ts';
import { type FieldError, pathText, textField, wholeNumberField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath, badgesCrumb, findBadge } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { versionOf } from './badge-history.ts';
import { statusCounts } from './progress-counts.ts';
import { reasonError } from './reason-field.ts';
import { ruleFilesCrumb } from './rule-files.ts';

interface Question {
  readonly badge: BadgeDefinition;
  readonly reason?: string;
  readonly errors?: readonly FieldError[];
  /** Somebody saved this version meanwhile. */
  readonly conflict?: boolean;
}

export function badgeRemovalRoutes(services: Services): readonly Route[] {
  const { badges, progress } = services;

  const ask = async (req: Request, res: Response, question: Question, status = 200): Promise<void> => {
    const { badge, reason = '', errors = [], conflict = false } = question;
    const counts = statusCounts(await progress.counts([badge.id]), badge.id);
    const waiting = waitingFor(badge.id, services.badgeUpstreams());
    const name = badge.name ?? badge.id;
    const t = translatorOf(req, res);
    const frame = {
      title: words('Remove {badge}', { badge: name }),
      section: 'badges',
      breadcrumbs: [badgesCrumb, { text: name, href: badgePath(badge.id) }],
      errors,
      failed: status !== 200,
    } as const;
    const model = {
      ...{ id: badge.id, name, version: badge.version, updatedBy: badge.updatedBy, active: badge.active },
      href: badgePath(badge.id),
      waiting: waiting.map((id) => ({ id, href: badgePath(id) })),
      removable: !badge.active && waiting.length === 0,
      awarded: t.number(counts.awarded),
      inProgress: t.number(counts['in-progress']),
      ...{ reason, conflict },
    };
    await renderPage(req, res, 'badge-remove', frame, model, status);
  };

  return [
    get('/rules/removed', 'look', async (req, res) => {
      const breadcrumbs = [badgesCrumb, ruleFilesCrumb];
      const removed = await badges.removed();
      await renderPage(
        req,
        res,
        'badges-removed',
        { title: words('Removed badges'), section: 'badges', breadcrumbs },
        {
          badges: removed.map((badge) => ({
            ...versionOf(badge),
            href: badgePath(badge.id),
            restoreHref: `${badgePath(badge.id)}/versions/${badge.version - 1}/restore`,
          })),
        },
      );
    }),

    get('/badges/:id/remove', 'publish', async (req, res) => {
      await ask(req, res, { badge: await findBadge(services, pathText(req, 'id')) });
    }),

    post('/badges/:id/remove', 'publish', async (req, res) => {
      const badge = await findBadge(services, pathText(req, 'id'));
      const reason = textField(req, 'reason');
      const wrong = reasonError(reason, requiredReason);
      if (wrong) return ask(req, res, { badge, reason, errors: [wrong] }, 422);
      try {
        const expectedVersion = wholeNumberField(req, 'version');
        await services.removeBadge(badge.id, {
          actor: actorOf(res).name,
          reason: requiredReason(reason),
          expectedVersion,
        });
      } catch (error) {
        if (error instanceof ConflictError) {
          const now = await findBadge(services, badge.id);
          return ask(req, res, { badge: now, reason, conflict: true }, 409);
        }
        // The page itself says what stands in the way.
        if (error instanceof InputError && error.code.startsWith('input.badge-'))
          return ask(req, res, { badge, reason }, 422);
        throw error;
      }
      res.redirect(303, `/rules/removed?done=badge-removed`);
    }),
  ];
}
