/** The settings: one table, read once at start from the environment, every problem reported at once.
 *  docs/reference/settings.md and .env.example are made from the table (`npm run generate`). */

import { readFileSync } from 'node:fs';
import { suggest } from '../dsl/index.ts';
import { ConfigurationError } from '../plugin/errors.ts';

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

function longEnough(value: string): void {
  if (value.length < 16) throw new Error('must have at least 16 characters; `openssl rand -hex 32` makes a good one');
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
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values as unknown as Settings;
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
