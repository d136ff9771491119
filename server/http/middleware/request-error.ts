/** A request refused for what it is, before anything of the domain was asked. */

import { CredentialsError } from '../../../plugin/errors.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';

export class RequestError extends CredentialsError {
  readonly httpStatus: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 503;
  /** Sent with the answer, e.g. `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    httpStatus: RequestError['httpStatus'],
    reason: string,
    message: Words,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`request.${reason}`, message, httpStatus === 429 || httpStatus === 503 ? 'later' : 'never', {});
    this.httpStatus = httpStatus;
    this.headers = headers;
  }
}

/** Signed in, but not allowed; or sent from somewhere else. */
export function forbidden(reason: string, message: Words): RequestError {
  return new RequestError(403, reason, message);
}

/** @param scheme what the caller should present, for `WWW-Authenticate` */
export function unauthorized(reason: string, message: string, scheme = 'Bearer realm="laurel"'): RequestError {
  return new RequestError(401, reason, message, { 'WWW-Authenticate': scheme });
}

export function tooManyRequests(retryAfterSeconds: number): RequestError {
  const message = words('too many attempts; wait {seconds} seconds and try again', { seconds: retryAfterSeconds });
  return new RequestError(429, 'too-many', message, { 'Retry-After': String(retryAfterSeconds) });
}

/** The errors of Express and its body parsers, in our words. @returns null for any other error */
export function fromExpress(error: unknown): RequestError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  if (error instanceof URIError) {
    return new RequestError(
      400,
      'address',
      msg('the address cannot be read: a % in it must be followed by two digits'),
    );
  }
  // a body that is compressed and damaged comes without a type
  switch ('type' in error ? error.type : null) {
    case 'entity.too.large':
      return new RequestError(
        413,
        'too-large',
        words('the request is larger than {limit} bytes; send less at once', { limit: limitOf(error) }),
      );
    case 'parameters.too.many':
      return new RequestError(
        413,
        'too-many-fields',
        msg('the form has more fields than any form of ours; send less at once'),
      );
    case 'entity.parse.failed':
      return new RequestError(400, 'not-json', 'the body is not valid JSON; send one JSON value in UTF-8');
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new RequestError(415, 'encoding', 'the body has an encoding that is not understood; send plain UTF-8');
    default:
      return error.status === 400
        ? new RequestError(400, 'unreadable', msg('the request body could not be read; send it again'))
        : null;
  }
}

function limitOf(error: Error): string {
  return 'limit' in error && typeof error.limit === 'number' ? String(error.limit) : 'the allowed number of';
}
