/** `laurel credentials reissue|invalidate|allow|retry`: one credential at once, or all that match as a job. */

import type { Command } from 'commander';
import {
  type CredentialAction,
  type CredentialChoice,
  matchingCredentials,
  SETTLE_CREDENTIALS,
  settleCredentialsParameters,
} from '../../plugin/credentials/settle-credentials.ts';
import { InputError } from '../../plugin/errors.ts';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import type { Laurel } from '../compose.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { CredentialLife } from '../http/services.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';
import { withLaurel } from './with-laurel.ts';

const STATUSES = ['generating', 'available', 'error', 'invalidated'] as const satisfies readonly Credential['status'][];

interface ManyOptions {
  readonly context?: string;
  readonly type?: string;
  readonly status?: string;
  readonly search?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

const descriptions: Readonly<Record<CredentialAction, string>> = {
  reissue: 'make a credential anew with the data of today, and let it take the place of the former one',
  invalidate:
    'take a credential back for good; its document goes to the archive, and no run makes another until a new one is allowed',
  allow: 'let the next run make a new credential where one was invalidated by hand, if the learner still is eligible',
  retry: 'make credentials again whose making failed, for whoever still is eligible',
};

export function addCredentialLifeCommands(credentials: Command, shell: Shell): void {
  for (const action of ['reissue', 'invalidate', 'allow', 'retry'] as const) {
    const command = credentials.command(action).description(descriptions[action]);
    if (action !== 'retry') command.argument('[credential]', 'its id; left out: all that match');
    command
      .option('--context <key>', 'only those of this course or learning path')
      .option('--type <name>', 'only those of this type')
      .option('--status <status>', `only those that are ${STATUSES.join(', ')}`)
      .option('--search <text>', 'only those whose username, name or e-mail begins so')
      .option('--all', 'every one there is')
      .option('--reason <text>', action === 'invalidate' ? 'shown to whoever verifies it' : 'why, for the record')
      .option('--dry-run', 'only print how many match, and some of them')
      .option('--json', 'print the result as JSON')
      .action((...args: unknown[]) => {
        const [id, options] = action === 'retry' ? [undefined, args[0]] : args;
        return carryOut(shell, action, id as string | undefined, options as ManyOptions);
      });
    explainUsage(command, {
      json: 'the credential for one (the new one where it is reissued); the job for many; count, counts and sample (ids) with --dry-run',
      exits:
        '0 done, 1 the job failed or was cancelled, 64 it is not clear which credentials are meant, 66 there is none',
      examples: [
        `credentials ${action} --context course-v1:OpenedX+DemoX+Demo_Course --dry-run`,
        `credentials ${action} --search ada${action === 'invalidate' ? ' --reason "Given by mistake"' : ''}`,
      ],
    });
  }
}

async function carryOut(
  shell: Shell,
  action: CredentialAction,
  id: string | undefined,
  options: ManyOptions,
): Promise<void> {
  const choice = choiceOf(options);
  const isFiltered = Object.values(choice).some((value) => value !== undefined);
  if (id !== undefined && (isFiltered || options.all))
    throw unclear('give the id of one credential, or filters, not both');
  if (id === undefined && !isFiltered && !options.all)
    throw unclear(`say which credentials: filters, --all${action === 'retry' ? '' : ', or the id of one'}`);
  if (action === 'invalidate' && !options.dryRun && (options.reason ?? '').trim() === '')
    throw unclear('give a reason with --reason; whoever verifies one is told');
  await withLaurel(shell, (laurel) =>
    id === undefined || action === 'retry'
      ? settleMany(shell, laurel, action, choice, options)
      : settleOne(shell, laurel, action, id, options),
  );
}

async function settleOne(
  shell: Shell,
  { services }: Laurel,
  action: OneAction,
  id: string,
  options: ManyOptions,
): Promise<void> {
  const audit = createAudit(services);
  const result = await actOnOne(services.credentialLife, action, id, options);
  const isReissue = action === 'reissue';
  const details: Readonly<Record<string, string>> = isReissue ? { as: result.id } : {};
  await audit('cli', `credential.${DONE[action]}`, `credential:${id}`, details);
  if (options.json)
    shell.printLine(JSON.stringify({ id: result.id, verifyId: result.verifyId, status: result.status }));
  else shell.printLine(isReissue ? `reissued as ${result.id}` : DONE[action]);
}

const DONE = { reissue: 'reissued', invalidate: 'invalidated', allow: 'allowed' } as const;

type OneAction = keyof typeof DONE;

function actOnOne(life: CredentialLife, action: OneAction, id: string, { reason }: ManyOptions): Promise<Credential> {
  switch (action) {
    case 'reissue':
      return life.reissue(id, 'cli');
    case 'invalidate':
      return life.invalidate(id, reason ?? '');
    case 'allow':
      return life.allow(id);
  }
}

async function settleMany(
  shell: Shell,
  { services, carryOut: carryOutHere }: Laurel,
  action: CredentialAction,
  choice: CredentialChoice,
  options: ManyOptions,
): Promise<void> {
  const { count, counts, sample } = await matchingCredentials(services.credentials, action, choice);
  if (options.dryRun || count === 0) {
    const lines = [
      `${plural(count, 'credential')} match`,
      ...counts.map((one) => `  ${one.count} ${one.status}`),
      ...sample.map((one) => `  ${one.id}  ${one.username}  ${one.contextKey}`),
    ];
    const ids = sample.map((one) => one.id);
    shell.printLine(options.json ? JSON.stringify({ count, counts, sample: ids }) : lines.join('\n'));
    return;
  }
  const reason = (options.reason ?? '').trim();
  const job = await services.jobs.request({
    kind: SETTLE_CREDENTIALS,
    title: `${action} ${plural(count, 'credential')}`,
    parameters: settleCredentialsParameters(action, choice, { reason, createdBefore: services.clock.now() }),
    requestedBy: 'cli',
    reason: reason || null,
  });
  await createAudit(services)('cli', `credentials.${action}`, `job:${job.id}`, { count });
  const ended = await endOf(shell, { services, carryOut: carryOutHere }, job, { quiet: options.json ?? false });
  if (options.json) shell.printLine(JSON.stringify(ended));
  else {
    const outcomes = Object.entries(ended.counts).map(([word, number]) => `${number} ${word}`);
    shell.printLine([jobState(ended), ...outcomes].join(', '));
    printFailure(shell, ended);
  }
  setExitCode(shell, ended);
}

function choiceOf({ context, type, status, search }: ManyOptions): CredentialChoice {
  const known = STATUSES.find((one) => one === status);
  if (status !== undefined && known === undefined)
    throw unclear(`--status ${status} is not known; write one of ${STATUSES.join(', ')}`);
  return { contextKey: context, credentialType: type, status: known, search };
}

function unclear(message: string): InputError {
  return new InputError('credential-filter', message);
}
