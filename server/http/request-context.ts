/** Every request has an id, which the answer, the error page and the log line share, so that a person can quote it. */

import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Services } from './services.ts';

/** Asked every few seconds by machines: not worth a line. */
const HEALTH = new Set(['/healthz', '/readyz']);

/** Logs one line per request: the pattern of the route and never the address, which may name a learner or hold a token. */
export function requestContext({ logger, answered }: Pick<Services, 'logger' | 'answered'>): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.locals.requestId = randomUUID();
    res.set('X-Request-Id', res.locals.requestId);
    res.on('finish', () => {
      if (HEALTH.has(req.path)) return;
      const ms = performance.now() - startedAt;
      answered?.({ method: req.method, status: res.statusCode, seconds: ms / 1_000 });
      logger.debug('request answered', {
        requestId: requestIdOf(res),
        method: req.method,
        route: (req.route as { path?: string } | undefined)?.path ?? null,
        status: res.statusCode,
        durationMs: Math.round(ms),
      });
    });
    next();
  };
}

export function requestIdOf(res: Response): string {
  return String(res.locals.requestId ?? '');
}
