/** The database and everything kept in it: a MongoDB server where one is configured, else the embedded store. */

import { join } from 'node:path';
import type { Store as SessionStore } from 'express-session';
import type { ActivityStore } from '../../plugin/ports/activity-store.ts';
import type { FileStore } from '../../plugin/ports/asset-files.ts';
import type { BadgeStore } from '../../plugin/ports/badge-store.ts';
import type { BelongingStore } from '../../plugin/ports/belongings.ts';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import type { DeadLetterStore } from '../../plugin/ports/dead-letters.ts';
import type { HashKeyStore } from '../../plugin/ports/hash-key-store.ts';
import type { InstallationStore } from '../../plugin/ports/installation-store.ts';
import type { IssuerStore } from '../../plugin/ports/issuer-store.ts';
import type { JobStore } from '../../plugin/ports/job-store.ts';
import type { LearnerStore } from '../../plugin/ports/learner-store.ts';
import type { ProgressStore } from '../../plugin/ports/progress-store.ts';
import type { ProviderStore } from '../../plugin/ports/provider-store.ts';
import type { RateLimits } from '../../plugin/ports/rate-limits.ts';
import type { ReplayScratch } from '../../plugin/ports/replay-scratch.ts';
import type { RetirementStore } from '../../plugin/ports/retirement-store.ts';
import { type Logger, systemClock } from '../../plugin/ports/runtime.ts';
import type { Settings } from '../config.ts';
import { DirectoryFileStore } from '../files/directory-file-store.ts';
import { GridFsFileStore } from '../files/gridfs-file-store.ts';
import { SESSION_TTL_SECONDS } from '../http/middleware/security.ts';
import type { AccessStore } from '../http/people/access-store.ts';
import type { AccountSessions } from '../http/people/account-sessions.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { accessModels } from '../mongo/access-models.ts';
import { MongoAccessStore } from '../mongo/access-store.ts';
import { activityModels, MongoActivityStore } from '../mongo/activity-store.ts';
import { answerModels } from '../mongo/answer-store.ts';
import { badgeModels } from '../mongo/badge-documents.ts';
import { MongoBadgeStore } from '../mongo/badge-store.ts';
import { belongingModels, MongoBelongingStore } from '../mongo/belonging-store.ts';
import { connectDatabase, type Database } from '../mongo/connect.ts';
import { credentialModels } from '../mongo/credential-models.ts';
import { MongoCredentialStore } from '../mongo/credential-store.ts';
import { deadLetterModels, MongoDeadLetterStore } from '../mongo/dead-letter-store.ts';
import { eventModels, MongoEventLog } from '../mongo/event-log.ts';
import { hashKeyModels, MongoHashKeyStore } from '../mongo/hash-key-store.ts';
import { installationModels, MongoInstallationStore } from '../mongo/installation-store.ts';
import { issuerModels, MongoIssuerStore } from '../mongo/issuer-store.ts';
import { jobModels, MongoJobStore } from '../mongo/job-store.ts';
import { learnerRecordModels, StoredLearnerRecords } from '../mongo/learner-records.ts';
import { learnerModels, MongoLearnerStore } from '../mongo/learner-store.ts';
import { formModels } from '../mongo/migrations/ledger.ts';
import { migrate, planMigrations } from '../mongo/migrations/migrate.ts';
import { MongoProgressStore, progressModels } from '../mongo/progress-store.ts';
import { MongoProviderStore, providerModels } from '../mongo/provider-store.ts';
import { MongoRateLimits, rateLimitModels } from '../mongo/rate-limits.ts';
import { MongoReplayScratch, replayScratchModels } from '../mongo/replay-scratch.ts';
import { MongoRetirementStore, retirementModels } from '../mongo/retirement-store.ts';
import { createSessionStore, MongoAccountSessions } from '../mongo/session-store.ts';
import { packageVersion } from '../paths.ts';
import { joinEmbeddedStore, openEmbeddedStore, USUAL_LEAST_BYTES } from '../store/index.ts';

export interface Stores {
  readonly database: Database;
  readonly learners: LearnerStore;
  readonly badges: BadgeStore;
  readonly progress: ProgressStore;
  readonly providers: ProviderStore;
  readonly events: MongoEventLog;
  readonly credentials: CredentialStore;
  readonly records: StoredLearnerRecords;
  readonly jobs: JobStore;
  readonly replayScratch: ReplayScratch;
  readonly rateLimits: RateLimits;
  /** This process holds the embedded store: no other takes in events. */
  readonly alone: boolean;
  /** As of the embedded store; never resolves where it is not in this process. */
  readonly broken: Promise<Error>;
  readonly issuer: IssuerStore;
  readonly access: AccessStore;
  readonly belongings: BelongingStore;
  readonly activity: ActivityStore;
  readonly installation: InstallationStore;
  readonly deadLetters: DeadLetterStore;
  readonly files: FileStore;
  /** Pieces of files whose writing was broken off. @returns of how many files */
  removeAbandonedFiles(now: Date): Promise<number>;
  readonly sessions: SessionStore;
  readonly accountSessions: AccountSessions;
  readonly retirements: RetirementStore;
  readonly hashKeys: HashKeyStore;
}

