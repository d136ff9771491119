/** Every metric of Laurel. docs/reference/metrics.md is made from this table, and the alert rules may name nothing else.
 *
 *  A label never holds what grows with use: no learner, course, badge or account. */

import { eventCatalogue } from '../../plugin/events/catalogue.ts';

export interface Metric {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  /** Name to what it may be. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whose number it is: of this process since it started, or of the database and so the same in every process. */
  readonly of: 'process' | 'database';
  /** Upper bounds in seconds; histograms only. */
  readonly buckets?: readonly number[];
  /** Counters stand at 0 under these from the start: `increase` does not see a series that begins at 1. */
  readonly from?: readonly Readonly<Record<string, string>>[];
}

type Labels = Metric['labels'];

const counter = (name: string, help: string, labels: Labels = {}, from: Metric['from'] = []): Metric => ({
  ...{ kind: 'counter', name, help, labels, of: 'process', from },
});
const gauge = (name: string, help: string, labels: Labels = {}): Metric => ({
  ...{ kind: 'gauge', name, help, labels, of: 'process' },
});
const stored = (name: string, help: string, labels: Labels = {}): Metric => ({
  ...gauge(name, help, labels),
  of: 'database',
});
const seconds = (name: string, help: string, labels: Labels, buckets: readonly number[]): Metric => ({
  ...{ kind: 'histogram', name, help, labels, of: 'process', buckets },
});

const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SLOW = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const EVENT_OUTCOMES = ['matched', 'ignored', 'failed'];
const RUN_STATES = ['done', 'done-with-errors', 'failed', 'cancelled'];
const JOB_STATES = ['done', 'failed', 'cancelled'];
const MAIL_OUTCOMES = ['sent', 'refused', 'deferred', 'unavailable'];

const each = (label: string, values: readonly string[]) => values.map((value) => ({ [label]: value }));
/** As a list in the description of a label. */
const words = (values: readonly string[]): string => values.map((value) => `\`${value}\``).join(', ');

const PROVIDER = 'a badge provider, e.g. `Credly`';
const LANE = 'the word of a provider in rules, or `(event bus)`';

export const metricsTable = {
  events: counter(
    'laurel_events_total',
    'Events taken in, by what became of them; `failed`: tried again',
    { type: 'event type of the catalogue, or `other`', outcome: words(EVENT_OUTCOMES) },
    [...eventCatalogue.keys(), 'other'].flatMap((type) => EVENT_OUTCOMES.map((outcome) => ({ type, outcome }))),
  ),
  eventSeconds: seconds(
    'laurel_event_seconds',
    'Time from taking an event to its effect and record being durable',
    { outcome: 'as above' },
    QUICK,
  ),
  messages: counter('laurel_amqp_messages_total', 'Messages from RabbitMQ, by how they were settled', {
    outcome: '`handled`, `ignored` (unknown type), `dead`, `abandoned` (the broker delivers them again)',
  }),
  redeliveries: counter('laurel_amqp_redeliveries_total', 'Messages that RabbitMQ had handed out before'),
  connected: gauge('laurel_amqp_connected', '1 while connected to RabbitMQ, else 0', {
    connection: '`publishing`, `consuming`',
  }),
  queued: gauge(
    'laurel_amqp_queue_messages',
    'Messages that wait in the queues of RabbitMQ; left out while it is away',
    {
      queue:
        '`events` (shards too), `suspects` (their consumer died), `dead`, `published` (what was announced, for others)',
    },
  ),
  deadLetters: stored('laurel_dead_letters_open', 'Dead letters that wait for a person'),
  effects: stored('laurel_effects_open', 'Awards, revocations and announcements that are not carried out yet', {
    state: '`pending`, `failed` (waits for a person)',
    lane: LANE,
  }),
  effectsOverdue: stored(
    'laurel_effects_overdue_seconds',
    'How long the effect of a lane that has been due longest has waited, also for a provider that is left alone; 0: none is overdue',
    { lane: LANE },
  ),
  breaker: gauge(
    'laurel_breaker_open',
    '1 while a lane is left alone because it does not answer, 0.5 while it is tried, else 0',
    {
      lane: LANE,
    },
  ),
  providerRequests: counter('laurel_provider_requests_total', 'Requests to badge providers', {
    provider: PROVIDER,
    code: 'status of the answer, or code of the error',
  }),
  providerSeconds: seconds(
    'laurel_provider_request_seconds',
    'Time of a request to a badge provider',
    { provider: PROVIDER },
    SLOW,
  ),
  accounts: stored(
    'laurel_provider_accounts_troubled',
    'Accounts at badge providers that do not work, or whose secret has expired or does so within a month',
  ),
  runs: counter(
    'laurel_runs_total',
    'Runs of credential configurations that ended in this process',
    { status: words(RUN_STATES) },
    each('status', RUN_STATES),
  ),
  jobs: counter(
    'laurel_jobs_total',
    'Jobs, such as replays and retirements, that ended in this process',
    { status: words(JOB_STATES) },
    each('status', JOB_STATES),
  ),
  jobsPostponed: stored(
    'laurel_jobs_postponed',
    'Jobs whose last step failed for a reason that may pass, and that try it again',
  ),
  jobsPostponedSeconds: stored(
    'laurel_jobs_postponed_seconds',
    'How long the job has been trying that has done so longest; 0: none is',
  ),
  scheduleLag: stored(
    'laurel_schedule_lag_seconds',
    'How long the schedule that has been due longest has waited; 0: none is due',
  ),
  documentSeconds: seconds(
    'laurel_document_seconds',
    'Time of making one document of a credential',
    { outcome: '`made`, `failed`' },
    SLOW,
  ),
  mailsSent: counter(
    'laurel_mails_sent_total',
    'Attempts at sending a mail',
    { outcome: words(MAIL_OUTCOMES) },
    each('outcome', MAIL_OUTCOMES),
  ),
  mails: stored('laurel_mails', 'Mails to learners, by their state', {
    state: '`none`, `pending`, `sent`, `failed` (waits for a person), and the like',
  }),
  http: seconds(
    'laurel_http_seconds',
    'Time of answering a request to the pages or the API, without the health questions',
    { method: '`GET`, `POST`, `other`', status: '`2xx`, `3xx`, `4xx`, `5xx`' },
    QUICK,
  ),
  store: gauge(
    'laurel_store_up',
    '1 while the database answers, else 0; the numbers of the database are left out then',
  ),
  storeSeconds: gauge('laurel_store_ping_seconds', 'Time of the last ping of the database'),
  storeBytes: stored('laurel_store_bytes', 'What the database takes on disk, where it tells', {
    part: '`used`, `free` (taken by what is written next)',
  }),
  started: gauge('laurel_info', 'Always 1', { roles: 'what this process does' }),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricKey = keyof typeof metricsTable;
