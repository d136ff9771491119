/** Everything the pages and the API need, handed in: the composition root makes it, tests make it from in-memory twins. */

import type { Store as SessionStore } from 'express-session';
import type { Diagnostic, Environment } from '../../dsl/index.ts';
import type { LaneState } from '../../plugin/badges/dispatcher.ts';
import type { Impact } from '../../plugin/badges/replay/impact.ts';
import type { SaveBadgeOptions, SaveBadgeResult } from '../../plugin/badges/rule-book.ts';
import type { RuleChanges } from '../../plugin/badges/rule-changes.ts';
import type { Eligibility } from '../../plugin/credentials/eligibility.ts';
import type { RunControl } from '../../plugin/credentials/run-control.ts';
import type { Replays } from '../../plugin/dead-letters/replays.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { MailDispatcher, WriteMail } from '../../plugin/mail/mail-dispatcher.ts';
import type { ActivityStore } from '../../plugin/ports/activity-store.ts';
import type { FileStore } from '../../plugin/ports/asset-files.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { BadgeStore } from '../../plugin/ports/badge-store.ts';
import type { BelongingStore } from '../../plugin/ports/belongings.ts';
import type { Credential, CredentialStore } from '../../plugin/ports/credential-store.ts';
import type { DeadLetterStore } from '../../plugin/ports/dead-letters.ts';
import type { Door, EventLog, LearnerIdentity } from '../../plugin/ports/event-log.ts';
import type { InstallationStore } from '../../plugin/ports/installation-store.ts';
import type { IssuerStore } from '../../plugin/ports/issuer-store.ts';
import type { Job, JobStore } from '../../plugin/ports/job-store.ts';
import type { LearnerStore } from '../../plugin/ports/learner-store.ts';
import type { ProgressStore } from '../../plugin/ports/progress-store.ts';
import type { ProviderStore } from '../../plugin/ports/provider-store.ts';
import type { RateLimits } from '../../plugin/ports/rate-limits.ts';
import type { ReplayScratch } from '../../plugin/ports/replay-scratch.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import type { Retirements } from '../../plugin/privacy/retirements.ts';
import type { Accounts } from '../../plugin/providers/accounts.ts';
import type { NoticeDesk } from '../../plugin/providers/receive-notice.ts';
import type { ImportedRecords, LearnerLine, Lms, LmsSignIn } from '../../providers/index.ts';
import type { OpenBadges } from '../composition/open-badges.ts';
import type { Texts } from '../i18n/texts.ts';
import type { ClaimRole } from '../settings/lists.ts';
import type { SettingRow } from '../settings/report.ts';
import type { TemplateImages } from '../template-images.ts';
import type { AnswerStore } from './api/kept-answers.ts';
import type { AccessStore } from './people/access-store.ts';
import type { AccountSessions } from './people/account-sessions.ts';

export interface WebSettings {
  /** Where people reach the pages, without a slash at the end, e.g. `https://badges.example.org`. */
  readonly publicUrl: string;
  /** Cookies only over https. */
  readonly secureCookies: boolean;
  /** Express `trust proxy`: number of proxies in front. */
  readonly trustedProxies: number;
  /** Signs session cookies. */
  readonly sessionSecret: string;
  /** Bearer token of `POST /events`; null: that door is shut. */
  readonly ingestToken: string | null;
  /** Whose tokens of the LMS may retire learners. */
  readonly lmsRetirementUser: string | null;
  readonly maxBodyBytes: number;
  /** Sites whose pages may ask the API about learners. */
  readonly apiOrigins: readonly string[];
  /** Whom weaknesses are reported to, as addresses, most wanted first. */
  readonly securityContacts: readonly string[];
  readonly version: string;
  /** How names and dates are written where nothing else is said. */
  readonly writing: { readonly nameStyle: string; readonly dateStyle: string; readonly dateLanguage: string };
}

export interface HealthReport {
  /** `ok`: can work; `degraded`: works, something is missing (e.g. the broker is away); `down`: cannot work. */
  readonly status: 'ok' | 'degraded' | 'down';
  readonly checks: Readonly<
    Record<string, { readonly status: 'ok' | 'degraded' | 'down' | 'off'; readonly message: string }>
  >;
}

