/** `laurel events replay`: progress computed anew from the event log. */

import { type Command, InvalidArgumentError } from 'commander';
import { type Instant, toInstant } from '../../dsl/index.ts';
import { toReason } from '../../plugin/badges/reason.ts';
import {
  REPLAY,
  type ReplayRequest,
  replayRequest,
  resultOf,
  toParameters,
} from '../../plugin/badges/replay/replay-request.ts';
import type { Laurel } from '../compose.ts';
import { createAudit } from '../http/audit/audit.ts';
import { activeBadges, replayDetails, replayTitle } from '../http/words/replay-words.ts';
import { fullType } from './event-log.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import { impactLines, sampleLines } from './impact-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

interface ReplayCommandOptions {
  readonly from?: Instant;
  readonly to?: Instant;
  readonly type?: readonly string[];
  readonly badge?: readonly string[];
  readonly backfill?: boolean;
  readonly dryRun?: boolean;
  readonly learners?: boolean;
  readonly reason: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function addEventsReplay(events: Command, shell: Shell): void {
  events
    .command('replay')
    .description('ask the logged events of learners again and bring their progress up to date; safe at any time')
    .option('--badge <id...>', 'only these badges, and what waits for them; all active badges unless given')
    .option('--from <time>', 'only learners with events that happened at this time or later, e.g. 2026-03-01', instant)
    .option('--to <time>', 'only learners with events that happened before this time', instant)
    .option('--type <type...>', 'only learners with events of these types, in full or as the list prints them')
    .option('--backfill', 'count all these events, also those received while a badge was not active')
    .option('--dry-run', 'only tell who would gain or lose what')
    .option('--learners', 'name some of those who gain or lose a badge')
    .option('--reason <text>', 'why, for the record', '')
    .option('--no-wait', 'do not wait for the end: a running server carries it out')
    .option('--json', 'print the job as JSON')
    .action((options: ReplayCommandOptions) => withLaurel(shell, (laurel) => replay(shell, laurel, options)));
}

async function replay(shell: Shell, laurel: Laurel, options: ReplayCommandOptions): Promise<void> {
  const { services } = laurel;
  const badges = options.badge ? await activeBadges(options.badge, services) : null;
  const request: ReplayRequest = replayRequest({
    badges,
    membership: options.backfill ? 'backfill' : 'as-received',
    from: options.from ?? null,
    to: options.to ?? null,
    types: options.type?.map((type) => fullType(type, services)) ?? null,
    dryRun: options.dryRun ?? false,
  });
  const requested = await services.jobs.request({
    kind: REPLAY,
    title: replayTitle(request),
    parameters: toParameters(request),
    requestedBy: 'cli',
    reason: toReason(options.reason),
  });
  await createAudit(services)('cli', 'replay.requested', `job:${requested.id}`, replayDetails(request));
  const quiet = options.json ?? false;
  const job = options.wait ? await endOf(shell, laurel, requested, { quiet }) : requested;
  setExitCode(shell, job);
  if (options.json) return shell.printLine(JSON.stringify(job));
  shell.printLine(jobState(job));
  printFailure(shell, job);
  if (!options.wait) return;
  const result = resultOf(job.result);
  for (const line of impactLines(result, job.counts, { would: request.dryRun })) shell.printLine(line);
  if (options.learners) for (const line of await sampleLines(result, services)) shell.printLine(line);
}

export function instant(text: string): Instant {
  const found = toInstant(text);
  if (found === null) throw new InvalidArgumentError('Write it like 2026-03-01 or 2026-03-01T10:00:00Z.');
  return found;
}
