/** Where numbers are put. The library behind it is loaded only where somebody scrapes. */

import type { Counter, Gauge, Histogram } from 'prom-client';
import { invariant } from '../../plugin/errors.ts';
import { type Metric, type MetricKey, metricsTable } from './table.ts';

type LabelValues = Readonly<Record<string, string>>;

export interface Meters {
  /** Adds to a counter. */
  add(key: MetricKey, labels?: LabelValues, by?: number): void;
  /** One observation of a histogram, in seconds. */
  observe(key: MetricKey, labels: LabelValues, seconds: number): void;
  /** What a gauge, or a counter that somebody else keeps, stands at: in place of all values it had. */
  set(key: MetricKey, values: readonly { readonly labels?: LabelValues; readonly value: number }[]): void;
}

export interface ScrapedMeters extends Meters {
  /** Done before every exposition. */
  beforeScrape(work: () => Promise<void>): void;
  /** The exposition in the text format of Prometheus, and its media type. */
  exposition(): Promise<{ readonly type: string; readonly text: string }>;
}

export const noMeters: Meters = { add() {}, observe() {}, set() {} };

export async function createMeters(): Promise<ScrapedMeters> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  // Memory, processor, garbage collection and the lag of the event loop, under the names that dashboards know.
  prometheus.collectDefaultMetrics({ register: registry });
  // Sums of the gauges of nearly the same name, under a name that Prometheus keeps for counters.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const instruments = new Map<string, Counter | Gauge | Histogram>();
  for (const [key, metric] of Object.entries<Metric>(metricsTable)) {
    const { kind, name, help, labels, buckets = [], from = [] } = metric;
    const facts = { name, help, labelNames: Object.keys(labels), registers: [registry] };
    if (kind === 'histogram') {
      instruments.set(key, new prometheus.Histogram({ ...facts, buckets: [...buckets] }));
    } else if (kind === 'gauge') {
      instruments.set(key, new prometheus.Gauge(facts));
    } else {
      const instrument = new prometheus.Counter(facts);
      for (const values of from) instrument.inc(values, 0);
      instruments.set(key, instrument);
    }
  }
  const before: (() => Promise<void>)[] = [];

  return {
    add(key, labels = {}, by = 1) {
      const instrument = instruments.get(key);
      invariant(instrument instanceof prometheus.Counter, `${key} is a counter`);
      instrument.inc(labels, by);
    },
    observe(key, labels, seconds) {
      const instrument = instruments.get(key);
      invariant(instrument instanceof prometheus.Histogram, `${key} is a histogram`);
      instrument.observe(labels, seconds);
    },
    set(key, values) {
      const instrument = instruments.get(key);
      invariant(instrument !== undefined && !(instrument instanceof prometheus.Histogram), `${key} can be set`);
      instrument.reset();
      // A reset gauge without labels stands at 0: what is not known is left out instead.
      if (values.length === 0) instrument.remove({});
      for (const { labels = {}, value } of values) {
        if (instrument instanceof prometheus.Gauge) instrument.set(labels, value);
        else instrument.inc(labels, value);
      }
    },
    beforeScrape: (work) => void before.push(work),
    async exposition() {
      await Promise.all(before.map((work) => work()));
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
