/** The dashboard that operators load into Grafana. */

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

const panels: readonly Panel[] = [
  {
    title: 'Events by outcome',
    unit: 'ops',
    queries: [['sum by (outcome) (rate(laurel_events_total[5m]))', '{{outcome}}']],
  },
  {
    title: 'Time of an event',
    unit: 's',
    queries: [0.5, 0.95, 0.99].map((q) => [
      `histogram_quantile(${q}, sum by (le) (rate(laurel_event_seconds_bucket[5m])))`,
      `p${q * 100}`,
    ]),
  },
  {
    title: 'Messages of RabbitMQ',
    unit: 'ops',
    queries: [
      ['sum by (outcome) (rate(laurel_amqp_messages_total[5m]))', '{{outcome}}'],
      ['sum(rate(laurel_amqp_redeliveries_total[5m]))', 'redelivered'],
    ],
  },
  {
    title: 'Waiting in RabbitMQ',
    unit: 'short',
    queries: [['max by (queue) (laurel_amqp_queue_messages)', '{{queue}}']],
  },
  {
    title: 'Connected to RabbitMQ',
    unit: 'short',
    queries: [['sum by (connection) (laurel_amqp_connected)', '{{connection}}']],
  },
  {
    title: 'Open effects',
    unit: 'short',
    queries: [['max by (state, lane) (laurel_effects_open)', '{{state}} {{lane}}']],
  },
  {
    title: 'Overdue',
    unit: 's',
    queries: [
      ['max by (lane) (laurel_effects_overdue_seconds)', 'effects {{lane}}'],
      ['max(laurel_schedule_lag_seconds)', 'schedules'],
    ],
  },
  { title: 'Lanes left alone', unit: 'short', queries: [['max by (lane) (laurel_breaker_open)', '{{lane}}']] },
  {
    title: 'Accounts at providers in trouble',
    unit: 'short',
    queries: [['max(laurel_provider_accounts_troubled)', 'accounts']],
  },
  { title: 'Dead letters', unit: 'short', queries: [['max(laurel_dead_letters_open)', 'open']] },
  {
    title: 'Requests to providers',
    unit: 'ops',
    queries: [['sum by (provider, code) (rate(laurel_provider_requests_total[5m]))', '{{provider}} {{code}}']],
  },
  {
    title: 'Time of a request to a provider',
    unit: 's',
    queries: [
      [
        'histogram_quantile(0.95, sum by (le, provider) (rate(laurel_provider_request_seconds_bucket[5m])))',
        '{{provider}} p95',
      ],
    ],
  },
  {
    title: 'Documents, runs and jobs',
    unit: 'short',
    queries: [
      ['sum by (outcome) (increase(laurel_document_seconds_count[1h]))', 'documents {{outcome}}'],
      ['sum by (status) (increase(laurel_runs_total[1h]))', 'runs {{status}}'],
      ['sum by (status) (increase(laurel_jobs_total[1h]))', 'jobs {{status}}'],
    ],
  },
  {
    title: 'Time of a document',
    unit: 's',
    queries: [['histogram_quantile(0.95, sum by (le) (rate(laurel_document_seconds_bucket[15m])))', 'p95']],
  },
  {
    title: 'Mails',
    unit: 'short',
    queries: [
      ['sum by (outcome) (increase(laurel_mails_sent_total[1h]))', '{{outcome}}'],
      ['max(laurel_mails{state="failed"})', 'wait for a person'],
    ],
  },
  {
    title: 'Answers of pages and API',
    unit: 'ops',
    queries: [['sum by (status) (rate(laurel_http_seconds_count[5m]))', '{{status}}']],
  },
  {
    title: 'Database',
    unit: 's',
    queries: [
      ['max(laurel_store_ping_seconds)', 'ping'],
      ['1 - min(laurel_store_up)', 'away'],
    ],
  },
  {
    title: 'Processes',
    unit: 's',
    queries: [
      ['nodejs_eventloop_lag_p99_seconds', 'lag {{instance}}'],
      ['rate(process_cpu_seconds_total[5m])', 'processor {{instance}}'],
    ],
  },
];

export function dashboard(): string {
  const datasource = { type: 'prometheus', uid: '$datasource' };
  return `${JSON.stringify(
    {
      title: 'Laurel',
      uid: 'laurel',
      schemaVersion: 39,
      refresh: '1m',
      time: { from: 'now-6h', to: 'now' },
      templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
      panels: panels.map(({ title, unit, queries }, index) => ({
        id: index + 1,
        type: 'timeseries',
        title,
        datasource,
        gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
        fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
        targets: queries.map(([expr, legendFormat], at) => ({
          refId: String.fromCharCode(65 + at),
          datasource,
          expr,
          legendFormat,
        })),
      })),
    },
    null,
    2,
  )}\n`;
}
