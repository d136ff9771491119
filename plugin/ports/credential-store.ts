/** Everything PDF credentials are made from and the credentials themselves. */

import type { Page } from './learner-store.ts';
import type { Records } from './records.ts';
import type { TraceContext } from './trace-context.ts';

/** JSON options of a type or a configuration, checked against the functions' option schemas. */
export type Options = Readonly<Record<string, unknown>>;

export interface Asset {
  /** Unique, `[a-z0-9-]+`. */
  readonly slug: string;
  readonly description: string;
  readonly kind: 'pdf-template' | 'font' | 'image';
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** SHA-256 of the bytes, hex. The bytes lie in the FileStore under `asset/<slug>/<sha256>`. */
  readonly sha256: string;
  readonly updatedAt: Date;
}

export interface CredentialType {
  readonly id: string;
  /** Unique. */
  readonly name: string;
  /** Registered name, e.g. `course-completions`. */
  readonly retrievalFunction: string;
  readonly generationFunction: string;
  readonly options: Options;
  readonly updatedAt: Date;
}

export interface CredentialConfiguration {
  readonly id: string;
  readonly credentialTypeId: string;
  /** `course-v1:...` or `path-v1:...`; unique together with the type. */
  readonly contextKey: string;
  /** Merged deeply over the type's options. */
  readonly options: Options;
  readonly updatedAt: Date;
}

export type ScheduleRule =
  /** Counted from the last run. */
  | { readonly kind: 'interval'; readonly everyMs: number }
  | {
      readonly kind: 'crontab';
      readonly expression: string;
      readonly timeZone: string;
      /** Day of the month and day of the week: both must agree (the default), or either is enough where both are named,
       *  as classic cron has it. */
      readonly days?: 'both' | 'either';
      /** A time that clocks put forward jump over: right after the gap (the default), or not on that day. */
      readonly gap?: 'after' | 'skip';
      /** A time that clocks put back show again: the first time only (the default), or both times. */
      readonly repeated?: 'first' | 'both';
    }
  /** Once, at a given moment; at once where that has passed. */
  | { readonly kind: 'clocked'; readonly at: Date };

/** What becomes of due times that were missed while no scheduler ran: one run for all of them, none, or a run for each. */
export type CatchUp = 'one' | 'none' | CatchUpAll;

export interface CatchUpAll {
  readonly kind: 'all';
  /** The latest so many of them, the oldest of these first. */
  readonly max: number;
  /** None that is older than this. */
  readonly withinMs: number;
}

/** When a configuration runs by itself. Truth lives here; timers only wake. */
export interface Schedule {
  readonly configurationId: string;
  readonly enabled: boolean;
  readonly rule: ScheduleRule;
  /** Disables itself after its first run. */
  readonly oneOff: boolean;
  /** Nothing is due before; an interval is due at it. */
  readonly startAt: Date | null;
  /** Nothing is due from here on; the schedule is disabled then, not removed. What was due before still runs if it is looked
   *  at within a minute; what still waits then is given up. */
  readonly expiresAt: Date | null;
  /** Due while the configuration's former run is still going: leave this time out, run once when that has ended, or begin
   *  beside it. */
  readonly overlap: 'skip' | 'queue' | 'allow';
  readonly catchUp: CatchUp;
  /** Later than so much after its due time a run is not begun any more, and the time counts as missed; null: however late.
   *  A given moment is never too late. */
  readonly deadlineMs: number | null;
  /** null: never due (disabled or expired). */
  readonly nextDueAt: Date | null;
  /** Due times that are to be run however late it has become, the oldest first: that is `nextDueAt`, or else the list is
   *  out of date and says nothing. Only where each missed one is run. */
  readonly waiting: readonly Date[];
  readonly lastRunAt: Date | null;
  /** The last due time that passed without a run, by `overlap` or `catchUp`. */
  readonly lastSkipped: { readonly dueAt: Date; readonly reason: 'still-running' | 'missed' | 'cannot-begin' } | null;
  readonly totalRuns: number;
  /** When somebody last set it; runs leave it alone. */
  readonly updatedAt: Date;
}

