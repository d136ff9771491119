/** The settings: one table, read once at start from the environment, every problem reported at once.
 *  docs/reference/settings.md and .env.example are made from the table (`npm run generate`). */

import { DATE_LETTERS } from '../plugin/date-style.ts';
import { ConfigurationError } from '../plugin/errors.ts';
import type { CompletionSourceName, GradeSourceName } from '../providers/index.ts';
import { CREDLY_LOCALES, NAME_STYLES } from '../providers/names.ts';
import {
  dateLanguage,
  dateStyle,
  languageTag,
  listenAddress,
  longEnough,
  publicKeys,
  sender,
  shortName,
  siteAddress,
  smtpAddress,
  timeZone,
  url,
} from './settings/checks.ts';
import {
  checkedText,
  type Environment,
  flag,
  oneOf,
  optional,
  type Setting,
  secret,
  someOf,
  text,
  whole,
} from './settings/kinds.ts';
import {
  apiOrigins,
  eventTypes,
  formerSecretKeys,
  hiddenKeyPaths,
  internalHosts,
  lmsRoles,
  plugins,
  providerAccounts,
  providerUrl,
  securityContacts,
} from './settings/lists.ts';
import { textOf } from './settings/reading.ts';
import { problemsTogether } from './settings/together.ts';
import { tracingSettings } from './settings/tracing.ts';

