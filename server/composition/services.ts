/** What pages and the API are given. */

import { createRuleChanges } from '../../plugin/badges/rule-changes.ts';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import type { JobRunner } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { RetiredPeople } from '../../plugin/privacy/retired-people.ts';
import type { Retirements } from '../../plugin/privacy/retirements.ts';
import type { Accounts } from '../../plugin/providers/accounts.ts';
import { createNoticeDesk } from '../../plugin/providers/receive-notice.ts';
import { createPictureFetch, type Lms } from '../../providers/index.ts';
import type { Bus } from '../amqp/bus.ts';
import type { Settings } from '../config.ts';
import { createAudit } from '../http/audit/audit.ts';
import { auditedRules } from '../http/rules/audited-rules.ts';
import type { HealthReport, RuleServices, Services, WebSettings } from '../http/services.ts';
import { openLmsTokens } from '../lms-tokens.ts';
import { MongoAnswerStore } from '../mongo/answer-store.ts';
import { packageVersion } from '../paths.ts';
import { deriveKey } from '../secret-key.ts';
import { systemState } from '../system-state.ts';
import { createTemplateImages } from '../template-images.ts';
import type { Badges } from './badges.ts';
import type { Credentials } from './credentials.ts';
import type { Foundation } from './foundation.ts';
import { openLmsSignIn } from './lms.ts';
import type { Metrics } from './metrics.ts';
import type { OpenBadges } from './open-badges.ts';
import type { Rules } from './rules.ts';

export interface ServicesParts {
  readonly publicUrl: string;
  readonly rules: Rules;
  readonly badges: Badges;
  readonly credentials: Credentials;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly accounts: Accounts;
  readonly openBadges: OpenBadges;
  readonly jobs: Jobs;
  readonly jobRunner: JobRunner;
  readonly retired: RetiredPeople;
  readonly retirements: Retirements;
  readonly lms: Lms | null;
  readonly bus: Bus | null;
  readonly metrics: Metrics;
  health(): Promise<HealthReport>;
}

export function composeServices(foundation: Foundation, parts: ServicesParts): Services {
  const { settings, roles, secretKey, secrets, environment, stores, clock, logger, tracer } = foundation;
  const { publicUrl, rules, badges, credentials, providers, jobRunner, lms, bus } = parts;
  const { ruleBook } = rules;
  const { dispatcher, intake } = badges;
  const { progress } = stores;
  const lmsTokens = openLmsTokens(settings, clock);
  return {
    settings: webSettings(foundation, publicUrl),
    clock,
    logger,
    tracer,
    texts: foundation.texts,
    environment,
    hiddenKeyPaths: new Set(settings.hiddenKeyPaths),
    badges: stores.badges,
    progress,
    providers,
    providerStore: stores.providers,
    issuerStore: stores.issuer,
    templateImages: createTemplateImages({
      ...{ files: stores.files, clock, logger },
      fetchPicture: createPictureFetch({ internalHosts: settings.internalHosts, tracer }),
    }),
    openBadges: parts.openBadges,
    accounts: parts.accounts,
    events: stores.events,
    learners: stores.learners,
    credentials: stores.credentials,
    deadLetters: stores.deadLetters,
    replays: badges.replays,
    notices: createNoticeDesk({
      ...{ store: stores.providers, progress, providers, clock, logger },
      key: deriveKey(secretKey, 'webhooks'),
    }),
    files: stores.files,
    jobStore: stores.jobs,
    comparisonNotes: stores.replayScratch,
    jobs: parts.jobs,
    carryOut: (jobId) => jobRunner.carryOut(jobId),
    foreseeRules: badges.replay.foresee,
    recount: badges.replay.recount,
    access: stores.access,
    belongings: stores.belongings,
    activity: stores.activity,
    installation: stores.installation,
    importRecords: (lines) => stores.records.importLines(lines, parts.retired.has),
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
    ...ruleServices(foundation, rules, providers),
    badgeUpstreams: () => ruleBook.upstreams(),
    lmsTokens,
    lmsSignIn: openLmsSignIn(settings, { tokens: lmsTokens, publicUrl, tracer }),
    lms: lmsServices(settings, lms),
    extensions: credentials.registry,
    eligibility: credentials.eligibility,
    credentialLife: credentials.life.life,
    mails: credentials.life.mails,
    runControl: credentials.runControl,
    generateNow: (configurationId) => credentials.runner.runNow(configurationId, 'manual', clock.now()),
    retirements: parts.retirements,
    retryEffect: dispatcher.retryEffect,
    giveUpEffect: dispatcher.giveUpEffect,
    health: parts.health,
    systemState: () => systemState({ settings, stores, bus, roles, clock }),
    answered: parts.metrics.answered,
  };
}

function webSettings({ settings, secretKey }: Foundation, publicUrl: string): WebSettings {
  return {
    publicUrl,
    secureCookies: publicUrl.startsWith('https:'),
    trustedProxies: settings.trustedProxies,
    sessionSecret: deriveKey(secretKey, 'sessions'),
    ingestToken: settings.ingestToken,
    lmsRetirementUser: settings.lmsRetirementUser,
    maxBodyBytes: settings.maxBodyBytes,
    apiOrigins: settings.apiOrigins,
    securityContacts: settings.securityContacts,
    version: packageVersion(),
    writing: { nameStyle: settings.nameStyle, dateStyle: settings.dateStyle, dateLanguage: settings.dateLanguage },
  };
}

function ruleServices(
  { stores, environment, clock }: Foundation,
  { ruleBook, follower, findTorn }: Rules,
  providers: ServicesParts['providers'],
): RuleServices {
  const templates = { providers, store: stores.providers };
  return auditedRules(
    createRuleChanges({ store: stores.badges, ruleBook, environment, clock, follower, findTorn, templates }),
    createAudit({ access: stores.access, clock }),
  );
}

function lmsServices(settings: Settings, lms: Lms | null): Services['lms'] {
  if (lms === null || settings.lmsUrl === null) return null;
  return {
    url: settings.lmsUrl,
    completionSources: settings.lmsCompletionSources,
    gradeSources: settings.lmsGradeSources,
    check: lms.check,
  };
}
