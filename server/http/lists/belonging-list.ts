/** What belongs to which organisation, as a list: everything that can be somebody's, and giving it to one. */

import { ConflictError } from '../../../plugin/errors.ts';
import { type Owner, organisationOfContext } from '../../../plugin/organisations/standing.ts';
import { type BelongingKind, belongingKey, belongingKinds, type Thing } from '../../../plugin/ports/belongings.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { msg, words } from '../../../plugin/words.ts';
import { OPEN_BADGES, OWN_ACCOUNT } from '../../../providers/index.ts';
import { assertMayBelong } from '../../organisations/references.ts';
import { createAudit } from '../audit/audit.ts';
import { systemCrumb } from '../pages/system.ts';
import { accountPath } from '../providers/account-view.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { textCell } from './cells.ts';
import type { BulkAction, Choice, List } from './list.ts';
import { ownerChoices, SHARED } from './owners.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';
import { everyTemplate } from './template-list.ts';

export const BELONGINGS_PATH = '/organisations';

const KINDS: Readonly<Record<BelongingKind, string>> = {
  badge: msg('Badge'),
  'credential-type': msg('Credential type'),
  asset: msg('Asset'),
  'provider-account': msg('Provider account'),
  'open-badge-template': msg('Open Badge template'),
};

interface Row {
  readonly thing: Thing;
  readonly name: string;
  readonly href: string;
  readonly owner: Owner;
}

const shape: RecordShape<Row> = {
  id: ['id'],
  fields: {
    id: ({ thing }) => belongingKey(thing),
    name: ({ name }) => name.toLowerCase(),
    words: ({ name, thing }) => wordsOf(name, thing.id),
    kind: ({ thing }) => thing.kind,
    owner: ({ owner }) => owner,
  },
  optional: { owner: '' },
};

export function belongingList(services: Services): List<Row> {
  return {
    path: BELONGINGS_PATH,
    access: 'administer',
    title: msg('Organisations'),
    titleWithin: msg('what belongs to organisations'),
    section: 'system',
    breadcrumbs: [systemCrumb],
    noun: [msg('{count} thing'), msg('{count} things')],
    lead: msg(
      'Where one server serves several organisations: what belongs to which. Accounts and API tokens that are limited to an organisation see and change what belongs to it, and see what all share. Configurations, their runs and credentials belong to the organisation of their course.',
    ),
    links: [
      { text: msg('Accounts'), href: '/accounts' },
      { text: msg('API tokens'), href: '/tokens' },
    ],
    records: shortRecords(shape, () => rowsOf(services)),
    load: async () => null,
    idOf: ({ thing }) => belongingKey(thing),
    columns: [
      {
        name: 'name',
        label: msg('Name'),
        order: 'name',
        noteLabel: 'Id',
        cell: ({ name, href, thing }) => textCell(name, href, { note: { text: thing.id } }),
      },
      {
        name: 'kind',
        label: msg('Kind'),
        order: 'kind',
        hasFewValues: true,
        cell: ({ thing }) => textCell(words(KINDS[thing.kind])),
      },
      {
        name: 'organisation',
        label: msg('Belongs to'),
        order: 'owner',
        cell: ({ owner }) => textCell(owner, null, { otherwise: msg('shared by all') }),
      },
    ],
    search: wordSearch(msg('Name or id')),
    filters: [
      {
        name: 'kind',
        label: msg('Kind'),
        any: msg('Any kind'),
        choices: () => belongingKinds.map((value) => ({ value, word: words(KINDS[value]) })),
        where: (kind) => [{ field: 'kind', in: [kind] }],
      },
      {
        name: 'organisation',
        label: msg('Belongs to'),
        any: msg('Anybody'),
        isOpen: true,
        choices: () => ownersToChoose(services),
        where: (owner) => [{ field: 'owner', in: [owner === SHARED ? null : owner] }],
      },
    ],
    order: { field: 'name', descending: false },
    nothingMatches: msg('Write less of the name, or choose fewer filters.'),
    empty: {
      title: msg('Nothing here yet'),
      text: msg('Badges, types, assets, templates and provider accounts stand here, once there are some.'),
      links: [{ text: msg('See the badges'), href: '/badges' }],
    },
    actions: [giving(services)],
  };
}

function giving(services: Services): BulkAction<Row> {
  const audit = createAudit(services);
  return {
    name: 'give',
    label: msg('Give to an organisation'),
    audited: 'belongings.given',
    consequence: msg(
      'From the next page on that is opened, limited accounts of other organisations find it no more, and those of this organisation may change it. What is shared is seen by all and changed by accounts that are not limited. What names something, or is named, must go with it.',
    ),
    choice: { label: msg('Belongs to'), choices: () => ownersToChoose(services) },
    async run({ thing, owner: former }, { actor, choice }) {
      const owner = choice === SHARED ? null : choice;
      if (owner === former) return msg('left alone');
      await assertMayBelong(services, thing, owner);
      if (!(await services.belongings.assign(thing, owner, former)))
        throw new ConflictError('stale', msg('somebody else has given it away meanwhile; look at it again'));
      await audit(actor, 'belonging.given', belongingKey(thing), { from: former, to: owner });
      return msg('given');
    },
  };
}

/** Every organisation that courses, accounts, tokens and things tell of. */
async function ownersToChoose({ access, credentials, belongings }: Services): Promise<readonly Choice[]> {
  const [accounts, tokens, configurations, all] = await Promise.all([
    access.accounts(),
    access.apiTokens(),
    credentials.configurations(),
    belongings.all(),
  ]);
  const names = new Set([
    ...[...accounts, ...tokens].flatMap(({ organisations = [] }) => organisations),
    ...configurations.flatMap(({ contextKey }) => organisationOfContext(contextKey) ?? []),
    ...all.map(({ organisation }) => organisation),
  ]);
  return ownerChoices([null, ...names]);
}

async function rowsOf({ badges, credentials, providerStore, belongings }: Services): Promise<readonly Row[]> {
  const [definitions, types, assets, accounts, templates, all] = await Promise.all([
    badges.list(),
    credentials.types(),
    credentials.assets(),
    providerStore.accounts(),
    everyTemplate(providerStore, { provider: OPEN_BADGES, accountId: OWN_ACCOUNT }),
    belongings.all(),
  ]);
  const owners = new Map(all.map((one) => [belongingKey(one), one.organisation]));
  const row = (thing: Thing, name: string, href: string): Row => {
    return { thing, name, href, owner: owners.get(belongingKey(thing)) ?? null };
  };
  const below = (home: string, id: string): string => `${home}/${encodeURIComponent(id)}`;
  return [
    ...definitions.map(({ id, name }) => row({ kind: 'badge', id }, name ?? id, badgePath(id))),
    ...types.map(({ id, name }) => row({ kind: 'credential-type', id }, name, below('/credential-types', id))),
    ...assets.map(({ slug }) => row({ kind: 'asset', id: slug }, slug, below('/credential-assets', slug))),
    ...accounts
      .filter(({ id }) => id !== OWN_ACCOUNT)
      .map((account) => row({ kind: 'provider-account', id: account.id }, account.name, accountPath(account))),
    ...templates.map(({ templateId, name }) =>
      row({ kind: 'open-badge-template', id: templateId }, name, below('/open-badge-templates', templateId)),
    ),
  ];
}
