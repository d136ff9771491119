/** The composition root: settings to stores, providers, use cases and processes. Nobody else calls their constructors. */

import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../dsl/index.ts';
import { createActivityTally } from '../plugin/activity/tally.ts';
import { createDispatcher, type DispatcherParts } from '../plugin/badges/dispatcher.ts';
import { createEventProcessor, type ProcessResult } from '../plugin/badges/process-event.ts';
import { createRuleFollower } from '../plugin/badges/replay/follow-rules.ts';
import { type Impact, planImpact } from '../plugin/badges/replay/impact.ts';
import { createRuleBook, type RuleBook } from '../plugin/badges/rule-book.ts';
import { createRuleChanges } from '../plugin/badges/rule-changes.ts';
import type { RulePlan } from '../plugin/badges/rule-plan.ts';
import { createRuleReader } from '../plugin/badges/rule-reader.ts';
import { createSettleEffects } from '../plugin/badges/settle-effects.ts';
import { type BadgeLine, toBadgeLine } from '../plugin/badges/simulate.ts';
import { createEventIntake } from '../plugin/badges/take-event.ts';
import { sweepAssetFiles } from '../plugin/credentials/assets.ts';
import {
  type CredentialRunner,
  createCredentialRunner,
  type RunnerParts,
} from '../plugin/credentials/credential-runner.ts';
import { createEligibility } from '../plugin/credentials/eligibility.ts';
import { createRunControl } from '../plugin/credentials/run-control.ts';
import { createReplays, type Replays } from '../plugin/dead-letters/replays.ts';
import { decodeCloudEvent } from '../plugin/events/decode.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import { createEventLogWriter } from '../plugin/events/event-log-writer.ts';
import type { Registered } from '../plugin/extensions/plugin-host.ts';
import { ExtensionRegistry } from '../plugin/extensions/registry.ts';
import { createJobRunner } from '../plugin/jobs/job-runner.ts';
import { createJobs } from '../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../plugin/ports/badge-provider.ts';
import type { Door } from '../plugin/ports/event-log.ts';
import type { Job } from '../plugin/ports/job-store.ts';
import { type EventPublisher, MemoryPublisher } from '../plugin/ports/outbound.ts';
import { type Clock, type Logger, systemClock } from '../plugin/ports/runtime.ts';
import type { SealedRecords } from '../plugin/ports/secret-box.ts';
import { createAccountDirectory } from '../plugin/providers/account-directory.ts';
import { createNoticeDesk } from '../plugin/providers/receive-notice.ts';
import { createTemplateSync } from '../plugin/providers/sync-templates.ts';
import {
  completionsAndGrades,
  courseCompletions,
  createPdfGeneration,
  createSmtpMailer,
  createThreadPool,
  providerNames,
  subsectionGrades,
} from '../providers/index.ts';
import { composeAccounts } from './accounts-setup.ts';
import { type Bus, openBus } from './amqp/bus.ts';
import { eventFromDeadLetter } from './amqp/dead-message.ts';
import { composeComparison } from './comparison-setup.ts';
import { localAddress, type Settings } from './config.ts';
import { composeCredentialLife } from './credential-life-setup.ts';
import { every } from './every.ts';
import { healthReport } from './health.ts';
import { createApp } from './http/app.ts';
import { createAudit } from './http/audit.ts';
import { auditedRules } from './http/audited-rules.ts';
import { createListActions } from './http/lists/act.ts';
import { allLists } from './http/lists/all.ts';
import type { Services } from './http/services.ts';
import { createOneTimeSignIn, signInLink } from './http/tokens.ts';
import { openTexts } from './i18n/texts.ts';
import { Lifecycle } from './lifecycle.ts';
import { listen } from './listen.ts';
import { openLms, openLmsSignIn, watchLms } from './lms-setup.ts';
import { openLmsTokens } from './lms-tokens.ts';
import {
  measuredConnect,
  measuredGeneration,
  measuredIntake,
  measuredMailer,
  measuredRuns,
} from './metrics/measure.ts';
import type { Meters } from './metrics/meters.ts';
import { composeMetrics } from './metrics-setup.ts';
import { MongoAnswerStore } from './mongo/answer-store.ts';
import { composeOpenBadges } from './open-badges-setup.ts';
import { packageVersion, projectPath } from './paths.ts';
import { addPluginFunctions, loadPlugins } from './plugins.ts';
import { createConnect, setUpProviders } from './provider-setup.ts';
import { composeReplay } from './replay-setup.ts';
import { composeRetiredPeople, composeRetirement, isAboutRetired } from './retirement-setup.ts';
import { createScheduler } from './scheduler/scheduler.ts';
import { createSecretBox } from './secret-box.ts';
import { deriveKey, loadSecretKey } from './secret-key.ts';
import { createStoreClock } from './store-clock.ts';
import { openStores, type Stores } from './stores.ts';
import { systemState } from './system-state.ts';

