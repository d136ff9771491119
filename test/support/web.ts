/** A whole site on in-memory twins: the real app, the real domain, nothing else running. */

import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import session from 'express-session';
import supertest from 'supertest';
import { createActivityTally } from '../../plugin/activity/tally.ts';
import { createDispatcher, type Dispatcher } from '../../plugin/badges/dispatcher.ts';
import { createEventProcessor, type ProcessResult } from '../../plugin/badges/process-event.ts';
import { createRuleFollower } from '../../plugin/badges/replay/follow-rules.ts';
import { createRuleBook } from '../../plugin/badges/rule-book.ts';
import { createRuleChanges } from '../../plugin/badges/rule-changes.ts';
import { createRuleReader } from '../../plugin/badges/rule-reader.ts';
import { createSettleEffects } from '../../plugin/badges/settle-effects.ts';
import { createEventIntake } from '../../plugin/badges/take-event.ts';
import { createEligibility } from '../../plugin/credentials/eligibility.ts';
import { createRunControl } from '../../plugin/credentials/run-control.ts';
import { createReplays } from '../../plugin/dead-letters/replays.ts';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import { ruleEnvironment } from '../../plugin/events/environment.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { createEventLogWriter } from '../../plugin/events/event-log-writer.ts';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import { createJobRunner } from '../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../plugin/jobs/request-job.ts';
import type { Organisations } from '../../plugin/organisations/standing.ts';
import { MemoryFileStore } from '../../plugin/ports/asset-files.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import { MemoryBelongingStore } from '../../plugin/ports/belongings.ts';
import type { CredentialRun } from '../../plugin/ports/credential-store.ts';
import type { Door } from '../../plugin/ports/event-log.ts';
import { MemoryInstallationStore } from '../../plugin/ports/installation-store.ts';
import { MemoryLearnerRecords } from '../../plugin/ports/learner-records.ts';
import type { OutgoingMail } from '../../plugin/ports/mailer.ts';
import { MemoryActivityStore } from '../../plugin/ports/memory-activity-store.ts';
import { MemoryBadgeStore } from '../../plugin/ports/memory-badge-store.ts';
import { MemoryCredentialStore } from '../../plugin/ports/memory-credential-store.ts';
import { MemoryDeadLetterStore } from '../../plugin/ports/memory-dead-letters.ts';
import { MemoryEventLog } from '../../plugin/ports/memory-event-log.ts';
import { MemoryIssuerStore } from '../../plugin/ports/memory-issuer-store.ts';
import { MemoryJobStore } from '../../plugin/ports/memory-job-store.ts';
import { MemoryLearnerStore } from '../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../plugin/ports/memory-provider-store.ts';
import { MemoryReplayScratch } from '../../plugin/ports/memory-replay-scratch.ts';
import { MemoryPublisher } from '../../plugin/ports/outbound.ts';
import { MemoryRetirementStore } from '../../plugin/ports/retirement-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';
import { MemorySecretRescue } from '../../plugin/ports/secret-rescue.ts';
import { createRename } from '../../plugin/privacy/rename-job.ts';
import { createRetire } from '../../plugin/privacy/retire-job.ts';
import { createRetiredPeople } from '../../plugin/privacy/retired-people.ts';
import { createRetirements } from '../../plugin/privacy/retirements.ts';
import { createAccounts } from '../../plugin/providers/accounts.ts';
import { createNoticeDesk } from '../../plugin/providers/receive-notice.ts';
import { DifferenceNotes } from '../../plugin/providers/template-sync/notes.ts';
import { createTemplateSync } from '../../plugin/providers/template-sync/sync-job.ts';
import { completionsAndGrades, courseCompletions, type LearnerLine } from '../../providers/index.ts';
import { MemoryProvider } from '../../providers/memory/provider.ts';
import { OpenBadgesProvider } from '../../providers/openbadges/provider.ts';
import { OPEN_BADGES, OWN_ACCOUNT } from '../../providers/openbadges/template.ts';
import { eventFromDeadLetter } from '../../server/amqp/dead-message.ts';
import { composeComparison } from '../../server/composition/comparison.ts';
import { composeCredentialLife } from '../../server/composition/credential-life.ts';
import { composeOpenBadges } from '../../server/composition/open-badges.ts';
import { composeReplay } from '../../server/composition/replay.ts';
import { readSettings } from '../../server/config.ts';
import { MemoryAnswerStore } from '../../server/http/api/kept-answers.ts';
import { createApp } from '../../server/http/app.ts';
import { createAudit } from '../../server/http/audit/audit.ts';
import { createListActions } from '../../server/http/lists/act.ts';
import { listsFor } from '../../server/http/lists/all.ts';
import { MemoryAccessStore, type Role } from '../../server/http/people/access-store.ts';
import { MemoryAccountSessions } from '../../server/http/people/account-sessions.ts';
import { hashPassword } from '../../server/http/people/passwords.ts';
import { auditedRules } from '../../server/http/rules/audited-rules.ts';
import type { Services, WebSettings } from '../../server/http/services.ts';
import { openTexts } from '../../server/i18n/texts.ts';
import { createFindTorn } from '../../server/organisations/references.ts';
import { settingRows } from '../../server/settings/report.ts';
import { createTemplateImages } from '../../server/template-images.ts';
import { passingTracer } from '../../server/tracing/passing-tracer.ts';
import { HallProvider } from './account-world.ts';
import { fakeGeneration } from './credential-world.ts';
import { memoryTraces } from './memory-traces.ts';
import { unescaped } from './page-form.ts';
import { openSecretBox } from './secret-box.ts';
import { StandingLimits } from './standing-limits.ts';

