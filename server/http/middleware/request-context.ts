/** Every request has an id, which the answer, the error page and the log line share, so that a person can quote it, and belongs
 *  to a trace: to that of the caller, or to one of its own. */

import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { readTrace } from '../../../plugin/ports/trace-context.ts';
import type { StepNotes } from '../../../plugin/ports/tracer.ts';
import type { Services } from '../services.ts';

/** Asked every few seconds by machines: not worth a line. */
const HEALTH = new Set(['/healthz', '/readyz']);

/** Logs one line per request: the pattern of the route and never the address, which may name a learner or hold a token. */
export function requestContext({
  logger,
  tracer,
  answered,
}: Pick<Services, 'logger' | 'tracer' | 'answered'>): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.locals.requestId = randomUUID();
    res.set('X-Request-Id', res.locals.requestId);
    if (HEALTH.has(req.path)) return next();
    const parent = readTrace(req.headers.traceparent, req.headers.tracestate) ?? null;
    const attributes = { 'http.request.method': methodOf(req), 'url.scheme': req.protocol };
    void tracer.step({ name: methodOf(req), kind: 'server', parent, attributes }, async (notes) => {
      const end = endOf(res);
      next();
      const isAnswered = await end;
      describe(req, res, notes);
      if (!isAnswered) return;
      const ms = performance.now() - startedAt;
      answered?.({ method: req.method, status: res.statusCode, seconds: ms / 1_000 });
      logger.debug('request answered', {
        requestId: requestIdOf(res),
        method: req.method,
        route: routeOf(req),
        status: res.statusCode,
        durationMs: Math.round(ms),
      });
    });
  };
}

export function requestIdOf(res: Response): string {
  return String(res.locals.requestId ?? '');
}

function routeOf(req: Request): string | null {
  return (req.route as { path?: string } | undefined)?.path ?? null;
}

/** Anybody may send any word as a method. */
function methodOf({ method }: Request): string {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : '_OTHER';
}

/** @returns false: the caller went before the answer was out */
function endOf(res: Response): Promise<boolean> {
  return new Promise((resolve) => {
    res.once('finish', () => resolve(true));
    res.once('close', () => resolve(false));
  });
}

function describe(req: Request, res: Response, notes: StepNotes): void {
  const route = routeOf(req);
  if (route !== null) notes.rename(`${methodOf(req)} ${route}`);
  notes.add({
    'http.response.status_code': res.statusCode,
    ...(route !== null && { 'http.route': route }),
    ...(res.statusCode >= 500 && { 'error.type': String(res.statusCode) }),
  });
}
