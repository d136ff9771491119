/** Pictures that a provider names, fetched like everything that leaves: out into the world only, within limits, without redirects. */

import type { Tracer } from '../../plugin/ports/tracer.ts';
import { ExchangeFailure, exchange } from '../http/exchange.ts';
import type { InternalHosts } from '../http/guarded-agents.ts';

/** @returns the bytes, untrusted; null: there are none to be had */
export type PictureFetch = (address: string) => Promise<Uint8Array | null>;

export interface PictureFetchParts {
  readonly internalHosts: InternalHosts;
  readonly tracer?: Tracer;
}

const TIMEOUT_MS = 8_000;
/** Pictures for certificates are larger, and none of them is a badge's. */
const MOST_BYTES = 2 * 1_024 * 1_024;

export function createPictureFetch(parts: PictureFetchParts): PictureFetch {
  return async (address) => {
    if (!URL.canParse(address)) return null;
    const url = new URL(address);
    const headers = { accept: 'image/png, image/jpeg, image/gif, image/webp' };
    const limits = { timeoutMs: TIMEOUT_MS, maxReplyBytes: MOST_BYTES };
    try {
      const { status, bytes } = await exchange({ url, method: 'GET', headers, ...limits }, parts);
      return status === 200 ? bytes : null;
    } catch (error) {
      if (error instanceof ExchangeFailure) return null;
      throw error;
    }
  };
}