/** The LMS that is asked who is eligible. */
export interface LmsServices {
  readonly url: string;
  /** In the order in which they are tried. */
  readonly completionSources: readonly string[];
  readonly gradeSources: readonly string[];
  check: Lms['check'];
}

/** What happens to a credential after it was made. */
export interface CredentialLife {
  /** @returns the new one @throws as `Reissuer.reissue` */
  reissue(credentialId: string, actor: string): Promise<Credential>;
  /** @throws as `invalidateCredential` */
  invalidate(credentialId: string, reason: string): Promise<Credential>;
  /** Lets runs make a new one after it was taken back. @throws as `allowNewCredential` */
  allow(credentialId: string): Promise<Credential>;
  /** Makes it again for whoever still is eligible. @returns what came of it, in a word or two */
  retry(credential: Credential, runId: string): Promise<string>;
  /** Where the learner gets the document; null: nowhere. */
  downloadUrl(credential: Credential): string | null;
}

export interface MailServices {
  /** false: there is no mail server, and mails are kept. */
  readonly areSent: boolean;
  readonly write: WriteMail;
  readonly retry: MailDispatcher['retry'];
  readonly giveUp: MailDispatcher['giveUp'];
}

/** A user of the LMS, as its token says. */
export interface LmsUser {
  readonly username: string;
  readonly isStaff: boolean;
}

/** What its token says of them, as far as it matters here: neither name nor e-mail address is kept. */
export interface LmsClaims extends Pick<LmsUser, 'username'> {
  /** Absent: it does not say. */
  readonly language?: string;
  /** null: the application may not ask for it. */
  readonly lmsUserId: number | null;
  /** Staff of the LMS. */
  readonly administrator: boolean;
  readonly superuser: boolean;
}

export interface LmsTokens {
  /** @throws as `verify` */
  read(token: string): Promise<LmsClaims>;
  /** @throws RequestError 401 with what to do, 403 for a restricted application, 503 while the keys cannot be had */
  verify(token: string): Promise<LmsUser>;
}

/** How the LMS signs people in here. */
export interface LmsSignInServices {
  readonly client: LmsSignIn;
  readonly readToken: LmsTokens['read'];
  /** Which claim gives which role; the first that applies counts. */
  readonly roles: readonly ClaimRole[];
  /** After so long the LMS is asked again who somebody is. */
  readonly recheckMs: number;
  /** Signing out here leads to signing out there. */
  readonly signsOut: boolean;
}

/** Changes of many badges and the way back, audited; the history of a badge is `badges.history`. */
export interface RuleServices {
  readonly planRules: RuleChanges['plan'];
  readonly applyRules: RuleChanges['apply'];
  readonly exportRules: RuleChanges['export'];
  readonly restoreBadge: RuleChanges['restore'];
  readonly removeBadge: RuleChanges['remove'];
}

