/** The settings: one table, read once at start from the environment, every problem reported at once.
 *  docs/reference/settings.md and .env.example are made from the table (`npm run generate`). */

import { readFileSync } from 'node:fs';
import { suggest } from '../dsl/index.ts';
import { ConfigurationError } from '../plugin/errors.ts';
import type { GivenAccount } from '../plugin/providers/given-accounts.ts';
import type { CompletionSourceName, GradeSourceName } from '../providers/index.ts';
import { CREDLY_LOCALES } from '../providers/index.ts';
import { MAIL_LANGUAGES, type MailLanguage } from './mail/catalogue.ts';

interface Setting<Value> {
  readonly env: string;
  /** Shown in the documentation instead of a value. */
  readonly defaultText: string;
  readonly doc: string;
  /** Never printed; may also come from the file named by `<env>_FILE`. */
  readonly secret: boolean;
  /** @returns the value; throws an Error whose message completes "<env> ..." */
  readonly parse: (text: string | undefined) => Value;
}

function text(env: string, fallback: string, doc: string): Setting<string> {
  return {
    env,
    doc,
    secret: false,
    defaultText: fallback === '' ? '(empty)' : fallback,
    parse: (value) => value ?? fallback,
  };
}

function optional(env: string, doc: string, check: (value: string) => void = () => {}): Setting<string | null> {
  return { env, doc, secret: false, defaultText: '(unset)', parse: checked(check) };
}

function secret(env: string, doc: string, check: (value: string) => void = () => {}): Setting<string | null> {
  return { env, doc, secret: true, defaultText: '(unset)', parse: checked(check) };
}

function checked(check: (value: string) => void): (value: string | undefined) => string | null {
  return (value) => {
    if (value === undefined) return null;
    check(value);
    return value;
  };
}

function whole(env: string, fallback: number, min: number, max: number, doc: string): Setting<number> {
  return {
    env,
    doc: `${doc} (${min} to ${max})`,
    secret: false,
    defaultText: String(fallback),
    parse(value) {
      if (value === undefined) return fallback;
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= min && number <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
      return number;
    },
  };
}

function flag(env: string, fallback: boolean, doc: string): Setting<boolean> {
  return {
    env,
    doc,
    secret: false,
    defaultText: String(fallback),
    parse(value) {
      if (value === undefined) return fallback;
      if (/^(true|yes|on|1)$/i.test(value)) return true;
      if (/^(false|no|off|0)$/i.test(value)) return false;
      throw new Error('must be true or false');
    },
  };
}

function oneOf<Choice extends string>(
  env: string,
  choices: readonly Choice[],
  fallback: Choice,
  doc: string,
): Setting<Choice> {
  return {
    env,
    doc: `${doc} (${choices.join(', ')})`,
    secret: false,
    defaultText: fallback,
    parse(value) {
      if (value === undefined) return fallback;
      const choice = choices.find((candidate) => candidate === value);
      if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
      return choice;
    },
  };
}

/** Some of the choices in an order of one's own. */
function someOf<Choice extends string>(
  env: string,
  choices: readonly Choice[],
  fallback: readonly Choice[],
  doc: string,
): Setting<readonly Choice[]> {
  return {
    env,
    doc: `${doc} (${choices.join(', ')}), separated by commas`,
    secret: false,
    defaultText: fallback.join(','),
    parse(value) {
      if (value === undefined) return fallback;
      const names = value.split(',').map((name) => name.trim());
      const chosen = names.flatMap((name) => choices.filter((choice) => choice === name));
      if (chosen.length < names.length || new Set(chosen).size < chosen.length)
        throw new Error(`must be some of ${choices.join(', ')}, each once, separated by commas`);
      return chosen;
    },
  };
}

function url(schemes: readonly string[]): (value: string) => void {
  return (value) => {
    let scheme: string;
    try {
      scheme = new URL(value).protocol.slice(0, -1);
    } catch {
      // mongodb:// with several hosts is no WHATWG URL
      scheme = /^(mongodb(?:\+srv)?):\/\/[^/\s]+/.exec(value)?.[1] ?? '';
    }
    if (!schemes.includes(scheme))
      throw new Error(`must be an address that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`);
  };
}

