/** `POST /events`: the HTTP door for LMS events. CloudEvents 1.0, structured or batch, as JSON. */

import type { Request, RequestHandler } from 'express';
import { EventError } from '../../../plugin/errors.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import type { Door } from '../../../plugin/ports/event-log.ts';
import { wrongTokenLimit } from '../middleware/limits.ts';
import { forbidden, RequestError, unauthorized } from '../middleware/request-error.ts';
import { equalSecrets, looksLikeApiToken } from '../people/tokens.ts';
import { post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { answer } from './answer.ts';
import { bearerToken, opens } from './bearer.ts';
import { answerOnce } from './idempotency.ts';
import { jsonBody } from './json-body.ts';
import { acceptedSchema } from './schemas.ts';

const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const EITHER = 'application/json';

/** Learners processed at the same time; the events of one learner go one after the other. Events under way at the same time
 *  share the write of their records. */
const LEARNERS_AT_ONCE = 64;

export function eventRoutes(services: Services): readonly Route[] {
  const { settings } = services;
  const parseBody = jsonBody({ type: [ONE, BATCH, EITHER], maxBytes: settings.maxBodyBytes, strict: false });

  return [
    post('/events', 'token events:write', refuseOtherTypes, parseBody, answerOnce(services), async (req, res) => {
      const values = eventValues(req);
      // All of them are decoded before the first is processed: a batch is taken whole or not at all.
      const events = values.map((value, index) => decode(services, value, Array.isArray(req.body) ? index : null));
      // `laurel events send` says so; to everything else it is the same door.
      await processAll(services, events, req.get('laurel-door') === 'file' ? 'file' : 'http');
      answer(res.status(202), acceptedSchema, { accepted: events.length });
    }),
  ];
}

const API_TOKEN = 'an API token with the scope "events:write"';
const SENT_AS = 'as "Authorization: Bearer ..."';

/** Lets the holders of the ingest token and of API tokens with the scope in. */
export function requireEventSender(services: Pick<Services, 'settings' | 'access' | 'clock'>): RequestHandler {
  const { ingestToken } = services.settings;
  const slowDown = wrongTokenLimit();
  return async (req, res, next) => {
    const token = bearerToken(req) ?? '';
    if (ingestToken !== null && equalSecrets(token, ingestToken)) return next();
    if (looksLikeApiToken(token) && (await opens(services, res, token, 'events:write'))) return next();
    const refusal =
      ingestToken === null
        ? forbidden(
            'ingest-off',
            `this door is shut: set LAUREL_INGEST_TOKEN to open it, or send ${API_TOKEN} ${SENT_AS}`,
          )
        : unauthorized('token', `send the token of LAUREL_INGEST_TOKEN, or ${API_TOKEN}, ${SENT_AS}`);
    slowDown(req, res, (limited?: unknown) => next(limited ?? refusal));
  };
}

const refuseOtherTypes: RequestHandler = (req, _res, next) => {
  if (req.is([ONE, BATCH, EITHER]) === false)
    throw new RequestError(415, 'content-type', `send events as ${ONE}, ${BATCH} or ${EITHER}`);
  next();
};

function eventValues(req: Request): readonly unknown[] {
  const body: unknown = req.body;
  // An empty body is parsed to an empty object.
  if (body === undefined || req.get('content-length') === '0')
    throw new RequestError(400, 'empty', 'the body is empty; send one event or a list of events');
  const isBatch = Array.isArray(body);
  if (req.is(BATCH) && !isBatch) throw new RequestError(400, 'no-list', `${BATCH} needs a list of events`);
  if (req.is(ONE) && isBatch) throw new RequestError(400, 'list', `send a list of events as ${BATCH}`);
  return isBatch ? (body as readonly unknown[]) : [body];
}

function decode(services: Services, value: unknown, index: number | null): LmsEvent {
  try {
    return services.decodeCloudEvent(value);
  } catch (error) {
    if (index === null || !(error instanceof EventError)) throw error;
    throw new EventError(
      error.code.replace(/^event\./, ''),
      `event ${index} of the list (counted from 0): ${error.message}; nothing was accepted`,
      { details: { ...error.details, index }, cause: error },
    );
  }
}

async function processAll(services: Services, events: readonly LmsEvent[], door: Door): Promise<void> {
  const queues = [...byLearner(events).values()];
  const takeQueues = async (): Promise<void> => {
    for (let queue = queues.pop(); queue !== undefined; queue = queues.pop()) {
      for (const event of queue) await services.processEvent(event, door);
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: LEARNERS_AT_ONCE }, takeQueues));
  const failed = workers.find((worker) => worker.status === 'rejected');
  if (failed) throw failed.reason;
}

function byLearner(events: readonly LmsEvent[]): ReadonlyMap<string, readonly LmsEvent[]> {
  const queues = new Map<string, LmsEvent[]>();
  for (const event of events) {
    const username = event.user?.username ?? '';
    const queue = queues.get(username);
    if (queue) queue.push(event);
    else queues.set(username, [event]);
  }
  return queues;
}
