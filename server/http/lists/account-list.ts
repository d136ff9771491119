/** Accounts of people as a list: who may sign in, as what, and where they are signed in now. */

import { ConflictError } from '../../../plugin/errors.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { msg, words } from '../../../plugin/words.ts';
import { systemCrumb } from '../pages/system.ts';
import { accountNameKey, type KnownAccount } from '../people/access-store.ts';
import { ACCOUNT_STATES, accountState, waysOf } from '../people/account-words.ts';
import { type AccountDesk, createAccountDesk } from '../people/accounts.ts';
import { isRole, ROLES, type Role, roles } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { limitFilter, stateFilter } from './filters.ts';
import type { BulkAction, By, List } from './list.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';

const HOME = '/accounts';
const LEFT_ALONE = msg('left alone');

/** How many sessions are open, by account. */
type Context = ReadonlyMap<string, number>;
type ListServices = Pick<Services, 'access' | 'accountSessions' | 'clock' | 'settings'>;

const shape: RecordShape<KnownAccount> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    name: ({ name }) => accountNameKey(name),
    words: ({ name, lmsUsername }) => wordsOf(accountNameKey(name), lmsUsername),
    role: ({ role }) => role,
    state: accountState,
    ways: ({ passwordHash, lmsUsername }) => [
      ...(passwordHash === null ? [] : ['password']),
      ...(lmsUsername === null ? [] : ['lms']),
    ],
    createdAt: ({ createdAt }) => createdAt,
    organisations: ({ organisations = [] }) => organisations,
  },
};

export function accountList(services: ListServices): List<KnownAccount, Context> {
  const { access, accountSessions } = services;
  return {
    path: HOME,
    access: 'administer',
    title: msg('Accounts'),
    titleWithin: msg('accounts'),
    section: 'system',
    breadcrumbs: [systemCrumb],
    noun: [msg('{count} account'), msg('{count} accounts')],
    lead: msg('Who may sign in, and as what.'),
    links: [
      { text: msg('Organisations'), href: '/organisations' },
      { text: msg('API tokens'), href: '/tokens' },
      { text: msg('New account'), href: `${HOME}/new`, isPrimary: true },
    ],
    records: shortRecords(shape, () => access.accounts()),
    async load(rows) {
      const open = rows.map(async (account) => [account.id, await openSessions(account)] as const);
      return new Map(await Promise.all(open));
    },
    idOf: ({ id }) => id,
    columns: [
      { name: 'name', label: msg('Name'), order: 'name', cell: ({ id, name }) => textCell(name, `${HOME}/${id}`) },
      {
        name: 'role',
        label: msg('Role'),
        order: 'role',
        hasFewValues: true,
        cell: ({ role }) => textCell(words(roles[role].word)),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: (account) => statusCell(shownStatus(accountState(account))),
      },
      { name: 'ways', label: msg('Signs in by'), cell: (account) => textCell(words(waysOf(account))) },
      {
        name: 'organisations',
        label: msg('Limited to'),
        cell: ({ organisations = [] }) =>
          textCell(organisations.join(', ') || null, null, { otherwise: msg('nothing') }),
      },
      {
        name: 'sessions',
        label: msg('Open sessions'),
        isNumber: true,
        cell: ({ id }, sessions) => numberCell(sessions.get(id) ?? 0, `${HOME}/${id}`),
      },
      {
        name: 'made',
        label: msg('Made'),
        order: 'createdAt',
        cell: ({ createdAt }) => timeCell(shownTime(createdAt)),
      },
    ],
    search: wordSearch(msg('Name, or username in the LMS')),
    filters: [
      limitFilter(async () => access.accounts()),
      {
        name: 'role',
        label: msg('Role'),
        any: msg('Any role'),
        choices: () => ROLES.map((value) => ({ value, word: words(roles[value].word) })),
        where: (role) => [{ field: 'role', in: [role] }],
      },
      stateFilter(ACCOUNT_STATES),
      {
        name: 'by',
        label: msg('Signs in by'),
        any: msg('Anything'),
        choices: () => [
          { value: 'password', word: words('Password') },
          { value: 'lms', word: words('LMS') },
          { value: 'nothing', word: words('Nothing yet') },
        ],
        where: (way) => [{ field: 'ways', in: [way === 'nothing' ? null : way] }],
      },
    ],

    date: { field: 'createdAt', label: msg('Made') },
    order: { field: 'name', descending: false },
    explained: {
      title: msg('What the roles are for'),
      terms: ROLES.map((role) => ({ word: roles[role].word, doc: roles[role].doc })),
    },
    nothingMatches: msg('Write less of the name, or choose fewer filters.'),
    empty: {
      title: msg('No accounts yet'),
      text: msg(
        'You signed in by a one-time link. Create the administrator account: with it you sign in from then on.',
      ),
      links: [{ text: msg('Create the administrator account'), href: '/setup' }],
    },
    actions: accountActions(createAccountDesk(services)),
  };

  async function openSessions(account: KnownAccount): Promise<number> {
    return account.disabledAt === null ? (await accountSessions.ofAccount(account)).length : 0;
  }
}

/** Each is written down at the account too, as its own page does it. */
function accountActions(desk: AccountDesk): readonly BulkAction<KnownAccount>[] {
  return [
    {
      name: 'change-role',
      label: msg('Change the role'),
      audited: 'accounts.role-changed',
      consequence: msg(
        'Each has the chosen role from the next page on that is opened. Your own account, and the last administrator who can sign in, keep theirs.',
      ),
      choice: { label: msg('Role'), choices: ROLES.map((value) => ({ value, word: words(roles[value].word) })) },
      async run(account, by) {
        const role = toRole(by.choice);
        if (account.role === role) return LEFT_ALONE;
        refuseOwn(account, by);
        await desk.changeRole(account.id, role, by.actor, account.role);
        return msg('changed');
      },
    },
    {
      name: 'end-sessions',
      label: msg('End the sessions'),
      audited: 'accounts.sessions-ended',
      consequence: msg('Whoever uses one of these accounts now has to sign in again. Your own sessions go on.'),
      async run(account, by) {
        refuseOwn(account, by);
        await desk.endSessions(account.id, by.actor);
        return msg('sessions ended');
      },
    },
    {
      name: 'disable',
      label: msg('Disable'),
      audited: 'accounts.disabled',
      consequence: msg(
        'Nobody signs in with these accounts any more, and their sessions end. They can be enabled again. Your own account, and the last administrator who can sign in, stay.',
      ),
      async run(account, by) {
        if (account.disabledAt !== null) return LEFT_ALONE;
        refuseOwn(account, by);
        await desk.disable(account.id, by.actor);
        return msg('disabled');
      },
    },
    {
      name: 'enable',
      label: msg('Enable'),
      audited: 'accounts.enabled',
      consequence: msg('Each can be signed in with again. Those that are not disabled are left alone.'),
      async run(account, { actor }) {
        if (account.disabledAt === null) return LEFT_ALONE;
        await desk.enable(account.id, actor);
        return msg('enabled');
      },
    },
  ];
}

/** @throws ConflictError `conflict.your-own-account`: among many, nobody means to shut themselves out */
function refuseOwn({ name }: KnownAccount, { actor }: By): void {
  if (accountNameKey(name) === accountNameKey(actor))
    throw new ConflictError('your-own-account', msg('your own account was left alone; open it to change it'));
}

/** @throws ConflictError when it was a role that there is no more */
function toRole(choice: string): Role {
  if (isRole(choice)) return choice;
  throw new ConflictError('stale', msg('there is no such role any more; go back and choose another'));
}
