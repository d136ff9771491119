/** Where a call goes: below the base address and nowhere else, whatever the path holds. */

import { invariant, ProviderError } from '../../plugin/errors.ts';
import type { HttpCall } from './client.ts';

/** What a server may take for a way upwards once it has decoded the path, and a path that begins at the root. */
const LEADS_ELSEWHERE = /^\/|%2e|%5c|(^|\/|%2f)\.{1,2}(\/|%2f|$)/i;

/** @throws InvariantError when it is no address, or holds a user name, a query or a fragment */
export function parseBaseUrl(baseUrl: string): URL {
  invariant(URL.canParse(baseUrl), 'the base address of an HTTP client is an address');
  const base = new URL(baseUrl);
  invariant(
    base.username + base.password + base.search + base.hash === '',
    'the base address of an HTTP client is scheme, host and path',
  );
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

/** @throws ProviderError `provider.refused` when the path leads elsewhere */
export function targetOf(base: URL, { path, query = {} }: Pick<HttpCall, 'path' | 'query'>, peer: string): URL {
  const url = new URL(base);
  url.pathname += path;
  // Where the parts of the path are as they were written, none of them led upwards or out.
  if (url.pathname !== base.pathname + path || LEADS_ELSEWHERE.test(path)) {
    const message = `the path of a call to ${peer} would lead elsewhere; check the ids that the rule and the account give`;
    throw new ProviderError('refused', message, { details: { peer } });
  }
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

export function notCalled(peer: string, { protocol, host }: URL, why: string): ProviderError {
  return new ProviderError(
    'refused',
    `Laurel does not call ${peer} at ${protocol}//${host}: ${why}; correct the address, or name the host in LAUREL_INTERNAL_HOSTS if it is one of yours`,
    { details: { peer } },
  );
}