/** The pages and cookies are made for the root of a host. */
function siteAddress(value: string): void {
  url(['http', 'https'])(value);
  const { pathname, search, hash, username } = new URL(value);
  if (/[/?#]$/.test(value) || pathname !== '/' || search + hash + username !== '')
    throw new Error('must be scheme and host only, without a slash at the end, like https://badges.example.org');
}

function smtpAddress(value: string): void {
  url(['smtp', 'smtps'])(value);
  const { hostname, pathname, search, hash } = new URL(value);
  if (hostname === '' || !['', '/'].includes(pathname) || search + hash !== '')
    throw new Error('must be like smtp://user:password@mail.example.org:587, and nothing after it');
}

function sender(value: string): void {
  if (!/^(?:[^<>\r\n]+ <[^\s@<>,]+@[^\s@<>,]+>|[^\s@<>,]+@[^\s@<>,]+)$/.test(value))
    throw new Error('must be an address, or a name and an address like Example <credentials@example.org>');
}

/** A JWK set, or where there is one. */
function publicKeys(value: string): void {
  if (!value.startsWith('{')) {
    url(['https', 'http'])(value);
    return;
  }
  let keys: unknown;
  try {
    keys = (JSON.parse(value) as { readonly keys?: unknown }).keys;
  } catch {
    throw new Error('must be a JWK set in JSON, like {"keys":[...]}, or an address that has one');
  }
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('must have a list of keys, like {"keys":[...]}');
  for (const key of keys as readonly (Readonly<Record<string, unknown>> | null)[]) {
    if (key?.kty !== 'RSA' && key?.kty !== 'EC') throw new Error('must hold RSA and EC keys only: those can be public');
    if ('d' in key) throw new Error('holds a private key; put only the public half here, and treat the other as known');
  }
}

function longEnough(value: string): void {
  if (value.length < 16) throw new Error('must have at least 16 characters; `openssl rand -hex 32` makes a good one');
}

/** Several secrets in one setting: a list that a person may write over lines. */
const formerSecretKeys: Setting<readonly string[]> = {
  env: 'LAUREL_FORMER_SECRET_KEYS',
  secret: true,
  defaultText: '(unset)',
  doc: 'What LAUREL_SECRET_KEY was before, separated by blanks or line ends: opens what was sealed under it, until `laurel secrets rotate` has sealed it anew',
  parse(value) {
    const keys = value?.split(/\s+/).filter((key) => key !== '') ?? [];
    for (const key of keys) longEnough(key);
    return keys;
  },
};

const internalHosts: Setting<readonly string[]> = {
  env: 'LAUREL_INTERNAL_HOSTS',
  secret: false,
  defaultText: '(unset)',
  doc: 'Hosts of your own, as `host` or `host:port` separated by commas, that Laurel may call without https and at private addresses, e.g. a stand-in for a provider; every other host must be out in the world and speak https',
  parse(value) {
    const hosts = value?.split(',').map((host) => host.trim()) ?? [];
    if (hosts.some((host) => !/^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host)))
      throw new Error('must be hosts separated by commas, like badges.internal,127.0.0.1:4010');
    return hosts;
  },
};

const providerAccounts: Setting<readonly GivenAccount[]> = {
  env: 'LAUREL_PROVIDER_ACCOUNTS',
  secret: true,
  defaultText: '(unset)',
  doc: 'Accounts at badge providers that are set up at start, separated by blanks or line ends: `credly/<name>=<organization id>:<token>` or `accredible/<name>=<API key>`; `@sandbox` or `@eu` after the name for another host. Their secrets cannot be changed on the pages',
  parse(value) {
    const entries = value?.split(/\s+/).filter((entry) => entry !== '') ?? [];
    return entries.map((entry, index) => {
      const match = /^([a-z][a-z0-9-]*)\/([a-z0-9-]+)(?:@([a-z0-9-]+))?=(\S+)$/.exec(entry);
      if (match === null)
        throw new Error(`must be entries like credly/science=<id>:<token>, but entry ${index + 1} is not`);
      const [, provider = '', slug = '', host = null, credentials = ''] = match;
      return { provider, slug, host, credentials };
    });
  },
};

const plugins: Setting<readonly string[]> = {
  env: 'LAUREL_PLUGINS',
  secret: false,
  defaultText: '(unset)',
  doc: 'npm packages that bring badge providers or functions for credentials, separated by commas; a path begins with `./` or `/`. They run with all rights of the server: name only what you trust. See docs/how-to/write-a-provider.md',
  parse(value) {
    const names = value?.split(',').map((name) => name.trim()) ?? [];
    if (names.some((name) => name === '' || /\s/.test(name))) throw new Error('must be packages separated by commas');
    if (new Set(names).size < names.length) throw new Error('names a package twice; keep one');
    return names;
  },
};

/** Where a provider is; an address of your own needs LAUREL_INTERNAL_HOSTS. */
function providerUrl(env: string, fallback: string, provider: string): Setting<string> {
  const check = url(['https', 'http']);
  return {
    env,
    secret: false,
    defaultText: fallback,
    doc: `Address of ${provider}, to be changed for a stand-in only`,
    parse(value) {
      if (value === undefined) return fallback;
      check(value);
      const { username, password, search, hash } = new URL(value);
      if (username + password + search + hash !== '') throw new Error('must be scheme, host and path only');
      return value;
    },
  };
}

/** Event types that are processed unless LAUREL_EVENT_TYPES says otherwise. */
const DEFAULT_EVENT_TYPES = [
  'org.openedx.learning.course.passing.status.updated.v1',
  'org.openedx.learning.ccx.course.passing.status.updated.v1',
];

const eventTypes: Setting<readonly string[] | '*'> = {
  env: 'LAUREL_EVENT_TYPES',
  secret: false,
  defaultText: DEFAULT_EVENT_TYPES.join(','),
  doc: 'Event types that rules may react to, separated by commas; `*` for every learner event of the catalogue',
  parse(value) {
    if (value === undefined) return DEFAULT_EVENT_TYPES;
    if (value.trim() === '*') return '*';
    const names = value.split(',').map((name) => name.trim());
    if (names.some((name) => name === '')) throw new Error('must be event types separated by commas, or *');
    return names;
  },
};

/** Key paths that differ from learner to learner or from run to run: a rule on them is nearly always a mistake. */
const DEFAULT_HIDDEN_KEY_PATHS = [
  'user.id',
  'user.is_active',
  'user.pii.username',
  'user.pii.email',
  'user.pii.name',
  'course.display_name',
  'course.start',
  'course.end',
];

const hiddenKeyPaths: Setting<readonly string[]> = {
  env: 'LAUREL_HIDDEN_KEY_PATHS',
  secret: false,
  defaultText: DEFAULT_HIDDEN_KEY_PATHS.join(','),
  doc: 'Key paths that are not offered when a rule is written, separated by commas; `none` to offer all. A rule may use them all the same',
  parse(value) {
    if (value === undefined) return DEFAULT_HIDDEN_KEY_PATHS;
    if (value.trim() === 'none') return [];
    const paths = value.split(',').map((path) => path.trim());
    if (paths.some((path) => path === '' || /\s/.test(path)))
      throw new Error('must be key paths separated by commas, or none');
    return paths;
  },
};

export const settingsTable = {
  port: whole('PORT', 8080, 0, 65_535, 'Port of the pages and the API; 0 picks a free one'),
  host: text('LAUREL_HOST', '127.0.0.1', 'Address to listen on; `0.0.0.0` for all, as in a container'),
  publicUrl: optional(
    'LAUREL_PUBLIC_URL',
    'Where people reach the pages, e.g. `https://badges.example.org`; unset: the local address. With https, cookies are sent over https only',
    siteAddress,
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
  filesDir: optional(
    'LAUREL_FILES_DIR',
    'Folder for assets and generated credentials; unset: in the database (GridFS)',
  ),
  pdfThreads: whole(
    'LAUREL_PDF_THREADS',
    0,
    0,
    64,
    'Threads of a process that make PDF credentials; 0: one less than it has processors, at least 1',
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
  lmsJwtIssuer: optional('LAUREL_LMS_JWT_ISSUER', 'Issuer in those tokens; unset: `/oauth2` at LAUREL_LMS_URL'),
  lmsJwtAudience: text('LAUREL_LMS_JWT_AUDIENCE', 'openedx', 'Audience in those tokens'),
  ingestToken: secret('LAUREL_INGEST_TOKEN', 'Bearer token of `POST /events`; unset: that door is shut', longEnough),
  maxBodyBytes: whole(
    'LAUREL_MAX_BODY_BYTES',
    1_048_576,
    1_024,
    67_108_864,
    'Largest request body of `POST /events` in bytes',
  ),
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
  mailLanguage: oneOf<MailLanguage>('LAUREL_MAIL_LANGUAGE', MAIL_LANGUAGES, 'en', 'Language of mails to learners'),
  downloadUrl: optional(
    'LAUREL_DOWNLOAD_URL',
    'Host that learners download documents from, e.g. `https://files.example.org`, which must lead to this server; unset: LAUREL_PUBLIC_URL',
    siteAddress,
  ),
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

/** Variables of the test suite that may stand beside the settings. */
const FOREIGN = /^LAUREL_TEST_/;

/** @param environment usually process.env
 *  @throws ConfigurationError that lists every problem: bad values, unreadable files, misspelt names */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [key, setting] of Object.entries(settingsTable) as [string, Setting<unknown>][]) {
    known.add(setting.env);
    if (setting.secret) known.add(`${setting.env}_FILE`);
    try {
      values[key] = setting.parse(raw(setting, environment));
    } catch (error) {
      problems.push(`${setting.env} ${(error as Error).message}`);
    }
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('LAUREL_') || known.has(name) || FOREIGN.test(name)) continue;
    const near = suggest(name, known);
    problems.push(
      `${name} is not a setting; ${near ? `did you mean ${near}?` : 'remove it, or see docs/reference/settings.md'}`,
    );
  }
  problems.push(...lmsProblems(values), ...lmsTokenProblems(values));
  if (typeof values.smtpUrl === 'string' && values.mailFrom === null)
    problems.push('LAUREL_MAIL_FROM must be set where LAUREL_SMTP_URL is');
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values as unknown as Settings;
}

/** What is wrong with settings that are right one by one. A value that is undefined has been reported already. */
function lmsProblems({
  lmsUrl,
  lmsClientId,
  lmsClientSecret,
  lmsAllowHttp,
}: Readonly<Record<string, unknown>>): string[] {
  const names = ['LAUREL_LMS_URL', 'LAUREL_LMS_CLIENT_ID', 'LAUREL_LMS_CLIENT_SECRET'];
  const values = [lmsUrl, lmsClientId, lmsClientSecret];
  const missing = names.filter((_, index) => values[index] === null);
  const isPart = missing.length > 0 && missing.length < names.length;
  const problems = isPart
    ? missing.map((name) => `${name} must be set where ${names.find((one) => !missing.includes(one))} is`)
    : [];
  if (typeof lmsUrl === 'string' && lmsAllowHttp === false && !isConfidential(new URL(lmsUrl)))
    problems.push(
      'LAUREL_LMS_URL must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: the client secret travels to it',
    );
  return problems;
}

function lmsTokenProblems({
  lmsUrl,
  lmsAllowHttp,
  lmsJwtKeys,
  lmsJwtIssuer,
}: Readonly<Record<string, unknown>>): string[] {
  if (typeof lmsJwtKeys !== 'string') return [];
  const problems =
    lmsUrl === null && lmsJwtIssuer === null
      ? ['LAUREL_LMS_JWT_ISSUER must be set where LAUREL_LMS_JWT_KEYS is and LAUREL_LMS_URL is not']
      : [];
  if (!lmsJwtKeys.startsWith('{') && lmsAllowHttp === false && !isConfidential(new URL(lmsJwtKeys)))
    problems.push(
      'LAUREL_LMS_JWT_KEYS must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: who changes the keys on their way can be anybody',
    );
  return problems;
}

/** Encrypted, or to a host that is not out in the world: this machine, a container beside us, a private network. */
function isConfidential({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  if (/^[a-z0-9_-]+$/i.test(hostname) || /\.(local|localhost|internal|svc)$/i.test(hostname)) return true;
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)[\d.]+$|^\[(::1|f[cd][0-9a-f:]*)\]$/i.test(hostname);
}

function raw(setting: Setting<unknown>, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const direct = blankAsUnset(environment[setting.env]);
  const file = setting.secret ? blankAsUnset(environment[`${setting.env}_FILE`]) : undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) throw new Error(`and ${setting.env}_FILE are both set; keep one`);
  try {
    return blankAsUnset(readFileSync(file, 'utf8').trim());
  } catch (error) {
    throw new Error(
      `cannot be read from the file that ${setting.env}_FILE names (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
}

function blankAsUnset(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}

/** Where the server answers on this machine. */
export function localAddress(settings: Pick<Settings, 'port'>): string {
  return `http://localhost:${settings.port}`;
}
