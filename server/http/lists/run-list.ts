/** Runs of credential configurations as a list. */

import { ConflictError } from '../../../plugin/errors.ts';
import type { CredentialRun } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { credentialsCrumb } from '../pages/credentials.ts';
import { isLate, RUN_TRIGGERS, runPath } from '../pages/runs.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { numberCell, statusCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import type { Column, List } from './list.ts';

const STATES: readonly CredentialRun['state'][] = ['running', 'done', 'done-with-errors', 'failed', 'cancelled'];
const REMOVED = msg('removed configuration');

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
    title: msg('Runs'),
    titleWithin: msg('runs'),
    section: 'credentials',
    breadcrumbs: [credentialsCrumb],
    noun: [msg('{count} run'), msg('{count} runs')],
    links: [{ text: msg('Configurations'), href: '/configurations' }],
    records: credentials.runRecords,
    load: contexts,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'started',
        label: msg('Started'),
        noteLabel: 'Due',
        order: 'startedAt',
        cell: (run) => ({
          parts: [{ kind: 'time', time: shownTime(run.startedAt), href: runPath(run.id) } as const],
          otherwise: msg('never'),
          note: isLate(run) ? { text: words('due {time}', { time: run.dueAt }) } : null,
        }),
      },
      {
        name: 'context',
        label: msg('Course or path'),
        noteLabel: 'By',
        cell: ({ configurationId, trigger }, context) => ({
          parts: [{ kind: 'text', text: context.get(configurationId) ?? words(REMOVED), breaksAtDots: true } as const],
          otherwise: REMOVED,
          note: { text: words(RUN_TRIGGERS[trigger]) },
        }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        noteLabel: 'Error',
        cell: ({ state, error }) => statusCell(shownStatus(state), error?.message ?? null, true),
      },
      count('seen', msg('Seen')),
      count('eligible', msg('Eligible')),
      count('generated', msg('Made')),
      count('skipped', msg('Skipped')),
      count('failed', msg('Failed')),
      {
        name: 'finished',
        label: msg('Finished'),
        cell: ({ finishedAt }) => timeCell(shownTime(finishedAt), msg('not yet')),
      },
    ],
    filters: [
      {
        name: 'configuration',
        label: msg('Course or path'),
        any: msg('All'),
        isOpen: true,
        choices: async () => [...(await contexts())].map(([value, word]) => ({ value, word })),
        where: (id) => [{ field: 'configuration', in: [id] }],
      },
      stateFilter(STATES),
    ],
    date: { field: 'startedAt', label: msg('Started') },
    order: { field: 'startedAt', descending: true },
    nothingMatches: msg('Choose fewer filters or another date.'),
    empty: {
      title: msg('No runs yet'),
      text: msg('A configuration runs on its schedule, or when its button is pressed.'),
      links: [{ text: msg('See the configurations'), href: '/configurations' }],
    },
    actionAccess: 'run',
    actions: [
      {
        name: 'cancel',
        label: msg('Cancel'),
        audited: 'runs.cancelled',
        consequence: msg(
          'Those that are running end. What they made stays, and each can be resumed. Others are left alone.',
        ),
        async run({ id, state }) {
          if (state !== 'running') return msg('left alone');
          try {
            await runControl.cancel(id);
            return msg('cancelled');
          } catch (error) {
            // It ended meanwhile.
            if (error instanceof ConflictError) return msg('left alone');
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
