/** What an answer, or none, means: the only place that turns status codes and network errors into errors of ours.
 *  Nothing of the call goes into them: neither headers nor query nor body, which hold secrets and personal data. */

import { InvariantError, ProviderError } from '../../plugin/errors.ts';
import type { HttpCall, HttpReply } from './client.ts';
import { ExchangeFailure } from './exchange.ts';
import { withFailure } from './failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { notCalled } from './target.ts';

export interface CallFacts {
  readonly peer: string;
  readonly url: URL;
  readonly method: HttpCall['method'];
  readonly repeatable: boolean;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly now: Date;
}

/** A refused secret is looked at again after so long: a person may have given a new one. */
const UNAUTHORISED_PAUSE_MS = 600_000;

/** Nothing was sent: there was no connection to send it over. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** What node says of a certificate. */
const BAD_CERTIFICATE = /CERT|^UNABLE_TO_|^ERR_TLS_|^HOSTNAME_MISMATCH$|_SIGNATURE_/;

/** Whether another attempt may go better. */
function mayHeal(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** @returns the error that a reply stands for which is not an answer */
export function errorOfReply({ status, headers, data }: HttpReply, facts: CallFacts): ProviderError {
  const { peer, repeatable, now } = facts;
  const details = { peer, method: facts.method, status };
  if (status === 401) {
    const message = `${peer} refuses the secret of the account (status 401); give the account a new one`;
    return new ProviderError('unauthorised', message, { details, retryAfterMs: UNAUTHORISED_PAUSE_MS });
  }
  if (mayHeal(status)) {
    const message =
      status === 429
        ? `${peer} asks for fewer calls (status 429); try again later`
        : `${peer} cannot answer at the moment (status ${status}); try again later`;
    const wish = retryAfterMs(headers['retry-after'], now);
    const error = new ProviderError('unavailable', message, {
      details,
      // Who limits calls has not looked at this one.
      ambiguous: !repeatable && status !== 429,
      ...(wish === null ? {} : { retryAfterMs: wish }),
    });
    return withFailure(error, { status, data });
  }
  if (status >= 400) {
    const error = new ProviderError('refused', `${peer} refuses the call (status ${status})`, { details });
    return withFailure(error, { status, data });
  }
  return unexpected(
    facts,
    `${peer} answers with a redirect (status ${status}), which is not followed; check the address ${facts.url.origin}`,
    details,
  );
}

/** @param body that is said to be JSON */
export function notJson(status: number, facts: CallFacts): ProviderError {
  const { peer, method } = facts;
  return unexpected(facts, `${peer} answers with something that is not the JSON that it is said to be`, {
    peer,
    method,
    status,
  });
}

/** @param thrown by the exchange
 *  @returns what it means; InvariantError where the call was built wrongly */
export function errorOfThrown(thrown: unknown, facts: CallFacts): Error {
  const { peer, method, repeatable, timeoutMs, maxReplyBytes, url } = facts;
  const failure = thrown instanceof ExchangeFailure ? thrown : new ExchangeFailure('badly asked', '');
  const { code } = failure;
  const details = { peer, method, error: code };
  const unavailable = (message: string, sent: boolean) =>
    new ProviderError('unavailable', message, { details, ambiguous: !repeatable && sent });

  switch (failure.kind) {
    case 'late':
      return unavailable(`${peer} did not answer within ${timeoutMs / 1_000} s; try again later`, true);
    case 'ended by the caller':
      return unavailable(`the call to ${peer} was ended before its answer came`, true);
    case 'taken over':
      return new ProviderError('taken-over', `nothing was sent to ${peer}: another process has taken this over`, {
        details,
      });
    case 'not called':
      return notCalled(peer, url, failure.message);
    case 'too large':
      return unexpected(facts, `${peer} answers with more than ${maxReplyBytes} bytes, which is not read`, details);
    case 'badly asked':
      return new InvariantError(`a call to ${peer} could not be made`, { details });
    case 'broken off':
      if (BAD_CERTIFICATE.test(code)) {
        return unavailable(
          `the certificate of ${url.host} is not one to trust ${peer} by (${code}); try again later`,
          false,
        );
      }
      if (NEVER_CONNECTED.has(code)) {
        return unavailable(`${peer} cannot be reached at ${url.host} (${code}); try again later`, false);
      }
      return unavailable(`the connection to ${peer} broke off (${code}); try again later`, true);
  }
}

export function secretNotSendable(peer: string): ProviderError {
  const message = `the secret of the account has characters that cannot be sent to ${peer}; give the account a new one`;
  return new ProviderError('unauthorised', message, { details: { peer }, retryAfterMs: UNAUTHORISED_PAUSE_MS });
}

function unexpected(
  { repeatable }: CallFacts,
  message: string,
  details: Readonly<Record<string, string | number>>,
): ProviderError {
  return new ProviderError('unexpected-reply', message, { details, ambiguous: !repeatable });
}
