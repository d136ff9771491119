/** For load balancers: whether the process lives, and whether it can work. */

import { readinessOf } from '../../health.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export function healthRoutes(services: Services): readonly Route[] {
  return [
    get('/healthz', 'public', (_req, res) => {
      res.set('Cache-Control', 'no-store').json({ status: 'ok' });
    }),
    get('/readyz', 'public', async (_req, res) => {
      const report = await services.health();
      res.set('Cache-Control', 'no-store');
      res.status(report.status === 'down' ? 503 : 200).json(readinessOf(report));
    }),
  ];
}
