/** The composition root: makes of the settings everything a process or a command needs, in the order in which one part stands on
 *  another. The parts are in `composition/`; nobody else calls constructors of adapters. */

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../dsl/index.ts';
import type { DispatcherParts } from '../plugin/badges/dispatcher.ts';
import type { ProcessResult } from '../plugin/badges/process-event.ts';
import { type Impact, planImpact } from '../plugin/badges/replay/impact.ts';
import type { RuleBook } from '../plugin/badges/rule-book.ts';
import type { RulePlan } from '../plugin/badges/rule-plan.ts';
import { createSettleEffects } from '../plugin/badges/settle-effects.ts';
import { type BadgeLine, toBadgeLine } from '../plugin/badges/simulate.ts';
import type { CredentialRunner, RunnerParts } from '../plugin/credentials/credential-runner.ts';
import type { Replays } from '../plugin/dead-letters/replays.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import type { ExtensionRegistry } from '../plugin/extensions/registry.ts';
import { createJobRunner } from '../plugin/jobs/job-runner.ts';
import { createJobs } from '../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../plugin/ports/badge-provider.ts';
import type { Door } from '../plugin/ports/event-log.ts';
import type { Job } from '../plugin/ports/job-store.ts';
import { type Clock, type Logger, systemClock } from '../plugin/ports/runtime.ts';
import type { SealedRecords } from '../plugin/ports/secret-box.ts';
import { createAccountDirectory } from '../plugin/providers/account-directory.ts';
import { DifferenceNotes } from '../plugin/providers/template-sync/notes.ts';
import { createTemplateSync } from '../plugin/providers/template-sync/sync-job.ts';
import { composeAccounts } from './composition/accounts.ts';
import { composeBadges } from './composition/badges.ts';
import { connectBus } from './composition/bus.ts';
import { composeCredentials } from './composition/credentials.ts';
import { type Beginning, layFoundation, type Role } from './composition/foundation.ts';
import { openLms, watchLms } from './composition/lms.ts';
import { composeMetrics } from './composition/metrics.ts';
import { composeOpenBadges } from './composition/open-badges.ts';
import { startConsumer, startDispatcher, startScheduler } from './composition/processes.ts';
import { createConnect, setUpProviders } from './composition/providers.ts';
import { composeRetiredPeople, composeRetirement } from './composition/retirement.ts';
import { composeRules } from './composition/rules.ts';
import { composeServices } from './composition/services.ts';
import type { Stores } from './composition/stores.ts';
import { localAddress, type Settings } from './config.ts';
import { healthReport } from './health.ts';
import { createApp } from './http/app.ts';
import { createListActions } from './http/lists/act.ts';
import { listsFor } from './http/lists/all.ts';
import { createOneTimeSignIn, signInLink } from './http/people/tokens.ts';
import type { Services } from './http/services.ts';
import { Lifecycle } from './lifecycle.ts';
import { listen } from './listen.ts';
import { measuredConnect, measuredJobs } from './metrics/measure.ts';

export type { Role } from './composition/foundation.ts';

export interface ComposeOptions {
  readonly logger: Logger;
  /** What this process does by itself; none for a command that only uses the parts. */
  readonly roles: readonly Role[];
  readonly clock?: Clock;
  /** Work beside a running server that holds the embedded store; without one, hold it for the time of the command. */
  readonly join?: boolean;
  /** In place of the badge providers of the settings. */
  readonly providers?: ReadonlyMap<string, BadgeProvider>;
  /** In place of the usual patience with providers and the bus, and with the silence of a process that makes credentials. */
  readonly patience?: Pick<DispatcherParts, 'policy' | 'breakerPolicy'> &
    Pick<RunnerParts, 'leaseMs'> & { readonly settleMs?: number };
}

export interface Laurel {
  readonly settings: Settings;
  readonly services: Services;
  readonly stores: Stores;
  readonly ruleBook: RuleBook;
  readonly runner: CredentialRunner;
  readonly registry: ExtensionRegistry;
  readonly replays: Replays;
  /** Everything that holds sealed secrets. */
  readonly sealedRecords: readonly SealedRecords[];
  /** The pipeline of every door, with what became of the event. */
  process(event: LmsEvent, door: Door): Promise<ProcessResult>;
  /** Carries out a job here if it is due and no other process has it. @param until when aborted, it is given back
   *  @returns it when it has ended */
  carryOut(jobId: string, until?: AbortSignal): Promise<Job | null>;
  /** What a plan would mean for the learners on record; null: it touches no active badge. */
  planImpact(plan: RulePlan, since: Instant | null): Promise<Impact | null>;
  /** Carries out every effect that is due. @returns the attempts made */
  settleEffects(): Promise<number>;
  /** What tools report for one learner, from the database; an unknown learner has none. */
  badgeLines(username: string): Promise<readonly BadgeLine[]>;
  /** A link for the first administrator; null when there is one already. */
  firstSignIn(): Promise<string | null>;
  /** Ends what is in progress, closes everything; safe to call twice. */
  stop(): Promise<void>;
}

