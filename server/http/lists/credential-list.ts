/** The list of credentials, and what is done to many of them. */

import { MAX_REASON } from '../../../plugin/credentials/invalidate-credential.ts';
import { holdsBack } from '../../../plugin/credentials/place.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { shownStatus, shownTime } from '../format.ts';
import { CREDENTIAL_STATUSES, credentialPath } from '../pages/credentials.ts';
import type { Services } from '../services.ts';
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
    title: 'Credentials',
    section: 'credentials',
    noun: ['credential', 'credentials'],
    links: [
      { text: 'Configurations', href: '/configurations' },
      { text: 'Runs', href: '/runs' },
      { text: 'Mails', href: '/mails' },
    ],
    records: credentials.credentialRecords,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'learner',
        label: 'Learner',
        order: 'username',
        noteLabel: 'Username',
        cell: ({ id, learnerName, username }) =>
          textCell(learnerName, credentialPath(id), { note: { text: username } }),
      },
      { name: 'for', label: 'For', cell: ({ contextName }) => textCell(contextName) },
      {
        name: 'type',
        label: 'Type',
        order: 'type',
        hasFewValues: true,
        cell: ({ credentialType }) => textCell(credentialType),
      },
      {
        name: 'status',
        label: 'Status',
        order: 'status',
        hasFewValues: true,
        noteLabel: 'Reason',
        cell: ({ status, reason }) => statusCell(shownStatus(status), reason),
      },
      { name: 'issued', label: 'Issued', cell: ({ issuedAt }) => timeCell(shownTime(issuedAt), 'not issued') },
      {
        name: 'created',
        label: 'Created',
        order: 'createdAt',
        cell: ({ createdAt }) => timeCell(shownTime(createdAt)),
      },
    ],
    search: {
      label: 'Username, name, e-mail or UUID',
      help: 'The beginnings of words, all of which must be found; a UUID in full.',
      where: (text) => found(services, text.toLowerCase()),
    },
    filters: [
      {
        name: 'context',
        label: 'Course or path',
        any: 'All',
        isOpen: true,
        choices: async () =>
          [...new Set((await credentials.configurations()).map(({ contextKey }) => contextKey))]
            .sort()
            .map((value) => ({ value, word: value })),
        where: (context) => [{ field: 'context', in: [context] }],
      },
      {
        name: 'type',
        label: 'Type',
        any: 'All',
        isOpen: true,
        choices: async () => (await credentials.types()).map(({ name }) => ({ value: name, word: name })),
        where: (type) => [{ field: 'type', in: [type] }],
      },
      statusFilter(CREDENTIAL_STATUSES),
    ],
    date: { field: 'createdAt', label: 'Created' },
    order: { field: 'createdAt', descending: true },
    nothingMatches: 'Choose fewer filters, or search by the beginning of a username, a name or an e-mail address.',
    empty: {
      title: 'No credentials yet',
      text: 'They are made from configurations: on their schedule, or at the button there.',
      links: [{ text: 'See the configurations', href: '/configurations' }],
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
  const leftAlone = 'left alone';
  return [
    {
      name: 'reissue',
      label: 'Reissue',
      audited: 'credentials.reissue',
      consequence:
        'Each that is available gets a new document with what is known of the learner now; the date of the award stays. When it is made, it takes the place of the former one, which becomes invalid, and the learner is told by mail. Others are left alone.',
      async run({ id, status }, { actor }) {
        if (status !== 'available') return leftAlone;
        await credentialLife.reissue(id, actor);
        return 'reissued';
      },
    },
    {
      name: 'retry',
      label: 'Retry the failed',
      audited: 'credentials.retry',
      consequence: 'Each that failed is made again for whoever still is eligible. Others are left alone.',
      run: async (credential, { runId }) =>
        credential.status === 'error' ? credentialLife.retry(credential, runId) : leftAlone,
    },
    {
      name: 'invalidate',
      label: 'Invalidate',
      isFinal: true,
      audited: 'credentials.invalidate',
      needsReason: true,
      consequence:
        'They are invalid for good. Their documents go to the archive, where nobody can download them; whoever verifies one is told the reason. This cannot be undone. No run makes another for these learners until you allow a new one.',
      async run({ id, status }, { reason }) {
        if (status !== 'available' && status !== 'error') return leftAlone;
        await credentialLife.invalidate(id, reason.slice(0, MAX_REASON));
        return 'invalidated';
      },
    },
    {
      name: 'allow',
      label: 'Allow new ones',
      audited: 'credentials.allow',
      consequence:
        'Where one was invalidated by hand and keeps a new one from being made, the next run makes a new one for a learner who is still eligible by the LMS. The invalidated ones stay as they are. Others are left alone.',
      async run(credential) {
        if (!(await holdsBack(credentials, credential))) return leftAlone;
        await credentialLife.allow(credential.id);
        return 'allowed';
      },
    },
  ];
}
