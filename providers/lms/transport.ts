/** One request to the LMS, bounded in time and size, to the configured address and nowhere else. */

import type { Tracer } from '../../plugin/ports/tracer.ts';
import { type Answer, ExchangeFailure, exchange } from '../http/exchange.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { parseBaseUrl, targetOf } from '../http/target.ts';
import { LmsError } from './lms-error.ts';

export interface LmsRequest {
  /** As messages name it, e.g. `the gradebook of a course`. */
  readonly what: string;
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly authorization?: string;
  /** Sent as a form with POST; absent: GET. */
  readonly form?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface LmsReply {
  readonly status: number;
  /** Parsed JSON; undefined where it is none, as the pages that a server or proxy answers with. */
  readonly body: unknown;
  readonly retryAfterMs: number | null;
}

export type Transport = (request: LmsRequest) => Promise<LmsReply>;

export interface TransportOptions {
  /** Scheme and host, without a slash at the end. */
  readonly baseUrl: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly tracer?: Tracer | undefined;
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** Rejects with LmsError: no answer in time, too much of it, a redirect. */
export function createTransport({
  baseUrl,
  timeoutMs = TIMEOUT_MS,
  maxBytes = MAX_BYTES,
  tracer,
}: TransportOptions): Transport {
  const base = parseBaseUrl(baseUrl);
  return async ({ what, path, query, authorization, form, signal }) => {
    const url = addressOf(base, path, what);
    if (query !== undefined) url.search = String(query);
    let answer: Answer;
    try {
      answer = await exchange(
        {
          ...{ url, method: form ? 'POST' : 'GET', timeoutMs, maxReplyBytes: maxBytes, signal },
          headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
          ...(form ? { body: new URLSearchParams(form) } : {}),
        },
        // The operator has named it, and mostly runs it: it may be in the same private network, without TLS.
        { internalHosts: [base.hostname], tracer },
      );
    } catch (error) {
      throw failed(error, what, { timeoutMs, maxBytes });
    }
    const { status, headers, text } = answer;
    if (status >= 300 && status < 400) {
      throw new LmsError(
        'unexpected-reply',
        `the LMS redirects ${what} to another address; LAUREL_LMS_URL must be the address that answers itself`,
        { status },
      );
    }
    return { status, body: parse(text), retryAfterMs: retryAfterMs(headers['retry-after'], new Date()) };
  };
}

function addressOf(base: URL, path: string, what: string): URL {
  try {
    return targetOf(base, { path: path.slice(1) }, 'the LMS');
  } catch {
    // Only what the path is about is to blame, as with something that the LMS does not have.
    throw new LmsError('refused', `the LMS has no address for ${what}: a name in it would lead elsewhere`, {
      status: 404,
    });
  }
}

function failed(
  error: unknown,
  what: string,
  { timeoutMs, maxBytes }: { readonly timeoutMs: number; readonly maxBytes: number },
): unknown {
  if (!(error instanceof ExchangeFailure)) return error;
  switch (error.kind) {
    case 'ended by the caller':
      return new LmsError('unavailable', `the server is stopping and does not wait for ${what} any more`);
    case 'late':
      return new LmsError('unavailable', `the LMS did not give ${what} within ${timeoutMs / 1000} s`);
    case 'too large':
      return new LmsError('unexpected-reply', `the LMS gave more than ${maxBytes} bytes for ${what}`);
    default:
      return new LmsError(
        'unavailable',
        `the LMS cannot be reached for ${what} (${error.code}); LAUREL_LMS_URL says where it is`,
      );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
