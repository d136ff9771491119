/** When a person should look. examples/operations/alerts.yml is made from this table; docs/how-to/runbooks.md tells, under the
 *  name of each, what to do. */

export interface Alert {
  readonly name: string;
  /** PromQL over the metrics of metrics/table.ts. */
  readonly expr: string;
  /** How long it must hold. */
  readonly holds: string;
  readonly severity: 'page' | 'ticket';
  readonly summary: string;
}

const UNLESS_DATABASE_AWAY = 'unless on () min(laurel_store_up) == 0';
/** Also between two attempts, when it is tried once. */
const LANE_AWAY = 'max by (lane) (max_over_time(laurel_breaker_open[5m])) == 1';

export const alerts: readonly Alert[] = [
  {
    name: 'LaurelAway',
    expr: 'absent(laurel_info)',
    holds: '2m',
    severity: 'page',
    summary: 'No process of Laurel answers Prometheus',
  },
  {
    name: 'LaurelDatabaseAway',
    expr: 'min(laurel_store_up) == 0',
    holds: '2m',
    severity: 'page',
    summary: 'A process of Laurel does not reach the database; events wait in RabbitMQ',
  },
  {
    name: 'LaurelNotConsuming',
    // Only where RabbitMQ is used; a consumer that is gone has no number at all.
    expr: '(max(laurel_amqp_connected{connection="consuming"}) or vector(0)) == 0 and on () laurel_amqp_connected{connection="publishing"}',
    holds: '5m',
    severity: 'page',
    summary: 'No process consumes events from RabbitMQ',
  },
  {
    name: 'LaurelBacklog',
    expr: 'max(laurel_amqp_queue_messages{queue="events"}) > 1000 and max(delta(laurel_amqp_queue_messages{queue="events"}[15m])) > 0',
    holds: '15m',
    severity: 'ticket',
    summary: '{{ $value }} events wait in RabbitMQ, and more come than are handled',
  },
  {
    name: 'LaurelDeadLetters',
    expr: 'max(laurel_dead_letters_open) > 0',
    holds: '15m',
    severity: 'ticket',
    summary: '{{ $value }} events could not be processed and wait for a person',
  },
  {
    name: 'LaurelEventsFail',
    // A few of few are left to the dead letters, and a database that is away is told already.
    expr: `sum(rate(laurel_events_total{outcome="failed"}[10m])) > 0.05 * sum(rate(laurel_events_total[10m])) and sum(increase(laurel_events_total{outcome="failed"}[10m])) >= 5 ${UNLESS_DATABASE_AWAY}`,
    holds: '10m',
    severity: 'page',
    summary: 'More than one event in twenty fails at its first attempt',
  },
  {
    name: 'LaurelEventsSlow',
    expr: 'histogram_quantile(0.95, sum by (le) (rate(laurel_event_seconds_bucket[10m]))) > 2',
    holds: '15m',
    severity: 'ticket',
    summary: 'One event in twenty takes longer than {{ $value }} s',
  },
  {
    name: 'LaurelRedeliveries',
    expr: 'sum(rate(laurel_amqp_redeliveries_total[15m])) > 1',
    holds: '15m',
    severity: 'ticket',
    summary: 'RabbitMQ hands out many messages again: consumers lose their connection or die',
  },
  {
    name: 'LaurelEffectsOverdue',
    // Not while they are worked off, and not those for a lane that is away.
    expr: `max by (lane) (laurel_effects_overdue_seconds) > 600 and max by (lane) (delta(laurel_effects_overdue_seconds[10m])) > 0 unless ${LANE_AWAY}`,
    holds: '5m',
    severity: 'page',
    summary: 'What is for {{ $labels.lane }} is due for {{ $value }} s, and it gets worse: nobody carries it out',
  },
  {
    name: 'LaurelEffectsFailed',
    expr: 'sum(max by (lane) (laurel_effects_open{state="failed"})) > 0',
    holds: '15m',
    severity: 'ticket',
    summary: '{{ $value }} awards or announcements were refused and wait for a person',
  },
  {
    name: 'LaurelLaneOpen',
    expr: LANE_AWAY,
    holds: '15m',
    severity: 'ticket',
    summary: '{{ $labels.lane }} has not answered for a quarter of an hour; what is for it waits',
  },
  {
    name: 'LaurelProviderAccounts',
    expr: 'max(laurel_provider_accounts_troubled) > 0',
    holds: '1h',
    severity: 'ticket',
    summary: '{{ $value }} accounts at badge providers need a person: a secret that ends, or that is refused',
  },
  {
    name: 'LaurelScheduleLate',
    expr: 'max(laurel_schedule_lag_seconds) > 300',
    holds: '5m',
    severity: 'ticket',
    summary: 'A schedule is due for {{ $value }} s: no scheduler runs, or it is held up',
  },
  {
    name: 'LaurelRunFailed',
    expr: 'sum(increase(laurel_runs_total{status=~"failed|done-with-errors"}[1h])) > 0',
    holds: '0m',
    severity: 'ticket',
    summary: 'A run of credentials failed or left somebody out',
  },
  {
    name: 'LaurelJobFailed',
    expr: 'sum(increase(laurel_jobs_total{status="failed"}[1h])) > 0',
    holds: '0m',
    severity: 'ticket',
    summary: 'A job failed and goes on only when a person resumes it: a replay, a retirement or the like',
  },
  {
    name: 'LaurelJobPostponed',
    // Without the database no job gets on, which is told already.
    expr: `max(laurel_jobs_postponed_seconds) > 1800 ${UNLESS_DATABASE_AWAY}`,
    holds: '5m',
    severity: 'ticket',
    summary: 'A job has been trying the same step for {{ $value }} s: what it needs is away, and it does not give up',
  },
  {
    name: 'LaurelMailsFailed',
    expr: 'max(laurel_mails{state="failed"}) > 0',
    holds: '15m',
    severity: 'ticket',
    summary: '{{ $value }} mails to learners wait for a person',
  },
  {
    name: 'LaurelErrorsAnswered',
    expr: `sum(rate(laurel_http_seconds_count{status="5xx"}[5m])) > 0.1 ${UNLESS_DATABASE_AWAY}`,
    holds: '5m',
    severity: 'page',
    summary: 'The pages or the API answer with errors of the server',
  },
  {
    name: 'LaurelEventLoopBlocked',
    expr: 'max(nodejs_eventloop_lag_p99_seconds) > 0.5',
    holds: '10m',
    severity: 'ticket',
    summary: 'A process is held up for {{ $value }} s at a time',
  },
];
