/** Every request has an id, which the answer, the error page and the log line share, so that a person can quote it. */

import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Logger } from '../../plugin/ports/runtime.ts';

/** Logs one line per request: the pattern of the route and never the address, which may name a learner or hold a token. */
export function requestContext(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.locals.requestId = randomUUID();
    res.set('X-Request-Id', res.locals.requestId);
    res.on('finish', () => {
      logger.debug('request answered', {
        requestId: requestIdOf(res),
        method: req.method,
        route: (req.route as { path?: string } | undefined)?.path ?? null,
        status: res.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
      });
    });
    next();
  };
}

export function requestIdOf(res: Response): string {
  return String(res.locals.requestId ?? '');
}
