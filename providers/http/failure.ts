/** What a provider answered, kept beside the error that it became: for the adapter that has to tell one refusal from another. */

import type { ProviderError } from '../../plugin/errors.ts';

/** Untrusted, and perhaps personal: never shown or logged as it is. */
export interface HttpFailure {
  readonly status: number;
  readonly data: unknown;
}

// Beside the error and not in it: what prints or stores an error cannot come upon it.
const failures = new WeakMap<ProviderError, HttpFailure>();

export function withFailure(error: ProviderError, failure: HttpFailure): ProviderError {
  failures.set(error, failure);
  return error;
}

/** @returns null where the provider did not answer */
export function failureOf(error: ProviderError): HttpFailure | null {
  return failures.get(error) ?? null;
}
