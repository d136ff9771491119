/** What credentials are made of, as lists: types, assets and configurations. */

import { organisationOfContext } from '../../../plugin/organisations/standing.ts';
import type {
  Asset,
  CredentialConfiguration,
  CredentialRun,
  CredentialType,
  Schedule,
} from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { queryString } from '../forms/forms.ts';
import { scheduleWords } from '../pages/configurations.ts';
import { ASSET_KINDS } from '../pages/credential-assets.ts';
import { credentialsCrumb } from '../pages/credentials.ts';
import { eligibilityPath } from '../pages/eligibility.ts';
import { historyPath } from '../pages/history.ts';
import { runPath } from '../pages/runs.ts';
import { schedulePath } from '../pages/schedule.ts';
import type { Services } from '../services.ts';
import { shownSize, shownStatus, shownTime } from '../words/format.ts';
import { linksCell, numberCell, textCell, timeCell } from './cells.ts';
import type { List } from './list.ts';
import { deletingAssets, deletingConfigurations, deletingTypes, switchingSchedules } from './making-actions.ts';
import { ownedRows } from './owners.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';

export function typeList(
  services: Pick<Services, 'credentials' | 'belongings'>,
): List<CredentialType, readonly CredentialConfiguration[]> {
  const { credentials } = services;
  const owned = ownedRows(
    services,
    () => credentials.types(),
    ({ id }, ownerOf) => ownerOf({ kind: 'credential-type', id }),
  );
  const shape = {
    id: ['id'],
    fields: {
      id: ({ id }: CredentialType) => id,
      name: ({ name }: CredentialType) => name.toLowerCase(),
      retrieval: ({ retrievalFunction }: CredentialType) => retrievalFunction,
      generation: ({ generationFunction }: CredentialType) => generationFunction,
      words: ({ name }: CredentialType) => wordsOf(name),
      updatedAt: ({ updatedAt }: CredentialType) => updatedAt,
      ...owned.fields,
    },
    optional: owned.optional,
  };
  return {
    path: '/credential-types',
    access: 'look',
    title: msg('Types'),
    titleWithin: msg('types'),
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: [msg('{count} type'), msg('{count} types')],
    lead: msg(
      'A type says who is eligible and how the document looks. A configuration gives it in one course or path.',
    ),
    links: [
      { text: msg('Assets'), href: '/credential-assets' },
      { text: msg('Configurations'), href: '/configurations' },
      { text: msg('New type'), href: '/credential-types/new', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, owned.rows),
    load: () => credentials.configurations(),
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'name',
        label: msg('Name'),
        order: 'name',
        cell: ({ id, name }) => textCell(name, `/credential-types/${encodeURIComponent(id)}`),
      },
      {
        name: 'functions',
        label: msg('Functions'),
        cell: ({ retrievalFunction, generationFunction }) =>
          textCell(
            words('{retrieval} then {generation}', { retrieval: retrievalFunction, generation: generationFunction }),
          ),
      },
      {
        name: 'configurations',
        label: msg('Configurations'),
        isNumber: true,
        cell: ({ id }, configurations) =>
          numberCell(
            configurations.filter(({ credentialTypeId }) => credentialTypeId === id).length,
            `/configurations${queryString({ type: id })}`,
          ),
      },
      {
        name: 'changed',
        label: msg('Changed'),
        order: 'updatedAt',
        cell: ({ updatedAt }) => timeCell(shownTime(updatedAt)),
      },
      owned.column,
    ],
    search: wordSearch(msg('Name')),
    filters: [
      {
        name: 'retrieval',
        label: msg('Who is eligible'),
        any: msg('Any function'),
        isOpen: true,
        choices: () => functionsOf(({ retrievalFunction }) => retrievalFunction),
        where: (name) => [{ field: 'retrieval', in: [name] }],
      },
      {
        name: 'generation',
        label: msg('How it is made'),
        any: msg('Any function'),
        isOpen: true,
        choices: () => functionsOf(({ generationFunction }) => generationFunction),
        where: (name) => [{ field: 'generation', in: [name] }],
      },
      owned.filter,
    ],
    order: { field: 'name', descending: false },
    nothingMatches: msg('Write less of the name, or choose another function.'),
    actionAccess: 'edit',
    actions: [deletingTypes({ credentials })],
    empty: {
      title: msg('No types yet'),
      text: msg('Bring a PDF template as an asset first; a type writes on it.'),
      links: [
        { text: msg('See the assets'), href: '/credential-assets' },
        { text: msg('Take a sample: the first steps'), href: '/first-steps', access: 'administer' },
      ],
    },
  };

  async function functionsOf(functionOf: (type: CredentialType) => string) {
    const names = new Set((await credentials.types()).map(functionOf));
    return [...names].sort().map((value) => ({ value, word: value }));
  }
}

