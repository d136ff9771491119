/** What credentials are made of, as lists: types, assets and configurations. */

import type {
  Asset,
  CredentialConfiguration,
  CredentialRun,
  CredentialType,
  Schedule,
} from '../../../plugin/ports/credential-store.ts';
import { shownSize, shownStatus, shownTime } from '../format.ts';
import { scheduleText } from '../pages/configurations.ts';
import { ASSET_KINDS } from '../pages/credential-assets.ts';
import { credentialsCrumb } from '../pages/credentials.ts';
import { eligibilityPath } from '../pages/eligibility.ts';
import { historyPath } from '../pages/history.ts';
import { runPath } from '../pages/runs.ts';
import { schedulePath } from '../pages/schedule.ts';
import type { Services } from '../services.ts';
import { linksCell, numberCell, textCell, timeCell } from './cells.ts';
import type { List } from './list.ts';
import { deletingAssets, deletingConfigurations, switchingSchedules } from './making-actions.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';

export function typeList({
  credentials,
}: Pick<Services, 'credentials'>): List<CredentialType, readonly CredentialConfiguration[]> {
  const shape = {
    id: ['id'],
    fields: {
      id: ({ id }: CredentialType) => id,
      name: ({ name }: CredentialType) => name.toLowerCase(),
      words: ({ name }: CredentialType) => wordsOf(name),
      updatedAt: ({ updatedAt }: CredentialType) => updatedAt,
    },
  };
  return {
    path: '/credential-types',
    access: 'look',
    title: 'Types',
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: ['type', 'types'],
    lead: 'A type says who is eligible and how the document looks. A configuration gives it in one course or path.',
    links: [
      { text: 'Assets', href: '/credential-assets' },
      { text: 'Configurations', href: '/configurations' },
      { text: 'New type', href: '/credential-types/new', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, () => credentials.types()),
    load: () => credentials.configurations(),
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'name',
        label: 'Name',
        order: 'name',
        cell: ({ id, name }) => textCell(name, `/credential-types/${encodeURIComponent(id)}`),
      },
      {
        name: 'functions',
        label: 'Functions',
        cell: ({ retrievalFunction, generationFunction }) =>
          textCell(`${retrievalFunction} then ${generationFunction}`),
      },
      {
        name: 'configurations',
        label: 'Configurations',
        isNumber: true,
        cell: ({ id }, configurations) =>
          numberCell(configurations.filter(({ credentialTypeId }) => credentialTypeId === id).length),
      },
      {
        name: 'changed',
        label: 'Changed',
        order: 'updatedAt',
        cell: ({ updatedAt }) => timeCell(shownTime(updatedAt)),
      },
    ],
    search: wordSearch('Name'),
    filters: [],
    order: { field: 'name', descending: false },
    nothingMatches: 'Write less of the name.',
    empty: {
      title: 'No types yet',
      text: 'Bring a PDF template as an asset first; a type writes on it.',
      links: [
        { text: 'See the assets', href: '/credential-assets' },
        { text: 'Take a sample: the first steps', href: '/first-steps', access: 'administer' },
      ],
    },
  };
}

