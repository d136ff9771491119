/** Forgetting a learner: what follows, and the question. */

import type { Request, Response } from 'express';
import { toReason } from '../../../plugin/badges/reason.ts';
import type { ProviderCapabilities } from '../../../plugin/ports/badge-provider.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { mentionsOf } from '../../../plugin/privacy/person.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { findLearner } from './learner.ts';
import { learnerPath, progressCrumb } from './progress.ts';
import { reasonError } from './reason-field.ts';

/** What taking a badge back comes to at a provider. */
const takingBack: Readonly<Record<ProviderCapabilities['revocation'], string>> = {
  revoke: msg(
    '{provider}: {count}. A badge that is taken back is revoked there; its page says so, and may go on naming the learner.',
  ),
  expire: msg(
    '{provider}: {count}. A badge that is taken back expires there; its page says so, and may go on naming the learner.',
  ),
  delete: msg('{provider}: {count}. A badge that is taken back is deleted there, with the name of the learner.'),
  none: msg('{provider}: {count}. A badge that is taken back cannot be taken back there.'),
};

export function retireRoutes(services: Services): readonly Route[] {
  const { retirements, progress, providers } = services;
  const audit = createAudit(services);

  async function ask(
    req: Request,
    res: Response,
    learner: Learner,
    {
      errors = [],
      badges = 'leave',
      reason = '',
    }: { errors?: readonly FieldError[]; badges?: string; reason?: string },
  ): Promise<void> {
    const { username } = learner;
    const counts = (await retirements.preview(username)) ?? {};
    const frame = {
      ...{ title: words('Retire {learner}', { learner: username }), section: 'progress' as const, errors },
      breadcrumbs: [progressCrumb, { text: username, href: learnerPath(learner.id) }],
    };
    const model = {
      ...{ username, href: learnerPath(learner.id), badges, reason },
      events: counts.events ?? 0,
      credentials: counts.credentials ?? 0,
      progress: counts.progress ?? 0,
      providers: await standingAt(learner.id),
    };
    await renderPage(req, res, 'learner-retire', frame, model, errors.length > 0 ? 422 : 200);
  }

  /** The providers where badges of the learner stand, and what taking them back does. */
  async function standingAt(learnerId: string): Promise<readonly object[]> {
    const counts = new Map<string, number>();
    for (const { issued } of await progress.ofLearner(learnerId)) {
      for (const { externalId, revokedAt, template } of issued) {
        if (template && externalId !== null && revokedAt === null)
          counts.set(template.provider, (counts.get(template.provider) ?? 0) + 1);
      }
    }
    return [...counts].map(([word, count]) => {
      const provider = providers.get(word);
      return {
        ...{ title: provider?.title ?? word, count },
        doing: takingBack[provider?.capabilities.revocation ?? 'none'],
      };
    });
  }

  return [
    get('/learners/:id/retire', 'administer', async (req, res) => {
      await ask(req, res, await findLearner(services, pathText(req, 'id')), {});
    }),

    post('/learners/:id/retire', 'administer', async (req, res) => {
      const learner = await findLearner(services, pathText(req, 'id'));
      const reason = textField(req, 'reason');
      const badges = textField(req, 'badges') === 'revoke' ? 'revoke' : 'leave';
      const errors = [confirmationError(learner, textField(req, 'confirmation')), nameError(learner, reason)];
      const wrong = [...errors, reasonError(reason)].filter((error) => error !== null);
      if (wrong.length > 0) return ask(req, res, learner, { errors: wrong, badges, reason });
      const by = actorOf(res).name;
      const { username } = learner;
      const job = await retirements.request({ username, badgesThere: badges, by, reason: toReason(reason) });
      if (job === null) return res.redirect(303, learnerPath(learner.id));
      await audit(by, 'learner.retired', `learner:${learner.id}`, { job: job.id, badges });
      res.redirect(303, `/jobs/${encodeURIComponent(job.id)}?done=retirement-started`);
    }),
  ];
}

function confirmationError({ username }: Learner, typed: string): FieldError | null {
  return typed.trim() === username
    ? null
    : { field: 'confirmation', message: words('Type the username, {username}, to confirm.', { username }) };
}

/** The reason stays when the learner is gone. */
export function namesLearner({ id, username, name, email, lmsUserId }: Learner, text: string): boolean {
  const person = { learnerId: id, lmsUserId, username, usernames: [username], names: [name], emails: [email] };
  return mentionsOf(person, '').inText(text);
}

function nameError(learner: Learner, reason: string): FieldError | null {
  return namesLearner(learner, reason)
    ? { field: 'reason', message: msg('the reason is kept; write it without the name of the learner') }
    : null;
}
