/** Calls over HTTP below one address, tried again where that is harmless, with errors that say what to do. */

import { setTimeout as pause } from 'node:timers/promises';
import { ProviderError } from '../../plugin/errors.ts';
import { type Clock, systemClock } from '../../plugin/ports/runtime.ts';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import type { HttpCall, HttpClient, HttpClientOptions, HttpReply } from './client.ts';
import { type Answer, exchange } from './exchange.ts';
import type { InternalHosts, Resolve } from './guarded-agents.ts';
import { type CallFacts, errorOfReply, errorOfThrown, notJson, secretNotSendable } from './outcome.ts';
import { parseBaseUrl, targetOf } from './target.ts';

export interface HttpParts {
  /** Hosts of the operator's own: `host` or `host:port`. */
  readonly internalHosts?: InternalHosts;
  readonly clock?: Clock;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly resolve?: Resolve;
  /** Left out: the other side learns of no trace. */
  readonly tracer?: Tracer;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
/** Whoever wants us to stay away for longer is not waited for: the wish is handed up. */
const LONGEST_PAUSE_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_REPLY_BYTES = 8 * 1_024 * 1_024;

/** @throws InvariantError when the base address is none */
export function createHttpClient(options: HttpClientOptions, parts: HttpParts = {}): HttpClient {
  const { peer, headers = {}, timeoutMs = DEFAULT_TIMEOUT_MS, maxReplyBytes = DEFAULT_MAX_REPLY_BYTES } = options;
  const { internalHosts = [], clock = systemClock, sleep = pauseFor, random = Math.random } = parts;
  const base = parseBaseUrl(options.baseUrl);

  async function attempt(request: HttpCall, facts: CallFacts): Promise<HttpReply> {
    await options.limiter?.take(request.signal);
    const { body, signal, mayStill } = request;
    const isForm = body instanceof URLSearchParams;
    let answer: Answer;
    try {
      answer = await exchange(
        {
          ...{ url: facts.url, method: request.method, timeoutMs, maxReplyBytes, signal, mayStill },
          headers: {
            accept: 'application/json',
            ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
        },
        { internalHosts, resolve: parts.resolve, tracer: parts.tracer },
      );
    } catch (thrown) {
      throw errorOfThrown(thrown, facts);
    }
    const { status, headers: replyHeaders, text } = answer;
    return withJson({ status, headers: replyHeaders, data: text }, facts);
  }

  return {
    async call(request) {
      const repeatable = request.repeatable ?? request.method === 'GET';
      // axios would leave such characters out, and the other side would refuse what is left.
      if (Object.values(headers).some((value) => /[^\t\x20-\x7e]/.test(value))) throw secretNotSendable(peer);
      const url = targetOf(base, request, peer);
      for (let attempts = 1; ; attempts++) {
        const facts = { peer, url, method: request.method, repeatable, timeoutMs, maxReplyBytes, now: clock.now() };
        try {
          const reply = await attempt(request, facts);
          if (isAnswer(reply.status, request)) return reply;
          throw errorOfReply(reply, facts);
        } catch (error) {
          const canRepeat = repeatable && attempts < ATTEMPTS && request.signal?.aborted !== true;
          if (!(error instanceof ProviderError) || error.code !== 'provider.unavailable' || !canRepeat) throw error;
          const wishMs = error.retryAfterMs ?? 0;
          if (wishMs > LONGEST_PAUSE_MS) throw error;
          await sleep(Math.max(wishMs, random() * FIRST_PAUSE_MS * 2 ** (attempts - 1)), request.signal);
        }
      }
    },
  };
}

function isAnswer(status: number, { accept = [] }: HttpCall): boolean {
  return (status >= 200 && status < 300) || accept.includes(status);
}

/** What fails is read leniently: a proxy on the way answers as it likes. */
function withJson(reply: HttpReply, facts: CallFacts): HttpReply {
  const text = String(reply.data);
  const isSaidToBe = /^application\/([\w.-]+\+)?json\b/i.test(reply.headers['content-type'] ?? '');
  if (text.trim() === '' || !(isSaidToBe || /^\s*[[{]/.test(text))) return reply;
  try {
    return { ...reply, data: JSON.parse(text) };
  } catch {
    if (isSaidToBe && reply.status < 300) throw notJson(reply.status, facts);
    return reply;
  }
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  // Who ends the pause learns it from the next attempt, which ends at once.
  await pause(ms, undefined, signal ? { signal } : {}).catch(() => {});
}
