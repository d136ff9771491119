/** The list of mails to learners. */

import { ConflictError } from '../../../plugin/errors.ts';
import { MAIL_ACTIONS, type MailAction } from '../../../plugin/mail/settle-mails.ts';
import type { Credential, MailState } from '../../../plugin/ports/credential-store.ts';
import { msg } from '../../../plugin/words.ts';
import { credentialsCrumb } from '../pages/credentials.ts';
import { MAIL_STATES, maskedAddress } from '../pages/mails.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import type { BulkAction, List } from './list.ts';
import { wordSearch } from './short.ts';

type ListServices = Pick<Services, 'credentials' | 'mails'>;

export function mailList({ credentials, mails }: ListServices): List<Credential> {
  return {
    path: '/mails',
    access: 'look',
    title: msg('Mails'),
    titleWithin: msg('mails'),
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: [msg('{count} mail'), msg('{count} mails')],
    lead: msg(
      'Each learner is told once when a credential becomes available. What the mail server cannot take now is tried again by itself; what it refuses waits for you.',
    ),
    always: [{ field: 'mail', isSet: true }],
    records: credentials.credentialRecords,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'learner',
        label: msg('Learner'),
        noteLabel: 'Address',
        cell: ({ id, username, email }) => textCell(username, `/mails/${id}`, { note: { text: maskedAddress(email) } }),
      },
      { name: 'about', label: msg('About'), cell: ({ contextName }) => textCell(contextName) },
      {
        name: 'state',
        label: msg('State'),
        order: 'mail',
        hasFewValues: true,
        cell: ({ mail }) => statusCell(shownStatus(mail?.state ?? 'pending')),
      },
      { name: 'attempts', label: msg('Attempts'), isNumber: true, cell: ({ mail }) => numberCell(mail?.attempts ?? 0) },
      {
        name: 'when',
        label: msg('When'),
        cell: ({ mail }) => timeCell(shownTime(mail?.sentAt ?? mail?.dueAt ?? null)),
      },
      {
        name: 'error',
        label: msg('Last error'),
        noteLabel: 'Error code',
        cell: ({ mail }) =>
          textCell(mail?.lastError?.message ?? null, null, {
            isProse: mail?.lastError != null,
            isEnglish: true,
            note: mail?.lastError ? { text: mail.lastError.code } : null,
          }),
      },
      {
        name: 'created',
        label: msg('Credential created'),
        order: 'createdAt',
        cell: ({ createdAt }) => timeCell(shownTime(createdAt)),
      },
    ],
    search: wordSearch(msg('Username, name or e-mail')),
    filters: [stateFilter(MAIL_STATES, 'mail')],
    date: { field: 'createdAt', label: msg('Created') },
    order: { field: 'createdAt', descending: true },
    nothingMatches: msg('There is none in this state, or none that is found by these words.'),
    empty: {
      title: msg('No mails'),
      text: msg('A mail is written when a credential becomes available.'),
      links: [{ text: msg('See the credentials'), href: '/credentials' }],
    },
    notes: async () =>
      mails.areSent
        ? []
        : [
            {
              text: msg(
                'No mail server is set up: mails are kept here and sent as soon as LAUREL_SMTP_URL is set. Give up those that nobody needs any more.',
              ),
            },
          ],
    actionAccess: 'operate',
    actions: [
      mailAction(
        'retry',
        msg('Retry'),
        msg('pending again'),
        'mails.retried',
        msg('Each is tried again shortly. This is for mails that are failed or given up; others are left alone.'),
        mails.retry,
      ),
      mailAction(
        'give-up',
        msg('Give up'),
        msg('given up'),
        'mails.given-up',
        msg('They are not tried again. This is for mails that are pending or failed; others are left alone.'),
        mails.giveUp,
      ),
    ],
  };
}

function mailAction(
  name: MailAction,
  label: string,
  word: string,
  audited: string,
  consequence: string,
  run: (id: string) => Promise<void>,
): BulkAction<Credential> {
  const states: readonly MailState[] = MAIL_ACTIONS[name];
  return {
    ...{ name, label, audited },
    consequence,
    async run({ id, mail }) {
      if (!mail || !states.includes(mail.state)) return msg('left alone');
      try {
        await run(id);
        return word;
      } catch (error) {
        // Somebody, or the mail server, was faster.
        if (error instanceof ConflictError) return msg('left alone');
        throw error;
      }
    },
  };
}