export function assetList(services: Pick<Services, 'credentials' | 'extensions' | 'files'>): List<Asset> {
  const { credentials } = services;
  const shape = {
    id: ['slug'],
    fields: {
      id: ({ slug }: Asset) => slug,
      slug: ({ slug }: Asset) => slug,
      kind: ({ kind }: Asset) => kind,
      size: ({ sizeBytes }: Asset) => sizeBytes,
      words: ({ slug, description }: Asset) => wordsOf(slug, description),
      updatedAt: ({ updatedAt }: Asset) => updatedAt,
    },
  };
  return {
    path: '/credential-assets',
    access: 'look',
    title: 'Assets',
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: ['asset', 'assets'],
    lead: 'PDF templates, fonts and images. The options of a credential type name them by their slug.',
    links: [
      { text: 'Types', href: '/credential-types' },
      { text: 'Configurations', href: '/configurations' },
      { text: 'New asset', href: '/credential-assets/new', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, () => credentials.assets()),
    load: async () => null,
    idOf: ({ slug }) => slug,
    columns: [
      {
        name: 'slug',
        label: 'Slug',
        order: 'slug',
        noteLabel: 'Description',
        cell: ({ slug, description }) =>
          textCell(slug, `/credential-assets/${encodeURIComponent(slug)}`, { note: { text: description } }),
      },
      {
        name: 'kind',
        label: 'Kind',
        order: 'kind',
        hasFewValues: true,
        cell: ({ kind }) => textCell(ASSET_KINDS[kind]),
      },
      {
        name: 'size',
        label: 'Size',
        order: 'size',
        isNumber: true,
        cell: ({ sizeBytes }) => textCell(shownSize(sizeBytes)),
      },
      {
        name: 'changed',
        label: 'Changed',
        order: 'updatedAt',
        cell: ({ updatedAt }) => timeCell(shownTime(updatedAt)),
      },
    ],
    search: wordSearch('Slug or description'),
    filters: [
      {
        name: 'kind',
        label: 'Kind',
        any: 'Any kind',
        choices: () => Object.entries(ASSET_KINDS).map(([value, word]) => ({ value, word })),
        where: (kind) => [{ field: 'kind', in: [kind] }],
      },
    ],
    order: { field: 'slug', descending: false },
    nothingMatches: 'Write less of the slug, or choose another kind.',
    empty: {
      title: 'No assets yet',
      text: 'A credential type needs at least a PDF template to write on.',
      links: [{ text: 'Take a sample: the first steps', href: '/first-steps', access: 'administer' }],
    },
    actionAccess: 'edit',
    actions: [deletingAssets(services)],
  };
}

interface ConfigurationContext {
  readonly types: ReadonlyMap<string, CredentialType>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly lastRuns: ReadonlyMap<string, CredentialRun>;
}

export function configurationList(
  services: Pick<Services, 'credentials' | 'generateNow' | 'clock'>,
): List<CredentialConfiguration, ConfigurationContext> {
  const { credentials, generateNow } = services;
  const shape = {
    id: ['id'],
    fields: {
      id: ({ id }: CredentialConfiguration) => id,
      context: ({ contextKey }: CredentialConfiguration) => contextKey,
      type: ({ credentialTypeId }: CredentialConfiguration) => credentialTypeId,
      words: ({ contextKey }: CredentialConfiguration) => wordsOf(contextKey, contextKey.replace(/^[a-z]+-v1:/, '')),
      updatedAt: ({ updatedAt }: CredentialConfiguration) => updatedAt,
    },
  };
  return {
    path: '/configurations',
    access: 'look',
    title: 'Configurations',
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: ['configuration', 'configurations'],
    links: [
      { text: 'Runs', href: '/runs' },
      { text: 'Types', href: '/credential-types' },
      { text: 'Assets', href: '/credential-assets' },
      { text: 'New configuration', href: '/configurations/new', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, () => credentials.configurations()),
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
      { name: 'context', label: 'Course or path', order: 'context', cell: ({ contextKey }) => textCell(contextKey) },
      {
        name: 'type',
        label: 'Credential type',
        noteLabel: 'Functions',
        cell({ credentialTypeId }, { types }) {
          const type = types.get(credentialTypeId);
          const note = type ? { text: `${type.retrievalFunction} then ${type.generationFunction}` } : null;
          return textCell(type?.name ?? 'removed type', null, { note });
        },
      },
      {
        name: 'schedule',
        label: 'Schedule',
        cell: ({ id }, { schedules }) => textCell(scheduleText(schedules.get(id) ?? null), schedulePath(id)),
      },
      {
        name: 'next',
        label: 'Next',
        cell({ id }, { schedules }) {
          const schedule = schedules.get(id);
          return timeCell(schedule?.enabled ? shownTime(schedule.nextDueAt) : null, 'none');
        },
      },
      {
        name: 'run',
        label: 'Last run',
        cell({ id }, { lastRuns }) {
          const run = lastRuns.get(id);
          if (!run) return textCell(null, null, { otherwise: 'never' });
          return {
            parts: [
              { kind: 'status', status: shownStatus(run.state) },
              { kind: 'time', time: shownTime(run.startedAt), href: runPath(run.id) },
            ],
            otherwise: 'never',
          };
        },
      },
      {
        name: 'pages',
        label: 'More',
        isOnPageOnly: true,
        cell: ({ id, contextKey }) =>
          linksCell([
            { text: 'Who is eligible', href: eligibilityPath(id), hidden: ` in ${contextKey}` },
            { text: 'History', href: historyPath('configuration', id), hidden: ` of ${contextKey}` },
            { text: 'Edit', href: `/configurations/${encodeURIComponent(id)}/edit`, hidden: ` ${contextKey}` },
          ]),
      },
    ],
    search: wordSearch('Course or path', 'The beginning of a key, with or without course-v1:.'),
    filters: [
      {
        name: 'type',
        label: 'Credential type',
        any: 'Any type',
        choices: async () => (await credentials.types()).map(({ id, name }) => ({ value: id, word: name })),
        where: (type) => [{ field: 'type', in: [type] }],
      },
    ],
    order: { field: 'context', descending: false },
    nothingMatches: 'Write less of the key, or choose another type.',
    empty: {
      title: 'No configurations yet',
      text: 'A configuration says which credential type a course or path gives, and when. laurel credentials setup FILE brings them in.',
      links: [
        { text: 'See the types', href: '/credential-types' },
        { text: 'Take a sample: the first steps', href: '/first-steps', access: 'administer' },
      ],
    },
    actionAccess: 'run',
    actions: [
      {
        name: 'generate',
        label: 'Generate now',
        audited: 'configurations.run',
        consequence:
          'For each, a run makes a credential for everybody who is eligible and has none yet, or whose last attempt failed.',
        async run({ id }, { actor }) {
          await generateNow(id, actor);
          return 'run begun';
        },
      },
      switchingSchedules(services, true),
      switchingSchedules(services, false),
      deletingConfigurations(services),
    ],
  };
}
