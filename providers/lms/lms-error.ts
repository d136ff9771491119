/** What can go wrong between us and the LMS, said so that an operator knows what to do, and never of whom it was asked. */

import { type CredentialsError, ProviderError } from '../../plugin/errors.ts';

export class LmsError extends ProviderError {
  /** Of the answer; null: there was none. */
  readonly status: number | null;
  constructor(
    reason: 'refused' | 'unavailable' | 'unexpected-reply',
    message: string,
    facts: { readonly status?: number; readonly retryAfterMs?: number; readonly code?: string | null } = {},
  ) {
    const { status = null, retryAfterMs, code = null } = facts;
    super(reason, message, { details: { status, code }, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    this.status = status;
  }
}

/** @param what as messages name it, e.g. `the gradebook of a course` */
export function refusal(status: number, body: unknown, what: string): LmsError {
  const code = errorCode(body);
  const facts = { status, code };
  switch (status) {
    case 401:
      return new LmsError(
        'refused',
        `the LMS does not accept our token for ${what}; check LAUREL_LMS_CLIENT_ID and that its application still exists in the LMS`,
        facts,
      );
    case 403:
      return new LmsError(
        'refused',
        `the LMS does not let us read ${what}${because(code)}; the user of our application must be staff ("laurel lms check" tells more)`,
        facts,
      );
    case 404:
      return new LmsError('refused', `the LMS has no ${what.replace(/^(the|a|an) /, '')} (404)`, facts);
    default:
      return status >= 500
        ? new LmsError('unavailable', `the LMS failed to give ${what} (${status})`, facts)
        : new LmsError('refused', `the LMS refused to give ${what} (${status}${because(code)})`, facts);
  }
}

/** That nobody's data can be had, not only this learner's. */
export function concernsAll(error: unknown): boolean {
  if (!(error instanceof LmsError)) return true;
  return error.status === null || error.status === 401 || error.status === 429;
}

export function isStatus(error: unknown, ...statuses: readonly number[]): error is LmsError & CredentialsError {
  return error instanceof LmsError && error.status !== null && statuses.includes(error.status);
}

/** Codes are words of the LMS; its other texts may quote what was asked, and with it a learner. */
function errorCode(body: unknown): string | null {
  const code = typeof body === 'object' && body !== null && 'error_code' in body ? body.error_code : null;
  return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : null;
}

function because(code: string | null): string {
  return code === null ? '' : `, it says ${code}`;
}
