/** What each error leads to: the only place that decides HTTP statuses, message settlements and exit codes. */

import {
  ConfigurationError,
  ConflictError,
  CredentialError,
  type CredentialsError,
  EventError,
  InputError,
  InvariantError,
  MailError,
  NotFoundError,
  ProviderError,
  StoreError,
} from '../plugin/errors.ts';
import { RequestError } from './http/middleware/request-error.ts';

export interface Consequence {
  readonly httpStatus: number;
  /** How a RabbitMQ message ends: `acknowledge` nothing more to do, `retry` comes again after a delay, `dead-letter`
   *  kept with its reason for a person to look at. */
  readonly message: 'acknowledge' | 'retry' | 'dead-letter';
  /** Process exit code, from sysexits.h. */
  readonly exitCode: number;
  /** Title of the error page and of the problem document. */
  readonly title: string;
}

/** First match wins. */
export const consequences: readonly (readonly [new (...args: never[]) => CredentialsError, Consequence])[] = [
  [InputError, { httpStatus: 422, message: 'dead-letter', exitCode: 64, title: 'The input cannot be used' }],
  [EventError, { httpStatus: 422, message: 'dead-letter', exitCode: 64, title: 'The event cannot be used' }],
  [NotFoundError, { httpStatus: 404, message: 'dead-letter', exitCode: 66, title: 'Not found' }],
  [ConflictError, { httpStatus: 409, message: 'acknowledge', exitCode: 64, title: 'Somebody else changed it first' }],
  [ProviderError, { httpStatus: 502, message: 'dead-letter', exitCode: 69, title: 'Another system did not cooperate' }],
  [MailError, { httpStatus: 502, message: 'dead-letter', exitCode: 69, title: 'A mail was not taken over' }],
  [StoreError, { httpStatus: 503, message: 'retry', exitCode: 69, title: 'Not available at the moment' }],
  [CredentialError, { httpStatus: 500, message: 'dead-letter', exitCode: 70, title: 'The credential was not made' }],
  [ConfigurationError, { httpStatus: 500, message: 'retry', exitCode: 78, title: 'The configuration has problems' }],
  [InvariantError, { httpStatus: 500, message: 'dead-letter', exitCode: 70, title: 'Something went wrong' }],
];

const unknownError: Consequence = {
  httpStatus: 500,
  message: 'dead-letter',
  exitCode: 70,
  title: 'Something went wrong',
};

export const requestTitles: Readonly<Record<RequestError['httpStatus'], string>> = {
  400: 'The request cannot be understood',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Under way already',
  413: 'Too large',
  415: 'Not a format that is understood here',
  422: 'The request contradicts a former one',
  429: 'Too many attempts',
  503: 'Not available at the moment',
};

/** @param error anything thrown; what is not a CredentialsError counts as our own mistake */
export function consequenceOf(error: unknown): Consequence {
  if (error instanceof RequestError)
    return { ...unknownError, httpStatus: error.httpStatus, title: requestTitles[error.httpStatus] };
  const found = consequences.find(([type]) => error instanceof type)?.[1] ?? unknownError;
  // A malformed request is told apart from a well-formed one whose meaning cannot be used.
  if (error instanceof EventError && error.code === 'event.malformed') return { ...found, httpStatus: 400 };
  // Two pages open, or two people: what somebody does to a credential has been done already.
  if (error instanceof CredentialError && error.code === 'credential.status')
    return { ...found, httpStatus: 409, title: 'Somebody else changed it first' };
  // A provider that is away may answer later; one that refused will refuse again.
  if (error instanceof ProviderError && error.retry === 'later') return { ...found, message: 'retry' };
  return found;
}