export const PASSWORD = 'a long enough password';
export const INGEST_TOKEN = 'ingest-token-of-the-tests';

export interface Site {
  readonly app: Express;
  readonly services: Services & {
    readonly access: MemoryAccessStore;
    readonly belongings: MemoryBelongingStore;
    readonly progress: MemoryProgressStore;
    readonly events: MemoryEventLog;
    readonly learners: MemoryLearnerStore;
    readonly credentials: MemoryCredentialStore;
    readonly files: MemoryFileStore;
    readonly jobStore: MemoryJobStore;
    readonly comparisonNotes: MemoryReplayScratch;
    readonly deadLetters: MemoryDeadLetterStore;
    readonly providerStore: MemoryProviderStore;
    readonly providers: Map<string, BadgeProvider>;
    readonly issuerStore: MemoryIssuerStore;
  };
  /** The badge provider with accounts. */
  readonly hall: HallProvider;
  readonly dispatcher: Dispatcher;
  readonly provider: MemoryProvider;
  /** Seals what accounts hold. */
  readonly secrets: SecretBox;
  /** What was sent, in order. */
  readonly mailbox: readonly OutgoingMail[];
  /** Sends every mail that is due. */
  sendMails(): Promise<number>;
  /** Carries out every job that is due. */
  runJobs(): Promise<unknown>;
  /** What courses know of their learners. */
  readonly records: MemoryLearnerRecords;
  /** Every event that reached the pipeline. */
  readonly processed: LmsEvent[];
  /** Moves the clock of the services on. Nothing else ends a period in which something may be tried so often. */
  advance(ms: number): void;
  /** Sets the clock of the services, which goes on from there: for what depends on how long ago something was. */
  setClock(at: Date): void;
  /** A browser in which somebody of this role has signed in, limited to these organisations if any. */
  signIn(role: Role, organisations?: Organisations): Promise<Browser>;
  browser(): Browser;
}

export type Browser = ReturnType<typeof supertest.agent>;

const settings: WebSettings = {
  publicUrl: 'http://127.0.0.1',
  secureCookies: false,
  trustedProxies: 0,
  sessionSecret: 'only for tests',
  ingestToken: INGEST_TOKEN,
  lmsRetirementUser: 'retirement_service_worker',
  maxBodyBytes: 64 * 1024,
  apiOrigins: [],
  securityContacts: ['mailto:security@laurel.test'],
  version: '0.0.0-test',
  writing: { nameStyle: 'as-written', dateStyle: 'long', dateLanguage: 'en' },
};

