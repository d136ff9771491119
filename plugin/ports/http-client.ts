/** What every adapter calls the outside with. */

export interface HttpClientOptions {
  /** All calls go below this address; nothing a reply says leads elsewhere. */
  readonly baseUrl: string;
  /** As messages name it: "Credly". */
  readonly peer: string;
  /** Sent with every call, e.g. `authorization`; never logged, never part of an error. */
  readonly headers?: Readonly<Record<string, string>>;
  /** From the first byte sent to the last received, in ms. */
  readonly timeoutMs?: number;
  readonly maxReplyBytes?: number;
  /** Waits until another call may be made; for providers that limit them. */
  readonly limiter?: { take(signal?: AbortSignal): Promise<void> };
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base address, without a slash at the start; segments already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Repeating it changes nothing: it is tried again after a failure. Default: `method === 'GET'`. */
  readonly repeatable?: boolean;
  /** Status codes that are answers rather than failures, beside 2xx, e.g. 404. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
  /** Asked when the connection stands, just before the first byte is sent: false sends nothing and ends in `provider.taken-over`. */
  readonly mayStill?: (() => boolean) | undefined;
}

export interface HttpReply {
  readonly status: number;
  /** Parsed where it is JSON, else the text. Untrusted. */
  readonly data: unknown;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpClient {
  /** @throws ProviderError `provider.unavailable` (no answer, 408, 429, 5xx; `ambiguous` where a call that is not repeatable may have taken
   *  effect; `retryAfterMs` from `Retry-After`), `provider.unauthorised` (401), `provider.refused` (other 4xx), `provider.taken-over` (`mayStill` said no), `provider.unexpected-reply`
   *  (a redirect, too large, not what it says it is) */
  call(request: HttpCall): Promise<HttpReply>;
}

/** How an adapter gets its clients: with the hosts, the clock and the connections of this server. */
export type HttpClientFactory = (options: HttpClientOptions) => HttpClient;