const never = new Promise<never>(() => {});

export interface OpenParts {
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Work beside the process that holds the embedded store, where one does. */
  readonly join: boolean;
}

export type OpenedDatabase = Pick<Stores, 'database' | 'alone' | 'broken'>;

/** @param build false: only to look at it, nothing is built
 *  @throws StoreError, ConfigurationError */
export async function openDatabase(
  settings: Settings,
  { logger, lifecycle, join: mayJoin }: OpenParts,
  { build = true }: { readonly build?: boolean } = {},
): Promise<OpenedDatabase> {
  const { uri, alone, broken } =
    settings.mongodbUri === null
      ? await embeddedStore(settings, { logger, lifecycle, mayJoin })
      : { uri: settings.mongodbUri, alone: false, broken: never };
  const database = await connectDatabase({
    uri,
    logger,
    build,
    // A database that is too new for this program is left as it is.
    first: (connection) => planMigrations({ connection }),
    models: [
      formModels,
      learnerModels,
      badgeModels,
      progressModels,
      credentialModels,
      learnerRecordModels,
      jobModels,
      accessModels,
      belongingModels,
      activityModels,
      installationModels,
      eventModels,
      replayScratchModels,
      rateLimitModels,
      answerModels,
      deadLetterModels,
      issuerModels,
      providerModels,
      retirementModels,
      hashKeyModels,
    ],
  });
  lifecycle.onStop('database', () => database.close());
  return { database, alone, broken };
}

/** @throws StoreError, ConfigurationError */
export async function openStores(settings: Settings, parts: OpenParts): Promise<Stores> {
  const { database, alone, broken } = await openDatabase(settings, parts);
  const { connection } = database;
  await migrate({ connection, clock: systemClock, logger: parts.logger, program: packageVersion() });
  return {
    database,
    learners: new MongoLearnerStore(connection),
    badges: new MongoBadgeStore(connection),
    progress: new MongoProgressStore(connection),
    providers: new MongoProviderStore(connection),
    events: new MongoEventLog(connection),
    credentials: new MongoCredentialStore(connection),
    records: new StoredLearnerRecords(connection),
    jobs: new MongoJobStore(connection),
    replayScratch: new MongoReplayScratch(connection),
    rateLimits: new MongoRateLimits(connection),
    alone,
    broken,
    issuer: new MongoIssuerStore(connection),
    access: new MongoAccessStore(connection),
    belongings: new MongoBelongingStore(connection),
    activity: new MongoActivityStore(connection),
    installation: new MongoInstallationStore(connection),
    deadLetters: new MongoDeadLetterStore(connection, settings.deadLetterDays),
    ...openFiles(settings, connection),
    sessions: await createSessionStore(connection, SESSION_TTL_SECONDS),
    accountSessions: new MongoAccountSessions(connection),
    retirements: new MongoRetirementStore(connection),
    hashKeys: new MongoHashKeyStore(connection),
  };
}

function openFiles(
  { filesDir }: Settings,
  connection: Database['connection'],
): Pick<Stores, 'files' | 'removeAbandonedFiles'> {
  if (filesDir !== null) return { files: new DirectoryFileStore(filesDir), removeAbandonedFiles: async () => 0 };
  const files = new GridFsFileStore(connection);
  return { files, removeAbandonedFiles: (now) => files.removeAbandoned(now) };
}

async function embeddedStore(
  { dataDir, storeCompactPercent }: Settings,
  { logger, lifecycle, mayJoin }: { readonly logger: Logger; readonly lifecycle: Lifecycle; readonly mayJoin: boolean },
): Promise<{ readonly uri: string; readonly alone: boolean; readonly broken: Promise<Error> }> {
  const folder = join(dataDir, 'store');
  const running = mayJoin ? await joinEmbeddedStore({ dataDir: folder }) : null;
  if (running !== null) return { uri: running.uri, alone: false, broken: never };
  // a command that only looks at something does not make people wait for that
  const percent = mayJoin ? 0 : storeCompactPercent;
  const compaction = { percent, leastBytes: USUAL_LEAST_BYTES };
  const store = await openEmbeddedStore({ dataDir: folder, logger, compaction });
  lifecycle.onStop('embedded store', () => store.close());
  return { uri: store.uri, alone: true, broken: store.broken };
}
