/** What people do with a credential that was made: reissue it, invalidate it, or allow a new one after that. */

import { MAX_REASON } from '../../../plugin/credentials/invalidate-credential.ts';
import { InputError } from '../../../plugin/errors.ts';
import { type FilledWords, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText, textField } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus } from '../words/format.ts';
import { credentialPath, credentialsCrumb, findCredential } from './credentials.ts';

export function credentialLifeRoutes(services: Services): readonly Route[] {
  const { credentialLife } = services;
  const audit = createAudit(services);

  return [
    get('/credentials/:id/reissue', 'publish', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      await renderPage(req, res, 'credential-reissue', frameOf(credential, reissueTitle(credential)), {
        ...shown(credential),
        possible: credential.status === 'available',
      });
    }),

    post('/credentials/:id/reissue', 'publish', async (req, res) => {
      const { id } = await findCredential(services, pathText(req, 'id'));
      const actor = actorOf(res).name;
      const successor = await credentialLife.reissue(id, actor);
      await audit(actor, 'credential.reissued', `credential:${id}`, { as: successor.id });
      res.redirect(303, `${credentialPath(successor.id)}?done=credential-reissued`);
    }),

    get('/credentials/:id/invalidate', 'publish', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      await renderPage(req, res, 'credential-invalidate', frameOf(credential, invalidateTitle(credential)), {
        ...shown(credential),
        possible: credential.status !== 'invalidated',
        reason: '',
        longestReason: MAX_REASON,
      });
    }),

    post('/credentials/:id/invalidate', 'publish', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      const reason = textField(req, 'reason');
      try {
        await credentialLife.invalidate(credential.id, reason);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const message = words('Say in 1 to {most} characters why it is not valid any more.', { most: MAX_REASON });
        const reasonError = { field: 'reason', message };
        const frame = { ...frameOf(credential, invalidateTitle(credential)), errors: [reasonError] };
        const model = { ...shown(credential), possible: true, reason, longestReason: MAX_REASON };
        return renderPage(req, res, 'credential-invalidate', frame, model, 422);
      }
      await audit(actorOf(res).name, 'credential.invalidated', `credential:${credential.id}`);
      res.redirect(303, `${credentialPath(credential.id)}?done=credential-invalidated`);
    }),

    post('/credentials/:id/allow', 'publish', async (req, res) => {
      const { id } = await findCredential(services, pathText(req, 'id'));
      await credentialLife.allow(id);
      await audit(actorOf(res).name, 'credential.allowed', `credential:${id}`);
      res.redirect(303, `${credentialPath(id)}?done=credential-allowed`);
    }),
  ];
}

type Shown = Awaited<ReturnType<typeof findCredential>>;

function reissueTitle({ learnerName: learner }: Shown): FilledWords {
  return words('Reissue the credential of {learner}', { learner });
}

function invalidateTitle({ learnerName: learner }: Shown): FilledWords {
  return words('Invalidate the credential of {learner}', { learner });
}

function frameOf(credential: Shown, title: FilledWords) {
  return {
    title,
    section: 'credentials' as const,
    breadcrumbs: [credentialsCrumb, { text: credential.contextName, href: credentialPath(credential.id) }],
  };
}

function shown(credential: Shown) {
  return {
    href: credentialPath(credential.id),
    contextName: credential.contextName,
    learnerName: credential.learnerName,
    username: credential.username,
    status: shownStatus(credential.status),
  };
}