/** @throws ConfigurationError, StoreError; what was opened before is closed again */
export async function compose(settings: Settings, options: ComposeOptions): Promise<Laurel> {
  const { logger, roles, clock = systemClock, join = false } = options;
  const lifecycle = new Lifecycle(logger);
  try {
    return await composeParts({ settings, roles, clock, logger, lifecycle, join }, options);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function composeParts(
  beginning: Beginning,
  options: Pick<ComposeOptions, 'providers' | 'patience'>,
): Promise<Laurel> {
  const { settings, roles, logger, lifecycle } = beginning;
  const { patience } = options;
  const does = (role: Role): boolean => roles.includes(role);
  const foundation = await layFoundation(beginning);
  const { stores, secretKey, secrets, plugins, tracer, clock } = foundation;
  const metrics = await composeMetrics({ settings, roles, lifecycle, health: () => health() });
  const { meters } = metrics;

  const jobs = createJobs({
    ...{ store: stores.jobs, clock, tracer, ids: { uuid: randomUUID } },
    onJob: () => jobRunner.nudge(),
  });
  const rules = await composeRules(foundation, jobs);
  const bus = await connectBus(foundation);

  const openBadges = composeOpenBadges({ stores, secrets, publicUrl: () => publicUrl, clock });
  const providers =
    options.providers ??
    setUpProviders({
      ...{ settings, stores, secrets, openBadges, clock, logger, lifecycle, plugins },
      accounts: createAccountDirectory({ store: stores.providers, secrets, clock, logger }),
      connect: measuredConnect(createConnect(settings, clock, tracer), meters),
      publicUrl: () => publicUrl,
    });
  const accounts = composeAccounts({ settings, stores, secrets, providers, jobs, clock, logger });
  const people = { stores, secrets, secretKey, formerSecretKeys: settings.formerSecretKeys, clock };
  const retired = await composeRetiredPeople({ ...people, keepsKeys: roles.length > 0, logger });
  const badges = composeBadges(foundation, { rules, jobs, bus, providers, retired, meters, patience });

  const web = does('web') ? await listen({ port: settings.port, host: settings.host, lifecycle }) : null;
  const publicUrl = settings.publicUrl ?? localAddress({ port: web?.port ?? settings.port });

  const lms = openLms(settings, logger, tracer);
  const records = lms?.records ?? stores.records;
  const credentials = composeCredentials(foundation, { records, retired, publicUrl, meters, patience });
  const retirement = composeRetirement({
    ...{ ...people, people: retired, jobs, providers, settleMs: patience?.settleMs },
  });

  const jobRunner = createJobRunner({
    store: measuredJobs(stores.jobs, meters),
    kinds: [
      createSettleEffects({ progress: stores.progress, dispatcher: badges.dispatcher }),
      ...createTemplateSync({
        ...{ store: stores.providers, badges: stores.badges, progress: stores.progress, providers, secrets, clock },
        notes: new DifferenceNotes(stores.files),
      }),
      ...badges.replay.kinds,
      ...badges.replays.kinds,
      ...accounts.kinds,
      ...badges.comparison.kinds,
      ...credentials.life.kinds,
      ...retirement.kinds,
      createListActions((organisations) => listsFor(services, organisations)),
    ],
    clock,
    logger,
    tracer,
  });
  // After the job runner: a new secret of the settings asks for a job.
  if (roles.length > 0) await accounts.prepare();
  if (roles.length > 0) await retirement.retirements.takeUp();

  let stopping = false;
  const lmsHealth = watchLms(lms, clock);
  const { lanes } = badges.dispatcher;
  const health = () =>
    healthReport({
      ...{ database: stores.database, progress: stores.progress, deadLetters: stores.deadLetters },
      accounts: () => stores.providers.accounts(),
      ...{ clock, bus, lanes, lms: lmsHealth },
      mails: credentials.mailer && {
        failed: () => stores.credentials.countCredentials({ mail: 'failed' }),
        server: credentials.life.dispatcher.state,
      },
      stopping: () => stopping,
    });
  metrics.watch({ ...stores, bus, lanes, clock });
  const services = composeServices(foundation, {
    ...{ publicUrl, rules, badges, credentials, providers, openBadges, jobs, jobRunner },
    ...{ retired, lms, bus, metrics, health },
    accounts: accounts.accounts,
    retirements: retirement.retirements,
  });

  if (does('dispatcher')) startDispatcher(foundation, { badges, credentials, jobs, jobRunner, accounts });
  // where it was not started, somebody may have asked for one job
  lifecycle.onStop('jobs', () => jobRunner.stop());
  if (does('scheduler')) startScheduler(foundation, credentials);
  if (does('consumer') && bus !== null && settings.badgesEnabled) startConsumer(foundation, { bus, badges, retired });
  if (web !== null) {
    web.serve(createApp(services));
    // Last opened, first closed: everything works until load balancers have noticed.
    lifecycle.onStop('delay of the stop', () => {
      web.sendElsewhere();
      return pause(settings.stopDelaySeconds * 1_000);
    });
  }

  return {
    settings,
    services,
    stores,
    ruleBook: rules.ruleBook,
    runner: credentials.runner,
    registry: credentials.registry,
    process: (event, door) => badges.intake.take(event, door),
    replays: badges.replays,
    sealedRecords: [accounts.sealed, openBadges.sealed, ...retirement.sealed],
    settleEffects: () => badges.dispatcher.runDue(),
    carryOut: (jobId, until) => jobRunner.carryOut(jobId, until),
    planImpact: (plan, since) => planImpact(plan, { since }, badges.replay.parts),
    async badgeLines(username) {
      const learner = await stores.learners.findByUsername(username);
      if (learner === null) return [];
      const all = await stores.progress.ofLearner(learner.id);
      return all
        .filter(({ evaluated }) => !evaluated)
        .map(({ badgeId, outcome }) => toBadgeLine(learner.username, badgeId, outcome));
    },
    async firstSignIn() {
      if ((await stores.access.accounts()).length > 0) return null;
      return signInLink(publicUrl, await createOneTimeSignIn(services));
    },
    stop() {
      stopping = true;
      return lifecycle.stop();
    },
  };
}
