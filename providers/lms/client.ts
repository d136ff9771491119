/** Reading from the LMS: with a token, patient with an LMS that is busy or away for a moment, and with nothing else. */

import { type Logger, silentLogger } from '../../plugin/ports/runtime.ts';
import { LmsError, refusal } from './lms-error.ts';
import { createTokenSource } from './token.ts';
import { createTransport, type LmsReply, type TransportOptions } from './transport.ts';

export interface LmsRead {
  /** As messages name it, e.g. `the gradebook of a course`. */
  readonly what: string;
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly signal?: AbortSignal | undefined;
}

export interface LmsClient {
  /** The JSON of a 200. @throws LmsError */
  get(read: LmsRead): Promise<unknown>;
}

export interface LmsClientParts extends TransportOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly logger?: Logger;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly now?: () => number;
}

/** Of an LMS that does not answer or is being restarted: after 0.5 s, 1 s, 2 s. */
const RETRIES = 3;
/** Of one that fails on what was asked, which is likely to fail again. */
const RETRIES_OF_500 = 1;
const FIRST_PAUSE_MS = 500;
/** A throttled LMS works; it is waited for as long as it asks, within reason. */
const MAX_THROTTLED = 20;
const THROTTLE_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 120_000;

export function createLmsClient(parts: LmsClientParts): LmsClient {
  const { logger = silentLogger, sleep = sleepFor, now = Date.now } = parts;
  const send = createTransport(parts);
  const tokens = createTokenSource({ send, now, clientId: parts.clientId, clientSecret: parts.clientSecret });
  /** Shared, so that requests side by side do not run into the same limit one by one. */
  let pausedUntil = 0;

  /** Once more with a new token when the LMS does not accept the old one any longer. */
  async function sendWithToken(read: LmsRead): Promise<LmsReply> {
    const request = (authorization: string) =>
      send({
        what: read.what,
        path: read.path,
        authorization,
        ...(read.query ? { query: read.query } : {}),
        ...(read.signal ? { signal: read.signal } : {}),
      });
    const authorization = await tokens.authorization();
    const reply = await request(authorization);
    if (reply.status !== 401) return reply;
    tokens.forget(authorization);
    return request(await tokens.authorization());
  }

  async function get(read: LmsRead): Promise<unknown> {
    let failures = 0;
    let throttled = 0;
    for (;;) {
      if (pausedUntil > now()) await sleep(pausedUntil - now(), read.signal);
      if (read.signal?.aborted)
        throw new LmsError('unavailable', `the server is stopping and does not wait for ${read.what} any more`);
      try {
        const reply = await sendWithToken(read);
        if (reply.status === 200 && reply.body !== undefined) return reply.body;
        if (reply.status === 200) {
          throw new LmsError(
            'unexpected-reply',
            `the LMS answers with something else than JSON for ${read.what}; is LAUREL_LMS_URL its address, without a login page in front?`,
            { status: 200 },
          );
        }
        if (reply.status !== 429) throw refusal(reply.status, reply.body, read.what);
        throttled += 1;
        const pause = reply.retryAfterMs ?? THROTTLE_PAUSE_MS;
        if (throttled > MAX_THROTTLED || pause > MAX_PAUSE_MS) {
          throw new LmsError('unavailable', `the LMS asks us to come back later for ${read.what} (429)`, {
            status: 429,
            retryAfterMs: pause,
          });
        }
        logger.info('the LMS limits our requests; waiting as long as it asks', { what: read.what, ms: pause });
        // a little more than asked, since its clock and ours differ
        pausedUntil = Math.max(pausedUntil, now() + pause + 50);
      } catch (error) {
        if (!mayPass(error) || read.signal?.aborted) throw error;
        if (failures >= (error.status === 500 ? RETRIES_OF_500 : RETRIES)) throw error;
        const pause = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** failures * (0.75 + Math.random() / 2);
        if (pause > MAX_PAUSE_MS) throw error;
        failures += 1;
        await sleep(pause, read.signal);
      }
    }
  }

  return { get };
}

/** Reading again is harmless, so all that may pass is tried again. */
function mayPass(error: unknown): error is LmsError {
  return error instanceof LmsError && error.retry === 'later' && error.status !== 429;
}

/** Resolves early when `signal` is aborted. */
function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}
