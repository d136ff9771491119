/** `laurel jobs ...`: how far long pieces of work are, and steering them. */

import type { Command } from 'commander';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import type { Job, JobState } from '../../plugin/ports/job-store.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { Services } from '../http/services.ts';
import { followJob } from './follow-job.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';
import { withLaurel } from './with-laurel.ts';

const STATES: readonly string[] = ['waiting', 'running', 'done', 'failed', 'cancelled'];
const MOST = 1_000;

export function addJobsCommands(program: Command, shell: Shell): void {
  const jobs = program.command('jobs');

  jobs
    .command('list')
    .description('print the latest jobs, newest first')
    .option('--state <state>', `only those that are ${STATES.join(', ')}`)
    .option('--limit <number>', 'how many at most', '50')
    .option('--json', 'print JSON Lines')
    .action((options: { state?: string; limit: string; json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const { items } = await services.jobStore.list({
          state: stateOf(options.state),
          limit: limitOf(options.limit),
        });
        for (const job of items) shell.printLine(options.json ? JSON.stringify(job) : lineOf(job));
      }),
    );

  jobs
    .command('show')
    .description('print one job as JSON')
    .argument('<id>', 'as `laurel jobs list` prints it')
    .option('--json', 'accepted for symmetry: the output is JSON either way')
    .action((id: string) =>
      withLaurel(shell, async ({ services }) => {
        shell.printLine(JSON.stringify(await jobOf(services, id), null, 2));
      }),
    );

  explainUsage(
    jobs
      .command('wait')
      .description('wait for the end of a job; where no server has it, carry it out here')
      .argument('<id>', 'as `laurel jobs list` prints it')
      .option('--json', 'print the job as JSON')
      .action((id: string, options: { json?: boolean }) =>
        withLaurel(shell, async (laurel) =>
          followJob(shell, laurel, await jobOf(laurel.services, id), { wait: true, json: options.json === true }),
        ),
      ),
    {
      json: 'the job, as `laurel jobs show` prints it',
      exits:
        '0 done, 1 it failed or was cancelled, 66 there is none, 69 the database is away, 130 interrupted; it goes on later then',
      examples: ['jobs wait 6f1c0f9e-6a7b-4a0e-9d59-0b1f1f0c2a11'],
    },
  );

  for (const [verb, description] of [
    ['cancel', 'end a job after the step under way; what it did stays done'],
    ['resume', 'let a failed or cancelled job go on where it stopped'],
  ] as const) {
    jobs
      .command(verb)
      .description(description)
      .argument('<id>', 'as `laurel jobs list` prints it')
      .action((id: string) =>
        withLaurel(shell, async ({ services }) => {
          const job = await services.jobs[verb](id);
          const action = verb === 'cancel' ? 'job.cancelled' : 'job.resumed';
          await createAudit(services)('cli', action, `job:${id}`, { kind: job.kind });
          shell.printLine(`job ${id} is ${job.state === 'running' ? 'ending after its step' : job.state}`);
        }),
      );
  }
}

async function jobOf({ jobStore }: Pick<Services, 'jobStore'>, id: string): Promise<Job> {
  const job = await jobStore.get(id);
  if (job === null) throw new NotFoundError('job', `there is no job ${id}; \`laurel jobs list\` prints the ids`);
  return job;
}

function lineOf({ id, state, done, total, createdAt, title, error }: Job): string {
  const progress = total === null ? String(done) : `${done}/${total}`;
  const why = error === null ? '' : `: ${error.message} (${error.code})`;
  return `${id}  ${state.padEnd(9)}  ${progress.padStart(12)}  ${createdAt.toISOString()}  ${title}${why}`;
}

function stateOf(text: string | undefined): JobState | undefined {
  if (text === undefined || STATES.includes(text)) return text as JobState | undefined;
  throw new InputError('job-state', `--state ${text} is not a state; write one of ${STATES.join(', ')}`);
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new InputError('job-limit', `--limit ${text} is not a whole number from 1 to ${MOST}`);
}