export function assetList(
  services: Pick<Services, 'credentials' | 'extensions' | 'files' | 'belongings'>,
): List<Asset> {
  const { credentials } = services;
  const owned = ownedRows(
    services,
    () => credentials.assets(),
    ({ slug }, ownerOf) => ownerOf({ kind: 'asset', id: slug }),
  );
  const shape = {
    id: ['slug'],
    fields: {
      id: ({ slug }: Asset) => slug,
      slug: ({ slug }: Asset) => slug,
      kind: ({ kind }: Asset) => kind,
      size: ({ sizeBytes }: Asset) => sizeBytes,
      words: ({ slug, description }: Asset) => wordsOf(slug, description),
      updatedAt: ({ updatedAt }: Asset) => updatedAt,
      ...owned.fields,
    },
    optional: owned.optional,
  };
  return {
    path: '/credential-assets',
    access: 'look',
    title: msg('Assets'),
    titleWithin: msg('assets'),
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: [msg('{count} asset'), msg('{count} assets')],
    lead: msg('PDF templates, fonts and images. The options of a credential type name them by their slug.'),
    links: [
      { text: msg('Types'), href: '/credential-types' },
      { text: msg('Configurations'), href: '/configurations' },
      { text: msg('New asset'), href: '/credential-assets/new', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, owned.rows),
    load: async () => null,
    idOf: ({ slug }) => slug,
    columns: [
      {
        name: 'slug',
        label: msg('Slug'),
        order: 'slug',
        noteLabel: 'Description',
        cell: ({ slug, description }) =>
          textCell(slug, `/credential-assets/${encodeURIComponent(slug)}`, { note: { text: description } }),
      },
      {
        name: 'kind',
        label: msg('Kind'),
        order: 'kind',
        hasFewValues: true,
        cell: ({ kind }) => textCell(words(ASSET_KINDS[kind])),
      },
      {
        name: 'size',
        label: msg('Size'),
        order: 'size',
        isNumber: true,
        cell: ({ sizeBytes }) => textCell(shownSize(sizeBytes)),
      },
      {
        name: 'changed',
        label: msg('Changed'),
        order: 'updatedAt',
        cell: ({ updatedAt }) => timeCell(shownTime(updatedAt)),
      },
      owned.column,
    ],
    search: wordSearch(msg('Slug or description')),
    filters: [
      {
        name: 'kind',
        label: msg('Kind'),
        any: msg('Any kind'),
        choices: () => Object.entries(ASSET_KINDS).map(([value, word]) => ({ value, word: words(word) })),
        where: (kind) => [{ field: 'kind', in: [kind] }],
      },
      owned.filter,
    ],
    order: { field: 'slug', descending: false },
    nothingMatches: msg('Write less of the slug, or choose another kind.'),
    empty: {
      title: msg('No assets yet'),
      text: msg('A credential type needs at least a PDF template to write on.'),
      links: [{ text: msg('Take a sample: the first steps'), href: '/first-steps', access: 'administer' }],
    },
    actionAccess: 'edit',
    actions: [deletingAssets(services)],
  };
}

interface ConfigurationRow extends CredentialConfiguration {
  /** How its schedule is: it runs by itself, it is switched off, or there is none. */
  readonly runs: 'yes' | 'no' | 'never';
}

const RUNS = [
  { value: 'yes', word: words('On') },
  { value: 'no', word: words('Off') },
  { value: 'never', word: words('None') },
] as const;

interface ConfigurationContext {
  readonly types: ReadonlyMap<string, CredentialType>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly lastRuns: ReadonlyMap<string, CredentialRun>;
}

export function configurationList(
  services: Pick<Services, 'credentials' | 'generateNow' | 'clock' | 'belongings'>,
): List<ConfigurationRow, ConfigurationContext> {
  const { credentials, generateNow } = services;

  async function rows(): Promise<readonly ConfigurationRow[]> {
    const [configurations, schedules] = await Promise.all([credentials.configurations(), credentials.schedules()]);
    const enabled = new Map(schedules.map((schedule) => [schedule.configurationId, schedule.enabled]));
    const runs = (id: string) => (enabled.has(id) ? (enabled.get(id) ? 'yes' : 'no') : 'never');
    return configurations.map((configuration) => ({ ...configuration, runs: runs(configuration.id) }));
  }

  const owned = ownedRows(services, rows, ({ contextKey }) => organisationOfContext(contextKey));
  const shape = {
    id: ['id'],
    fields: {
      id: ({ id }: CredentialConfiguration) => id,
      context: ({ contextKey }: CredentialConfiguration) => contextKey,
      type: ({ credentialTypeId }: CredentialConfiguration) => credentialTypeId,
      words: ({ contextKey }: CredentialConfiguration) => wordsOf(contextKey, contextKey.replace(/^[a-z]+-v1:/, '')),
      schedule: ({ runs }: ConfigurationRow) => runs,
      updatedAt: ({ updatedAt }: CredentialConfiguration) => updatedAt,
      ...owned.fields,
    },
    optional: owned.optional,
  };
  return {
    path: '/configurations',
    access: 'look',
    title: msg('Configurations'),
    titleWithin: msg('configurations'),
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: [msg('{count} configuration'), msg('{count} configurations')],
    links: [
      { text: msg('Runs'), href: '/runs' },
      { text: msg('Types'), href: '/credential-types' },
      { text: msg('Assets'), href: '/credential-assets' },
      { text: msg('New configuration'), href: '/configurations/new', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, owned.rows),
    async load(rows) {
      const [types, schedules, runs] = await Promise.all([
        credentials.types(),
        credentials.schedules(),
        Promise.all(rows.map(({ id }) => credentials.runs({ configurationId: id, limit: 1 }))),
      ]);
      return {
        types: new Map(types.map((type) => [type.id, type])),
        schedules: new Map(schedules.map((schedule) => [schedule.configurationId, schedule])),
        lastRuns: new Map(runs.flat().map((run) => [run.configurationId, run])),
      };
    },
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'context',
        label: msg('Course or path'),
        order: 'context',
        cell: ({ contextKey }) => textCell(contextKey, null, { breaksAtDots: true }),
      },
      {
        name: 'type',
        label: msg('Credential type'),
        noteLabel: 'Functions',
        cell({ credentialTypeId }, { types }) {
          const type = types.get(credentialTypeId);
          const note = type
            ? {
                text: words('{retrieval} then {generation}', {
                  retrieval: type.retrievalFunction,
                  generation: type.generationFunction,
                }),
              }
            : null;
          return textCell(type?.name ?? words('removed type'), null, { note });
        },
      },
      {
        name: 'schedule',
        label: msg('Schedule'),
        cell: ({ id }, { schedules }) => textCell(scheduleWords(schedules.get(id) ?? null), schedulePath(id)),
      },
      {
        name: 'next',
        label: msg('Next'),
        cell({ id }, { schedules }) {
          const schedule = schedules.get(id);
          return timeCell(schedule?.enabled ? shownTime(schedule.nextDueAt) : null, msg('none'));
        },
      },
      {
        name: 'run',
        label: msg('Last run'),
        cell({ id }, { lastRuns }) {
          const run = lastRuns.get(id);
          if (!run) return textCell(null, null, { otherwise: msg('never') });
          return {
            parts: [
              { kind: 'status', status: shownStatus(run.state) },
              { kind: 'time', time: shownTime(run.startedAt), href: runPath(run.id) },
            ],
            otherwise: msg('never'),
          };
        },
      },
      owned.column,
      {
        name: 'pages',
        label: msg('More'),
        isOnPageOnly: true,
        cell({ id, contextKey }) {
          const of = { name: contextKey };
          return linksCell([
            {
              text: words('Who is eligible'),
              href: eligibilityPath(id),
              hidden: words('Who is eligible in {name}', of),
            },
            {
              text: words('Credentials'),
              href: `/credentials${queryString({ context: contextKey })}`,
              hidden: words('Credentials for {name}', of),
            },
            {
              text: words('Runs'),
              href: `/runs${queryString({ configuration: id })}`,
              hidden: words('Runs for {name}', of),
            },
            { text: words('History'), href: historyPath('configuration', id), hidden: words('History of {name}', of) },
            {
              text: words('Edit'),
              href: `/configurations/${encodeURIComponent(id)}/edit`,
              hidden: words('Edit {name}', of),
            },
          ]);
        },
      },
    ],
    search: wordSearch(msg('Course or path'), msg('The beginning of a key, with or without course-v1:.')),
    filters: [
      {
        name: 'type',
        label: msg('Credential type'),
        any: msg('Any type'),
        choices: async () => (await credentials.types()).map(({ id, name }) => ({ value: id, word: name })),
        where: (type) => [{ field: 'type', in: [type] }],
      },
      {
        name: 'schedule',
        label: msg('Schedule'),
        any: msg('Any'),
        choices: () => RUNS,
        where: (runs) => [{ field: 'schedule', in: [runs] }],
      },
      owned.filter,
    ],
    order: { field: 'context', descending: false },
    nothingMatches: msg('Write less of the key, or choose another type.'),
    empty: {
      title: msg('No configurations yet'),
      text: msg(
        'A configuration says which credential type a course or path gives, and when. laurel credentials setup FILE brings them in.',
      ),
      links: [
        { text: msg('See the types'), href: '/credential-types' },
        { text: msg('Take a sample: the first steps'), href: '/first-steps', access: 'administer' },
      ],
    },
    actionAccess: 'run',
    actions: [
      {
        name: 'generate',
        label: msg('Generate now'),
        audited: 'configurations.run',
        seenAt: { text: msg('Show the runs'), href: '/runs' },
        consequence: msg(
          'For each, a run makes a credential for everybody who is eligible and has none yet, or whose last attempt failed.',
        ),
        async run({ id }, { actor }) {
          await generateNow(id, actor);
          return msg('run begun');
        },
      },
      switchingSchedules(services, true),
      switchingSchedules(services, false),
      deletingConfigurations(services),
    ],
  };
}