export type Role = 'web' | 'consumer' | 'dispatcher' | 'scheduler';

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
  /** Carries out a job here if it is due and no other process has it. @returns it when it has ended */
  carryOut(jobId: string): Promise<Job | null>;
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

/** How often a process looks whether the rules changed elsewhere. */
const RULES_POLL_MS = 2_000;
/** How long a count may wait before the dashboard can show it. */
const ACTIVITY_FLUSH_MS = 3_000;
/** How often files are looked for that no asset has any more. */
const SWEEP_MS = 3_600_000;
/** How often the clock of the machine is compared with that of the database. */
const CLOCK_POLL_MS = 60_000;
/** How often a process looks for reissues whose process is gone. */
const REISSUES_POLL_MS = 10_000;
/** How long a start waits for RabbitMQ before it goes on without. */
const BUS_PATIENCE_MS = 3_000;

/** @throws ConfigurationError, StoreError; what was opened before is closed again */
export async function compose(settings: Settings, options: ComposeOptions): Promise<Laurel> {
  const lifecycle = new Lifecycle(options.logger);
  try {
    return await composeParts(settings, options, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function composeParts(settings: Settings, options: ComposeOptions, lifecycle: Lifecycle): Promise<Laurel> {
  const { logger, roles, clock = systemClock, join: mayJoin = false } = options;
  const does = (role: Role): boolean => roles.includes(role);
  const secretKey = loadSecretKey(settings.secretKey, settings.dataDir);
  const plugins = await loadPlugins(settings.plugins, { taken: providerNames });
  const environment = ruleEnvironment({
    enabledEventTypes: settings.eventTypes === '*' ? null : settings.eventTypes,
    providers: [...providerNames, ...plugins.flatMap((plugin) => plugin.providers.map(({ name }) => name))],
  });
  const stores = await openStores(settings, { logger, lifecycle, join: mayJoin });

  if (roles.length > 0) await stores.events.keepFor(settings.eventRetentionDays);

  const tally = createActivityTally({ store: stores.activity, clock });
  lifecycle.onStop('activity', () => tally.flush());
  if (roles.length > 0)
    lifecycle.onStop(
      'activity in between',
      every(ACTIVITY_FLUSH_MS, () => tally.flush(), {
        logger,
        failed: 'what happened could not be added to the counts',
      }),
    );

  const metrics = await composeMetrics({ settings, roles, lifecycle, health: () => health() });
  const { meters } = metrics;

  const jobs = createJobs({
    store: stores.jobs,
    clock,
    ids: { uuid: randomUUID },
    onJob: () => jobRunner.nudge(),
  });
  const read = createRuleReader(environment);
  const follower = createRuleFollower({ jobs, read, clock, alone: stores.alone });
  const ruleBook = createRuleBook({ store: stores.badges, environment, clock, logger, follower });
  await ruleBook.refresh();
  if (roles.length > 0)
    lifecycle.onStop(
      'rules poll',
      every(RULES_POLL_MS, () => ruleBook.refresh(), { logger, failed: 'looking for changed rules failed' }),
    );

  const bus = roles.length > 0 ? await connectBus(settings, { logger, lifecycle }) : null;
  const publisher: EventPublisher = bus?.publisher ?? new MemoryPublisher();

  const secrets = createSecretBox(secretKey, settings.formerSecretKeys);
  const accountDirectory = createAccountDirectory({ store: stores.providers, secrets, clock, logger });
  const openBadges = composeOpenBadges({ stores, secrets, publicUrl: () => publicUrl, clock });
  const providers =
    options.providers ??
    setUpProviders({
      settings,
      stores,
      accounts: accountDirectory,
      secrets,
      openBadges,
      connect: measuredConnect(createConnect(settings, clock), meters),
      publicUrl: () => publicUrl,
      clock,
      logger,
      lifecycle,
      plugins,
      beside: mayJoin,
    });

  const accountsSetup = composeAccounts({ settings, stores, secrets, providers, jobs, clock, logger });

  const dispatcher = createDispatcher({
    progress: stores.progress,
    learners: stores.learners,
    providers,
    ...options.patience,
    publisher,
    badgeName: (badgeId) => ruleBook.badgeName(badgeId),
    clock,
    logger,
    onFailedAttempt: tally.failedCall,
  });
  const progressParts = {
    progress: stores.progress,
    clock,
    logger,
    ids: { uuid: randomUUID },
    latestVersion: async (badgeId: string) => {
      await ruleBook.refresh();
      return ruleBook.definitionVersion(badgeId);
    },
    onEffects: () => dispatcher.nudge(),
    onSaved: tally.progress,
  };
  const comparison = composeComparison({
    ...{ stores, secrets, providers, clock, logger },
    onEffects: dispatcher.nudge,
  });
  const replay = composeReplay({ stores, ruleBook, read, clock, progressParts });
  const processor = createEventProcessor({
    ...progressParts,
    learners: stores.learners,
    index: () => ruleBook.index(),
    definitionVersion: (badgeId) => ruleBook.definitionVersion(badgeId),
    catchUp: (learnerId, badgeId) => replay.catchUp(learnerId, [badgeId]),
  });
  const writer = createEventLogWriter({ log: stores.events, logger });
  lifecycle.onStop('event log', () => writer.stop());
  const retired = composeRetiredPeople({ stores, secretKey, formerSecretKeys: settings.formerSecretKeys, clock });
  const intake = measuredIntake(
    createEventIntake({
      processor: settings.badgesEnabled ? processor : null,
      writer,
      isRetired: retired.has,
      ruleRevision: () => ruleBook.revision(),
      latestRuleRevision: async () => {
        await ruleBook.refresh();
        return ruleBook.revision();
      },
      onOutdated: (event, result) => replay.catchUpWith(event, result),
      onRecorded: tally.event,
      clock,
      logger,
    }),
    meters,
  );

  const replays = createReplays({
    jobs,
    store: stores.deadLetters,
    decode: eventFromDeadLetter,
    process: (event) => intake.take(event, 'amqp'),
    index: () => ruleBook.index(),
    learners: stores.learners,
    progress: stores.progress,
    clock,
    logger,
  });

  const web = does('web') ? await listen({ port: settings.port, host: settings.host, lifecycle }) : null;
  const publicUrl = settings.publicUrl ?? localAddress({ port: web?.port ?? settings.port });

  const storeClock = createStoreClock({ ask: () => stores.database.time(), own: clock, logger });
  // a clock that was handed in is meant to count
  if (roles.length > 0 && options.clock === undefined) {
    await storeClock.compare();
    const failed = 'the clock of the database could not be asked';
    lifecycle.onStop(
      'clock',
      every(CLOCK_POLL_MS, () => storeClock.compare(), { logger, failed }),
    );
  }
  const lms = openLms(settings, logger);
  const lmsTokens = openLmsTokens(settings, clock);
  const records = lms?.records ?? stores.records;
  const lmsHealth = watchLms(lms, clock);
  const registry = extensionRegistry(settings, plugins, lifecycle, meters);
  const generation = {
    store: measuredRuns(stores.credentials, meters),
    files: stores.files,
    registry,
    records,
    clock: storeClock,
    logger,
    verifyUrl: (verifyId: string) => `${publicUrl}/verify/${verifyId}`,
    isRetired: retired.has,
    ...(options.patience?.leaseMs && { leaseMs: options.patience.leaseMs }),
  };
  const runner = createCredentialRunner(generation);
  lifecycle.onStop('credential runs', () => runner.stop());
  const mailer =
    settings.smtpUrl !== null && settings.mailFrom !== null
      ? measuredMailer(createSmtpMailer({ url: settings.smtpUrl, from: settings.mailFrom }), meters)
      : null;
  lifecycle.onStop('mail server', async () => mailer?.close());
  const texts = openTexts({
    ...{ defaultLanguage: settings.defaultLanguage, timeZone: settings.timeZone, folder: settings.localeDir },
  });
  for (const problem of texts.problems) logger.warn('a text of LAUREL_LOCALE_DIR is left out', { problem });
  const credentialLife = composeCredentialLife({
    ...generation,
    mailer,
    ...{ texts, mailLanguage: settings.mailLanguage },
    languageOf: (username) => stores.learners.languageOf(username),
    publicUrl: () => publicUrl,
    downloadBase: settings.downloadUrl,
    patience: options.patience,
  });

  const retirement = composeRetirement({
    ...{ stores, secretKey, formerSecretKeys: settings.formerSecretKeys, secrets, clock, jobs, providers },
    ...{ people: retired, settleMs: options.patience?.settleMs },
  });
  const jobRunner = createJobRunner({
    store: stores.jobs,
    kinds: [
      createSettleEffects({ progress: stores.progress, dispatcher }),
      createTemplateSync({ store: stores.providers, providers, secrets, clock }),
      ...replay.kinds,
      ...replays.kinds,
      ...accountsSetup.kinds,
      ...comparison.kinds,
      ...credentialLife.kinds,
      retirement.kind,
      createListActions(() => allLists(services)),
    ],
    clock,
    logger,
  });
  // After the job runner: a new secret of the settings asks for a job.
  if (roles.length > 0) await accountsSetup.prepare();
  if (roles.length > 0) await retirement.retirements.takeUp();

  let stopping = false;
  const health = () =>
    healthReport({
      database: stores.database,
      progress: stores.progress,
      deadLetters: stores.deadLetters,
      accounts: () => stores.providers.accounts(),
      clock,
      bus,
      lanes: dispatcher.lanes,
      lms: lmsHealth,
      mails: mailer && {
        failed: () => stores.credentials.countCredentials({ mail: 'failed' }),
        server: credentialLife.dispatcher.state,
      },
      stopping: () => stopping,
    });
  metrics.watch({ ...stores, bus, lanes: dispatcher.lanes, clock });
  const services: Services = {
    settings: {
      publicUrl,
      secureCookies: publicUrl.startsWith('https:'),
      trustedProxies: settings.trustedProxies,
      sessionSecret: deriveKey(secretKey, 'sessions'),
      ingestToken: settings.ingestToken,
      lmsRetirementUser: settings.lmsRetirementUser,
      maxBodyBytes: settings.maxBodyBytes,
      apiOrigins: settings.apiOrigins,
      version: packageVersion(),
    },
    clock,
    logger,
    texts,
    environment,
    hiddenKeyPaths: new Set(settings.hiddenKeyPaths),
    badges: stores.badges,
    progress: stores.progress,
    providers,
    providerStore: stores.providers,
    issuerStore: stores.issuer,
    openBadges,
    accounts: accountsSetup.accounts,
    events: stores.events,
    learners: stores.learners,
    credentials: stores.credentials,
    deadLetters: stores.deadLetters,
    replays,
    notices: createNoticeDesk({
      ...{ store: stores.providers, progress: stores.progress, providers, clock, logger },
      key: deriveKey(secretKey, 'webhooks'),
    }),
    files: stores.files,
    jobStore: stores.jobs,
    comparisonNotes: stores.replayScratch,
    jobs,
    carryOut: (jobId) => jobRunner.carryOut(jobId),
    foreseeRules: replay.foresee,
    access: stores.access,
    activity: stores.activity,
    installation: stores.installation,
    importRecords: (lines) => stores.records.importLines(lines, retired.has),
    lanes: dispatcher.lanes,
    isReceiving: () => (bus === null ? null : bus.status().consuming.connected && bus.status().subscribed !== false),
    sessions: stores.sessions,
    accountSessions: stores.accountSessions,
    rateLimits: stores.rateLimits,
    keptAnswers: new MongoAnswerStore(stores.database.connection, secrets),
    decodeCloudEvent: (value) => decodeCloudEvent(value),
    processEvent: async (event, door) => void (await intake.take(event, door)),
    saveBadge: (text, saving) => ruleBook.saveBadge(text, saving),
    checkBadge: (text) => ruleBook.checkBadge(text),
    ...auditedRules(
      createRuleChanges({ store: stores.badges, ruleBook, environment, clock, follower }),
      createAudit({ access: stores.access, clock }),
    ),
    badgeUpstreams: () => ruleBook.upstreams(),
    lmsTokens,
    lmsSignIn: openLmsSignIn(settings, { tokens: lmsTokens, publicUrl }),
    lms:
      lms && settings.lmsUrl !== null
        ? {
            url: settings.lmsUrl,
            completionSources: settings.lmsCompletionSources,
            gradeSources: settings.lmsGradeSources,
            check: lms.check,
          }
        : null,
    extensions: registry,
    eligibility: createEligibility({ store: stores.credentials, registry, records }),
    credentialLife: credentialLife.life,
    mails: credentialLife.mails,
    runControl: createRunControl({ store: stores.credentials, runner, clock: storeClock }),
    generateNow: (configurationId) => runner.runNow(configurationId, 'manual', storeClock.now()),
    retirements: retirement.retirements,
    retryEffect: dispatcher.retryEffect,
    giveUpEffect: dispatcher.giveUpEffect,
    health,
    systemState: () => systemState({ settings, stores, bus, roles, clock }),
    answered: metrics.answered,
  };

  if (does('dispatcher')) {
    dispatcher.start();
    lifecycle.onStop('dispatcher', () => dispatcher.stop());
    credentialLife.dispatcher.start();
    lifecycle.onStop('mails', () => credentialLife.dispatcher.stop());
    jobRunner.start();
    lifecycle.onStop('jobs', () => jobRunner.stop());
    lifecycle.onStop('refresh of badges', comparison.keepLooking(jobs, settings.badgeRefreshHours));
    lifecycle.onStop('look for outdated progress', replay.keepLooking(jobs, logger));
    lifecycle.onStop('look after accounts', accountsSetup.keepLooking());
  }
  if (does('scheduler')) {
    const scheduler = createScheduler({ store: stores.credentials, runner, clock: storeClock, logger });
    scheduler.start();
    lifecycle.onStop('scheduler', () => scheduler.stop());
    lifecycle.onStop(
      'former files of assets',
      every(SWEEP_MS, () => sweepFiles(stores, storeClock, logger), {
        ...{ logger, failed: 'looking for files that no asset has any more failed' },
      }),
    );
    lifecycle.onStop(
      'abandoned reissues',
      every(REISSUES_POLL_MS, () => credentialLife.takeOver(), {
        logger,
        failed: 'looking for abandoned reissues failed',
      }),
    );
  }
  if (does('consumer') && bus !== null && settings.badgesEnabled) {
    const consumer = bus.consume({
      prefetch: settings.amqpPrefetch,
      handle: (event) => services.processEvent(event, 'amqp'),
      onDeadEvent: (event, failure) => intake.giveUp(event, 'amqp', failure),
    });
    lifecycle.onStop('consumer', () => consumer.stop());
    const drain = bus.drain(async (message) => {
      if (!(await isAboutRetired(message, retired))) await stores.deadLetters.add(message);
    });
    lifecycle.onStop('dead letters', () => drain.stop());
  }
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
    ruleBook,
    runner,
    registry,
    process: (event, door) => intake.take(event, door),
    replays,
    sealedRecords: [accountsSetup.sealed, openBadges.sealed],
    settleEffects: () => dispatcher.runDue(),
    carryOut: (jobId) => jobRunner.carryOut(jobId),
    planImpact: (plan, since) => planImpact(plan, { since }, replay.parts),
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

async function connectBus(
  settings: Settings,
  { logger, lifecycle }: { readonly logger: Logger; readonly lifecycle: Lifecycle },
): Promise<Bus | null> {
  if (settings.amqpUrl === null) return null;
  const bus = await openBus({
    url: settings.amqpUrl,
    exchange: settings.amqpExchange,
    prefix: settings.amqpTopicPrefix,
    queue: settings.amqpQueue,
    shards: settings.amqpShards,
    eventTypes: settings.eventTypes === '*' ? null : settings.eventTypes,
    logger,
  });
  lifecycle.onStop('RabbitMQ', () => bus.close());
  const patience = new AbortController();
  const waited = new Promise<'late'>((resolve) => {
    const timer = setTimeout(() => resolve('late'), BUS_PATIENCE_MS);
    patience.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const ready = bus.ready();
  ready.catch(() => {});
  try {
    if ((await Promise.race([ready, waited])) === 'late') {
      logger.warn('RabbitMQ does not answer at AMQP_URL; going on without, it is tried again and again');
    }
  } finally {
    patience.abort();
  }
  return bus;
}

function extensionRegistry(
  { pdfThreads }: Settings,
  plugins: readonly Registered[],
  lifecycle: Lifecycle,
  meters: Meters,
): ExtensionRegistry {
  const threads = pdfThreads || Math.max(1, availableParallelism() - 1);
  const pdfEngine = createThreadPool({ threads, fontsFolder: projectPath('fonts') });
  lifecycle.onStop('PDF threads', () => pdfEngine.close());
  const registry = new ExtensionRegistry()
    .addRetrieval(courseCompletions)
    .addRetrieval(subsectionGrades)
    .addRetrieval(completionsAndGrades)
    .addGeneration(measuredGeneration(createPdfGeneration(pdfEngine), meters));
  addPluginFunctions(registry, plugins);
  return registry.freeze();
}

async function sweepFiles(stores: Stores, clock: Clock, logger: Logger): Promise<void> {
  const count = await sweepAssetFiles(stores.credentials, stores.files, clock.now());
  if (count > 0) logger.info('files that no asset has any more were removed', { count });
  const files = await stores.removeAbandonedFiles(clock.now());
  if (files > 0) logger.info('pieces of files whose writing was broken off were removed', { files });
}
