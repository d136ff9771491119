/** Metrics of this process: off, and at no cost, unless LAUREL_METRICS_ADDRESS says where they may be asked for. */

import type { Settings } from '../config.ts';
import { readinessOf } from '../health.ts';
import type { Answered, HealthReport } from '../http/services.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { openMetricsDoor } from '../metrics/door.ts';
import { type GaugeParts, lookUpGauges } from '../metrics/gauges.ts';
import { createMeters, type Meters, noMeters } from '../metrics/meters.ts';

export interface MetricsParts {
  readonly settings: Pick<Settings, 'metricsAddress'>;
  /** None: a command, which nobody scrapes. */
  readonly roles: readonly string[];
  readonly lifecycle: Lifecycle;
  readonly health: () => Promise<HealthReport>;
}

export interface Metrics {
  readonly meters: Meters;
  readonly answered: ((answer: Answered) => void) | undefined;
  /** From here on the state is looked up, and the door says more than that the process is starting. */
  watch(parts: GaugeParts): void;
}

/** The door is opened first and so closed late: whoever asks during a stop learns of it.
 *  @throws as `openMetricsDoor` */
export async function composeMetrics({ settings, roles, lifecycle, health }: MetricsParts): Promise<Metrics> {
  if (settings.metricsAddress === null || roles.length === 0)
    return { meters: noMeters, answered: undefined, watch() {} };
  const meters = await createMeters();
  meters.set('started', [{ labels: { roles: roles.join(',') }, value: 1 }]);
  let isWatched = false;
  await openMetricsDoor({
    address: settings.metricsAddress,
    meters,
    readiness: async () =>
      isWatched ? readinessOf(await health()) : { status: 'down', checks: { process: { status: 'down' } } },
    lifecycle,
  });
  return {
    meters,
    answered: ({ method, status, seconds }) =>
      meters.observe(
        'http',
        { method: /^(GET|POST)$/.test(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` },
        seconds,
      ),
    watch(parts) {
      isWatched = true;
      meters.beforeScrape(() => lookUpGauges(parts, meters));
    },
  };
}
