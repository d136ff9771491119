/** One request to the LMS, bounded in time and size, to the configured address and nowhere else. */

import axios, { AxiosError } from 'axios';
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
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** Rejects with LmsError: no answer in time, too much of it, a redirect. Never with what axios says: it has the headers. */
export function createTransport({
  baseUrl,
  timeoutMs = TIMEOUT_MS,
  maxBytes = MAX_BYTES,
}: TransportOptions): Transport {
  return async ({ what, path, query, authorization, form, signal }) => {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), timeoutMs);
    const cancel = () => end.abort();
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) end.abort();
    const search = query === undefined ? '' : String(query);
    try {
      const reply = await axios.request<string>({
        url: `${baseUrl}${path}${search === '' ? '' : `?${search}`}`,
        method: form ? 'POST' : 'GET',
        ...(form ? { data: new URLSearchParams(form).toString() } : {}),
        headers: {
          accept: 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        signal: end.signal,
        maxRedirects: 0,
        maxContentLength: maxBytes,
        proxy: false,
        responseType: 'text',
        transformResponse: (data) => data,
        validateStatus: () => true,
      });
      if (reply.status >= 300 && reply.status < 400) {
        throw new LmsError(
          'unexpected-reply',
          `the LMS redirects ${what} to another address; LAUREL_LMS_URL must be the address that answers itself`,
          { status: reply.status },
        );
      }
      const wait: unknown = reply.headers['retry-after'];
      return { status: reply.status, body: parse(reply.data), retryAfterMs: readRetryAfter(wait, Date.now()) };
    } catch (error) {
      if (error instanceof LmsError) throw error;
      if (signal?.aborted)
        throw new LmsError('unavailable', `the server is stopping and does not wait for ${what} any more`);
      if (end.signal.aborted)
        throw new LmsError('unavailable', `the LMS did not give ${what} within ${timeoutMs / 1000} s`);
      throw failed(error, what, maxBytes);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  };
}

function failed(error: unknown, what: string, maxBytes: number): LmsError {
  const code = error instanceof AxiosError ? (error.code ?? 'no code') : 'no code';
  if (error instanceof AxiosError && /maxContentLength/.test(error.message)) {
    return new LmsError('unexpected-reply', `the LMS gave more than ${maxBytes} bytes for ${what}`);
  }
  return new LmsError(
    'unavailable',
    `the LMS cannot be reached for ${what} (${code}); LAUREL_LMS_URL says where it is`,
  );
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** Seconds or a date. */
function readRetryAfter(header: unknown, now: number): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
