/** The list of credentials, and what is done to many of them. */

import { MAX_REASON } from '../../../plugin/credentials/invalidate-credential.ts';
import { holdsBack } from '../../../plugin/credentials/place.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { msg } from '../../../plugin/words.ts';
import { CREDENTIAL_STATUSES, credentialPath } from '../pages/credentials.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { statusCell, textCell, timeCell } from './cells.ts';
import { statusFilter } from './filters.ts';
import type { BulkAction, List } from './list.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type ListServices = Pick<Services, 'credentials' | 'credentialLife'>;

export function credentialList(services: ListServices): List<Credential> {
  const { credentials } = services;
  return {
    path: '/credentials',
    access: 'look',
    title: msg('Credentials'),
    titleWithin: msg('credentials'),
    section: 'credentials',
    noun: [msg('{count} credential'), msg('{count} credentials')],
    links: [
      { text: msg('Configurations'), href: '/configurations' },
      { text: msg('Runs'), href: '/runs' },
      { text: msg('Mails'), href: '/mails' },
    ],
    records: credentials.credentialRecords,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'learner',
        label: msg('Learner'),
        order: 'username',
        noteLabel: 'Username',
        cell: ({ id, learnerName, username }) =>
          textCell(learnerName, credentialPath(id), { note: { text: username } }),
      },
      { name: 'for', label: msg('For'), cell: ({ contextName }) => textCell(contextName) },
      {
        name: 'type',
        label: msg('Type'),
        order: 'type',
        hasFewValues: true,
        cell: ({ credentialType }) => textCell(credentialType),
      },
      {
        name: 'status',
        label: msg('Status'),
        order: 'status',
        hasFewValues: true,
        noteLabel: 'Reason',
        cell: ({ status, reason }) => statusCell(shownStatus(status), reason),
      },
      {
        name: 'issued',
        label: msg('Issued'),
        cell: ({ issuedAt }) => timeCell(shownTime(issuedAt), msg('not issued')),
      },
      {
        name: 'created',
        label: msg('Created'),
        order: 'createdAt',
        cell: ({ createdAt }) => timeCell(shownTime(createdAt)),
      },
    ],
    search: {
      label: msg('Username, name, e-mail or UUID'),
      help: msg('The beginnings of words, all of which must be found; a UUID in full.'),
      where: (text) => found(services, text.toLowerCase()),
    },
    filters: [
      {
        name: 'context',
        label: msg('Course or path'),
        any: msg('All'),
        isOpen: true,
        choices: async () =>
          [...new Set((await credentials.configurations()).map(({ contextKey }) => contextKey))]
            .sort()
            .map((value) => ({ value, word: value })),
        where: (context) => [{ field: 'context', in: [context] }],
      },
      {
        name: 'type',
        label: msg('Type'),
        any: msg('All'),
        isOpen: true,
        choices: async () => (await credentials.types()).map(({ name }) => ({ value: name, word: name })),
        where: (type) => [{ field: 'type', in: [type] }],
      },
      statusFilter(CREDENTIAL_STATUSES),
    ],
    date: { field: 'createdAt', label: msg('Created') },
    order: { field: 'createdAt', descending: true },
    nothingMatches: msg('Choose fewer filters, or search by the beginning of a username, a name or an e-mail address.'),
    empty: {
      title: msg('No credentials yet'),
      text: msg('They are made from configurations: on their schedule, or at the button there.'),
      links: [{ text: msg('See the configurations'), href: '/configurations' }],
    },
    actionAccess: 'publish',
    actions: credentialActions(services),
  };
}

async function found({ credentials }: ListServices, text: string): Promise<readonly Condition[] | null> {
  if (UUID.test(text)) {
    const credential = (await credentials.credential(text)) ?? (await credentials.credentialByVerifyId(text));
    return credential === null ? null : [{ field: 'id', in: [credential.id] }];
  }
  return text.split(/\s+/).map((word) => ({ field: 'words', startsWith: word }));
}

function credentialActions({ credentials, credentialLife }: ListServices): readonly BulkAction<Credential>[] {
  const leftAlone = msg('left alone');
  return [
    {
      name: 'reissue',
      label: msg('Reissue'),
      audited: 'credentials.reissue',
      consequence: msg(
        'Each that is available gets a new document with what is known of the learner now; the date of the award stays. When it is made, it takes the place of the former one, which becomes invalid, and the learner is told by mail. Others are left alone.',
      ),
      async run({ id, status }, { actor }) {
        if (status !== 'available') return leftAlone;
        await credentialLife.reissue(id, actor);
        return msg('reissued');
      },
    },
    {
      name: 'retry',
      label: msg('Retry the failed'),
      audited: 'credentials.retry',
      consequence: msg('Each that failed is made again for whoever still is eligible. Others are left alone.'),
      run: async (credential, { runId }) =>
        credential.status === 'error' ? credentialLife.retry(credential, runId) : leftAlone,
    },
    {
      name: 'invalidate',
      label: msg('Invalidate'),
      isFinal: true,
      audited: 'credentials.invalidate',
      needsReason: true,
      consequence: msg(
        'They are invalid for good. Their documents go to the archive, where nobody can download them; whoever verifies one is told the reason. This cannot be undone. No run makes another for these learners until you allow a new one.',
      ),
      async run({ id, status }, { reason }) {
        if (status !== 'available' && status !== 'error') return leftAlone;
        await credentialLife.invalidate(id, reason.slice(0, MAX_REASON));
        return msg('invalidated');
      },
    },
    {
      name: 'allow',
      label: msg('Allow new ones'),
      audited: 'credentials.allow',
      consequence: msg(
        'Where one was invalidated by hand and keeps a new one from being made, the next run makes a new one for a learner who is still eligible by the LMS. The invalidated ones stay as they are. Others are left alone.',
      ),
      async run(credential) {
        if (!(await holdsBack(credentials, credential))) return leftAlone;
        await credentialLife.allow(credential.id);
        return msg('allowed');
      },
    },
  ];
}
