/** `laurel effects ...`: what is to happen outside and has not yet. */

import type { Command } from 'commander';
import { isEffect, openEffects } from '../../plugin/badges/effect-order.ts';
import {
  countMatching,
  SETTLE_EFFECTS,
  type Settlement,
  settleParameters,
} from '../../plugin/badges/settle-effects.ts';
import { InputError } from '../../plugin/errors.ts';
import type { EffectFilter } from '../../plugin/ports/progress-store.ts';
import { createAudit } from '../http/audit/audit.ts';
import { followJob } from './follow-job.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

const STATES = ['pending', 'failed'] as const;
const KINDS = ['award', 'publish-awarded', 'revoke', 'publish-revoked'] as const;
const BATCH = 200;

interface FilterOptions {
  readonly state?: string;
  readonly kind?: string;
  readonly at?: string;
  readonly error?: string;
}

export function addEffectsCommands(program: Command, shell: Shell): void {
  const effects = program.command('effects');

  filtered(effects.command('list'))
    .description('print the open effects that match, the latest change first')
    .option('--json', 'print JSON Lines')
    .action((options: FilterOptions & { json?: boolean }) =>
      withLaurel(shell, async ({ services: { progress } }) => {
        const filter = filterOf(options);
        for (let after: string | undefined; ; ) {
          const page = await progress.list({ effect: filter, after, limit: BATCH });
          for (const document of page.items) {
            for (const open of openEffects(document).filter((effect) => isEffect(effect, filter))) {
              const { learnerId, badgeId } = document;
              const due = open.dueAt?.toISOString() ?? 'waits';
              shell.printLine(
                options.json
                  ? JSON.stringify({ learnerId, badgeId, ...open })
                  : `${learnerId}  ${badgeId}  ${open.id.padEnd(18)}  ${open.state.padEnd(7)}  ${due}  ${open.lane}  ${open.error ?? ''}`.trimEnd(),
              );
            }
          }
          if (page.next === null) break;
          after = page.next;
        }
      }),
    );

  for (const [settlement, description] of [
    ['retry', 'try every open effect that matches again as soon as possible'],
    ['give-up', 'never try the open effects that match again; this cannot be undone'],
  ] as const) {
    filtered(effects.command(settlement))
      .description(description)
      .option('--dry-run', 'only print how many match')
      .option('--reason <text>', 'why, for the record')
      .option('--no-wait', 'do not wait for the end')
      .option('--json', 'print the job as JSON')
      .action((options: FilterOptions & SettleOptions) => settle(shell, settlement, options));
  }
}

interface SettleOptions {
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

function settle(shell: Shell, settlement: Settlement, options: FilterOptions & SettleOptions): Promise<void> {
  const filter = filterOf(options);
  return withLaurel(shell, async ({ services }) => {
    const matching = countMatching(await services.progress.effectGroups(), filter);
    if (options.dryRun || matching === 0) {
      shell.printLine(options.json ? JSON.stringify({ matching }) : `${plural(matching, 'effect')} match`);
      return;
    }
    const job = await services.jobs.request({
      kind: SETTLE_EFFECTS,
      title: `${settlement === 'retry' ? 'Retry' : 'Give up'} ${plural(matching, 'effect')}`,
      parameters: settleParameters(settlement, filter),
      requestedBy: 'cli',
      reason: options.reason ?? null,
    });
    const action = settlement === 'retry' ? 'effects.retried' : 'effects.given-up';
    await createAudit(services)('cli', action, `job:${job.id}`, { ...filter });
    await followJob(shell, { services }, job, { wait: options.wait, json: options.json ?? false });
  });
}

function filtered(command: Command): Command {
  return command
    .option('--state <state>', `only those that are ${STATES.join(' or ')}`)
    .option('--kind <kind>', `only ${KINDS.join(', ')}`)
    .option('--at <provider>', 'only those of this provider, e.g. credly; "(event bus)" for announcements')
    .option('--error <code>', 'only those whose last error has this code, e.g. provider.refused');
}

function filterOf({ state, kind, at, error }: FilterOptions): EffectFilter {
  return {
    ...(state === undefined ? {} : { state: oneOf(STATES, '--state', state) }),
    ...(kind === undefined ? {} : { kind: oneOf(KINDS, '--kind', kind) }),
    ...(at === undefined ? {} : { lane: at }),
    ...(error === undefined ? {} : { error }),
  };
}

function oneOf<Choice extends string>(choices: readonly Choice[], option: string, text: string): Choice {
  const choice = choices.find((one) => one === text);
  if (choice === undefined)
    throw new InputError('effect-filter', `${option} ${text} is not known; write one of ${choices.join(', ')}`);
  return choice;
}
