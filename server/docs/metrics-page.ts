/** The reference page of the metrics, and the alert rules that operators load into Prometheus. */

import { alerts } from '../metrics/alerts.ts';
import { type Metric, metricsTable } from '../metrics/table.ts';
import { cell, page, table } from './markdown.ts';

const RUNBOOKS = 'docs/how-to/runbooks.md';

export function metricsPage(): string {
  const metrics: readonly Metric[] = Object.values(metricsTable);
  const rows = metrics.map(({ name, kind, of, labels, help }) => [
    `\`${name}\``,
    `${kind}, ${of === 'process' ? 'this process' : 'the database'}`,
    Object.entries(labels)
      .map(([label, values]) => `\`${label}\`: ${cell(values)}`)
      .join('<br>') || '-',
    cell(help),
  ]);
  return page('Metrics', [
    'Set `LAUREL_METRICS_ADDRESS` (e.g. `127.0.0.1:9464`) and let Prometheus ask for `/metrics` there. It is a door of its own: the public port has no metrics.',
    'Numbers of the database are the same in every process: take their `max`, not their `sum`. No label names a learner, a course or a badge.',
    '',
    table(['Metric', 'Kind, whose number', 'Labels', 'Meaning'], rows),
    '',
    'Beside these there are the usual `process_` and `nodejs_` metrics: processor, memory, garbage collection, and the lag of the event loop',
    '(`nodejs_eventloop_lag_p99_seconds`).',
    '',
    '## Alerts',
    '',
    'As rules for Prometheus: [examples/operations/alerts.yml](../../examples/operations/alerts.yml). A dashboard for Grafana:',
    '[examples/operations/dashboard.json](../../examples/operations/dashboard.json).',
    '',
    table(
      ['Alert', 'Holds', 'When'],
      alerts.map(({ name, holds, expr }) => [
        `[${name}](../how-to/runbooks.md#${name.toLowerCase()})`,
        holds,
        `\`${cell(expr)}\``,
      ]),
    ),
  ]);
}

export function alertRules(): string {
  const rules = alerts.flatMap(({ name, expr, holds, severity, summary }) => [
    `      - alert: ${name}`,
    `        expr: ${quoted(expr)}`,
    `        for: ${holds}`,
    '        labels:',
    `          severity: ${severity}`,
    '        annotations:',
    `          summary: ${quoted(summary)}`,
    `          runbook: ${RUNBOOKS}#${name.toLowerCase()}`,
  ]);
  return [
    '# Made by `npm run generate` from server/metrics/alerts.ts.',
    'groups:',
    '  - name: laurel',
    '    rules:',
    ...rules,
    '',
  ].join('\n');
}

/** As YAML. */
function quoted(text: string): string {
  return text.includes('"') ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}