export const settingsTable = {
  port: whole('PORT', 8080, 0, 65_535, 'Port of the pages and the API; 0 picks a free one'),
  host: text('LAUREL_HOST', '127.0.0.1', 'Address to listen on; `0.0.0.0` for all, as in a container'),
  publicUrl: optional(
    'LAUREL_PUBLIC_URL',
    'Where people reach the pages, e.g. `https://badges.example.org`; unset: the local address. With https, cookies are sent over https only',
    siteAddress,
  ),
  defaultLanguage: checkedText(
    'LAUREL_DEFAULT_LANGUAGE',
    'en',
    'Language of pages and mails for whom nothing says another: one of en, es, fr, de, ar, uk, or one of LAUREL_LOCALE_DIR',
    languageTag,
  ),
  platformName: optional(
    'LAUREL_PLATFORM_NAME',
    'Name of the learning platform, as PLATFORM_NAME of the LMS: mails to learners and the properties of PDF credentials say who issues them; unset: mails name the host of LAUREL_PUBLIC_URL, and documents Laurel',
    shortName,
  ),
  nameStyle: oneOf(
    'LAUREL_NAME_STYLE',
    NAME_STYLES,
    'as-written',
    'How names are written on PDF credentials whose options do not say: as the learner wrote it, with capitals at the beginning of words where it was typed in small letters or in capitals throughout, or in capitals. Documents that were made stay as they are',
  ),
  dateStyle: checkedText(
    'LAUREL_DATE_STYLE',
    'long',
    `How dates are written on PDF credentials whose options do not say, and to learners on pages and in mails: full, long, medium, short, iso, or a pattern such as \`d MMMM yyyy\` of ${DATE_LETTERS}, with other letters in single quotes. A pattern holds for pages and mails in LAUREL_DATE_LANGUAGE; the page System shows what it leads to`,
    dateStyle,
  ),
  dateLanguage: checkedText(
    'LAUREL_DATE_LANGUAGE',
    'en',
    'Language of dates, and of PDF credentials whose options do not say, e.g. `uk`',
    dateLanguage,
  ),
  localeDir: optional(
    'LAUREL_LOCALE_DIR',
    'Folder with texts of this site and more languages, `<language>/LC_MESSAGES/laurel.po`; they take the place of those that come with Laurel. See docs/how-to/translate-laurel.md',
  ),
  timeZone: checkedText(
    'LAUREL_TIME_ZONE',
    'UTC',
    'Time zone of dates on pages and in mails, as TIME_ZONE of the LMS, e.g. `Europe/Madrid`',
    timeZone,
  ),
  stopDelaySeconds: whole(
    'LAUREL_STOP_DELAY_SECONDS',
    0,
    0,
    120,
    'Seconds for which a process that was told to stop goes on to take requests, while `/readyz` says 503: so long load balancers may take to notice',
  ),
  trustedProxies: whole(
    'LAUREL_TRUSTED_PROXIES',
    0,
    0,
    10,
    'Reverse proxies in front, whose X-Forwarded-* headers are believed',
  ),
  dataDir: text('LAUREL_DATA_DIR', './data', 'Folder of the embedded store and of generated secrets'),
  mongodbUri: secret(
    'MONGODB_URI',
    'MongoDB server; unset: the embedded store in the data directory',
    url(['mongodb', 'mongodb+srv']),
  ),
  storeCompactPercent: whole(
    'LAUREL_STORE_COMPACT_PERCENT',
    50,
    0,
    99,
    'A server that starts compacts the file of the embedded store when so many per cent of it are free, and at least 64 MB; 0: only `laurel store compact` does',
  ),
  filesDir: optional(
    'LAUREL_FILES_DIR',
    'Folder for assets and generated credentials; unset: in the database (GridFS)',
  ),
  pdfProcesses: whole(
    'LAUREL_PDF_PROCESSES',
    0,
    0,
    64,
    'Processes beside each of Laurel that make PDF credentials, as many at most; 0: one less than there are processors, at least 1',
  ),
  amqpUrl: secret('AMQP_URL', 'RabbitMQ; unset: events come in by HTTP and from files', url(['amqp', 'amqps'])),
  amqpExchange: text('LAUREL_AMQP_EXCHANGE', 'learning-badges-lifecycle', 'Topic exchange of the LMS events'),
  amqpTopicPrefix: text(
    'LAUREL_AMQP_TOPIC_PREFIX',
    '',
    'Prefix of the exchange name, as EVENT_BUS_TOPIC_PREFIX of the LMS; joined with a hyphen',
  ),
  amqpQueue: text(
    'LAUREL_AMQP_QUEUE',
    'laurel.events',
    'Queue that Laurel consumes; dead letters go to `<queue>.dead`',
  ),
  amqpPrefetch: whole(
    'LAUREL_AMQP_PREFETCH',
    200,
    1,
    1_000,
    'Messages in progress at the same time in one process; enough of them let writes to the database go together',
  ),
  amqpShards: whole(
    'LAUREL_AMQP_SHARDS',
    0,
    0,
    32,
    'Queues over which learners are spread so that the events of each stay in order across processes; 0: one queue. Needs the plugin rabbitmq_consistent_hash_exchange, and the same number in every process',
  ),
  deadLetterDays: whole(
    'LAUREL_DEAD_LETTER_DAYS',
    90,
    1,
    3_650,
    'Days for which dead letters are kept after they were replayed or discarded; open ones stay',
  ),
  badgesEnabled: flag('LAUREL_BADGES_ENABLED', true, 'Whether events are consumed and processed at all'),
  eventTypes,
  eventRetentionDays: whole(
    'LAUREL_EVENT_RETENTION_DAYS',
    90,
    1,
    3_650,
    'Days for which received events are kept; replay and explanations reach back no further',
  ),
  hiddenKeyPaths,
  lmsUrl: optional(
    'LAUREL_LMS_URL',
    'LMS that is asked who is eligible for PDF credentials, e.g. `https://lms.example.org`; unset: imported records are used',
    siteAddress,
  ),
  lmsClientId: optional(
    'LAUREL_LMS_CLIENT_ID',
    'Client id of the OAuth application in the LMS (grant: client credentials)',
  ),
  lmsClientSecret: secret('LAUREL_LMS_CLIENT_SECRET', 'Its client secret'),
  lmsAllowHttp: flag(
    'LAUREL_LMS_ALLOW_HTTP',
    false,
    'Whether the LMS may be asked over plain http also where its host does not look internal: the client secret travels readable then',
  ),
  lmsCompletionSources: someOf<CompletionSourceName>(
    'LAUREL_LMS_COMPLETION_SOURCES',
    ['aggregator', 'blocks', 'progress'],
    ['aggregator', 'blocks'],
    'Where completions are read from; the first that the LMS offers for a course serves',
  ),
  lmsGradeSources: someOf<GradeSourceName>(
    'LAUREL_LMS_GRADE_SOURCES',
    ['gradebook', 'progress', 'subsections'],
    ['gradebook', 'progress', 'subsections'],
    'Where grades are read from; the first that the LMS offers for a course serves',
  ),
  lmsParallel: whole(
    'LAUREL_LMS_PARALLEL',
    4,
    1,
    16,
    'Requests to the LMS side by side where learners are asked for one by one',
  ),
  lmsJwtKeys: optional(
    'LAUREL_LMS_JWT_KEYS',
    'Public keys of the LMS, as a JWK set or the address of one: its users may ask the API about themselves with the tokens that the LMS gives them; unset: they may not',
    publicKeys,
  ),
  lmsJwtIssuer: optional(
    'LAUREL_LMS_JWT_ISSUER',
    'Issuer in those tokens; unset: `/oauth2` at LAUREL_LMS_PUBLIC_URL, or else at LAUREL_LMS_URL',
  ),
  lmsJwtAudience: text('LAUREL_LMS_JWT_AUDIENCE', 'openedx', 'Audience in those tokens'),
  lmsRetirementUser: optional(
    'LAUREL_LMS_RETIREMENT_USER',
    'Username in the LMS of the service user of its retirement pipeline, e.g. `retirement_service_worker`: its tokens may retire and rename learners; unset: API tokens only. Needs LAUREL_LMS_JWT_KEYS',
  ),
  lmsPublicUrl: optional(
    'LAUREL_LMS_PUBLIC_URL',
    'Where browsers reach the LMS, e.g. `https://lms.example.org`; unset: LAUREL_LMS_URL, at which this server reaches it',
    siteAddress,
  ),
  lmsSignInClientId: optional(
    'LAUREL_LMS_SIGN_IN_CLIENT_ID',
    'Client id of the OAuth application in the LMS (grant: authorization code) through which people sign in here; unset: they do not. Needs LAUREL_LMS_JWT_KEYS. See docs/how-to/sign-in-with-the-lms.md',
  ),
  lmsSignInClientSecret: secret('LAUREL_LMS_SIGN_IN_CLIENT_SECRET', 'Its client secret'),
  lmsRoles,
  lmsRecheckMinutes: whole(
    'LAUREL_LMS_RECHECK_MINUTES',
    60,
    2,
    1_440,
    'Minutes after which the LMS is asked again who somebody is that signed in with it: so long a role that was taken away there may last here',
  ),
  lmsSignOut: flag(
    'LAUREL_LMS_SIGN_OUT',
    false,
    'Whether signing out here leads on to signing out of the LMS; otherwise that is offered',
  ),
  ingestToken: secret('LAUREL_INGEST_TOKEN', 'Bearer token of `POST /events`; unset: that door is shut', longEnough),
  maxBodyBytes: whole(
    'LAUREL_MAX_BODY_BYTES',
    1_048_576,
    1_024,
    67_108_864,
    'Largest request body of `POST /events` in bytes',
  ),
  apiOrigins,
  securityContacts,
  secretKey: secret(
    'LAUREL_SECRET_KEY',
    'Key from which session and encryption keys are derived; unset: made once and kept in the data directory. Several processes need the same one',
    longEnough,
  ),
  formerSecretKeys,
  internalHosts,
  plugins,
  providerAccounts,
  rotateSecrets: flag(
    'LAUREL_ROTATE_SECRETS',
    false,
    'Exchange secrets of accounts by themselves in the last days before they expire, where the provider can; the old one stops working everywhere else. Not those of LAUREL_PROVIDER_ACCOUNTS',
  ),
  credlyUrl: providerUrl('LAUREL_CREDLY_URL', 'https://api.credly.com/v1/', "Credly's API"),
  credlySandboxUrl: providerUrl(
    'LAUREL_CREDLY_SANDBOX_URL',
    'https://sandbox-api.credly.com/v1/',
    "Credly's API for trying out",
  ),
  credlyLocale: oneOf('LAUREL_CREDLY_LOCALE', CREDLY_LOCALES, 'en', 'Language in which Credly writes to learners'),
  credlyEvidence: flag(
    'LAUREL_CREDLY_EVIDENCE',
    false,
    'Whether a badge at Credly shows, to everybody, which requirements were met and when',
  ),
  credlySuppressEmail: flag(
    'LAUREL_CREDLY_SUPPRESS_EMAIL',
    false,
    'Whether Credly is kept from writing to learners about a new badge, reminders included',
  ),
  accredibleUrl: providerUrl('LAUREL_ACCREDIBLE_URL', 'https://api.accredible.com/', "Accredible's API"),
  accredibleEuUrl: providerUrl(
    'LAUREL_ACCREDIBLE_EU_URL',
    'https://eu.api.accredible.com/',
    "Accredible's API in the EU",
  ),
  accredibleSandboxUrl: providerUrl(
    'LAUREL_ACCREDIBLE_SANDBOX_URL',
    'https://sandbox.api.accredible.com/',
    "Accredible's API for trying out",
  ),
  accredibleRevocation: oneOf(
    'LAUREL_ACCREDIBLE_REVOCATION',
    ['expire', 'delete'],
    'expire',
    'What taking a badge back does at Accredible, which knows no revoking: the credential expires and its page says so, or it is deleted for good',
  ),
  badgeRefreshHours: whole(
    'LAUREL_BADGE_REFRESH_HOURS',
    6,
    1,
    168,
    'Hours after which providers are asked again how the badges stand that nobody has accepted or rejected yet; all others are asked for once in 28 times',
  ),
  smtpUrl: secret(
    'LAUREL_SMTP_URL',
    'Mail server that learners are written to through, `smtp://[user:password@]host[:port]` or `smtps://...`; unset: mails are kept and shown on a page. A password goes over an encrypted connection only, or to this machine',
    smtpAddress,
  ),
  mailFrom: optional(
    'LAUREL_MAIL_FROM',
    'Sender of mails, `credentials@example.org` or `Example <credentials@example.org>`',
    sender,
  ),
  mailLanguage: optional(
    'LAUREL_MAIL_LANGUAGE',
    'Language of mails to learners of whom no language is known; unset: LAUREL_DEFAULT_LANGUAGE',
    languageTag,
  ),
  downloadUrl: optional(
    'LAUREL_DOWNLOAD_URL',
    'Host that learners download documents from, e.g. `https://files.example.org`, which must lead to this server; unset: LAUREL_PUBLIC_URL',
    siteAddress,
  ),
  metricsAddress: optional(
    'LAUREL_METRICS_ADDRESS',
    'Where Prometheus may ask this process for `/metrics`, and a supervisor for `/healthz` and `/readyz`, e.g. `127.0.0.1:9464`: not to be reached from outside; unset: nowhere',
    listenAddress,
  ),
  ...tracingSettings,
  logLevel: oneOf(
    'LAUREL_LOG_LEVEL',
    ['debug', 'info', 'warn', 'error', 'silent'],
    'info',
    'Least severe log line written',
  ),
} as const;

export type Settings = {
  readonly [Key in keyof typeof settingsTable]: (typeof settingsTable)[Key] extends Setting<infer Value>
    ? Value
    : never;
};

/** @param environment usually process.env
 *  @throws ConfigurationError that lists every problem: bad values, unreadable files, settings that do not go together */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settingsTable) as [string, Setting<unknown>][]) {
    try {
      values[key] = setting.parse(textOf(setting, environment));
    } catch (error) {
      problems.push(`${setting.env} ${(error as Error).message}`);
    }
  }
  problems.push(...problemsTogether(values));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values as unknown as Settings;
}

/** Where the server answers on this machine. */
export function localAddress(settings: Pick<Settings, 'port'>): string {
  return `http://localhost:${settings.port}`;
}
