/** `laurel learners ...`: forgetting learners, and other usernames for them. */

import type { Command } from 'commander';
import { ConflictError, InputError } from '../../plugin/errors.ts';
import { knownOnly } from '../../plugin/privacy/retirements.ts';
import { createAudit } from '../http/audit/audit.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

interface RetireOptions {
  readonly badges: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function addLearnersCommands(program: Command, shell: Shell): void {
  const learners = program.command('learners');

  learners
    .command('retire')
    .description('remove a learner from everything that is kept; this cannot be undone')
    .argument('<username>', 'as the LMS has it')
    .option('--badges <leave|revoke>', 'what is to happen to badges at providers', 'leave')
    .option('--reason <text>', 'why, for the record, without the name')
    .option('--dry-run', 'only print what there is about the learner')
    .option('--no-wait', 'do not wait for the end: a running server carries it out')
    .option('--json', 'print JSON')
    .action((username: string, options: RetireOptions) => retire(shell, username, options));

  learners
    .command('rename')
    .description('put a new username in place of one that was changed in the LMS')
    .argument('<old>', 'former username')
    .argument('<new>', 'new username')
    .option('--dry-run', 'only print what there is under the former username')
    .option('--json', 'print JSON')
    .action((former: string, next: string, options: Pick<RetireOptions, 'dryRun' | 'json'>) =>
      rename(shell, former, next, options),
    );
}

function retire(shell: Shell, username: string, options: RetireOptions): Promise<void> {
  const { badges, json = false } = options;
  if (badges !== 'leave' && badges !== 'revoke')
    throw new InputError('badges-there', `--badges ${badges} is not known; write leave or revoke`);
  return withLaurel(shell, async (laurel) => {
    const { services } = laurel;
    if (options.dryRun) return printFound(shell, knownOnly(await services.retirements.preview(username)), json);
    const request = { username, badgesThere: badges, by: 'cli', reason: options.reason ?? null } as const;
    const requested = knownOnly(await services.retirements.request(request));
    await createAudit(services)('cli', 'learner.retired', `job:${requested.id}`, { badges });
    const job = options.wait ? await endOf(shell, laurel, requested, { quiet: json }) : requested;
    setExitCode(shell, job);
    if (json) return shell.printLine(JSON.stringify(job));
    const counts = Object.entries(job.counts).map(([word, number]) => `${word}: ${number}`);
    shell.printLine([jobState(job), ...counts].join(', '));
    printFailure(shell, job);
  });
}

function rename(
  shell: Shell,
  former: string,
  next: string,
  { dryRun, json = false }: Pick<RetireOptions, 'dryRun' | 'json'>,
) {
  return withLaurel(shell, async (laurel) => {
    const { retirements, learners } = laurel.services;
    if (dryRun) return printFound(shell, knownOnly(await retirements.preview(former)), json);
    const { outcome, job } = await retirements.rename(former, next, 'cli');
    if (outcome === 'taken')
      throw new ConflictError('username-taken', 'another learner has the new username; see which of the two is meant');
    const ended = job && (await endOf(shell, laurel, job, { quiet: true }));
    knownOnly(outcome === 'unknown' ? null : outcome);
    const learner = await learners.findByUsername(next);
    await createAudit(laurel.services)('cli', 'learner.renamed', `learner:${learner?.id ?? 'unknown'}`);
    if (ended) setExitCode(shell, ended);
    if (json) return shell.printLine(JSON.stringify({ outcome, job: ended }));
    const counts = Object.entries(ended?.counts ?? {}).map(([word, number]) => `${word}: ${number}`);
    shell.printLine(['renamed', ...counts].join(', '));
    if (ended) printFailure(shell, ended);
  });
}

function printFound(shell: Shell, counts: Readonly<Record<string, number>>, json: boolean): void {
  const lines = Object.entries(counts).map(([part, count]) => `${part}: ${count}`);
  for (const line of json ? [JSON.stringify(counts)] : lines) shell.printLine(line);
}