/** What became of a due time. */
export interface ScheduleStep {
  /** null: never again, the schedule is disabled. */
  readonly nextDueAt: Date | null;
  readonly waiting: readonly Date[];
  /** null: no run was begun. */
  readonly ranAt: Date | null;
  /** Why not; ignored where a run was begun. */
  readonly skipped: NonNullable<Schedule['lastSkipped']>['reason'] | null;
}

export interface CredentialRun {
  readonly id: string;
  readonly configurationId: string;
  /** `retry` is for those only whose last attempt failed. */
  readonly trigger: 'schedule' | 'manual' | 'retry';
  /** Unique together with the configuration: two processes make one run of one due time. */
  readonly dueAt: Date;
  readonly state: 'running' | 'done' | 'done-with-errors' | 'failed' | 'cancelled';
  /** Grows with every takeover; a holder of an older one must not write. */
  readonly fence: number;
  readonly leaseUntil: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly counts: {
    readonly seen: number;
    readonly eligible: number;
    readonly generated: number;
    readonly skipped: number;
    readonly failed: number;
  };
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Where whoever takes the run over goes on; null: with the first learner. */
  readonly checkpoint: RunCheckpoint | null;
  /** The work that asked for it. */
  readonly trace?: TraceContext;
}

/** A place in the list of learners, and how the run stood there: everybody before it is settled and counted. */
export interface RunCheckpoint extends Pick<CredentialRun, 'counts' | 'error'> {
  /** As the retrieval function told it; names no learner. */
  readonly position: string;
  /** Of the plan the list was made by: another plan, another list. */
  readonly plan: string;
}

