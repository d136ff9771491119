/** What a process does by itself, role by role, until it is stopped. */

import { sweepAssetFiles } from '../../plugin/credentials/assets.ts';
import type { JobRunner } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { RetiredPeople } from '../../plugin/privacy/retired-people.ts';
import type { Bus } from '../amqp/bus.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import type { AccountsSetup } from './accounts.ts';
import type { Badges } from './badges.ts';
import type { Credentials } from './credentials.ts';
import type { Foundation } from './foundation.ts';
import { isAboutRetired } from './retirement.ts';

/** How often files are looked for that no asset has any more. */
const SWEEP_MS = 3_600_000;
/** How often a process looks for reissues whose process is gone. */
const REISSUES_POLL_MS = 10_000;

/** Carries out what was decided: effects, mails and jobs, and asks for the jobs that nobody asks for. */
export function startDispatcher(
  { settings, lifecycle, logger }: Foundation,
  parts: {
    readonly badges: Badges;
    readonly credentials: Credentials;
    readonly jobs: Jobs;
    readonly jobRunner: JobRunner;
    readonly accounts: AccountsSetup;
  },
): void {
  const { jobs, jobRunner, accounts } = parts;
  const { dispatcher, comparison, replay } = parts.badges;
  const mails = parts.credentials.life.dispatcher;
  dispatcher.start();
  lifecycle.onStop('dispatcher', () => dispatcher.stop());
  mails.start();
  lifecycle.onStop('mails', () => mails.stop());
  jobRunner.start();
  lifecycle.onStop('refresh of badges', comparison.keepLooking(jobs, settings.badgeRefreshHours));
  lifecycle.onStop('look for outdated progress', replay.keepLooking(jobs, logger));
  lifecycle.onStop('look after accounts', accounts.keepLooking());
}

/** Makes credentials when they are due, and looks after what runs have left. */
export function startScheduler(foundation: Foundation, { runner, life }: Credentials): void {
  const { stores, clock, lifecycle, logger, repeat } = foundation;
  const scheduler = createScheduler({ store: stores.credentials, runner, clock, logger });
  scheduler.start();
  lifecycle.onStop('scheduler', () => scheduler.stop());
  repeat(
    'former files of assets',
    SWEEP_MS,
    () => sweepFiles(foundation),
    'looking for files that no asset has any more failed',
  );
  repeat('abandoned reissues', REISSUES_POLL_MS, life.takeOver, 'looking for abandoned reissues failed');
}

/** Takes events in from RabbitMQ, and keeps what nobody could process. */
export function startConsumer(
  { settings, stores, lifecycle }: Foundation,
  { bus, badges: { intake }, retired }: { readonly bus: Bus; readonly badges: Badges; readonly retired: RetiredPeople },
): void {
  const consumer = bus.consume({
    prefetch: settings.amqpPrefetch,
    handle: async (event) => void (await intake.take(event, 'amqp')),
    group: (events) => intake.group(events, 'amqp'),
    onDeadEvent: (event, failure) => intake.giveUp(event, 'amqp', failure),
  });
  lifecycle.onStop('consumer', () => consumer.stop());
  const drain = bus.drain(async (message) => {
    if (!(await isAboutRetired(message, retired))) await stores.deadLetters.add(message);
  });
  lifecycle.onStop('dead letters', () => drain.stop());
}

async function sweepFiles({ stores, clock, logger }: Foundation): Promise<void> {
  const count = await sweepAssetFiles(stores.credentials, stores.files, clock.now());
  if (count > 0) logger.info('files that no asset has any more were removed', { count });
  const files = await stores.removeAbandonedFiles(clock.now());
  if (files > 0) logger.info('pieces of files whose writing was broken off were removed', { files });
}
