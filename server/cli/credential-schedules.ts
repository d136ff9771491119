/** `laurel credentials schedules`: all of them, and many switched at once. */

import type { Command } from 'commander';
import { createAudit } from '../http/audit/audit.ts';
import { ruleText } from '../http/words/schedule-words.ts';
import { SCHEDULE_SWITCHES, type Switched, switchSchedules } from '../scheduler/switch-schedules.ts';
import type { Shell } from './shell.ts';
import { explainUsage, UsageError } from './usage.ts';
import { withLaurel } from './with-laurel.ts';

const DESCRIPTIONS = {
  enable: 'switch schedules on; what they missed is not caught up',
  disable: 'switch schedules off; runs that are going go on',
  toggle: 'switch each schedule to what it is not',
} as const;

const WORDS: Readonly<Record<Switched['result'], string>> = {
  enabled: 'enabled',
  disabled: 'disabled',
  same: 'was so already',
  none: 'has no schedule',
  stale: 'was changed by somebody else in this moment; try again',
  refused: 'cannot be enabled',
};

export function addSchedulesCommands(credentials: Command, shell: Shell): void {
  const schedules = credentials.command('schedules').description('all schedules: list, enable, disable, toggle');

  const list = schedules
    .command('list')
    .description('print every schedule and when it is due next')
    .option('--json', 'print JSON Lines')
    .action((options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        for (const schedule of await services.credentials.schedules()) {
          const { configurationId, enabled, nextDueAt, rule, totalRuns } = schedule;
          const next = enabled ? `next ${nextDueAt?.toISOString().slice(0, 16)}Z` : 'off';
          shell.printLine(
            options.json
              ? JSON.stringify(schedule)
              : `${configurationId}  ${next}  ${ruleText(rule)}  ${totalRuns} runs so far`,
          );
        }
      }),
    );
  explainUsage(list, {
    json: 'as of "credentials schedule", one a line',
    exits: '0 done, 69 the database is away',
    examples: ['credentials schedules list'],
  });

  for (const wanted of SCHEDULE_SWITCHES) {
    const command = schedules
      .command(wanted)
      .description(DESCRIPTIONS[wanted])
      .argument('[configurations...]', 'their ids')
      .option('--all', 'every schedule there is')
      .option('--json', 'print JSON Lines')
      .action((ids: string[], options: { all?: boolean; json?: boolean }) => {
        if (ids.length === 0 ? !options.all : options.all)
          throw new UsageError('give the ids of configurations, or --all');
        return withLaurel(shell, async ({ services }) => {
          const { credentials: store, clock } = services;
          const all = options.all ? await store.schedules() : [];
          const chosen = options.all ? all.map(({ configurationId }) => configurationId) : ids;
          const audit = createAudit(services);
          for (const one of await switchSchedules(chosen, wanted, { store, now: clock.now() })) {
            const { configurationId, result, reason } = one;
            if (result === 'enabled' || result === 'disabled')
              await audit('cli', 'schedule.saved', `configuration:${configurationId}`, {
                enabled: result === 'enabled',
              });
            else if (result !== 'same') shell.exitCode = 1;
            shell.printLine(
              options.json
                ? JSON.stringify(one)
                : `${configurationId}  ${WORDS[result]}${reason === null ? '' : `: ${reason}`}`,
            );
          }
        });
      });
    explainUsage(command, {
      json: 'configurationId, result (enabled, disabled, same, none, stale, refused), reason',
      exits: '0 done, 1 some could not be switched, 2 wrong usage, 69 the database is away',
      examples: [`credentials schedules ${wanted} demo-course-certificate`, `credentials schedules ${wanted} --all`],
    });
  }
}