/** @param changes replace single services, e.g. a store that is away */
export function makeSite(
  changes: Partial<Omit<Services, 'settings'>> & { readonly settings?: Partial<WebSettings> } = {},
): Site {
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const logger = silentLogger;
  const environment = ruleEnvironment({
    enabledEventTypes: null,
    providers: ['memory', 'openbadges', 'credly', 'hall'],
  });
  const badges = new MemoryBadgeStore();
  const progress = new MemoryProgressStore();
  const learners = new MemoryLearnerStore();
  const events = new MemoryEventLog();
  const credentials = new MemoryCredentialStore();
  const deadLetters = new MemoryDeadLetterStore();
  const access = new MemoryAccessStore();
  const belongings = new MemoryBelongingStore();
  const jobStore = new MemoryJobStore();
  const sessions = new session.MemoryStore();
  const provider = new MemoryProvider();
  const hall = new HallProvider();
  const secrets = openSecretBox();
  const providerStore = new MemoryProviderStore();
  const issuerStore = new MemoryIssuerStore();
  const openBadges = composeOpenBadges({
    ...{ stores: { issuer: issuerStore }, secrets, clock },
    publicUrl: () => settings.publicUrl,
  });
  const own = new OpenBadgesProvider({
    ...{ ...openBadges, store: issuerStore, clock },
    template: (id) => providerStore.template(OPEN_BADGES, OWN_ACCOUNT, id),
  });
  const providers = new Map<string, BadgeProvider>([provider, hall, own].map((one) => [one.name, one]));
  const jobs = createJobs({ store: jobStore, clock, ids: { uuid: () => randomUUID() } });
  const read = createRuleReader(environment);
  const follower = createRuleFollower({ jobs, read, clock, alone: true });
  const findTorn = createFindTorn({ belongings, providerStore });
  const rules = createRuleBook({ store: badges, environment, clock, logger, follower, findTorn });
  const activity = new MemoryActivityStore();
  const tally = createActivityTally({ store: activity, clock });
  const progressParts = { progress, clock, logger, ids: { uuid: () => randomUUID() }, onSaved: tally.progress };
  const replayScratch = new MemoryReplayScratch();
  const replay = composeReplay({
    stores: { events, learners, progress, badges, replayScratch },
    ...{ ruleBook: rules, read, clock, progressParts },
  });
  const pipeline = createEventProcessor({
    ...progressParts,
    learners,
    index: () => rules.index(),
    definitionVersion: (id) => rules.definitionVersion(id),
    catchUp: (learnerId, badgeId) => replay.catchUp(learnerId, [badgeId]),
  });
  const intake = createEventIntake({
    processor: pipeline,
    writer: createEventLogWriter({ log: events, logger }),
    ruleRevision: () => rules.revision(),
    onRecorded: tally.event,
    clock,
    logger,
  });
  const dispatcher = createDispatcher({
    progress,
    learners,
    clock,
    logger,
    providers,
    onFailedAttempt: tally.failedCall,
    onCall: tally.call,
    publisher: new MemoryPublisher(),
    badgeName: (id) => rules.badgeName(id),
  });
  const replays = createReplays({
    jobs,
    store: deadLetters,
    decode: eventFromDeadLetter,
    process: async (event) => (await pipeline.process([event]))[0] as ProcessResult,
    index: () => rules.index(),
    learners,
    progress,
    clock,
    logger,
  });
  const comparison = composeComparison({
    stores: { jobs: jobStore, learners, progress, providers: providerStore, replayScratch },
    ...{ secrets, providers, clock, logger },
  });
  const records = new MemoryLearnerRecords();
  const registry = new ExtensionRegistry()
    .addRetrieval(courseCompletions)
    .addRetrieval(completionsAndGrades)
    .addGeneration({ ...fakeGeneration(), name: 'pdf' })
    .freeze();
  const files = new MemoryFileStore();
  const texts = changes.texts ?? openTexts({ defaultLanguage: 'en', timeZone: 'UTC', folder: null });
  const mailbox: OutgoingMail[] = [];
  const credentialLife = composeCredentialLife({
    ...{ store: credentials, files, registry, records, clock, logger },
    mailer: { domain: 'example.org', send: async (mail) => void mailbox.push(mail), close() {} },
    ...{ texts, platformName: null, mailLanguage: null, languageOf: (username) => learners.languageOf(username) },
    publicUrl: () => settings.publicUrl,
    downloadBase: null,
  });
  const retirementParts = {
    store: new MemoryRetirementStore(),
    traces: memoryTraces({ learners, events, progress }),
    ...{ secrets, clock, settleMs: 0 },
  };
  const people = createRetiredPeople({ ...retirementParts, hashesOf: (text) => [`hash of ${text}`] });
  const jobRunner = createJobRunner({
    ...{ store: jobStore, clock, logger },
    kinds: [
      createSettleEffects({ progress, dispatcher }),
      ...createTemplateSync({
        ...{ store: providerStore, badges, progress, providers, secrets, clock, notes: new DifferenceNotes(files) },
      }),
      ...replay.kinds,
      ...replays.kinds,
      ...comparison.kinds,
      ...credentialLife.kinds,
      createRetire({ ...retirementParts, people, progress, providers }),
      createRename(retirementParts),
      createListActions((organisations) => listsFor(services, organisations)),
    ],
  });
  const processed: LmsEvent[] = [];
  const services = {
    clock,
    logger,
    texts,
    tracer: passingTracer,
    environment,
    hiddenKeyPaths: new Set(readSettings({}).hiddenKeyPaths),
    badges,
    progress,
    events,
    learners,
    credentials,
    access,
    belongings,
    activity: {
      between: async (...range: Parameters<MemoryActivityStore['between']>) => {
        await tally.flush();
        return activity.between(...range);
      },
      callsBetween: async (...range: Parameters<MemoryActivityStore['callsBetween']>) => {
        await tally.flush();
        return activity.callsBetween(...range);
      },
      lastSuccess: (word: string, from: Date) => activity.lastSuccess(word, from),
    },
    lanes: dispatcher.lanes,
    installation: new MemoryInstallationStore(),
    importRecords: async (lines: readonly LearnerLine[]) => {
      for (const line of lines) {
        if (line.kind === 'context') records.add(line.contextKey, line.name, []);
        else records.add(line.contextKey, (await records.contextName(line.contextKey)) ?? '', [line.learner]);
      }
      const contexts = lines.filter(({ kind }) => kind === 'context').length;
      return { contexts, learners: lines.length - contexts, retired: 0 };
    },
    isReceiving: () => null,
    jobStore,
    comparisonNotes: replayScratch,
    jobs,
    carryOut: (jobId: string) => jobRunner.carryOut(jobId),
    foreseeRules: replay.foresee,
    recount: replay.recount,
    deadLetters,
    providers,
    providerStore,
    issuerStore,
    templateImages: createTemplateImages({ files, clock, logger, fetchPicture: async () => null }),
    openBadges,
    accounts: createAccounts({
      ...{ store: providerStore, secrets, rescue: new MemorySecretRescue(), providers, clock, logger },
      ids: { uuid: () => randomUUID() },
      onNewSecret: async () => {},
      sleep: async () => {},
    }),
    replays,
    notices: createNoticeDesk({ store: providerStore, progress, providers, clock, logger, key: 'only for tests' }),
    files,
    sessions,
    accountSessions: new MemoryAccountSessions(sessions, clock),
    rateLimits: new StandingLimits(() => offsetMs),
    keptAnswers: new MemoryAnswerStore(),
    decodeCloudEvent: (value: unknown) => decodeCloudEvent(value),
    processEvent: async (event: LmsEvent, door: Door) => {
      processed.push(event);
      await intake.take(event, door);
    },
    saveBadge: rules.saveBadge,
    checkBadge: rules.checkBadge,
    badgeUpstreams: rules.upstreams,
    ...auditedRules(
      createRuleChanges({
        ...{ store: badges, ruleBook: rules, environment, clock, follower, findTorn },
        templates: { providers, store: providerStore },
      }),
      createAudit({ access, clock }),
    ),
    credentialLife: credentialLife.life,
    mails: credentialLife.mails,
    generateNow: (configurationId: string) => recordRun(credentials, configurationId, clock.now()),
    runControl: createRunControl({
      store: credentials,
      clock,
      // runs are recorded and opened here, and carried out nowhere
      runner: {
        runNow: (configurationId, trigger, dueAt) => recordRun(credentials, configurationId, dueAt, trigger),
        takeOverAbandoned: async () => 0,
      },
    }),
    retirements: createRetirements({ ...retirementParts, people, jobs, jobStore, newId: () => randomUUID() }),
    retryEffect: dispatcher.retryEffect,
    giveUpEffect: dispatcher.giveUpEffect,
    lms: null,
    extensions: registry,
    lmsTokens: null,
    lmsSignIn: null,
    eligibility: createEligibility({ store: credentials, registry, records }),
    health: async () => ({
      status: 'degraded' as const,
      checks: {
        database: { status: 'ok' as const, message: 'answers' },
        broker: { status: 'off' as const, message: 'AMQP_URL is not set: events come in by HTTP and from files' },
        dispatcher: { status: 'degraded' as const, message: '1 effect has failed and waits for a person' },
      },
    }),
    systemState: async () => ({
      facts: [
        { name: 'clock', value: 'agrees with that of the database', isTrouble: false },
        { name: 'effects', value: 'the oldest is due for 700 s', isTrouble: true },
      ],
      queues: [{ queue: 'laurel.events', messages: 3, consumers: 1 }],
      settings: settingRows({ PORT: '9000' }),
    }),
    ...changes,
    settings: { ...settings, ...changes.settings },
  } as Site['services'];
  const app = createApp(services);
  const browser = () => supertest.agent(app);
  return {
    app,
    services,
    dispatcher,
    provider,
    secrets,
    hall,
    processed,
    records,
    mailbox,
    sendMails: () => credentialLife.dispatcher.runDue(),
    runJobs: () => jobRunner.runDue(),
    browser,
    advance: (ms) => {
      offsetMs += ms;
    },
    setClock: (at) => {
      offsetMs = at.getTime() - Date.now();
    },
    signIn: async (role, organisations = []) => {
      await createAccount(services, role, organisations);
      const agent = browser();
      const answer = await submit(agent, '/sign-in', '/sign-in', { name: role, password: PASSWORD });
      if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
      return agent;
    },
  };
}

