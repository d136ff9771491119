/** What Credly's refusals mean. Their texts may hold names and addresses, so none of them is passed on. */

import { ProviderError } from '../../plugin/errors.ts';
import type { OpenAccount } from '../../plugin/ports/badge-provider.ts';
import { failureOf, withFailure } from '../http/failure.ts';
import { isUuid } from './untrusted.ts';

/** What of a refusal Laurel looks at. */
interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Names of fields of the API. */
  readonly attributes: readonly string[];
  readonly currentBadgeId: string | null;
}

const LONGEST = 2_000;
const MOST_ATTRIBUTES = 5;
const UNAUTHORISED_PAUSE_MS = 600_000;

/** @returns null where the failure is no refusal */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof ProviderError)) return null;
  const failure = failureOf(error);
  if (failure === null || failure.status < 400 || failure.status >= 500) return null;
  const envelope = asRecord(failure.data);
  const data = asRecord(envelope.data);
  const message = [data.message, envelope.message].find((text) => typeof text === 'string') ?? '';
  const errors = Array.isArray(data.errors) ? data.errors : [];
  const current = asRecord(envelope.metadata).current_badge_id;
  return {
    status: failure.status,
    message: String(message).slice(0, LONGEST),
    attributes: errors
      .map((one) => asRecord(one).attribute)
      .filter((name): name is string => typeof name === 'string' && /^[a-z_]{1,60}$/.test(name))
      .slice(0, MOST_ATTRIBUTES),
    currentBadgeId: typeof current === 'string' && isUuid(current) ? current.toLowerCase() : null,
  };
}

/** The learner has a badge of this template. Any other 422 is a refusal like others. */
export function isDuplicate({ status, message }: Refusal): boolean {
  return status === 422 && /already has this badge/i.test(message);
}

/** Told in our own words, for a person who can do something about it; `refusalOf` reads it as before. */
export function explained(error: unknown, account: OpenAccount): unknown {
  if (!(error instanceof ProviderError)) return error;
  const told = toldOf(error, account);
  const failure = failureOf(error);
  return failure === null ? told : withFailure(told, failure);
}

function toldOf(error: ProviderError, account: OpenAccount): ProviderError {
  if (error.code === 'provider.unauthorised') {
    return unauthorised(
      `Credly refuses the token of "${account.name}": it is wrong, was replaced, or is older than 180 days; ` +
        "make a new one in Credly and enter it on the account's page",
      account,
      error,
    );
  }
  const refusal = refusalOf(error);
  if (refusal === null) return error;
  const { status, attributes, message } = refusal;
  const facts = { cause: error, details: { account: account.slug, status } };
  if (status === 403) {
    return unauthorised(
      `Credly does not let the token of "${account.name}" do this; give it permission to read and write in Credly, ` +
        "or enter another one on the account's page",
      account,
      error,
    );
  }
  if (status !== 422) return error;
  if (isDuplicate(refusal)) {
    return new ProviderError(
      'refused',
      'Credly says that the learner has this badge already, but shows none that stands; look for it in Credly: ' +
        'a badge that was declined or revoked may be in the way',
      facts,
    );
  }
  if (/badge template id/i.test(message)) {
    return new ProviderError(
      'refused',
      'Credly says that the badge template is not active, or not of this organization; activate it in Credly, ' +
        'synchronise the templates, then retry',
      facts,
    );
  }
  const about = attributes.length > 0 ? ` because of ${attributes.join(', ')}` : '';
  return new ProviderError(
    'refused',
    `Credly refused the request${about}; correct the learner's details or the template, then retry`,
    facts,
  );
}

/** What it stops goes on when there is another token: until then it is looked at now and then. */
function unauthorised(message: string, { slug }: OpenAccount, cause: ProviderError): ProviderError {
  return new ProviderError('unauthorised', message, {
    cause,
    details: { account: slug },
    retryAfterMs: cause.retryAfterMs ?? UNAUTHORISED_PAUSE_MS,
  });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