export interface Credential {
  /** UUID, ours. */
  readonly id: string;
  /** UUID of the public verification page; says nothing about `id`. */
  readonly verifyId: string;
  readonly configurationId: string;
  readonly credentialType: string;
  readonly contextKey: string;
  readonly contextName: string;
  readonly username: string;
  readonly lmsUserId: number | null;
  readonly learnerName: string;
  readonly email: string;
  readonly status: 'generating' | 'available' | 'error' | 'invalidated';
  readonly reason: string | null;
  /** Key in the FileStore; unguessable. */
  readonly fileKey: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly runId: string;
  readonly attempts: number;
  /** Date of the award: what the document says. */
  readonly issuedAt: Date | null;
  /** When the document was made: later than the award where it was reissued. */
  readonly generatedAt: Date | null;
  /** From then on it is genuine, but no longer valid; null: never. */
  readonly expiresAt: Date | null;
  /** Whose place it takes; null: nobody's. */
  readonly reissueOf: string | null;
  /** What took its place; null: nothing. */
  readonly reissuedAs: string | null;
  /** What is to take its place: recorded before it is made, and until it has a document of its own. */
  readonly reissue: Reissue | null;
  /** Keeps others from being created for this learner and configuration. Reissued ones come under the place of the first
   *  one, which keeps it, also when the last of them was taken back, until a person allows a new one. */
  readonly holdsPlace: boolean;
  /** What tells the learner; null: nobody is to be told. */
  readonly mail: CredentialMail | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Reissue {
  /** The ids of the new credential. */
  readonly id: string;
  readonly verifyId: string;
  /** Where its document is put. */
  readonly fileKey: string;
  /** Who asked for it. */
  readonly by: string;
  /** What the new one says, once it is made and in force; null: it is being made. */
  readonly made: ReissuedFacts | null;
  /** From then on another process may go on with it. */
  readonly leaseUntil: Date;
  /** The work that asked for it. */
  readonly trace?: TraceContext;
}

export interface ReissuedFacts
  extends Pick<
    Credential,
    'credentialType' | 'contextName' | 'lmsUserId' | 'learnerName' | 'email' | 'sizeBytes' | 'sha256'
  > {
  readonly generatedAt: Date;
  readonly expiresAt: Date | null;
  readonly mail: CredentialMail | null;
  /** Where the former document lay before it went to the archive. */
  readonly formerFileKey: string | null;
}

export interface CredentialMail {
  /** `superseded`: the credential was invalidated before anybody was told. */
  readonly state: 'pending' | 'sent' | 'failed' | 'given-up' | 'superseded';
  /** The same for every attempt, so that a repetition can be recognised; null: not tried yet. */
  readonly messageId: string | null;
  readonly attempts: number;
  /** When it is tried next; while it is being sent, the end of the lease; null unless pending. */
  readonly dueAt: Date | null;
  readonly sentAt: Date | null;
  /** Code and message of the last failure; never an address. */
  readonly lastError: { readonly code: string; readonly message: string } | null;
  /** The work that made the credential. */
  readonly trace?: TraceContext;
}

export type MailState = CredentialMail['state'];

export interface CredentialFilter {
  /** The beginning of username, name or e-mail, or the whole of a UUID. */
  readonly search?: string | undefined;
  /** To the letter. */
  readonly username?: string | undefined;
  readonly contextKey?: string | undefined;
  /** Name of the type. */
  readonly credentialType?: string | undefined;
  readonly status?: Credential['status'] | undefined;
  readonly configurationId?: string | undefined;
  /** Created earlier. */
  readonly createdBefore?: Date | undefined;
  readonly mail?: MailState | undefined;
  /** Those whose last attempt was made by this run. */
  readonly runId?: string | undefined;
}

/** What became of a change that must not overwrite somebody else's. `duplicate`: what must be unique is taken. */
export type ChangeResult = 'saved' | 'stale' | 'duplicate';

/** What a type or configuration said once. It is written before it is in force, and never changed: those in force and before
 *  are found from the object's own `updatedAt` on, by `before`. Others were refused, and nobody sees them. */
export interface DesignVersion {
  /** Of the type or configuration. */
  readonly objectId: string;
  /** Its `updatedAt` in this version. */
  readonly at: Date;
  /** `at` of the version before; null: none is known. */
  readonly before: Date | null;
  readonly number: number;
  /** Who saved it; null: it was saved before versions were kept. */
  readonly by: string | null;
  readonly comment: string;
  /** All of it but its id and time. */
  readonly snapshot: Options;
}

export interface CredentialStore {
  /** By `credentialShape`. */
  readonly credentialRecords: Records<Credential>;
  /** By `runShape`. */
  readonly runRecords: Records<CredentialRun>;

  saveAsset(asset: Asset): Promise<void>;
  /** Replaces the stored one if its `updatedAt` still is `expected`; null: only if there is none. */
  changeAsset(asset: Asset, expected: Date | null): Promise<ChangeResult>;
  /** @returns false when it was changed since `expected`, or is gone */
  deleteAsset(slug: string, expected: Date): Promise<boolean>;
  asset(slug: string): Promise<Asset | null>;
  assets(): Promise<readonly Asset[]>;

  /** Inserts or, by id, replaces. @throws ConflictError `conflict.duplicate` when the name is taken */
  saveType(type: CredentialType): Promise<void>;
  /** As `changeAsset`; names are unique. */
  changeType(type: CredentialType, expected: Date | null): Promise<ChangeResult>;
  /** Its versions stay. @returns false when it was changed since `expected`, or is gone */
  deleteType(id: string, expected: Date): Promise<boolean>;
  type(id: string): Promise<CredentialType | null>;
  types(): Promise<readonly CredentialType[]>;

  /** @throws ConflictError `conflict.duplicate` when context and type already have one */
  saveConfiguration(configuration: CredentialConfiguration): Promise<void>;
  /** As `changeAsset`; a context has one of a type. */
  changeConfiguration(configuration: CredentialConfiguration, expected: Date | null): Promise<ChangeResult>;
  /** With its schedule; runs and credentials stay. @returns false when it was changed since `expected`, or is gone */
  deleteConfiguration(id: string, expected: Date): Promise<boolean>;
  configuration(id: string): Promise<CredentialConfiguration | null>;
  configurations(): Promise<readonly CredentialConfiguration[]>;

