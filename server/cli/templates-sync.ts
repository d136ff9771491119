/** `laurel templates sync`: shows what a synchronisation would change, and applies exactly that. */

import { type Command, Option } from 'commander';
import type { Job } from '../../plugin/ports/job-store.ts';
import {
  type Difference,
  type DifferenceKind,
  fieldChangesOf,
} from '../../plugin/providers/template-sync/difference.ts';
import { DifferenceNotes, pagesOf } from '../../plugin/providers/template-sync/notes.ts';
import {
  accountsToSync,
  findSync,
  placeOf,
  requestAgreed,
  requestPreview,
  requestSync,
  toApply,
} from '../../plugin/providers/template-sync/request.ts';
import {
  namesOf,
  type SyncedAccount,
  syncedAccounts,
  toConfirm,
} from '../../plugin/providers/template-sync/synced-account.ts';
import { createAudit } from '../http/audit/audit.ts';
import { qualifiedSlug } from '../http/providers/template-links.ts';
import type { Services } from '../http/services.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';
import { withLaurel } from './with-laurel.ts';

interface SyncOptions {
  readonly account?: readonly string[];
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly retire?: string;
  readonly json?: boolean;
}

export function addTemplatesSync(templates: Command, shell: Shell): void {
  const syncing = templates
    .command('sync')
    .description('ask providers which templates there are, and wait for the end')
    .option('--account <slug...>', 'only these accounts; without it all that are enabled')
    .option('--dry-run', 'print what would change, and change nothing')
    .addOption(new Option('--plan <id>', 'apply exactly what this job has found').conflicts(['account', 'dryRun']))
    .option('--retire <count>', 'with --plan: retire so many, where more than 5 go or active badges use some')
    .option('--json', 'print the job as JSON')
    .addHelpText(
      'after',
      '\nWithout --plan at most 5 templates are retired, and none that an active badge uses: where there are more, ' +
        'nothing of that account changes.',
    )
    .action((options: SyncOptions) =>
      withLaurel(shell, async ({ services, carryOut }) => {
        const job = await requested(services, options);
        const ended = await endOf(shell, { services, carryOut }, job, { quiet: options.json === true });
        if (options.json) shell.printLine(JSON.stringify(ended));
        else await report(shell, ended, new DifferenceNotes(services.files));
        setExitCode(shell, ended);
        const { failed = 0, stopped = 0 } = ended.counts;
        if (failed + stopped > 0) shell.exitCode = 1;
      }),
    );
  explainUsage(syncing, {
    json: 'the job: id, kind, state, counts, error and when it began and ended',
    exits: '0 done, 1 an account failed or was left as it is, 66 there is no such account or job, or no store here',
    examples: ['templates sync --dry-run', 'templates sync --plan JOB --retire 7'],
  });
}

async function requested(services: Services, { account, dryRun, plan, retire }: SyncOptions): Promise<Job> {
  const { providerStore, providers, jobs, jobStore } = services;
  const all = await providerStore.accounts();
  const audit = createAudit(services);
  if (plan !== undefined) {
    const preview = await findSync(jobStore, plan);
    const count = retire === undefined ? null : Number(retire);
    const job = await requestAgreed(jobs, all, { preview, retire: count, requestedBy: 'cli' });
    await audit('cli', 'templates.synchronised', `job:${job.id}`, {
      preview: plan,
      accounts: namesOf(toApply(preview)),
    });
    return job;
  }
  const accounts = accountsToSync(all, providers, account ?? null);
  const slugs = accounts.map(qualifiedSlug).join(', ');
  const job = await (dryRun ? requestPreview : requestSync)(jobs, accounts, 'cli');
  await audit('cli', dryRun ? 'templates.previewed' : 'templates.synchronised', `job:${job.id}`, { accounts: slugs });
  return job;
}

/** A line for each account; of what was not applied, one for each template too. */
async function report(shell: Shell, job: Job, notes: DifferenceNotes): Promise<void> {
  for (const synced of syncedAccounts(job)) {
    const { provider, account, error, state, added, changed, unchanged, retired } = synced;
    const figures = `${added} added, ${changed} changed, ${unchanged} unchanged, ${retired} gone`;
    shell.printLine(
      `${provider}/${account}: ${state === 'differs' || state === 'surprising' ? 'would be ' : ''}${figures}`,
    );
    if (state !== 'applied' && state !== 'failed') {
      for await (const one of differencesOf(notes, job, synced)) {
        for (const line of linesOf(one)) shell.printLine(line);
      }
    }
    if (error !== null) shell.printError(`${provider}/${account}: ${error}`);
  }
  shell.printLine(jobState(job));
  printFailure(shell, job);
  const left = toApply(job);
  if (left.length === 0) return;
  const count = toConfirm(left);
  shell.printLine('\nTo apply exactly this:');
  shell.printLine(`  laurel templates sync --plan ${job.id}${count === null ? '' : ` --retire ${count}`}`);
}

const PRINTED: readonly (readonly [DifferenceKind, keyof SyncedAccount & ('added' | 'changed' | 'retired')])[] = [
  ['added', 'added'],
  ['changed', 'changed'],
  ['gone', 'retired'],
];

async function* differencesOf(notes: DifferenceNotes, job: Job, synced: SyncedAccount) {
  const account = placeOf(job, synced.id);
  for (const [kind, count] of PRINTED) {
    for (let page = 0; page < pagesOf(synced[count]); page++)
      yield* await notes.read({ job: job.id, account, kind, page });
  }
}

function linesOf(difference: Difference): readonly string[] {
  const { kind, templateId, name, use } = difference;
  if (kind === 'added') return [`  + ${templateId}  ${name}`];
  if (kind === 'gone') return [`  - ${templateId}  ${name}${use ? usedBy(use) : ''}`];
  const changes = fieldChangesOf(difference);
  return [
    `  ~ ${templateId}  ${name}`,
    ...changes.map(({ field, before, after }) => `      ${field}: ${textOf(before)} -> ${textOf(after)}`),
  ];
}

function usedBy({ badges, inProgress, waiting }: NonNullable<Difference['use']>): string {
  if (badges.length === 0) return '  (no badge uses it)';
  const names = badges.map(({ id, active }) => `${id} (${active ? 'active' : 'inactive'})`).join(', ');
  const learners = `${plural(inProgress, 'learner')} in progress, ${plural(waiting, 'learner')} with waiting effects`;
  return `\n      used by ${names}; ${learners}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}
