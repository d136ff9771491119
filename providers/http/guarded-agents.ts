/** Connections that lead out into the world only. The address is checked when it is connected to, so that a name that
 *  leads elsewhere the second time it is asked for gains nothing. */

import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.ts';

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** How names become addresses: as `dns.lookup` with `all`. */
export type Resolve = (
  name: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** The code of the error for a name that leads to a machine that is not out in the world. */
export const NOT_PUBLIC = 'NOT_PUBLIC';

/** Hosts of the operator's own, which may be reached without TLS and at private addresses. */
export type InternalHosts = readonly string[];

/** @param internalHosts `host` for every port of it, or `host:port` */
export function isInternalHost({ hostname, host, port, protocol }: URL, internalHosts: InternalHosts): boolean {
  const withPort = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  return internalHosts.some((one) => one.toLowerCase() === hostname || one.toLowerCase() === withPort);
}

/** @returns why Laurel does not call there; null: it may */
export function whyNotCalled(url: URL, internalHosts: InternalHosts): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'it is neither https nor http';
  if (isInternalHost(url, internalHosts)) return null;
  if (url.protocol !== 'https:') return 'it is not https';
  // An address is connected to as it is: nobody looks it up.
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(literal) !== 0 && !isPublicAddress(literal) ? 'it is an address of a private network' : null;
}

export function createGuardedAgents(resolve: Resolve = systemLookup): Agents {
  return agents({ lookup: guardedLookup(resolve) });
}

/** For hosts that the operator has named: no address is refused. */
export function createOpenAgents(): Agents {
  return agents({});
}

function agents(options: { readonly lookup?: LookupFunction }): Agents {
  const kept = { keepAlive: true, maxFreeSockets: 8, ...options };
  return { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent(kept) };
}

function guardedLookup(resolve: Resolve): LookupFunction {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const allowed = addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = allowed;
      if (first === undefined) {
        return done(Object.assign(new Error(`${name} leads to a private network`), { code: NOT_PUBLIC }), []);
      }
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}
