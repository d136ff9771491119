/** `laurel credentials schedule`: when a configuration runs by itself, to read and to set. */

import type { Command } from 'commander';
import { ConflictError, NotFoundError } from '../../plugin/errors.ts';
import type { Schedule } from '../../plugin/ports/credential-store.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { Services } from '../http/services.ts';
import { ruleText } from '../http/words/schedule-words.ts';
import { sourceTranslator } from '../i18n/translator.ts';
import { isAsWanted, setSchedule, storedDues, type WantedSchedule } from '../scheduler/set-schedule.ts';
import { readText } from './input.ts';
import type { Shell } from './shell.ts';
import { explainUsage, UsageError } from './usage.ts';
import { withLaurel } from './with-laurel.ts';

const TIMES_SHOWN = 5;

interface Options {
  readonly set?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly remove?: boolean;
  readonly json?: boolean;
}

export function addScheduleCommand(credentials: Command, shell: Shell): void {
  const command = credentials
    .command('schedule')
    .description('show when a configuration runs by itself, or set that')
    .argument('<configuration>', 'id of the configuration')
    .option('--set <file>', 'set the schedule from a JSON file as in the setup file; - is standard input')
    .option('--enable', 'switch the schedule on')
    .option('--disable', 'switch the schedule off')
    .option('--remove', 'remove the schedule: the configuration runs at its button only')
    .option('--json', 'print JSON')
    .action(async (configurationId: string, options: Options) => {
      if ([options.set, options.enable, options.disable, options.remove].filter(Boolean).length > 1)
        throw new UsageError('choose one of --set, --enable, --disable and --remove');
      const text = options.set === undefined ? null : await readText(shell, options.set);
      await withLaurel(shell, async ({ services }) => {
        const { credentials: store } = services;
        if ((await store.configuration(configurationId)) === null)
          throw new NotFoundError('configuration', `there is no configuration "${configurationId}"`);
        if (options.remove) await remove(services, configurationId);
        const wanted =
          text === null ? null : (await import('../configuration/credentials-setup-file.ts')).readScheduleText(text);
        const former = await store.schedule(configurationId);
        if (wanted !== null) await save(services, configurationId, wanted, former);
        else if (options.enable || options.disable) {
          if (former === null) throw noSchedule(configurationId);
          await save(services, configurationId, { ...former, enabled: options.enable === true }, former);
        }
        print(shell, await store.schedule(configurationId), services.clock.now(), options.json === true);
      });
    });
  explainUsage(command, {
    json: 'null, or configurationId, enabled, rule, oneOff, startAt, expiresAt, overlap, catchUp, deadlineMs, nextDueAt,\nwaiting, lastRunAt, lastSkipped, totalRuns, updatedAt',
    exits:
      '0 done, 2 wrong usage, 64 the schedule cannot be used or was changed in this moment,\n66 there is no such configuration or schedule, 69 the database is away',
    examples: [
      'credentials schedule demo-course-certificate',
      'credentials schedule demo-course-certificate --set schedule.json',
      'credentials schedule demo-course-certificate --disable',
    ],
  });
}

async function save(
  services: Services,
  configurationId: string,
  wanted: WantedSchedule,
  former: Schedule | null,
): Promise<void> {
  if (isAsWanted(wanted, former)) return;
  const schedule = setSchedule(configurationId, wanted, former, services.clock.now());
  if (!(await services.credentials.replaceSchedule(schedule, former)))
    throw new ConflictError('stale', 'somebody changed the schedule, or it ran, in this moment; try again');
  const { enabled, rule } = schedule;
  const facts = { enabled, rule: ruleText(rule) };
  await createAudit(services)('cli', 'schedule.saved', `configuration:${configurationId}`, facts);
}

async function remove(services: Services, configurationId: string): Promise<void> {
  if (!(await services.credentials.removeSchedule(configurationId))) throw noSchedule(configurationId);
  await createAudit(services)('cli', 'schedule.removed', `configuration:${configurationId}`, {});
}

function print(shell: Shell, schedule: Schedule | null, now: Date, asJson: boolean): void {
  if (asJson) {
    shell.printLine(JSON.stringify(schedule));
    return;
  }
  if (schedule === null) {
    shell.printLine('no schedule: it runs at its button only');
    return;
  }
  shell.printLine(`${ruleText(schedule.rule)}${schedule.enabled ? '' : ', switched off'}`);
  if (!schedule.enabled) return;
  const zone = schedule.rule.kind === 'crontab' ? schedule.rule.timeZone : 'UTC';
  for (const due of storedDues(schedule, now, TIMES_SHOWN))
    shell.printLine(`${due.toISOString().slice(0, 16)}Z  ${sourceTranslator().wallClock(due, zone)}`);
}

function noSchedule(configurationId: string): NotFoundError {
  return new NotFoundError('schedule', `configuration "${configurationId}" has no schedule; set one with --set`);
}
