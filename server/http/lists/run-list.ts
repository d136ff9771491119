/** Runs of credential configurations as a list. */

import { ConflictError } from '../../../plugin/errors.ts';
import type { CredentialRun } from '../../../plugin/ports/credential-store.ts';
import { shownStatus, shownTime } from '../format.ts';
import { credentialsCrumb } from '../pages/credentials.ts';
import { RUN_TRIGGERS, runPath } from '../pages/runs.ts';
import type { Services } from '../services.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import type { Column, List } from './list.ts';

const STATES: readonly CredentialRun['state'][] = ['running', 'done', 'done-with-errors', 'failed', 'cancelled'];
const REMOVED = 'removed configuration';

/** Context keys by the ids of configurations. */
type Context = ReadonlyMap<string, string>;

export function runList({
  credentials,
  runControl,
}: Pick<Services, 'credentials' | 'runControl'>): List<CredentialRun, Context> {
  const contexts = async (): Promise<Context> =>
    new Map((await credentials.configurations()).map(({ id, contextKey }) => [id, contextKey]));
  return {
    path: '/runs',
    access: 'look',
    title: 'Runs',
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: ['run', 'runs'],
    links: [{ text: 'Configurations', href: '/configurations' }],
    records: credentials.runRecords,
    load: contexts,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'started',
        label: 'Started',
        order: 'startedAt',
        cell: ({ id, startedAt }) => ({
          parts: [{ kind: 'time', time: shownTime(startedAt), href: runPath(id) } as const],
          otherwise: 'never',
        }),
      },
      {
        name: 'context',
        label: 'Course or path',
        cell: ({ configurationId }, context) => textCell(context.get(configurationId) ?? REMOVED),
      },
      { name: 'trigger', label: 'By', cell: ({ trigger }) => textCell(RUN_TRIGGERS[trigger]) },
      {
        name: 'state',
        label: 'State',
        order: 'state',
        hasFewValues: true,
        noteLabel: 'Error',
        cell: ({ state, error }) => statusCell(shownStatus(state), error?.message ?? null),
      },
      count('seen', 'Seen'),
      count('eligible', 'Eligible'),
      count('generated', 'Made'),
      count('skipped', 'Skipped'),
      count('failed', 'Failed'),
      { name: 'finished', label: 'Finished', cell: ({ finishedAt }) => timeCell(shownTime(finishedAt), 'not yet') },
    ],
    filters: [
      {
        name: 'configuration',
        label: 'Course or path',
        any: 'All',
        isOpen: true,
        choices: async () => [...(await contexts())].map(([value, word]) => ({ value, word })),
        where: (id) => [{ field: 'configuration', in: [id] }],
      },
      stateFilter(STATES),
    ],
    date: { field: 'startedAt', label: 'Started' },
    order: { field: 'startedAt', descending: true },
    nothingMatches: 'Choose fewer filters or another date.',
    empty: {
      title: 'No runs yet',
      text: 'A configuration runs on its schedule, or when its button is pressed.',
      links: [{ text: 'See the configurations', href: '/configurations' }],
    },
    actionAccess: 'run',
    actions: [
      {
        name: 'cancel',
        label: 'Cancel',
        audited: 'runs.cancelled',
        consequence:
          'Those that are running end. What they made stays, and each can be resumed. Others are left alone.',
        async run({ id, state }) {
          if (state !== 'running') return 'left alone';
          try {
            await runControl.cancel(id);
            return 'cancelled';
          } catch (error) {
            // It ended meanwhile.
            if (error instanceof ConflictError) return 'left alone';
            throw error;
          }
        },
      },
    ],
  };
}

function count(name: keyof CredentialRun['counts'], label: string): Column<CredentialRun, Context> {
  return { name, label, isNumber: true, cell: ({ counts }) => numberCell(counts[name]) };
}