  /** @returns false when the object has one of this time already */
  addVersion(version: DesignVersion): Promise<boolean>;
  /** Of one object, the latest first, refused ones too. */
  versions(objectId: string): Promise<readonly DesignVersion[]>;

  saveSchedule(schedule: Schedule): Promise<void>;
  /** Replaces `former`, or inserts where that is null. @returns false when somebody changed it, or it ran, meanwhile */
  replaceSchedule(schedule: Schedule, former: Schedule | null): Promise<boolean>;
  /** @returns false when there is none */
  removeSchedule(configurationId: string): Promise<boolean>;
  schedule(configurationId: string): Promise<Schedule | null>;
  schedules(): Promise<readonly Schedule[]>;
  /** Enabled schedules with `nextDueAt` at or before `now`. */
  dueSchedules(now: Date, limit: number): Promise<readonly Schedule[]>;
  /** Moves `nextDueAt` on if it still is `from`. @returns false when another process already did */
  advanceSchedule(configurationId: string, from: Date, step: ScheduleStep): Promise<boolean>;

  /** @returns false when a run of this configuration and due time exists already */
  createRun(run: CredentialRun): Promise<boolean>;
  run(id: string): Promise<CredentialRun | null>;
  /** Newest first. */
  runs(query: { readonly configurationId?: string; readonly limit: number }): Promise<readonly CredentialRun[]>;
  /** Running ones whose lease has ended. */
  abandonedRuns(now: Date): Promise<readonly CredentialRun[]>;
  /** Takes an abandoned run over: fence + 1. @returns null when another process was faster */
  takeOverRun(id: string, fence: number, leaseUntil: Date): Promise<CredentialRun | null>;
  /** Writes counts, checkpoint, state and lease if `fence` still is the run's. @returns false: taken over, stop at once */
  updateRun(run: CredentialRun): Promise<boolean>;
  /** Ends a running one; its holder can write no more and stops. @returns false when it is not running */
  cancelRun(id: string, now: Date): Promise<boolean>;
  /** Makes an ended run an abandoned one again, fence + 1, to be taken over. @returns false when another process was faster */
  reopenRun(run: CredentialRun, now: Date): Promise<boolean>;

  /** One credential per configuration and username `holdsPlace`: a unique partial index.
   *  @returns false when there is one already, or one with this id; nothing was changed */
  createCredential(credential: Credential): Promise<boolean>;
  /** Replaces the stored one if its `updatedAt` still is `expected`. */
  updateCredential(credential: Credential, expected: Date): Promise<boolean>;
  credential(id: string): Promise<Credential | null>;
  credentialByVerifyId(verifyId: string): Promise<Credential | null>;
  /** The one that is not invalidated. */
  liveCredential(configurationId: string, username: string): Promise<Credential | null>;
  /** Of these learners those that have one. */
  liveCredentials(configurationId: string, usernames: readonly string[]): Promise<readonly Credential[]>;
  /** The one that holds the place, invalidated or not. */
  placeHolder(configurationId: string, username: string): Promise<Credential | null>;
  /** Those that hold the places of these learners. */
  placeHolders(configurationId: string, usernames: readonly string[]): Promise<readonly Credential[]>;
  /** Newest first. */
  credentials(
    query: CredentialFilter & { readonly after?: string | undefined; readonly limit: number },
  ): Promise<Page<Credential>>;
  countCredentials(filter: CredentialFilter): Promise<number>;
  credentialCounts(): Promise<Readonly<Record<Credential['status'], number>>>;
  /** Those with a `reissue` whose lease has ended, the longest first. */
  abandonedReissues(now: Date, limit: number): Promise<readonly Credential[]>;
  /** Those with a pending mail that is due, the longest first. */
  dueMails(now: Date, limit: number): Promise<readonly Credential[]>;
  mailCounts(): Promise<Readonly<Record<MailState, number>>>;
}
