/** Jobs as a list. */

import { ConflictError } from '../../../plugin/errors.ts';
import { isOpen, type Job, type JobState } from '../../../plugin/ports/job-store.ts';
import { msg } from '../../../plugin/words.ts';
import { jobPath, shownJob } from '../pages/jobs.ts';
import { systemCrumb } from '../pages/system.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { jobTitle } from '../words/job-words.ts';
import { statusCell, textCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import type { BulkAction, List } from './list.ts';

export const JOB_STATES: readonly JobState[] = ['waiting', 'running', 'done', 'failed', 'cancelled'];

export function jobList({ jobStore, jobs }: Pick<Services, 'jobStore' | 'jobs'>): List<Job> {
  return {
    path: '/jobs',
    access: 'look',
    title: msg('Jobs'),
    titleWithin: msg('jobs'),
    section: 'system',
    breadcrumbs: [systemCrumb],
    noun: [msg('{count} job'), msg('{count} jobs')],
    links: [{ text: msg('Replay events'), href: '/replays/new', access: 'operate' }],
    buttons: [{ text: msg('Check all progress'), action: '/progress/check', access: 'operate' }],
    records: jobStore.records,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      { name: 'job', label: msg('Job'), cell: (job) => textCell(jobTitle(job), jobPath(job.id)) },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: (job) => statusCell(shownJob(job).status),
      },
      { name: 'done', label: msg('Done'), isNumber: true, cell: (job) => textCell(shownJob(job).progress) },
      {
        name: 'asked',
        label: msg('Asked for'),
        order: 'createdAt',
        cell: ({ createdAt }) => timeCell(shownTime(createdAt)),
      },
      { name: 'by', label: msg('By'), cell: ({ requestedBy }) => textCell(requestedBy) },
      {
        name: 'finished',
        label: msg('Finished'),
        cell: ({ finishedAt }) => timeCell(shownTime(finishedAt), msg('not yet')),
      },
    ],
    filters: [stateFilter(JOB_STATES)],
    date: { field: 'createdAt', label: msg('Asked for') },
    order: { field: 'createdAt', descending: true },
    nothingMatches: msg('No job is in this state. Choose another one, or another date.'),
    empty: {
      title: msg('No jobs yet'),
      text: msg(
        'Work that takes long, such as a replay of events, runs as a job: its progress is shown here, and it can be cancelled and resumed.',
      ),
      links: [],
    },
    actionAccess: 'operate',
    actions: [cancelJobs(jobs)],
  };
}

export function cancelJobs(jobs: Services['jobs']): BulkAction<Job> {
  return {
    name: 'cancel',
    label: msg('Cancel'),
    audited: 'jobs.cancelled',
    consequence: msg(
      'Each ends after the step it is at, and what it did stays done. Those that have ended are left alone.',
    ),
    async run({ id, state }) {
      if (!isOpen(state)) return msg('left alone');
      try {
        await jobs.cancel(id);
        return msg('cancelled');
      } catch (error) {
        if (error instanceof ConflictError) return msg('left alone');
        throw error;
      }
    },
  };
}
