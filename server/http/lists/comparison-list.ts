/** Comparisons with providers as a list: what was compared, and how much was found. */

import type { Job } from '../../../plugin/ports/job-store.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { COMPARE_PROVIDER, comparisonOf } from '../../../plugin/providers/comparison/request.ts';
import { msg, words } from '../../../plugin/words.ts';
import { comparisonPath, differencesOf, issuedCrumb } from '../pages/comparisons.ts';
import { shownJob } from '../pages/jobs.ts';
import { providersCrumb } from '../pages/templates.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { jobTitle } from '../words/job-words.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import { cancelJobs, JOB_STATES } from './job-list.ts';
import type { List } from './list.ts';
import { shortRecords } from './short.ts';

const shape: RecordShape<Job> = {
  id: ['id'],
  fields: {
    id: ({ id }) => id,
    title: ({ title }) => title.toLowerCase(),
    account: accountOf,
    provider: (job) => comparisonOf(job).provider,
    state: ({ state }) => state,
    found: differencesOf,
    requestedBy: ({ requestedBy }) => requestedBy,
    createdAt: ({ createdAt }) => createdAt,
  },
};

/** Jobs are kept for some weeks only, and an account is compared now and then: there are few. */
export function comparisonList({
  jobStore,
  jobs,
  providers,
}: Pick<Services, 'jobStore' | 'jobs' | 'providers'>): List<Job> {
  const query = {
    where: [{ field: 'kind', in: [COMPARE_PROVIDER] }],
    order: { field: 'createdAt', descending: true },
  };

  async function comparisons(): Promise<readonly Job[]> {
    const found: Job[] = [];
    for await (const batch of jobStore.records.scan(query)) found.push(...batch);
    return found;
  }

  async function different(of: (job: Job) => string): Promise<readonly string[]> {
    return [...new Set((await comparisons()).map(of))].sort();
  }

  return {
    path: '/comparisons',
    access: 'look',
    title: msg('Comparisons'),
    titleWithin: msg('comparisons'),
    section: 'providers',
    breadcrumbs: [providersCrumb, issuedCrumb],
    noun: [msg('{count} comparison'), msg('{count} comparisons')],
    lead: msg(
      'A comparison goes through everything an account has issued at its provider and sets it beside what is on record here: what is missing there, what is extra, and what stands differently. It changes nothing.',
    ),
    links: [{ text: msg('Compare with a provider'), href: '/comparisons/new', access: 'operate', isPrimary: true }],
    records: shortRecords(shape, comparisons),
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'comparison',
        label: msg('Comparison'),
        order: 'title',
        noteLabel: 'Account',
        cell: (job) => textCell(jobTitle(job), comparisonPath(job.id), { note: { text: accountOf(job) } }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        noteLabel: 'Error',
        cell: (job) => statusCell(shownJob(job).status, job.error?.message ?? null, true),
      },
      {
        name: 'found',
        label: msg('Differences'),
        order: 'found',
        isNumber: true,
        cell: (job) => numberCell(differencesOf(job), comparisonPath(job.id)),
      },
      {
        name: 'asked',
        label: msg('Asked for'),
        order: 'createdAt',
        cell: ({ createdAt }) => timeCell(shownTime(createdAt)),
      },
      { name: 'by', label: msg('By'), order: 'requestedBy', cell: ({ requestedBy }) => textCell(requestedBy) },
      {
        name: 'finished',
        label: msg('Finished'),
        cell: ({ finishedAt }) => timeCell(shownTime(finishedAt), msg('not yet')),
      },
    ],
    filters: [
      {
        name: 'provider',
        label: msg('Provider'),
        any: msg('Any provider'),
        isOpen: true,
        choices: async () =>
          (await different((job) => comparisonOf(job).provider)).map((value) => ({
            value,
            word: providers.get(value)?.title ?? value,
          })),
        where: (provider) => [{ field: 'provider', in: [provider] }],
      },
      {
        name: 'account',
        label: msg('Account'),
        any: msg('Any account'),
        isOpen: true,
        choices: async () => (await different(accountOf)).map((value) => ({ value, word: value })),
        where: (account) => [{ field: 'account', in: [account] }],
      },
      stateFilter(JOB_STATES),
      {
        name: 'found',
        label: msg('Found'),
        any: msg('Anything or nothing'),
        choices: () => [
          { value: 'differences', word: words('Differences') },
          { value: 'none', word: words('No difference') },
        ],
        where: (found) => [found === 'none' ? { field: 'found', in: [0] } : { field: 'found', from: 1 }],
      },
    ],
    date: { field: 'createdAt', label: msg('Asked for') },
    order: query.order,
    nothingMatches: msg('Choose fewer filters, or another date.'),
    empty: {
      title: msg('Nothing has been compared yet'),
      text: msg('Compare after an outage, after somebody worked on the provider’s own pages, or once a month.'),
      links: [{ text: msg('Compare with a provider'), href: '/comparisons/new', access: 'operate' }],
    },
    actionAccess: 'operate',
    actions: [cancelJobs(jobs)],
  };
}

/** As addresses have accounts: `credly/main`. */
function accountOf(job: Job): string {
  const { provider, account } = comparisonOf(job);
  return `${provider}/${account}`;
}