/** An account named like its role; the hash is cheap, so that tests are. */
async function createAccount({ access }: Site['services'], role: Role, organisations: Organisations): Promise<void> {
  await access.createAccount({
    id: randomUUID(),
    name: role,
    role,
    passwordHash: await hashPassword(PASSWORD, { logN: 4, blockSize: 8, parallel: 1 }),
    lmsUsername: null,
    disabledAt: null,
    createdAt: new Date('2026-11-01T08:00:00Z'),
    organisations,
  });
}

async function recordRun(
  credentials: MemoryCredentialStore,
  configurationId: string,
  now: Date,
  trigger: CredentialRun['trigger'] = 'manual',
): Promise<string> {
  const id = randomUUID();
  await credentials.createRun({
    id,
    configurationId,
    trigger,
    dueAt: now,
    state: 'running',
    fence: 1,
    leaseUntil: new Date(now.getTime() + 60_000),
    startedAt: now,
    finishedAt: null,
    counts: { seen: 0, eligible: 0, generated: 0, skipped: 0, failed: 0 },
    error: null,
    checkpoint: null,
  });
  return id;
}

/** Loads a page and sends its form, with the token that is in it. */
export async function submit(
  browser: Browser,
  page: string,
  action: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<supertest.Response> {
  const { text } = await browser.get(page);
  return browser
    .post(action)
    .type('form')
    .send({ _csrf: csrfOf(text), ...openedOf(text, action), ...fields });
}

/** What the form with this action says it was made from, if it does. */
export function openedOf(html: string, action: string): { readonly opened?: string } {
  const start = html.indexOf(` action="${action}"`);
  const form = start < 0 ? '' : html.slice(start, html.indexOf('</form>', start));
  const opened = /name="opened" value="([^"]*)"/.exec(form)?.[1];
  return opened === undefined ? {} : { opened: unescaped(opened) };
}

export function csrfOf(html: string): string {
  return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

/** What a person reads: the text of a page without its tags. */
export function textOf(html: string): string {
  return html
    .replace(/<(head|svg)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll('<wbr>', '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}
