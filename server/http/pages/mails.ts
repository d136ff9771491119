/** A mail to a learner: what it says, what became of it, and the buttons to retry or give up. */

import { NotFoundError } from '../../../plugin/errors.ts';
import { MAIL_ACTIONS, type MailAction } from '../../../plugin/mail/settle-mails.ts';
import type { Credential, CredentialMail, MailState } from '../../../plugin/ports/credential-store.ts';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { credentialPath, credentialsCrumb } from './credentials.ts';

export const MAIL_STATES: readonly MailState[] = ['pending', 'sent', 'failed', 'given-up', 'superseded'];
const mailsCrumb = { text: words('Mails'), href: '/mails' } as const;

export function mailRoutes(services: Services): readonly Route[] {
  const { credentials, mails } = services;
  const audit = createAudit(services);

  const findMail = async (id: string): Promise<Credential & { readonly mail: CredentialMail }> => {
    const credential = await credentials.credential(id);
    if (!credential?.mail)
      throw new NotFoundError('mail', msg('there is no such mail; the list of mails shows those there are'));
    return { ...credential, mail: credential.mail };
  };

  return [
    get('/mails/:id', 'look', async (req, res) => {
      const credential = await findMail(pathText(req, 'id'));
      const { subject, text } = await mails.write(credential);
      const frame = { title: subject, section: 'credentials', breadcrumbs: [credentialsCrumb, mailsCrumb] } as const;
      await renderPage(req, res, 'mail', frame, {
        ...rowOf(credential, credential.mail),
        text,
        credentialHref: credentialPath(credential.id),
        canRetry: isFor('retry', credential.mail.state),
        canGiveUp: isFor('give-up', credential.mail.state),
      });
    }),

    post('/mails/:id/retry', 'operate', async (req, res) => {
      const { id } = await findMail(pathText(req, 'id'));
      await mails.retry(id);
      await audit(actorOf(res).name, 'mail.retried', `credential:${id}`);
      res.redirect(303, `/mails/${id}?done=mail-retried`);
    }),

    post('/mails/:id/give-up', 'operate', async (req, res) => {
      const { id } = await findMail(pathText(req, 'id'));
      await mails.giveUp(id);
      await audit(actorOf(res).name, 'mail.given-up', `credential:${id}`);
      res.redirect(303, `/mails/${id}?done=mail-given-up`);
    }),
  ];
}

function isFor(action: MailAction, state: MailState): boolean {
  const states: readonly MailState[] = MAIL_ACTIONS[action];
  return states.includes(state);
}

function rowOf(credential: Credential, mail: CredentialMail) {
  return {
    href: `/mails/${credential.id}`,
    username: credential.username,
    contextName: credential.contextName,
    address: maskedAddress(credential.email),
    status: shownStatus(mail.state),
    attempts: mail.attempts,
    dueAt: shownTime(mail.dueAt),
    sentAt: shownTime(mail.sentAt),
    error: mail.lastError,
    traceId: traceIdOf(mail.trace),
  };
}

/** Enough to recognise, not enough to write to: `a…@e….com`. */
export function maskedAddress(address: string): string {
  const [, local = '', domain = ''] = /^(.*)@([^@]*)$/.exec(address) ?? [];
  if (local === '' || domain === '') return '…';
  const ending = /\.[^.]+$/.exec(domain)?.[0] ?? '';
  return `${[...local][0]}…@${[...domain][0]}…${ending}`;
}
