/** The guarded exchange in the shape of `fetch`, for libraries that ask for one. */

import { exchange, type Question } from './exchange.ts';
import type { InternalHosts } from './guarded-agents.ts';

export type GuardedFetch = (
  address: string,
  options: { readonly headers: Headers; readonly method: string; readonly signal: AbortSignal },
) => Promise<Response>;

/** @param internalHosts of the operator's own */
export function createGuardedFetch(
  limits: Pick<Question, 'timeoutMs' | 'maxReplyBytes'>,
  internalHosts: InternalHosts,
): GuardedFetch {
  return async (address, { headers, method, signal }) => {
    const question = { url: new URL(address), method, headers: Object.fromEntries(headers), signal, ...limits };
    const { status, text } = await exchange(question, { internalHosts });
    // Some statuses allow no body.
    return new Response(status === 200 ? text : null, { status });
  };
}
