/** `laurel mails ...`: what learners are told about their credentials, and what could not be sent. */

import { type Command, Option } from 'commander';
import { InputError } from '../../plugin/errors.ts';
import { MAIL_ACTIONS, type MailAction, SETTLE_MAILS, settleMailsParameters } from '../../plugin/mail/settle-mails.ts';
import type { Credential, MailState } from '../../plugin/ports/credential-store.ts';
import type { Laurel } from '../compose.ts';
import { createAudit } from '../http/audit/audit.ts';
import { followJob } from './follow-job.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

const STATES: readonly MailState[] = ['pending', 'sent', 'failed', 'given-up', 'superseded'];
const PAGE = 200;

interface SettleOptions {
  readonly state?: MailState;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function addMailsCommands(program: Command, shell: Shell): void {
  const mails = program.command('mails');

  mails
    .command('list')
    .description('print the mails, that of the newest credential first; without the addresses')
    .addOption(new Option('--state <state>', 'in this state').choices(STATES).default('failed'))
    .option('--json', 'print JSON Lines')
    .action((options: { state: MailState; json?: boolean }) =>
      withLaurel(shell, async ({ services: { credentials } }) => {
        for (let after: string | undefined; ; ) {
          const page = await credentials.credentials({ mail: options.state, after, limit: PAGE });
          for (const credential of page.items) shell.printLine(options.json ? jsonOf(credential) : lineOf(credential));
          if (page.next === null) return;
          after = page.next;
        }
      }),
    );

  for (const [action, description] of [
    ['retry', 'send mails that were refused, or wait, again as soon as possible'],
    ['give-up', 'never send these mails; `laurel mails retry` brings them back'],
  ] as const) {
    mails
      .command(action)
      .description(description)
      .argument('[id...]', 'these only, as `laurel mails list` prints them; all that are in --state unless given')
      .addOption(new Option('--state <state>', 'those in this state').choices(MAIL_ACTIONS[action]))
      .option('--dry-run', 'only print how many')
      .option('--no-wait', 'do not wait for the end')
      .option('--json', 'print one JSON object')
      .action((ids: readonly string[], options: SettleOptions) =>
        withLaurel(shell, (laurel) =>
          ids.length > 0 ? settleThese(shell, action, ids, options, laurel) : settle(shell, action, options, laurel),
        ),
      );
  }
}

async function settleThese(
  shell: Shell,
  action: MailAction,
  ids: readonly string[],
  { state, dryRun, json }: SettleOptions,
  { services }: Laurel,
): Promise<void> {
  if (state !== undefined) throw new InputError('mail-choice', 'name mails or give --state, not both');
  if (dryRun)
    return shell.printLine(json ? JSON.stringify({ matching: ids.length }) : `${plural(ids.length, 'mail')} named`);
  const { mails } = services;
  for (const id of ids) {
    await (action === 'retry' ? mails.retry(id) : mails.giveUp(id));
    await createAudit(services)('cli', action === 'retry' ? 'mail.retried' : 'mail.given-up', `credential:${id}`);
    shell.printLine(
      json ? JSON.stringify({ id, action }) : `${id} ${action === 'retry' ? 'is sent again' : 'is given up'}`,
    );
  }
}

async function settle(
  shell: Shell,
  action: MailAction,
  { state = 'failed', dryRun, wait, json = false }: SettleOptions,
  laurel: Laurel,
): Promise<void> {
  const { services } = laurel;
  const matching = await services.credentials.countCredentials({ mail: state });
  if (dryRun || matching === 0)
    return shell.printLine(json ? JSON.stringify({ matching }) : `${plural(matching, 'mail')} match`);
  const job = await services.jobs.request({
    kind: SETTLE_MAILS,
    title: `${action === 'retry' ? 'Retry' : 'Give up'} ${state} mails`,
    parameters: settleMailsParameters(action, state),
    requestedBy: 'cli',
  });
  const did = action === 'retry' ? 'mails.retried' : 'mails.given-up';
  await createAudit(services)('cli', did, `job:${job.id}`, { state });
  await followJob(shell, laurel, job, { wait, json });
}

function jsonOf({ id, configurationId, contextKey, username, mail }: Credential): string {
  return JSON.stringify({ id, configurationId, contextKey, username, mail });
}

function lineOf({ id, configurationId, username, mail }: Credential): string {
  const when = (mail?.sentAt ?? mail?.dueAt)?.toISOString() ?? 'waits';
  const facts = [id, mail?.state, when, mail?.attempts, configurationId, username, mail?.lastError?.code];
  return facts.filter((fact) => fact !== undefined).join('  ');
}
