/** `laurel dead-letters ...`: messages that could not be processed, from the command line. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import { maskBody } from '../../plugin/events/mask.ts';
import type { DeadLetterFilter, DeadLetterState, DeadLetterSummary } from '../../plugin/ports/dead-letters.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { Services } from '../http/services.ts';
import { endOf, jobState, printFailure } from './follow-job.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

interface FilterOptions {
  readonly reason?: string;
  readonly type?: string;
  /** Milliseconds. */
  readonly olderThan?: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PAGE = 200;

export function addDeadLettersCommands(program: Command, shell: Shell): void {
  const letters = program.command('dead-letters');

  withFilters(letters.command('list').description('print the dead letters, the latest first'))
    .addOption(
      new Option('--state <state>', 'in this state').choices(['open', 'replayed', 'discarded', 'any']).default('open'),
    )
    .option('--json', 'print JSON Lines')
    .action((options: FilterOptions & { state: DeadLetterState | 'any'; json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const filter = {
          ...filterOf(options, services.clock.now()),
          ...(options.state !== 'any' && { state: options.state }),
        };
        for (let after: string | undefined; ; ) {
          const page = await services.deadLetters.letters({ ...filter, after, limit: PAGE });
          for (const letter of page.items) shell.printLine(options.json ? JSON.stringify(letter) : lineOf(letter));
          if (page.next === null) return;
          after = page.next;
        }
      }),
    );

  letters
    .command('show')
    .description('print one dead letter and what a replay would do; what may name a person is masked')
    .argument('<id>', 'as `laurel dead-letters list` prints it')
    .option('--json', 'print one JSON object')
    .action((id: string, options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const letter = await services.deadLetters.letter(id);
        if (!letter) throw noSuchLetter(id);
        const { body, headers, ...facts } = letter;
        const forecast = letter.state === 'open' ? await services.replays.forecastLetter(id) : null;
        const payload = maskBody(services.environment.eventTypes.get(letter.eventType ?? ''), body);
        const shown = { ...facts, headerNames: Object.keys(headers).sort(), forecast, payload };
        if (options.json) return shell.printLine(JSON.stringify(shown));
        const { payload: _, ...rest } = shown;
        for (const [name, value] of Object.entries(rest))
          shell.printLine(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
        shell.printLine(payload ?? 'the body is not JSON; it is kept, and not shown');
      }),
    );

  withFilters(
    letters.command('replay').description('put dead letters through the pipeline again; what fails again stays open'),
  )
    .argument('[id...]', 'these only; without any, all open ones that match the options')
    .option('--dry-run', 'only print what it would do')
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: FilterOptions & { dryRun?: boolean; json?: boolean }) =>
      withLaurel(shell, async (laurel) => {
        const { services, replays } = laurel;
        await requireLetters(services, ids);
        const filter = chosen(ids, options, services.clock.now());
        if (options.dryRun) {
          const { total, counts, letters: looked } = await replays.forecast(filter, Number.POSITIVE_INFINITY);
          if (options.json) return shell.printLine(JSON.stringify({ total, counts, letters: looked }));
          for (const { id, forecast } of looked)
            shell.printLine(`${id}  ${forecast.outcome}  ${forecast.message ?? ''}`.trimEnd());
          return shell.printLine(`would replay ${total}: ${summary(counts)}; nothing was changed`);
        }
        const begun = await replays.begin(filter, 'cli');
        await createAudit(services)('cli', 'dead-letters.replayed', `job:${begun.job.id}`, { letters: begun.letters });
        const job = await endOf(shell, laurel, begun.job, { quiet: options.json ?? false });
        shell.printLine(
          options.json ? JSON.stringify(job) : `${jobState(job)}, replayed ${job.done}: ${summary(job.counts)}`,
        );
        printFailure(shell, job);
        if (job.state !== 'done' || (job.counts.failed ?? 0) > 0) shell.exitCode = 1;
      }),
    );

  withFilters(letters.command('discard').description('settle dead letters without replaying them'))
    .argument('[id...]', 'these only; without any, all open ones that match the options')
    .requiredOption('--note <text>', 'why they can go')
    .option('--dry-run', 'only print how many')
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: FilterOptions & { note: string; dryRun?: boolean; json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const { deadLetters, clock } = services;
        const note = options.note.trim();
        if (note === '') throw new InputError('note-missing', '--note must say why the dead letters can go');
        await requireLetters(services, ids);
        const filter = chosen(ids, options, clock.now());
        if (options.dryRun) {
          const count = await deadLetters.count({ ...filter, state: 'open' });
          return shell.printLine(
            options.json ? JSON.stringify({ count }) : `would discard ${count}; nothing was changed`,
          );
        }
        const count = await deadLetters.discard(filter, { at: clock.now(), by: 'cli', note });
        await createAudit(services)('cli', 'dead-letters.discarded', 'dead-letters', { letters: count, note });
        shell.printLine(options.json ? JSON.stringify({ count }) : `discarded ${count}`);
      }),
    );
}

function withFilters(command: Command): Command {
  return command
    .option('--reason <code>', 'that died of this, e.g. event.malformed')
    .option('--type <event type>', 'of this event type')
    .option('--older-than <time>', 'that died so long ago: 30m, 12h, 7d', duration);
}

function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = UNITS[unit];
  if (amount === undefined || ms === undefined)
    throw new InvalidArgumentError('write a number and s, m, h or d, like 12h.');
  return Number(amount) * ms;
}

function filterOf({ reason, type, olderThan = 0 }: FilterOptions, now: Date): Omit<DeadLetterFilter, 'state'> {
  return {
    ...(reason !== undefined && { reason }),
    ...(type !== undefined && { eventType: type }),
    diedUntil: new Date(now.getTime() - olderThan),
  };
}

function chosen(ids: readonly string[], options: FilterOptions, now: Date): Omit<DeadLetterFilter, 'state'> {
  return { ...filterOf(options, now), ...(ids.length > 0 && { ids }) };
}

function lineOf({ id, state, reason, eventType, attempts, diedAt }: DeadLetterSummary): string {
  return `${id}  ${diedAt.toISOString()}  ${state}  ${reason.code}  ${eventType ?? 'no type'}  ${attempts}`;
}

function summary({ applied = 0, unchanged = 0, ignored = 0, failed = 0 }: Readonly<Record<string, number>>): string {
  return `${applied} change progress, ${unchanged} were processed before, ${ignored} concern no rule, ${failed} fail`;
}

/** @throws NotFoundError for the first id that no letter has; one that is settled is there */
async function requireLetters({ deadLetters }: Pick<Services, 'deadLetters'>, ids: readonly string[]): Promise<void> {
  for (const id of ids) if ((await deadLetters.letter(id)) === null) throw noSuchLetter(id);
}

function noSuchLetter(id: string): NotFoundError {
  return new NotFoundError('dead-letter', `there is no dead letter ${id}; \`laurel dead-letters list\` prints the ids`);
}