export interface Services extends RuleServices {
  readonly settings: WebSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer: Tracer;
  /** The languages of the pages and mails. */
  readonly texts: Texts;
  readonly environment: Environment;
  /** Key paths, such as `user.pii.email`, that are not offered when a rule is written. */
  readonly hiddenKeyPaths: ReadonlySet<string>;
  readonly badges: BadgeStore;
  readonly progress: ProgressStore;
  /** By the word after `template`. */
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly providerStore: ProviderStore;
  /** What Laurel issues itself. */
  readonly issuerStore: IssuerStore;
  /** Pictures of templates, kept here. */
  readonly templateImages: TemplateImages;
  readonly openBadges: OpenBadges;
  /** Accounts at badge providers. */
  readonly accounts: Accounts;
  readonly events: EventLog;
  readonly learners: LearnerStore;
  readonly credentials: CredentialStore;
  /** What types of credentials are made of. */
  readonly extensions: ExtensionRegistry;
  readonly jobStore: JobStore;
  /** What comparisons with providers have found, by their job. */
  readonly comparisonNotes: Pick<ReplayScratch, 'next'>;
  /** Asks for, cancels and resumes jobs. */
  readonly jobs: Jobs;
  /** Carries a job out here if it is due and no other process has it. @returns it when it has ended */
  carryOut(jobId: string): Promise<Job | null>;
  readonly deadLetters: DeadLetterStore;
  readonly replays: Pick<Replays, 'letter' | 'begin' | 'forecast' | 'forecastLetter'>;
  /** What badges, given as texts in place of those in force, would mean for the learners on record, as far as it is found out
   *  in a few seconds; null: none of them is active. */
  foreseeRules(drafts: readonly string[]): Promise<Impact | null>;
  /** Counts all events of a learner anew, by the rules in force. @returns whether anything came out differently */
  recount(learner: LearnerIdentity): Promise<boolean>;
  /** Takes what badge providers tell us. */
  readonly notices: NoticeDesk;
  readonly files: FileStore;
  /** Administrators, one-time sign-ins, API tokens, audit. */
  readonly access: AccessStore;
  /** What belongs to which organisation. */
  readonly belongings: BelongingStore;
  /** How much happened in each hour, and how providers answered. */
  readonly activity: Pick<ActivityStore, 'between' | 'callsBetween' | 'lastSuccess'>;
  readonly installation: InstallationStore;
  /** Adds to what is known of learners where there is no LMS to ask; of nobody who was retired. */
  importRecords(lines: readonly LearnerLine[]): Promise<ImportedRecords>;
  /** How this process sees each badge provider and the bus. */
  lanes(): readonly LaneState[];
  /** Whether events come in over RabbitMQ; null: they are not asked for there. */
  isReceiving(): boolean | null;
  /** Keeps the sessions of signed-in people; several processes share it. */
  readonly sessions: SessionStore;
  /** The same sessions, by account. */
  readonly accountSessions: AccountSessions;
  /** Counted by all processes together. */
  readonly rateLimits: RateLimits;
  readonly keptAnswers: AnswerStore;
  /** Decodes one structured CloudEvent (a parsed JSON value). @throws EventError */
  decodeCloudEvent(value: unknown): LmsEvent;
  /** The pipeline all doors share; resolves when the effect of the event and its record are durable. @throws StoreError */
  processEvent(event: LmsEvent, door: Door): Promise<void>;
  /** Checks, prints canonically and stores the text of exactly one badge block and its tests, then puts it in force.
   *  @throws ConflictError `conflict.stale` */
  saveBadge(text: string, options: SaveBadgeOptions): Promise<SaveBadgeResult>;
  /** Every stored badge, with the ids of those that it waits for. */
  badgeUpstreams(): ReadonlyMap<string, readonly string[]>;
  /** Checks without storing. */
  checkBadge(text: string): readonly Diagnostic[];
  /** Makes everybody's credentials of one configuration who is eligible and has none; resolves when the run is recorded,
   *  not when it is finished. @returns the run's id */
  generateNow(configurationId: string, actor: string): Promise<string>;
  readonly credentialLife: CredentialLife;
  /** What learners are told. */
  readonly mails: MailServices;
  /** Ends, resumes and repeats runs. */
  readonly runControl: RunControl;
  /** How everybody who is enrolled, or one learner, stands towards the credential of a configuration. */
  readonly eligibility: Eligibility;
  /** Puts a failed effect back to pending. @throws NotFoundError */
  retryEffect(learnerId: string, badgeId: string, effectId: string): Promise<void>;
  /** Ends an open effect for good. @throws NotFoundError, ConflictError */
  giveUpEffect(learnerId: string, badgeId: string, effectId: string): Promise<void>;
  /** Forgets learners, and calls them by another username. */
  readonly retirements: Retirements;
  /** null: imported learner records are used. */
  readonly lms: LmsServices | null;
  /** null: tokens of the LMS are not taken. */
  readonly lmsTokens: LmsTokens | null;
  /** null: nobody signs in with the LMS. */
  readonly lmsSignIn: LmsSignInServices | null;
  health(): Promise<HealthReport>;
  /** How this server works inside, for its operators. */
  systemState(): Promise<SystemState>;
  /** Told of every answer; absent: nobody measures. */
  readonly answered?: (answer: Answered) => void;
}

export interface SystemState {
  readonly facts: readonly { readonly name: string; readonly value: string; readonly isTrouble: boolean }[];
  readonly queues: readonly { readonly queue: string; readonly messages: number; readonly consumers: number }[];
  readonly settings: readonly SettingRow[];
}

export interface Answered {
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}
